"""The field table as data: each struct's fields with their names, XML tags and kinds."""

from collections.abc import Callable
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct, structs

from yifen.core.wire.kinds import AMOUNT, AMOUNT_OR_ZERO, Kind
from yifen.core.wire.messages import Request

Unit = Literal["fen", "yuan"]
ENTRY_TAGS = {"lines": "Line", "payables": "Item"}


class WireField(Struct, frozen=True):
    """One field: `kind` of a plain value, or `entry`, the struct of each entry of a list."""

    name: str
    tag: str
    optional: bool
    kind: Kind | None = None
    nullable: bool = False  # JSON null, the same as absent
    entry: type[Struct] | None = None
    entries_min: int = 0
    entries_max: int = 0

    @property
    def entry_tag(self) -> str:
        return ENTRY_TAGS[self.name]


def tag_of(name: str) -> str:
    """`account_no` → `AccountNo`. Amounts lose the unit, which each partner chooses for its XML:
    `amount_fen` → `Amount`, `due_fen` → `DueAmount`."""
    if name.endswith("_fen"):
        name = "amount" if name == "amount_fen" else name.removesuffix("fen") + "amount"
    return "".join(part.capitalize() for part in name.split("_"))


def field_of(name: str, hint: Any, has_default: bool) -> WireField:
    """Reads one annotation: `Annotated[type, …, Kind]`, `… | None`, or a list."""
    optional = NoneType in get_args(hint)
    if optional:
        hint = next(part for part in get_args(hint) if part is not NoneType)
    assert get_origin(hint) is Annotated, name
    value, *marks = get_args(hint)
    if get_origin(value) is list:
        size = next(mark for mark in marks if isinstance(mark, Meta))
        entry = get_args(value)[0]
        bounds = (size.min_length or 0, size.max_length or 0)
        return WireField(name, tag_of(name), False, None, False, entry, *bounds)
    kind = next(mark for mark in marks if isinstance(mark, Kind))
    return WireField(name, tag_of(name), optional or has_default, kind, optional)


@cache
def fields_of(struct: type[Struct]) -> tuple[WireField, ...]:
    """All fields in the order of the table."""
    hints = get_type_hints(struct, include_extras=True)
    return tuple(
        field_of(field.name, hints[field.name], not field.required)
        for field in structs.fields(struct)
    )


@cache
def body_fields(struct: type[Struct]) -> tuple[WireField, ...]:
    """The fields of the XML body: a request's serial stands in the head instead."""
    in_head = "serial" if struct in get_args(Request) else None
    return tuple(field for field in fields_of(struct) if field.name != in_head)


def yuan_reader(least: int) -> Callable[[str], int]:
    """`150`, `150.5`, `150.00` → fen. No signs, no separators, no float."""

    def parse(text: str) -> int:
        whole, _, part = text.partition(".")
        fen = int(whole) * 100 + int((part + "00")[:2])
        if fen < least:
            raise ValueError("must be more than 0")
        return fen

    return parse


def yuan_text(fen: int) -> str:
    """15000 → `150.00`."""
    return f"{fen // 100}.{fen % 100:02d}"


def yuan_kind(least: int) -> Kind:
    pattern = "(?:0|[1-9][0-9]{0,12})(?:\\.[0-9]{1,2})?"
    zh, en = "元，至多两位小数", "yuan, at most 2 decimals"
    name, reader = f"yuan{least}", yuan_reader(least)
    return Kind(name, pattern, {}, ("string", pattern), zh, en, reader, yuan_text)


YUAN = {AMOUNT.name: yuan_kind(1), AMOUNT_OR_ZERO.name: yuan_kind(0)}


def in_unit(kind: Kind, unit: Unit) -> Kind:
    """The kind as this partner's XML writes it: amounts in fen or in yuan."""
    return YUAN.get(kind.name, kind) if unit == "yuan" else kind
