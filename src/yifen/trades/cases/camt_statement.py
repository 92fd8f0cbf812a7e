"""A statement in ISO 20022 camt.053 as the lines that the court's own form has: header first, then a row a movement.

The sub-account number that was paid to is the creditor's account of a movement, where that is not the main account.
Interest
and fees are what the bank's transaction code says. Balances are told line by line out of the opening one; the
closing balance
has to come out, so nothing is missing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from lxml import etree

from yifen.core.facts.days import ZONE
from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.face.filed.reading import Numbered
from yifen.trades.cases.codes import CaseCode

HEADER = ("账号", "交易时间", "流水号", "收入", "支出", "余额", "子账号", "业务类型", "客户参考号", "对方户名",
          "对方账号",
          "附言")  # fmt: skip
KINDS = {"INTR": "利息", "CHRG": "手续费", "FEES": "手续费", "COMM": "手续费"}
"""Sub-families of the bank's transaction codes that say what a movement is."""
NO_REFERENCE, CURRENCY = "NOTPROVIDED", "CNY"


def is_camt(stream: BinaryIO) -> bool:
    """XML, by its first letter."""
    stream.seek(0)
    found = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    stream.seek(0)
    return found


def rows_of(stream: BinaryIO) -> Iterator[Numbered]:
    """The header, then (line of the file, cells). Refused: STATEMENT_BROKEN (no XML, a document type, another
    currency, no
    balances, or the closing one does not come out), STATEMENT_EMPTY."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True)
    try:
        document: Any = etree.parse(stream, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(str(error)[:60]) from None
    if document.docinfo.doctype:
        raise _broken("DOCTYPE")
    yield 1, list(HEADER)
    count, last = 0, None
    for statement in document.getroot().iter("{*}Stmt"):
        balances = {_text(one, "Tp/CdOrPrtry/Cd"): _fen(one) for one in _all(statement, "Bal")}
        balance, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
        if balance is None or closing is None or last not in (None, balance):
            raise _broken("OPBD")
        main = _account(_one(statement, "Acct"))
        for entry in _all(statement, "Ntry"):
            if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
                continue
            for line_no, cells, fen in _movements(entry, main):
                balance, count = balance + fen, count + 1
                yield line_no, [main, *cells[:2], *_sides(fen), format_yuan(balance), *cells[2:]]
        if balance != closing:
            raise _broken("CLBD")
        last = closing
    if not count:
        raise Refused(CaseCode.STATEMENT_EMPTY, "file")


def _movements(entry: Any, main: str) -> Iterator[tuple[int, list[str], int]]:
    """Each detail of an entry where they add up to it, else the entry."""
    details, whole = _all(entry, "NtryDtls/TxDtls"), _fen(entry)
    if len(details) > 1:
        amounts = [_fen(one, entry) for one in details if _one(one, "Amt") is not None]
        if len(amounts) != len(details) or sum(amounts) != whole:
            raise _broken("TxDtls")
    base, at = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"), _moment(entry)
    for number, one in enumerate(details or [entry], 1):
        parties, debits = _one(one, "RltdPties"), whole < 0
        side = "Cdtr" if debits else "Dbtr"
        to = "" if debits or parties is None else _account(_one(parties, "CdtrAcct"))
        reference = _text(one, "Refs/EndToEndId")
        yield int(one.sourceline or 0), [
            at, _text(one, "Refs/AcctSvcrRef") or (f"{base}#{number}" if len(details) > 1 and base else base),
            "" if to == main else to, KINDS.get(_text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd"), ""),
            "" if reference == NO_REFERENCE else reference,
            "" if parties is None else _text(parties, f"{side}/Nm") or _text(parties, f"{side}/Pty/Nm"),
            "" if parties is None else _account(_one(parties, f"{side}Acct")),
            " ".join(_texts(one, "RmtInf/Ustrd")) or _text(one, "AddtlTxInf") or _text(entry, "AddtlNtryInf"),
        ], _fen(one, entry) if len(details) > 1 else whole  # fmt: skip


def _sides(fen: int) -> tuple[str, str]:
    return (format_yuan(fen), "") if fen > 0 else ("", format_yuan(-fen))


def _moment(entry: Any) -> str:
    """By the business clock; a day alone begins at midnight."""
    told = _text(entry, "BookgDt/DtTm") or _text(entry, "BookgDt/Dt")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return told
    return f"{at.astimezone(ZONE) if at.tzinfo else at:%Y-%m-%d %H:%M:%S}"


def _fen(element: Any, sign_of: Any = None) -> int:
    """An amount with its sign; of a detail without one the entry's."""
    amount = _one(element, "Amt")
    mark = _text(element, "CdtDbtInd") or ("" if sign_of is None else _text(sign_of, "CdtDbtInd"))
    if amount is None or amount.get("Ccy") != CURRENCY or mark not in ("CRDT", "DBIT"):
        raise _broken("Amt")
    try:
        return parse_yuan(amount.text or "") * (1 if mark == "CRDT" else -1)
    except AmountError:
        raise _broken("Amt") from None


def _account(element: Any) -> str:
    return "" if element is None else _text(element, "Id/IBAN") or _text(element, "Id/Othr/Id")


def _all(element: Any, path: str) -> list[Any]:
    found: list[Any] = element.xpath("/".join(f"*[local-name()='{name}']" for name in path.split("/")))
    return found


def _one(element: Any, path: str) -> Any:
    return next(iter(_all(element, path)), None)


def _texts(element: Any, path: str) -> list[str]:
    return [(one.text or "").strip() for one in _all(element, path)]


def _text(element: Any, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _broken(what: str) -> Refused:
    return Refused(CaseCode.STATEMENT_BROKEN, "file", what)
