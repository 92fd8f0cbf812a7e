"""A refusal on the form: on its field where the form has it, else above the fields."""

from django import forms
from django.http import HttpRequest

from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused


def language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def words(request: HttpRequest, refused: Refused) -> str:
    """The numbered sentence in the teller's language."""
    return refused.text(language(request))


def put(request: HttpRequest, form: forms.Form, refused: Refused, field: str = "") -> None:
    """`field` is where it goes when the refusal names none that the form has."""
    where = refused.field if refused.field in form.fields else field or None
    form.add_error(where, words(request, refused))


def numbered(text: str, code: Code = Code.INPUT_INVALID) -> str:
    """What a field says of its input, with the number of the refusal."""
    return f"{code:04d} {text}"
