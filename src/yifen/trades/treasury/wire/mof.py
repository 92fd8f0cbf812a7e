"""The MOF envelope: one voucher, its attributes and its parts, bytes ⇄ data.

<MOF><VoucherCount>1</VoucherCount><VoucherBody AdmDivCode StYear VtCode VoucherNo><VoucherFlag/><Attach/><Voucher> main
part <DetailList><Detail>…</Detail></DetailList></Voucher></VoucherBody></MOF>
"""

from typing import Any, NamedTuple

from yifen.core.facts.refused import Refused
from yifen.trades.treasury.codes import TreasuryCode as C
from yifen.trades.treasury.wire.mof_tables import VOUCHERS
from yifen.trades.treasury.wire.paper_xml import (
    container,
    document,
    escaped,
    plain,
    read_items,
    read_tree,
    tags,
)
from yifen.trades.treasury.wire.papers import Bill, PaperTable, texts

SPACE = "{mof:sn:etti}"  # some senders' name space of every tag
ATTRIBUTES = ("AdmDivCode", "StYear", "VtCode", "VoucherNo")


class MofVoucher(NamedTuple):
    """A voucher 凭证 as it is signed. `flag`: 0 asked, 1 answered; `spaced`: its tags have the name space."""

    kind: str
    bill: Bill
    flag: str = "0"
    encoding: str = "GBK"
    spaced: bool = False

    @property
    def number(self) -> str:
        return self.bill.text("VoucherNo")


def voucher_bytes(voucher: MofVoucher) -> bytes:
    """As it is sent, its tags in order. Refused: PAPER_KIND, PAPER_FIELD, PAPER_ENCODING, an item's code."""
    shape = _table(voucher.kind)
    main = texts(voucher.bill.items, shape.main, "Voucher")
    by_tag = dict(main)
    if by_tag["VtCode"] != voucher.kind:
        raise Refused(C.PAPER_NUMBER, "VtCode", by_tag["VtCode"])
    details = "".join([f"<Detail>{tags(texts(items, shape.details, f'Detail[{place}]'))}</Detail>"
                       for place, items in enumerate(voucher.bill.details, 1)])  # fmt: skip
    attributes = "".join([f' {name}="{escaped(by_tag[name])}"' for name in ATTRIBUTES])
    space = f' xmlns="{SPACE[1:-1]}"' if voucher.spaced else ""
    return document(
        f"<MOF{space}><VoucherCount>1</VoucherCount><VoucherBody{attributes}>"
        f"<VoucherFlag>{escaped(voucher.flag)}</VoucherFlag><Attach></Attach><Voucher>{tags(main)}"
        f"<DetailList>{details}</DetailList></Voucher></VoucherBody></MOF>", voucher.encoding)  # fmt: skip


def read_voucher(body: bytes) -> MofVoucher:
    """Refused: PAPER_TOO_LARGE, PAPER_ENCODING, PAPER_BROKEN, PAPER_KIND, PAPER_FIELD, PAPER_NUMBER, an item's code."""
    root, encoding = read_tree(body)
    spaced = root.tag == f"{SPACE}MOF"
    space = SPACE if spaced else ""
    count, envelope = _parts(root, "MOF", ("VoucherCount", "VoucherBody"), space)
    if plain(count, "MOF/VoucherCount") != "1":
        raise Refused(C.PAPER_FIELD, "MOF/VoucherCount", "one voucher a message")
    told = dict(envelope.attrib)
    if sorted(told) != sorted(ATTRIBUTES):
        raise Refused(C.PAPER_FIELD, "VoucherBody", "its attributes")
    envelope.attrib.clear()
    flag, attach, inner = _parts(envelope, "VoucherBody", ("VoucherFlag", "Attach", "Voucher"), space)
    if plain(attach, "VoucherBody/Attach"):
        raise Refused(C.PAPER_FIELD, "VoucherBody/Attach", "attachments are not taken")
    shape = _table(str(told["VtCode"]))
    container(inner, "Voucher")
    lists = [child for child in inner if child.tag == f"{space}DetailList"]
    if len(lists) != 1:
        raise Refused(C.PAPER_FIELD, "Voucher/DetailList", "stands once")
    main = read_items([child for child in inner if child is not lists[0]], shape.main, "Voucher", space)
    bill = Bill(main, tuple(_details(lists[0], shape, space)))
    for name in ATTRIBUTES:
        if told[name] != bill.text(name):
            raise Refused(C.PAPER_NUMBER, f"VoucherBody/{name}", f"{told[name]} / {bill.text(name)}"[:120])
    said = plain(flag, "VoucherBody/VoucherFlag") or "0"
    if said not in ("0", "1"):
        raise Refused(C.PAPER_FIELD, "VoucherBody/VoucherFlag", said[:20])
    return MofVoucher(shape.number, bill, said, encoding, spaced)


def _details(listed: Any, shape: PaperTable, space: str) -> list[Any]:
    container(listed, "DetailList")
    found = []
    for place, detail in enumerate(listed, 1):
        path = f"Detail[{place}]"
        if detail.tag != f"{space}Detail":
            raise Refused(C.PAPER_FIELD, path, "is no Detail")
        container(detail, path)
        found.append(read_items(detail, shape.details, path, space))
    return found


def _parts(element: Any, name: str, parts: tuple[str, ...], space: str) -> list[Any]:
    if element.tag != space + name:
        raise Refused(C.PAPER_FIELD, str(element.tag)[:60], f"must be {name}")
    container(element, name)
    if [child.tag for child in element] != [space + part for part in parts]:
        raise Refused(C.PAPER_FIELD, name, f"holds {', '.join(parts)}")
    return list(element)


def _table(kind: str) -> PaperTable:
    shape = VOUCHERS.get(kind)
    if shape is None:
        raise Refused(C.PAPER_KIND, "VtCode", kind[:20])
    return shape
