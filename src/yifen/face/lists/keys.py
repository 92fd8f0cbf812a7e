"""Orders of lists, and their keys in addresses: where a page begins, as a short JSON array."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "code", "account", "num", "amount", "badge", "time", "day", "link", "post"]
Key = tuple[Any, ...]
Row = Any  # a Struct of the list's own
Reader = Callable[[Any], Any]


class ListOrder(NamedTuple):
    """An order that a list allows. `by`: SQL that is never NULL, the last of it unique; `key`: the
    same values of a row; `write` and `read` bring a key into an address and back, None when the
    address holds none; `timed`: its first value is a time or a day."""

    by: tuple[str, ...]
    read: Callable[[str], Key | None]
    write: Callable[[Key], str]
    key: Callable[[Row], Key] = lambda row: row.key
    descending: bool = True
    turns: bool = True  # whether a reader may turn it round
    timed: bool = False


def order(by: Mapping[str, Kind], descending: bool = True) -> ListOrder:
    """An order by SQL expressions, each of its kind; the key is what the statement read of them."""
    readers = tuple(READERS.get(kind, text) for kind in by.values())
    timed = next(iter(by.values())) in ("time", "day")
    return ListOrder(tuple(by), lambda written: read_key(written, readers), write_key,
                 descending=descending, timed=timed)  # fmt: skip


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
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time before or after all time") from error


READERS: dict[Kind, Reader] = {"num": whole, "amount": whole, "day": day, "time": moment}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
