"""CFX, the messages of TIPS, in GBK: head, batch, bills, their details; bytes ⇄ data.

<CFX><HEAD>…</HEAD><MSG><BatchHead5103>…</BatchHead5103><Bill5103>…<Detail5103>…</Detail5103></Bill5103></MSG></CFX>
"""

from typing import Any, NamedTuple

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.cfx_tables import HEAD, MESSAGES
from yifen.trades.treasury.wire.paper_xml import container, document, read_items, read_tree, tags
from yifen.trades.treasury.wire.papers import Bill, Items, PaperItem, PaperTable, text_of, texts


class Cfx(NamedTuple):
    """One message: its head (`MsgNo` says what it is), the batch, and the bills in it."""

    head: Items
    batch: Items
    bills: tuple[Bill, ...]

    @property
    def number(self) -> str:
        return text_of(self.head, "MsgNo")


def cfx_bytes(told: Cfx) -> bytes:
    """As it is sent. Refused: PAPER_KIND, PAPER_FIELD, PAPER_ENCODING, an item's code."""
    shape = _table(told.number)
    parts = [f"<CFX>{_wrapped('HEAD', told.head, HEAD, 'HEAD')}<MSG>",
             _wrapped(f"BatchHead{shape.number}", told.batch, shape.batch, "BatchHead")]  # fmt: skip
    for place, bill in enumerate(told.bills, 1):
        path = f"{shape.bill_tag}[{place}]"
        if bill.details and not shape.details:
            raise Refused(C.PAPER_FIELD, path, "has no details")
        lines = "".join([_wrapped(f"Detail{shape.number}", items, shape.details, f"{path}/Detail[{line}]")
                         for line, items in enumerate(bill.details, 1)])  # fmt: skip
        parts.append(_wrapped(shape.bill_tag, bill.items, shape.main, path, lines))
    return document("".join(parts) + "</MSG></CFX>", "GBK")


def read_cfx(body: bytes) -> Cfx:
    """Refused: PAPER_TOO_LARGE, PAPER_ENCODING, PAPER_BROKEN, PAPER_KIND, PAPER_FIELD, an item's code."""
    root, encoding = read_tree(body)
    if encoding != "GBK":
        raise Refused(C.PAPER_ENCODING, "", encoding)
    container(root, "CFX")
    if root.tag != "CFX" or [child.tag for child in root] != ["HEAD", "MSG"]:
        raise Refused(C.PAPER_FIELD, "CFX", "holds HEAD and MSG")
    container(root[0], "HEAD")
    head = read_items(root[0], HEAD, "HEAD")
    shape = _table(text_of(head, "MsgNo"))
    container(root[1], "MSG")
    batches = [child for child in root[1] if child.tag == f"BatchHead{shape.number}"]
    bills = [child for child in root[1] if child.tag == shape.bill_tag]
    if len(batches) != 1 or len(batches) + len(bills) != len(root[1]):
        raise Refused(C.PAPER_FIELD, "MSG", f"holds BatchHead{shape.number} once, and {shape.bill_tag}")
    container(batches[0], "BatchHead")
    return Cfx(head, read_items(batches[0], shape.batch, "BatchHead"),
               tuple(_bill(bill, shape, f"{shape.bill_tag}[{at}]") for at, bill in enumerate(bills, 1)))  # fmt: skip


def _bill(element: Any, shape: PaperTable, path: str) -> Bill:
    container(element, path)
    lines = [child for child in element if shape.details and child.tag == f"Detail{shape.number}"]
    items = read_items([child for child in element if child not in lines], shape.main, path)
    details = []
    for place, line in enumerate(lines, 1):
        container(line, f"{path}/Detail[{place}]")
        details.append(read_items(line, shape.details, f"{path}/Detail[{place}]"))
    return Bill(items, tuple(details))


def _wrapped(tag: str, items: Items, shape: tuple[PaperItem, ...], path: str, inner: str = "") -> str:
    """What is not there has no tag: TIPS's own writers leave it out."""
    told = tags([(name, text) for name, text in texts(items, shape, path) if text])
    return f"<{tag}>{told}{inner}</{tag}>"


def _table(number: str) -> PaperTable:
    shape = MESSAGES.get(number)
    if shape is None:
        raise Refused(C.PAPER_KIND, "HEAD/MsgNo", number[:20])
    return shape
