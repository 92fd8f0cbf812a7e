"""Keys in addresses: where a page of a list begins, as a short JSON array."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from yifen.face.lists.listing import Key, Order, Row

Reader = Callable[[Any], Any]


def order(
    by: tuple[str, ...], key: Callable[[Row], Key], *readers: Reader, descending: bool = True
) -> Order:
    """An order whose key holds one value for each of `by`, each read back by its reader."""
    return Order(by, key, lambda text: read_key(text, readers), write_key, descending)


def write_key(key: Key) -> str:
    """A key as an address carries it."""
    return json.dumps([_plain(value) for value in key], ensure_ascii=False, separators=(",", ":"))


def read_key(text: str, readers: tuple[Reader, ...]) -> Key | None:
    """The key of an address, or None when it is none of this order's."""
    try:
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(readers):
            return None
        return tuple(read(value) for read, value in zip(readers, values, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def whole(value: Any) -> int:
    """A bigint out of a key."""
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("not a bigint")
    return value


def text(value: Any) -> str:
    """A text out of a key; PostgreSQL holds no NUL and no half of a surrogate pair."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    value.encode()
    return value


def day(value: Any) -> date:
    """A day out of a key."""
    return date.fromisoformat(text(value))


def moment(value: Any) -> datetime:
    """An aware time out of a key."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
