"""JSON that others wrote: whatever is wrong with it, its depth and its numbers too, is a ValueError."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def decoded(body: bytes | str, form: type[T]) -> T:
    """The value, of this form. ValueError: it is none, or not of this form."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError) as error:
        raise ValueError(str(error)[:300]) from None


def decoded_any(body: bytes | str) -> Any:
    """Any JSON. ValueError: it is none."""
    return decoded(body, Any)
