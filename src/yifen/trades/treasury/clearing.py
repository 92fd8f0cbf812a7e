"""Papers of a day, fetched from agent bank and treasury: claims 2301, refunds 2302, returns 2203, checks 3504 and 3507;
and the treasury's messages of quota.

Each is kept as it came and taken once; one that is wrong holds up no other, and one that is not there proves nothing.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.trades.treasury import quotas
from yifen.trades.treasury.codes import TreasuryCode
from yifen.trades.treasury.ordering import line_of
from yifen.trades.treasury.sending import Connection, PortOf, context, refuse
from yifen.trades.treasury.wire.checks import check_voucher
from yifen.trades.treasury.wire.mof import MofVoucher, read_voucher
from yifen.trades.treasury.wire.papers import day_at, fen_of, text_of

log = structlog.get_logger()
OF_BANK, OF_TREASURY = ("2203", "2301", "2302"), (*quotas.KINDS, "3504", "3507")
BACK_DAYS = 3  # a day's papers may come late
_SQL = queries(__package__)
Paper = MofVoucher | quotas.QuotaMessage


def work(conn: Connection, ring: KeyRing, ports: PortOf, clock: Callable[[], datetime]) -> None:
    """The papers of today and of the days before it, of every house once; then what did not fit is tried again."""
    for house, is_bank, today in conn.execute(_SQL["houses"], {"now": clock(), "back": BACK_DAYS}).fetchall():
        port = ports(house)
        for kind, day in _wanted(OF_BANK if is_bank else OF_TREASURY, today):
            if port is None:
                break
            try:
                told = port.day(kind, day)
            except NoPortAnswer as reason:
                log.warning("papers of a day did not come", kind=kind, day=day.isoformat(), reason=str(reason))
                continue
            if told.more:
                log.error("not all papers of a day came", kind=kind, day=day.isoformat())
            for body in told.papers:
                take(conn, ring, house, kind, body, today, clock())
    for (bureau,) in conn.execute(_SQL["bureaus"], {"now": clock()}).fetchall():
        for (clearing,) in conn.execute(_SQL["to_fit"], (bureau,)).fetchall():
            conn.execute(_SQL["fit"], (clearing, clock()))
        conn.execute(_SQL["fit_quota"], (bureau, clock()))


def _wanted(kinds: tuple[str, ...], today: date) -> Iterator[tuple[str, date]]:
    """Returns come first: what came back before the clearing is not claimed."""
    for back in range(BACK_DAYS, -1, -1):
        for kind in kinds:
            yield kind, today - timedelta(days=back)


def take(conn: Connection, ring: KeyRing, house: int, kind: str, body: bytes, today: date, now: datetime) -> int:
    """By the bureau of its division. The code of what became of it; 0: taken, or taken before. What is not taken is
    kept and listed."""
    bureau, number = None, ""
    try:
        paper = _read(kind, body, today)
        number = paper.number
        bureau = _bureau_of(conn, house, paper)
        statement, values = _asked(paper, bureau, house)
        kept = sha256(body).digest(), ring.seal(body, context(house, "in", kind, number)), now
        (code,) = conn.execute(_SQL[statement], (*values, *kept)).fetchall()[0]
        why = Refused(result_code(code)) if code else None
    except Refused as refused:
        why = refused
    except psycopg.DatabaseError:
        if conn.closed:
            raise
        log.exception("a paper of bank or treasury failed", kind=kind)
        why = Refused(TreasuryCode.PAPER_FAILED)
    if why is None:
        return 0
    log.error("a paper of bank or treasury is not taken", kind=kind, why=str(why))
    refuse(conn, ring, bureau, house, kind, number, why, body, now)
    return int(why.code)


def _read(kind: str, body: bytes, today: date) -> Paper:
    """Refused as it is read and checked."""
    if kind in quotas.KINDS:
        return quotas.read(kind, body, today)
    voucher = read_voucher(body)
    check_voucher(voucher, today)
    if voucher.kind != kind:
        raise Refused(TreasuryCode.PAPER_KIND, "VtCode", voucher.kind)
    return voucher


def _bureau_of(conn: Connection, house: int, paper: Paper) -> int:
    """Refused: PAPER_DIVISION."""
    division = paper.bill.text("AdmDivCode") if isinstance(paper, MofVoucher) else paper.bureau
    row = conn.execute(_SQL["bureau_of"], {"division": division, "house": house}).fetchone()
    if row is None:
        raise Refused(TreasuryCode.PAPER_DIVISION, "AdmDivCode", division[:20])
    return int(row[0])


def _asked(voucher: Paper, bureau: int, house: int) -> tuple[str, tuple[Any, ...]]:
    """The statement that takes it, and what it is asked with."""
    if isinstance(voucher, quotas.QuotaMessage):
        return "take_quota", (bureau, house, *voucher)
    bill = voucher.bill
    match voucher.kind:
        case "2203":
            number, line = line_of(bill.text("OriBillNo"))
            return "back", (bureau, house, voucher.number, number, line, bill.text("AgentBusinessNo"),
                            bill.fen("PayAmt"), bill.text("Remark"))  # fmt: skip
        case "2301" | "2302":
            rows = [{"id": text_of(items, "Id"), "voucher_no": text_of(items, "VoucherNo"),
                     "unit": text_of(items, "SupDepCode"), "func": text_of(items, "ExpFuncCode"),
                     "fen": fen_of(items, "PayAmt")} for items in bill.details]  # fmt: skip
            return "clear", (bureau, house, voucher.kind, voucher.number, day_at(bill.items, "VouDate"), Jsonb(rows))
    rows = [{"id": text_of(items, "Id"), "bill_no": text_of(items, "PayAgentBillNo"),
             "voucher_no": text_of(items, "VoucherNo"), "unit": text_of(items, "SupDepCode"),
             "func": text_of(items, "ExpFuncCode"), "fen": fen_of(items, "PayAmt")}
            for items in bill.details]  # fmt: skip
    return "check", (bureau, house, voucher.kind, bill.text("VoucherCheckNo"), day_at(bill.items, "BeginDate"),
                     bill.fen("ChildPackNum"), bill.fen("CurPackNo"), voucher.number, Jsonb(rows))  # fmt: skip
