"""One XML document: bytes ⇄ head and body. The body is read later, when the sender is known."""

import re
from functools import cache, lru_cache
from typing import Any, TypeVar

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.messages import WireFault
from yifen.core.wire.table import Unit, WireField, body_fields
from yifen.core.wire.xml_form import GAP, Form, form_of
from yifen.core.wire.xml_tree import Element, Texts, sections, texts_of, tree_of
from yifen.core.wire.xml_values import from_texts

HeadT = TypeVar("HeadT", RequestHead, ReplyHead)
ROOTS: dict[type[Struct], str] = {RequestHead: "Request", ReplyHead: "Reply"}
CODECS = {"": "utf-8", "UTF-8": "utf-8", "UTF8": "utf-8", "GB18030": "gb18030", "GBK": "gb18030"}
LABELS = {"utf-8": "UTF-8", "gb18030": "GB18030"}
NO_BODY = "<Body/>"


class Document(Struct):
    """An opened document. `at`: where the body starts in `markup`, or -1 when `root` has it."""

    markup: str
    at: int
    root: Element = None


def text_of(markup: bytes, label: str) -> tuple[str, str]:
    """(text, codec) of bytes in the declared encoding. ENCODING_INVALID: not those two, or bytes
    that do not fit. GB18030 holds all of GBK, so GBK is read as GB18030."""
    codec = CODECS.get(label.upper())
    if codec is None:
        raise WireFault(Code.ENCODING_INVALID, "", "use UTF-8 or GB18030")
    try:
        return markup.decode(codec), codec
    except UnicodeDecodeError as error:
        raise WireFault(Code.ENCODING_INVALID, "", f"byte {error.start} of the XML") from None


@cache
def head_pattern(head: type[Struct]) -> tuple[Form, re.Pattern[str]]:
    form = form_of(head, "fen")
    return form, re.compile(f"{GAP}<{ROOTS[head]}>{GAP}<Head>{GAP}{form.pattern}</Head>{GAP}")


@cache
def body_pattern(body: type[Struct], root: str, unit: Unit) -> tuple[Form, re.Pattern[str]]:
    form = form_of(body, unit)
    return form, re.compile(f"<Body>{GAP}{form.pattern}</Body>{GAP}</{root}>{GAP}")


def open_document(markup: str, head: type[HeadT]) -> tuple[HeadT, Document]:
    """Reads the head only. Codes: DOCTYPE_REFUSED, MESSAGE_INVALID."""
    form, pattern = head_pattern(head)
    found = pattern.match(markup)
    if found is not None:
        try:
            return head(**form.read(found.groups())), Document(markup, found.end())
        except ValueError:
            pass  # read again, to name the field
    return open_tree(markup, head)


def open_tree(markup: str, head: type[HeadT]) -> tuple[HeadT, Document]:
    """The patient way of `open_document`."""
    root = tree_of(markup)
    head_element, _ = sections(root, ROOTS[head])
    texts = texts_of(head_element, body_fields(head), "Head")
    return head(**from_texts(form_of(head, "fen"), texts, "Head")), Document(markup, -1, root)


def quick_values(
    document: Document, root_tag: str, body: type[Struct], unit: Unit
) -> dict[str, Any] | None:
    """The body's values by the quick reader, or None: read it patiently."""
    if document.at < 0:
        return None
    form, pattern = body_pattern(body, root_tag, unit)
    found = pattern.fullmatch(document.markup, document.at)
    try:
        return None if found is None else form.read(found.groups())
    except ValueError:
        return None


def read_body(document: Document, root_tag: str, body: type[Struct], unit: Unit) -> dict[str, Any]:
    """The body's values. MESSAGE_INVALID with the field's path, DOCTYPE_REFUSED."""
    values = quick_values(document, root_tag, body, unit)
    if values is None:
        texts = body_texts(document, root_tag, body_fields(body))
        values = from_texts(form_of(body, unit), texts, "Body")
    return values


def body_texts(document: Document, root_tag: str, fields: tuple[WireField, ...]) -> Texts:
    """The patient way; the tree is made now if it was not before. No fields: must be empty."""
    root = document.root if document.root is not None else tree_of(document.markup)
    return texts_of(sections(root, root_tag)[1], fields, "Body")


@lru_cache(maxsize=512)
def opening(head: type[Struct], codec: str, *values: Any) -> str:
    """Declaration, root, and the head's fields up to the last of `values`; its end tag is not yet
    there. Kept: many messages of one second share it."""
    columns = form_of(head, "fen").columns
    fields = [
        f"{column.start}{value if column.write is None else column.write(value)}{column.end}"
        for column, value in zip(columns, values, strict=False)
        if value is not None
    ]
    declaration = f'<?xml version="1.0" encoding="{LABELS[codec]}"?>'
    return f"{declaration}<{ROOTS[head]}><Head>{''.join(fields)}"


def write_document(start: str, body: Struct | None, root: str, unit: Unit, codec: str) -> bytes:
    """The XML bytes; `start`: `opening`, with what else belongs to the head."""
    inner = NO_BODY
    if body is not None:
        inner = f"<Body>{form_of(type(body), unit).write(body)}</Body>"
    return f"{start}</Head>{inner}</{root}>".encode(codec)
