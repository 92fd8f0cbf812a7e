"""A struct's form on the XML wire, compiled from the table: the quick reader and the writer.

Quick reader: a message whose tags stand in the table's order, without escapes, comments and empty
tags, is read by one regular expression; it accepts only what `xml_tree` reads to the same values.
Everything else goes to `xml_tree`, which also finds the words for what is wrong.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct

from yifen.core.wire.kinds import FORBIDDEN, Kind
from yifen.core.wire.table import Unit, WireField, body_fields, in_unit
from yifen.core.wire.xml_compiled import Reader, Writer, reader, writer

GAP = "[ \\t\\r\\n]*+"
SPECIAL = re.compile(f"[<>&{FORBIDDEN}]")
ESCAPES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def escape(text: str) -> str:
    """Text for XML; what XML cannot carry becomes `?`."""
    if text.isalnum() or SPECIAL.search(text) is None:
        return text
    return SPECIAL.sub(lambda found: ESCAPES.get(found[0], "?"), text)


class XmlColumn(Struct, frozen=True):
    """One field, compiled: how to check, read and write its text."""

    name: str
    tag: str
    optional: bool
    whole: re.Pattern[str] | None  # of a plain value
    parse: Callable[[str], Any] | None
    write: Callable[[Any], str] | None
    start: str
    end: str
    entry: "Form | None" = None
    entries: tuple[int, int] = (0, 0)
    entry_tag: str = ""


class Form(Struct, frozen=True, eq=False):
    """A struct's columns in one unit of money, and the expression that reads them in order. `read`: what its
    groups say; `write`: the markup of a struct's fields."""

    struct: type[Struct]
    columns: tuple[XmlColumn, ...]
    pattern: str
    quick: re.Pattern[str]
    read: Reader
    write: Writer


def column_of(field: WireField, unit: Unit) -> XmlColumn:
    ends = f"<{field.tag}>", f"</{field.tag}>"
    if field.entry is not None:
        entry = form_of(field.entry, unit)
        start, end = f"<{field.entry_tag}>", f"</{field.entry_tag}>"
        bounds = field.entries_min, field.entries_max
        return XmlColumn(
            field.name,
            field.tag,
            False,
            None,
            lambda text: [
                entry.struct(**entry.read(found.groups()))
                for found in entry.quick.finditer(text)
            ],
            lambda rows: "".join([start + entry.write(row) + end for row in rows]),
            *ends,
            entry,
            bounds,
            field.entry_tag,
        )
    assert field.kind is not None
    kind = in_unit(field.kind, unit)
    write = escape if kind.free else kind.write
    whole = re.compile(kind.pattern)
    return XmlColumn(field.name, field.tag, field.optional, whole, kind.parse, write, *ends)


def quick_pattern(field: WireField, unit: Unit) -> str:
    """One group a field."""
    if field.entry is not None:
        inner = re.sub(r"\((?!\?)", "(?:", form_of(field.entry, unit).pattern)
        one = f"<{field.entry_tag}>{GAP}{inner}</{field.entry_tag}>{GAP}"
        count = f"{{{field.entries_min},{field.entries_max}}}+"
        return f"<{field.tag}>{GAP}((?:{one}){count})</{field.tag}>{GAP}"
    assert field.kind is not None
    kind: Kind = in_unit(field.kind, unit)
    one = f"<{field.tag}>({kind.plain})</{field.tag}>{GAP}"
    return f"(?:{one})?" if field.optional else one


@cache
def form_of(struct: type[Struct], unit: Unit) -> Form:
    """The form of a body, a head or a list's entry."""
    fields = body_fields(struct)
    pattern = "".join(quick_pattern(field, unit) for field in fields)
    columns = tuple(column_of(field, unit) for field in fields)
    return Form(struct, columns, pattern, re.compile(pattern), reader(columns), writer(columns))
