"""A statement in ISO 20022 camt.053 as the lines that the court's own form has: header first, then a row a movement.

The sub-account number that was paid to is the creditor's account of a movement, where that is not the main account.
Interest and fees are what the bank's transaction code says. Balances are told line by line out of the opening one;
the closing balance has to come out, so nothing is missing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from lxml import etree

from yifen.core.facts.days import ZONE
from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.iso_xml import (
    HARDENED,
    NOT_PROVIDED,
    SIGNS,
    account_no,
    child,
    children,
    line_of,
    text,
)
from yifen.face.filed.reading import Numbered
from yifen.trades.cases.codes import CaseCode

HEADER = ("账号", "交易时间", "流水号", "收入", "支出", "余额", "子账号", "业务类型", "客户参考号", "对方户名",
          "对方账号", "附言")  # fmt: skip
KINDS = {"INTR": "利息", "CHRG": "手续费", "FEES": "手续费", "COMM": "手续费"}
"""Sub-families of the bank's transaction codes that say what a movement is."""
CURRENCY = "CNY"


def is_camt(stream: BinaryIO) -> bool:
    """XML, by its first letter."""
    stream.seek(0)
    found = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    stream.seek(0)
    return found


def rows_of(stream: BinaryIO) -> Iterator[Numbered]:
    """The header, then (line of the file, cells). Refused: STATEMENT_BROKEN (no XML, a document type, another
    currency, no balances, or the closing one does not come out), STATEMENT_EMPTY."""
    try:
        document: Any = etree.parse(stream, etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise broken(str(error)[:60]) from None
    if document.docinfo.doctype:
        raise broken("DOCTYPE")
    yield 1, list(HEADER)
    count, last = 0, None
    for statement in document.getroot().iter("{*}Stmt"):
        balances = {text(one, "Tp/CdOrPrtry/Cd"): _fen(one) for one in children(statement, "Bal")}
        balance, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
        if balance is None or closing is None or last not in (None, balance):
            raise broken("OPBD")
        main = account_no(statement, "Acct")
        for entry in children(statement, "Ntry"):
            if text(entry, "Sts/Cd", "Sts") != "BOOK":
                continue
            for line_no, cells, fen in _movements(entry, main):
                balance, count = balance + fen, count + 1
                yield line_no, [main, *cells[:2], *sides(fen), format_yuan(balance), *cells[2:]]
        if balance != closing:
            raise broken("CLBD")
        last = closing
    if not count:
        raise Refused(CaseCode.STATEMENT_EMPTY, "file")


def _movements(entry: Any, main: str) -> Iterator[tuple[int, list[str], int]]:
    """Each detail of an entry where they add up to it, else the entry."""
    details, whole = children(entry, "NtryDtls/TxDtls"), _fen(entry)
    if len(details) > 1:
        amounts = [_fen(one, entry) for one in details if child(one, "Amt") is not None]
        if len(amounts) != len(details) or sum(amounts) != whole:
            raise broken("TxDtls")
    base, at = text(entry, "AcctSvcrRef", "NtryRef"), _moment(entry)
    side = "RltdPties/Cdtr" if whole < 0 else "RltdPties/Dbtr"
    for number, one in enumerate(details or [entry], 1):
        to = account_no(one, "RltdPties/CdtrAcct") if whole > 0 else ""
        reference = text(one, "Refs/EndToEndId")
        yield line_of(one), [
            at, text(one, "Refs/AcctSvcrRef") or (f"{base}#{number}" if len(details) > 1 and base else base),
            "" if to == main else to, KINDS.get(text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd"), ""),
            "" if reference == NOT_PROVIDED else reference, text(one, f"{side}/Nm", f"{side}/Pty/Nm"),
            account_no(one, f"{side}Acct"),
            " ".join((said.text or "").strip() for said in children(one, "RmtInf/Ustrd"))
            or text(one, "AddtlTxInf") or text(entry, "AddtlNtryInf"),
        ], _fen(one, entry) if len(details) > 1 else whole  # fmt: skip


def sides(fen: int) -> tuple[str, str]:
    """What came in, what went out, as cells."""
    return (format_yuan(fen), "") if fen > 0 else ("", format_yuan(-fen))


def _moment(entry: Any) -> str:
    """By the business clock; a day alone begins at midnight."""
    told = text(entry, "BookgDt/DtTm", "BookgDt/Dt")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return told
    return f"{at.astimezone(ZONE) if at.tzinfo else at:%Y-%m-%d %H:%M:%S}"


def _fen(element: Any, sign_of: Any = None) -> int:
    """An amount with its sign; of a detail without one the entry's."""
    amount = child(element, "Amt")
    mark = text(element, "CdtDbtInd") or ("" if sign_of is None else text(sign_of, "CdtDbtInd"))
    if amount is None or amount.get("Ccy") != CURRENCY or mark not in SIGNS:
        raise broken("Amt")
    try:
        return parse_yuan(amount.text or "") * SIGNS[mark]
    except AmountError:
        raise broken("Amt") from None


def broken(what: str) -> Refused:
    """The statement, whole."""
    return Refused(CaseCode.STATEMENT_BROKEN, "file", what)
