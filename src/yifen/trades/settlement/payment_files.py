"""Files of payouts for banks without a port: pain.001.001.03 in CNY, and a bank's CSV. Pure.

Banks in China name the other bank by its CNAPS number 联行号, as a clearing system member id (CNAPS).
"""

import csv
import io
from datetime import date, datetime

from lxml import etree
from msgspec import Struct

from yifen.core.facts.money import format_yuan
from yifen.core.wire.bank_port import PaymentOrder

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
CSV_HEAD = ("序号", "付款账号", "付款户名", "收款账号", "收款户名", "收款行联行号", "收款行名",
            "金额（元）", "币种", "参考号", "用途", "期望日")  # fmt: skip
ENCODINGS = {"pain001": "UTF-8", "csv": "GB18030"}
ENDINGS = {"pain001": "xml", "csv": "csv"}


class PayoutBatch(Struct, frozen=True):
    """Orders out of one account of ours. `number`: the file's, unique for ever."""

    number: str
    made_at: datetime
    execute_on: date
    orders: tuple[PaymentOrder, ...]

    @property
    def total_fen(self) -> int:
        return sum(order.amount_fen for order in self.orders)


def pain001(batch: PayoutBatch) -> bytes:
    """One payment information block, one transaction an order; sums and counts in both heads."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    initiation = _add(root, "CstmrCdtTrfInitn")
    head = _add(initiation, "GrpHdr")
    _add(head, "MsgId", batch.number)
    _add(head, "CreDtTm", batch.made_at.replace(microsecond=0).isoformat())
    _totals(head, batch)
    _add(_add(head, "InitgPty"), "Nm", batch.orders[0].debtor_name)
    block = _add(initiation, "PmtInf")
    _add(block, "PmtInfId", batch.number)
    _add(block, "PmtMtd", "TRF")
    _totals(block, batch)
    _add(block, "ReqdExctnDt", batch.execute_on.isoformat())
    first = batch.orders[0]
    _add(_add(block, "Dbtr"), "Nm", first.debtor_name)
    account = _add(block, "DbtrAcct")
    _add(_add(_add(account, "Id"), "Othr"), "Id", first.debtor_account)
    _add(account, "Ccy", "CNY")
    _add(_add(_add(_add(block, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    for order in batch.orders:
        _transaction(block, order)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def bank_csv(batch: PayoutBatch) -> bytes:
    """A header line, a line an order, a totals line; amounts in yuan, GB18030, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEAD)
    for number, order in enumerate(batch.orders, 1):
        writer.writerow((
            number, order.debtor_account, order.debtor_name, order.creditor_account,
            order.creditor_name, order.creditor_bank, order.creditor_bank_name,
            format_yuan(order.amount_fen), "CNY", order.reference, order.purpose,
            batch.execute_on.strftime("%Y%m%d"),
        ))  # fmt: skip
    writer.writerow(("合计", len(batch.orders), format_yuan(batch.total_fen)))
    return text.getvalue().encode(ENCODINGS["csv"])


WRITE = {"pain001": pain001, "csv": bank_csv}


def _totals(parent: etree._Element, batch: PayoutBatch) -> None:
    _add(parent, "NbOfTxs", str(len(batch.orders)))
    _add(parent, "CtrlSum", format_yuan(batch.total_fen))


def _transaction(parent: etree._Element, order: PaymentOrder) -> None:
    transfer = _add(parent, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", order.reference)
    _add(_add(transfer, "Amt"), "InstdAmt", format_yuan(order.amount_fen)).set("Ccy", "CNY")
    agent = _add(_add(transfer, "CdtrAgt"), "FinInstnId")
    member = _add(agent, "ClrSysMmbId")
    _add(_add(member, "ClrSysId"), "Cd", "CNAPS")
    _add(member, "MmbId", order.creditor_bank)
    _add(agent, "Nm", order.creditor_bank_name)
    _add(_add(transfer, "Cdtr"), "Nm", order.creditor_name)
    _add(_add(_add(_add(transfer, "CdtrAcct"), "Id"), "Othr"), "Id", order.creditor_account)
    _add(_add(transfer, "RmtInf"), "Ustrd", order.purpose)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    child.text = text
    return child
