"""How a refusal reaches the screen: on its field where it has one, else above the page."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from yifen.kernel.refused import Refused


def language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def put(request: HttpRequest, form: forms.Form, refused: Refused) -> None:
    """On the form."""
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, refused.text(language(request)))


def say(request: HttpRequest, refused: Refused) -> None:
    """Above the next page."""
    messages.error(request, refused.text(language(request)))
