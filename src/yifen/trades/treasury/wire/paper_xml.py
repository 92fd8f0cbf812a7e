"""Bytes ⇄ tree of a treasury message: its encoding, a hardened parser, tags by their table."""

import re
from collections.abc import Iterable

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import WireFault
from yifen.core.wire.xml_form import ESCAPES
from yifen.core.wire.xml_tree import Element, leaf, refuse_extras, tree_of
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.item_kinds import ItemValue
from yifen.trades.treasury.wire.papers import PaperItem, value_of

BYTES_MAX = 2 << 20
_DECLARED = re.compile(rb'\s*<\?xml version="1\.0" encoding="([A-Za-z0-9-]{3,8})"\s*(?:standalone="(?:yes|no)"\s*)?\?>')
_CODECS = {"GBK": "gbk", "GB18030": "gb18030", "UTF-8": "utf-8"}  # strictly: GBK is no GB18030 for who reads it


def read_tree(body: bytes) -> tuple[Element, str]:
    """(root, encoding as declared). Refused: PAPER_TOO_LARGE, PAPER_ENCODING, PAPER_BROKEN."""
    if len(body) > BYTES_MAX:
        raise Refused(C.PAPER_TOO_LARGE)
    declared = _DECLARED.match(body)
    encoding = declared[1].decode().upper() if declared else ""
    if declared is None or encoding not in _CODECS:
        raise Refused(C.PAPER_ENCODING, "", encoding)
    try:
        markup = body[declared.end():].decode(_CODECS[encoding])
    except UnicodeDecodeError as error:
        raise Refused(C.PAPER_ENCODING, "", f"byte {error.start}") from None
    try:
        return tree_of(markup), encoding
    except WireFault as fault:
        raise Refused(C.PAPER_BROKEN, "", "DOCTYPE" if fault.code is Code.DOCTYPE_REFUSED else fault.detail) from None


def read_items(
    elements: Iterable[Element], shape: tuple[PaperItem, ...], path: str, space: str = ""
) -> dict[str, ItemValue]:
    """Values by tag, in whatever order they stand; an empty one is none. Refused as `value_of`, PAPER_FIELD."""
    by_tag = {space + item.tag: item for item in shape}
    found: dict[str, ItemValue] = {}
    seen = set()
    for element in elements:
        item = by_tag.get(element.tag) if isinstance(element.tag, str) else None
        if item is None:
            name = element.tag.removeprefix(space) if isinstance(element.tag, str) else "a comment"
            raise Refused(C.PAPER_FIELD, f"{path}/{name}"[:120], "is not known here")
        where = f"{path}/{item.tag}"
        if item.tag in seen:
            raise Refused(C.PAPER_FIELD, where, "stands twice")
        seen.add(item.tag)
        text = plain(element, where)
        if text:
            found[item.tag] = value_of(item, text, where)
    for item in shape:
        if item.needed and item.tag not in found:
            raise Refused(C.PAPER_FIELD, f"{path}/{item.tag}", "is missing")
    return found


def plain(element: Element, path: str) -> str:
    """The text of a tag that holds nothing else. Refused: PAPER_FIELD."""
    try:
        return leaf(element, path)
    except WireFault as fault:
        raise Refused(C.PAPER_FIELD, fault.field, fault.detail) from None


def container(element: Element, path: str) -> None:
    """Holds tags only. Refused: PAPER_FIELD."""
    try:
        refuse_extras(element, path)
    except WireFault as fault:
        raise Refused(C.PAPER_FIELD, fault.field, fault.detail) from None


def tags(pairs: Iterable[tuple[str, str]]) -> str:
    """Markup of tags with texts."""
    return "".join([f"<{tag}>{escaped(text)}</{tag}>" for tag, text in pairs])


def escaped(text: str) -> str:
    return re.sub("[<>&]", lambda found: ESCAPES[found[0]], text)


def document(markup: str, encoding: str) -> bytes:
    """With its declaration. Refused: PAPER_ENCODING for what the encoding has no bytes for, PAPER_TOO_LARGE."""
    try:
        body = f'<?xml version="1.0" encoding="{encoding}"?>{markup}'.encode(_CODECS[encoding])
    except (UnicodeEncodeError, KeyError) as error:
        raise Refused(C.PAPER_ENCODING, "", str(error)[:120]) from None
    if len(body) > BYTES_MAX:
        raise Refused(C.PAPER_TOO_LARGE)
    return body
