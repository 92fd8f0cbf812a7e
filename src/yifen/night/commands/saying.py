"""How `cut` and `eod` speak: in both languages."""

from yifen.core.facts.refused import Refused
from yifen.core.runtime import EdgeError


def both(zh: str, en: str) -> str:
    return f"{zh} · {en}"


def said(error: Exception) -> str:
    """A refusal by its number, in both languages, with what exactly; anything else as it stands."""
    if not isinstance(error, Refused):
        return str(error)
    meaning = error.code.meaning
    return f"{error.code:04d} {both(meaning.zh, meaning.en)}" + (f" ({error.detail})" if error.detail else "")


def no_book(code: str) -> EdgeError:
    return EdgeError(both(f"没有账簿 {code!r}", f"there is no book {code!r}"))
