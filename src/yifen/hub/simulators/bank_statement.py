"""A day's statement of the bank simulator as camt.053.001.02, in CNY."""

from collections.abc import Iterable
from datetime import date, datetime

from lxml import etree

from yifen.core.facts.money import format_yuan
from yifen.hub.simulators.bank_books import BankEntry

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"


def camt053(
    account_no: str, day: date, opening_fen: int, entries: Iterable[BankEntry], now: datetime
) -> bytes:
    """Opening balance, one entry a line, closing balance. A line names the payer's or payee's
    end-to-end reference, or NOTPROVIDED and the bank's own serial."""
    rows = list(entries)
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    statement = _add(root, "BkToCstmrStmt")
    head = _add(statement, "GrpHdr")
    _add(head, "MsgId", f"STMT{day:%Y%m%d}")
    _add(head, "CreDtTm", now.replace(microsecond=0).isoformat())
    stmt = _add(statement, "Stmt")
    _add(stmt, "Id", f"{account_no}-{day:%Y%m%d}")
    _add(stmt, "CreDtTm", now.replace(microsecond=0).isoformat())
    account = _add(stmt, "Acct")
    _add(_add(_add(account, "Id"), "Othr"), "Id", account_no)
    _add(account, "Ccy", "CNY")
    _balance(stmt, "OPBD", opening_fen, day)
    _balance(stmt, "CLBD", opening_fen + sum(e.sign * e.amount_fen for e in rows), day)
    for entry in rows:
        _entry(stmt, entry)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _balance(parent: etree._Element, kind: str, fen: int, day: date) -> None:
    balance = _add(parent, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
    _amount(balance, abs(fen))
    _add(balance, "CdtDbtInd", "CRDT" if fen >= 0 else "DBIT")
    _add(_add(balance, "Dt"), "Dt", day.isoformat())


def _entry(parent: etree._Element, entry: BankEntry) -> None:
    ntry = _add(parent, "Ntry")
    _amount(ntry, entry.amount_fen)
    _add(ntry, "CdtDbtInd", "CRDT" if entry.sign > 0 else "DBIT")
    _add(ntry, "Sts", "BOOK")
    _add(_add(ntry, "BookgDt"), "DtTm", entry.at.replace(microsecond=0).isoformat())
    _add(ntry, "AcctSvcrRef", entry.serial)
    code = _add(_add(ntry, "BkTxCd"), "Prtry")
    _add(code, "Cd", "来账" if entry.sign > 0 else "往账")
    details = _add(_add(ntry, "NtryDtls"), "TxDtls")
    references = _add(details, "Refs")
    _add(references, "AcctSvcrRef", entry.serial)
    _add(references, "EndToEndId", entry.reference or "NOTPROVIDED")
    side = "Dbtr" if entry.sign > 0 else "Cdtr"
    parties = _add(details, "RltdPties")
    _add(_add(parties, side), "Nm", entry.name)
    _add(_add(_add(_add(parties, f"{side}Acct"), "Id"), "Othr"), "Id", entry.account_no)
    _add(_add(details, "RmtInf"), "Ustrd", entry.remark)


def _amount(parent: etree._Element, fen: int) -> None:
    _add(parent, "Amt", format_yuan(fen)).set("Ccy", "CNY")


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    child.text = text
    return child
