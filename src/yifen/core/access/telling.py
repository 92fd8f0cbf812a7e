"""How a refusal reaches the screen: on its field where the form has it, else above the page."""

from functools import cache

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs


def language(request: HttpRequest) -> str:
    """The reader's: zh-hans or en."""
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))


def words(request: HttpRequest, refused: Refused) -> str:
    """The numbered sentence in the reader's language."""
    return refused.text(language(request))


def put(request: HttpRequest, form: forms.Form, refused: Refused, field: str = "") -> None:
    """On the form; `field` is where it goes when the refusal names none that the form shows, and then it says of
    what it speaks."""
    named = form.fields.get(refused.field)
    where = refused.field if named and not named.widget.is_hidden else field or None
    said = words(request, refused)
    if refused.field not in ("", where) and not refused.detail and (term := _terms().get(refused.field)):
        said += f" ({told(term)})"
    form.add_error(where, said)


@cache
def _terms() -> dict[str, Text]:
    """What fields are called, as the plugs say it of the columns of watched tables."""
    return {name: text for plug in reversed(plugs()) for name, text in plug.terms.items()}


def say(request: HttpRequest, refused: Refused) -> None:
    """Above the next page."""
    messages.error(request, words(request, refused))


def numbered(text: str, code: ResultCode = Code.INPUT_INVALID) -> str:
    """What a field says of its input, with the number of the refusal."""
    return f"{code:04d} {text}"


def told(text: Text) -> str:
    """A plug's text in the reader's language."""
    return text.en if (get_language() or "").startswith("en") else text.zh
