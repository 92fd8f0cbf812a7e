"""XML in the manner of CNAPS: a batch of collections in (380), each with its status out (381). A row is an element
`Dtl`.

The file is cut at its rows, so that a million of them are never one tree; each piece is read by the hardened parser.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
from yifen.core.wire.messages import WireFault
from yifen.core.wire.xml_tree import tree_of
from yifen.trades.debits.codes import DebitCode
from yifen.trades.debits.layouts import forms
from yifen.trades.debits.layouts.forms import (
    DebitOutcome,
    DebitTotals,
    Filed,
    FiledRow,
    Head,
    fault,
)

IN, OUT = "BtchColltnReq", "BtchColltnRspn"
START = b'<?xml version="1.0" encoding="UTF-8"?>\n'
HEAD = ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "RtrLtd", "PurpPrtry")
ROW = ("TxId", "EndToEndId", "DbtrAcct", "DbtrNm", "Amt", "RcvblId", "DueDt")
DONE, REJECTED = "PR02", "PR09"


def read(data: bytes) -> Filed:
    if b"<!" in data:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, "1", "DOCTYPE, CDATA")
    start, end = data.find(b"<Dtl>"), data.rfind(b"</Dtl>")
    if start < 0 or end < start:
        raise fault(DebitCode.DEBIT_EMPTY, "Dtl", "0")
    end += len(b"</Dtl>")
    root = _tree(data[:start] + data[end:], "Document")
    if [child.tag for child in root] != [IN] or any(child.tag not in HEAD for child in root[0]):
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, IN, "|".join(HEAD))
    head = {child.tag: child.text or "" for child in root[0]}
    if missing := [name for name in HEAD[:4] if not head.get(name)]:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, IN, missing[0])
    rows = (_row(place, raw) for place, raw in enumerate(_cut(data, start, end), 1))
    return head, forms.checked(rows, head["NbOfTxs"], head["CtrlSum"], _yuan)


def _cut(data: bytes, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        stop = data.find(b"</Dtl>", start) + len(b"</Dtl>")
        if data[start : start + 5] != b"<Dtl>":
            raise fault(DebitCode.DEBIT_FILE_UNREADABLE, "Dtl", data[start : start + 20].decode("utf-8", "replace"))
        yield data[start:stop]
        start = stop
        while start < end and data[start : start + 1].isspace():
            start += 1


def _row(place: int, raw: bytes) -> FiledRow:
    try:
        tree = tree_of(raw.decode("utf-8"))
        cells = {child.tag: child.text or "" for child in tree if not len(child)}
    except (WireFault, ValueError) as error:
        return FiledRow(place, "", "", "", "", 0, None, raw, str(error)[:80])
    try:
        fen = _yuan(cells.get("Amt", ""))
    except ValueError:
        return FiledRow(place, "", "", "", "", 0, None, raw, "Amt")
    customer = cells.get("EndToEndId", "")
    why = "EndToEndId" if not 0 < len(customer) <= forms.CUSTOMER_MAX else "Amt" if fen < 1 else ""
    why = why or next((tag for tag in cells if tag not in ROW), "")
    try:
        due = forms.due_day(cells.get("DueDt", "").replace("-", ""))
    except ValueError:
        due, why = None, "DueDt"
    return FiledRow(place, "" if why else customer, cells.get("DbtrAcct", ""), cells.get("DbtrNm", ""),
                    cells.get("RcvblId", ""), fen, due, raw, why)  # fmt: skip


def row_of(row: FiledRow) -> bytes:
    said = (str(row.place), row.customer, row.account, row.name, format_yuan(row.fen), row.ref,
            row.due.isoformat() if row.due else "")  # fmt: skip
    return f"<Dtl>{''.join(map(_element, ROW, said))}</Dtl>".encode()


def write(head: Head, rows: Iterable[FiledRow]) -> Iterator[bytes]:
    asked = list(rows)
    told = {**head, "NbOfTxs": str(len(asked)), "CtrlSum": format_yuan(sum(row.fen for row in asked))}
    yield START + f"<Document><{IN}>".encode()
    yield "".join(_element(name, told.get(name, "")) for name in HEAD).encode() + b"\n"
    for row in asked:
        yield row_of(row) + b"\n"
    yield f"</{IN}></Document>\n".encode()


def result(head: Head, totals: DebitTotals, outcomes: Iterable[DebitOutcome]) -> Iterator[bytes]:
    yield START + f"<Document><{OUT}>".encode()
    told = (("OrgnlMsgId", head.get("MsgId", "")), ("NbOfTxs", str(totals.rows)), ("CtrlSum", format_yuan(totals.fen)),
            ("RcvdNbOfTxs", str(totals.ok)), ("RcvdSum", format_yuan(totals.ok_fen)))  # fmt: skip
    yield "".join(_element(*one) for one in told).encode() + b"\n"
    for one in outcomes:
        said = [("Sts", REJECTED if one.code else DONE), ("RcvdAmt", format_yuan(one.paid_fen)), ("SttlmSeq",
                                                                                                  one.core_serial),
                ("SttlmDt", f"{one.at:%Y-%m-%d}")]  # fmt: skip
        if one.code:
            said += [("RjctCd", f"{one.code:04d}"), ("RjctInf", one.words)]
        raw = one.row.raw
        body = raw[: -len(b"</Dtl>")] if raw.endswith(b"</Dtl>") and not one.row.fault else \
            f"<Dtl>{_element('TxId', str(one.row.place))}".encode()  # fmt: skip
        yield body + "".join(_element(*pair) for pair in said).encode() + b"</Dtl>\n"
    yield f"</{OUT}></Document>\n".encode()


def read_result(data: bytes) -> Iterator[tuple[str, str, int]]:
    start, end = data.find(b"<Dtl>"), data.rfind(b"</Dtl>") + len(b"</Dtl>")
    for raw in _cut(data, start, end) if start >= 0 else ():
        tree = tree_of(raw.decode())
        yield tree.findtext("TxId"), "ok" if tree.findtext("Sts") == DONE else "other", _yuan(tree.findtext("RcvdAmt"))


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _tree(data: bytes, tag: str) -> Any:
    try:
        root = tree_of(data.decode("utf-8").removeprefix(START.decode()))
    except (WireFault, ValueError) as error:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, tag, str(error)[:200]) from None
    if root.tag != tag:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, str(root.tag)[:40], tag)
    return root


def _yuan(text: str) -> int:
    try:
        return parse_yuan(text)
    except AmountError as error:
        raise ValueError(str(error)) from None
