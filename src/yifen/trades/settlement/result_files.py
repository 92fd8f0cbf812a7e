"""What a bank says of a file of payouts: pain.002.001.03, or CSV. Pure.

A line names one payout by its reference. What is not decided at the bank yet stays as it is.
"""

import csv
import io

from lxml import etree
from msgspec import Struct

from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.settlement.codes import SettlementCode

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"
BYTES_MAX = 10 << 20
LINES_MAX = 10_000
COLUMNS = {
    "参考号": "reference", "金额（元）": "amount", "结果": "state", "银行流水号": "bank_serial", "原因": "reason",
}  # fmt: skip
NEEDED = ("参考号", "金额（元）", "结果")
TOTAL = "合计"
DONE, REJECTED, RETURNED, PENDING = "done", "rejected", "returned", "pending"
XML_STATES = {
    "ACSC": DONE, "ACCC": DONE, "RJCT": REJECTED, "RCVD": PENDING, "PDNG": PENDING, "ACTC": PENDING,
    "ACCP": PENDING, "ACSP": PENDING, "ACWC": PENDING, "PART": PENDING,
}  # fmt: skip
CSV_STATES = {"成功": DONE, "失败": REJECTED, "退汇": RETURNED, "处理中": PENDING}


class ResultLine(Struct, frozen=True):
    """One payout. `state`: done, rejected (it never left our account), returned 退汇 (it left and came
    back), pending; `amount_fen`: None where the bank does not repeat it."""

    line_no: int
    reference: str
    state: str
    amount_fen: int | None = None
    bank_serial: str = ""
    reason: str = ""


class PayoutResults(Struct, frozen=True):
    """A file of results. `number`: of the file of payouts, empty where it is not said; `all`: the state of
    every payout of it that has no line; `count`, `total_fen`: what the bank says it had, if it does."""

    number: str
    lines: tuple[ResultLine, ...]
    all: str = ""
    count: int | None = None
    total_fen: int | None = None


def read(body: bytes) -> PayoutResults:
    """Refused: RESULT_UNREADABLE (where, why), RESULT_TWICE (a reference on two lines)."""
    if len(body) > BYTES_MAX:
        raise _wrong("> 10 MB")
    found = _pain002(body) if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else _bank_csv(body)
    if len(found.lines) > LINES_MAX:
        raise _wrong(f"> {LINES_MAX:,}")
    if not found.lines and not found.all:
        raise _wrong("0")
    seen: set[str] = set()
    for line in found.lines:
        if line.reference in seen:
            raise Refused(SettlementCode.RESULT_TWICE, "file", f"{line.reference} · {line.line_no}")
        seen.add(line.reference)
    return found


def _pain002(body: bytes) -> PayoutResults:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _wrong(f"XML {error.lineno}") from None
    if b"<!DOCTYPE" in body or root.tag != _tag("Document"):
        raise _wrong(NAMESPACE)
    group = root.find(f"{_tag('CstmrPmtStsRpt')}/{_tag('OrgnlGrpInfAndSts')}")
    if group is None:
        raise _wrong("OrgnlGrpInfAndSts")
    status, total = _text(group, "GrpSts"), _text(group, "OrgnlCtrlSum")
    lines = tuple(_transaction(number, found) for number, found in enumerate(root.iter(_tag("TxInfAndSts")), 1))
    return PayoutResults(
        _text(group, "OrgnlMsgId"), lines, _state(status, XML_STATES, 0) if status else "",
        _count(_text(group, "OrgnlNbOfTxs")), _fen(total, 0) if total else None,
    )  # fmt: skip


def _transaction(number: int, found: etree._Element) -> ResultLine:
    amount = found.find(f"{_tag('OrgnlTxRef')}/{_tag('Amt')}/{_tag('InstdAmt')}")
    if amount is not None and amount.get("Ccy") != "CNY":
        raise _wrong(f"{number}: Ccy")
    why = (_text(found, f"StsRsnInf/Rsn/{name}") for name in ("Cd", "Prtry"))
    return ResultLine(
        number, _needed(_text(found, "OrgnlEndToEndId"), number, "OrgnlEndToEndId"),
        _state(_text(found, "TxSts"), XML_STATES, number),
        None if amount is None else _fen(amount.text or "", number), _text(found, "AcctSvcrRef")[:64],
        " ".join(filter(None, (*why, _text(found, "StsRsnInf/AddtlInf"))))[:200],
    )  # fmt: skip


def _bank_csv(body: bytes) -> PayoutResults:
    rows = csv.reader(io.StringIO(_decoded(body), newline=""))
    lines: list[ResultLine] = []
    count = total_fen = None
    try:
        head = [cell.strip() for cell in next(rows, [])]
        if lacking := [name for name in NEEDED if head.count(name) != 1]:
            raise _wrong(f"1: {'、'.join(lacking)}")
        for number, cells in enumerate(rows, 2):
            if cells and cells[0].strip() == TOTAL:
                count, total_fen = _count(_cell(cells, 1)), _fen(_cell(cells, 2), number)
            elif any(cell.strip() for cell in cells):
                lines.append(_row(number, head, cells))
    except csv.Error:
        raise _wrong("CSV") from None
    return PayoutResults("", tuple(lines), count=count, total_fen=total_fen)


def _row(number: int, head: list[str], cells: list[str]) -> ResultLine:
    if len(cells) != len(head):
        raise _wrong(f"{number}: {len(cells)} ≠ {len(head)}")
    found = {COLUMNS[name]: cell.strip() for name, cell in zip(head, cells, strict=True) if name in COLUMNS}
    return ResultLine(
        number, _needed(found["reference"], number, "参考号"), _state(found["state"], CSV_STATES, number),
        _fen(found["amount"], number), found.get("bank_serial", "")[:64], found.get("reason", "")[:200],
    )  # fmt: skip


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong("UTF-8, GB18030")


def _state(word: str, states: dict[str, str], number: int) -> str:
    if word not in states:
        raise _wrong(f"{number}: {word[:20] or '?'} ∉ {'、'.join(states)}")
    return states[word]


def _fen(text: str, number: int) -> int:
    try:
        return typed_yuan(text.strip())
    except AmountError:
        raise _wrong(f"{number}: {text[:20]}") from None


def _count(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 9):
        raise _wrong(text[:20])
    return int(text) if text else None


def _needed(text: str, number: int, what: str) -> str:
    if not text or len(text) > 64 or not text.isprintable():
        raise _wrong(f"{number}: {what}")
    return text


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _text(parent: etree._Element, path: str) -> str:
    found = parent.find("/".join(map(_tag, path.split("/"))))
    return "" if found is None else (found.text or "").strip()


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _wrong(why: str) -> Refused:
    return Refused(SettlementCode.RESULT_UNREADABLE, "file", why)
