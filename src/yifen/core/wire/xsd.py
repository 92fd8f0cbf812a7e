"""XML schemas, one for each verb's request and reply, made from the field table.

Stricter than the reader in one point: an empty tag for an absent field is not in the schema.
"""

from typing import Literal
from xml.sax.saxutils import quoteattr

from msgspec import Struct

from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.kinds import Kind
from yifen.core.wire.messages import REQUESTS
from yifen.core.wire.replies import REPLIES
from yifen.core.wire.table import Unit, WireField, body_fields, in_unit
from yifen.core.wire.words import WORDS

Side = Literal["request", "reply"]
NAMESPACE = "http://www.w3.org/2001/XMLSchema"


def simple_type(kind: Kind, pattern: str | None = None) -> str:
    """The XSD dialect of expressions has no groups that do not capture."""
    base, own = kind.xsd
    value = quoteattr((pattern or own).replace("(?:", "("))
    restriction = f'<xs:restriction base="xs:{base}"><xs:pattern value={value}/></xs:restriction>'
    return f"<xs:simpleType>{restriction}</xs:simpleType>"


def note(name: str) -> str:
    zh, en = WORDS[name]
    return (
        f'<xs:annotation><xs:documentation xml:lang="zh">{zh}</xs:documentation>'
        f'<xs:documentation xml:lang="en">{en}</xs:documentation></xs:annotation>'
    )


def element(field: WireField, unit: Unit, fixed: str | None = None) -> str:
    """One field; `fixed`: the only text that it may hold."""
    least = ' minOccurs="0"' if field.optional else ""
    start = f'<xs:element name="{field.tag}"{least}>{note(field.name)}'
    if field.entry is None:
        assert field.kind is not None
        return f"{start}{simple_type(in_unit(field.kind, unit), fixed)}</xs:element>"
    bounds = f'minOccurs="{field.entries_min}" maxOccurs="{field.entries_max}"'
    entry = all_of(field.entry, unit)
    rows = f'<xs:element name="{field.entry_tag}" {bounds}>{entry}</xs:element>'
    sequence = f"<xs:complexType><xs:sequence>{rows}</xs:sequence></xs:complexType>"
    return f"{start}{sequence}</xs:element>"


def all_of(struct: type[Struct], unit: Unit, optional: bool = False) -> str:
    """The fields of a struct in any order; `optional`: or none at all."""
    least = ' minOccurs="0"' if optional else ""
    fields = "".join(element(field, unit) for field in body_fields(struct))
    return f"<xs:complexType><xs:all{least}>{fields}</xs:all></xs:complexType>"


def head(struct: type[Struct], verb: str, has_serial: bool) -> str:
    """The head of this verb's messages: its name is fixed, the serial where it belongs."""
    parts = []
    for field in body_fields(struct):
        if field.name == "serial":
            field = WireField("serial", "Serial", False, field.kind)
            parts += [element(field, "fen")] if has_serial else []
        else:
            parts.append(element(field, "fen", verb if field.name == "verb" else None))
    return f"<xs:complexType><xs:all>{''.join(parts)}</xs:all></xs:complexType>"


def body(verb: str, side: Side, unit: Unit) -> str:
    """A refusal's body is empty."""
    if side == "request":
        return all_of(REQUESTS[verb], unit)
    return all_of(REPLIES[verb], unit, True) if verb in REPLIES else "<xs:complexType/>"


def xsd(verb: str, side: Side, unit: Unit = "fen") -> str:
    """The schema of one message, as text. `unit`: that of the partner's amounts."""
    root, struct = ("Request", RequestHead) if side == "request" else ("Reply", ReplyHead)
    has_serial = "serial" in REQUESTS[verb].__struct_fields__
    sections = (
        f'<xs:element name="Head">{head(struct, verb, has_serial)}</xs:element>'
        f'<xs:element name="Body">{body(verb, side, unit)}</xs:element>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xs:schema xmlns:xs="{NAMESPACE}">'
        f'<xs:element name="{root}"><xs:complexType><xs:sequence>{sections}</xs:sequence>'
        f"</xs:complexType></xs:element></xs:schema>\n"
    )
