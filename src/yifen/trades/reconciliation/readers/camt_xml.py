"""ISO 20022 statements as a stream of elements: hardened, and never more than one entry in memory."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

ELEMENTS_MAX = 20_000
"""Elements of one entry, its details not counted, or of one detail."""


DETAIL = "TxDtls"
_CODES = (
    ("ENTITY", FileCode.FILE_XML_REFUSED), ("RESOURCE_LIMIT", FileCode.FILE_XML_REFUSED),
    ("NOT_FINISHED", FileCode.FILE_CUT_OFF), ("DOCUMENT_END", FileCode.FILE_CUT_OFF),
    ("ENCODING", FileCode.FILE_ENCODING), ("INVALID_CHAR", FileCode.FILE_CONTROL),
)  # fmt: skip
"""Words in the parser's names of errors."""


class Node(NamedTuple):
    """A finished element of interest; `line_no` grows from one to the next, also on a single line."""

    line_no: int
    tag: str
    element: "etree._Element"


def nodes(stream: BinaryIO, wanted: frozenset[str]) -> Iterator[Node]:
    """Each wanted element (by its name without namespace) as it ends, in the order of the file.

    It is emptied once the next is asked for. FILE_XML_REFUSED: a document type or an entity;
    FILE_XML_BROKEN; FILE_CUT_OFF; FILE_LINE_TOO_LONG: an element holds too many.
    """
    events = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    line_no = held = before = 0
    roots = 0
    try:
        for event, element in events:
            tag = local(element)
            if event == "start":
                if element.getparent() is None:
                    roots += 1
                    _check_document(element, roots)
                before = held if tag == DETAIL else before
                held += 1
                if held > ELEMENTS_MAX:
                    reason = told("more than {} elements in one entry", ELEMENTS_MAX)
                    raise FileError(line_of(element), tag, reason, FileCode.FILE_LINE_TOO_LONG)
            elif tag in wanted:
                line_no = max(line_no + 1, line_of(element))
                yield Node(line_no, tag, element)
                element.clear(keep_tail=False)
                _drop_before(element)
                held = before if tag == DETAIL else 0
    except etree.XMLSyntaxError as error:
        raise _named(events.error_log, roots) from error


def local(element: "etree._Element") -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: "etree._Element", path: str) -> "etree._Element | None":
    """The first element down a path of names without namespace, "AmtDtls/TxAmt/Amt"."""
    found: etree._Element | None = element
    for name in path.split("/"):
        if found is None:
            return None
        found = next((inner for inner in found if local(inner) == name), None)
    return found


def text(element: "etree._Element", *paths: str) -> str:
    """The text at the first of these paths that has any, blanks around it cut off."""
    for path in paths:
        found = child(element, path)
        if found is not None and (value := (found.text or "").strip()):
            return value
    return ""


def _check_document(root: "etree._Element", roots: int) -> None:
    """Behind an unknown entity the parser begins anew with its next piece: then a second root comes."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileError(1, "DOCTYPE", "a document type is refused", FileCode.FILE_XML_REFUSED)
    if roots > 1:
        reason = "an unknown entity, and a second document"
        raise FileError(line_of(root), "XML", reason, FileCode.FILE_XML_REFUSED)


def line_of(element: "etree._Element") -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 0


def _drop_before(element: "etree._Element") -> None:
    """Finished brothers go, else a million empty entries would stay in the tree."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _named(errors: Iterable[Any], roots: int) -> FileError:
    """The first thing that the parser found wrong."""
    first = next(iter(errors), None)
    if first is None and not roots:
        return FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if first is None:
        return FileError(1, "XML", "not well-formed", FileCode.FILE_XML_BROKEN)
    code = next((code for word, code in _CODES if word in first.type_name), FileCode.FILE_XML_BROKEN)
    return FileError(first.line, "XML", told("not well-formed: {}", first.message.strip()[:200]), code)
