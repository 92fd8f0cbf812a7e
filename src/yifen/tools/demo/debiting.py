"""Batch debit of the demo: the power company's file of the customers who signed, in fixed width; one of them stopped
his mandate meanwhile, so two people let the others go. Imported once Django is set up, as the owner."""

from datetime import time
from functools import partial
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import WEB
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import signed_in
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.signing import SUPERVISOR
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.till import TillDay
from yifen.trades.agency.sample_core import BILLER, accounts
from yifen.trades.debits import deciding, files
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.layouts.forms import FiledRow
from yifen.trades.debits.running import DebitSides, advance

MANAGER, FINANCE, STAFF = "manager", "finance", "power"
LAYOUT, NAME = "efe", "DK{:%Y%m%d}.txt"
ALL_DAY = time(0), time(23, 59)
_SQL = queries(__package__)


def work(found: Stage, network: SampleNetwork, screen: DemoScreen) -> TillDay:
    """From the rule to the result file; what was debited."""
    logins = (MANAGER, SUPERVISOR, FINANCE, STAFF)
    at = {login.login: signed_in(login, now()) for login in network.logins if login.login in logins}
    biller = next(member.id for member in network.billers if member.code == BILLER)
    ring = found.ring()
    hub = LocalHub(partial(Hub, found.settings, found.database.urls[WEB], ring, now))
    try:
        with plain_connection() as conn:
            rule = deciding.DebitTerms(biller, network.day, LAYOUT, *ALL_DAY, "frozen", 3)
            agreed(at[SUPERVISOR], deciding.propose_rule(at[MANAGER], rule, now()))
            body = file_of(conn, biller)
            batch = files.take_in(conn, ring, at[STAFF].session, biller, NAME.format(network.day), body, now())
            sides = DebitSides(cores_of(conn), hub)
            if advance(sides, batch, now) == "checked":
                agreed(at[SUPERVISOR], deciding.propose_let_go(at[FINANCE], batch, "只扣相符的", now()))
                advance(sides, batch, now)
            done, fen = answered(conn, ring, batch)
    finally:
        hub.stop()
    screen.say(f"the power company's debit file was taken in and run: {done} debited by mandate, {format_yuan(fen)}"
               " yuan; its result file went back")  # fmt: skip
    return TillDay(done, fen)


def agreed(checker: Access, row: Any) -> None:
    second.decide(checker, row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=now())


def file_of(conn: Conn, biller: int) -> bytes:
    """As the power company writes it: each customer who ever signed, his oldest bill."""
    card = next(one for one in accounts("") if one.phone)
    rows = [FiledRow(place, customer, card.account_no, card.name, ref, fen, None, b"")
            for place, (customer, ref, fen) in enumerate(conn.execute(_SQL["debits_asked"], (biller,)).fetchall(), 1)]
    return b"".join(LAYOUTS[LAYOUT].write({"pid": "441999", "cur": "CNY", "type": "0", "fee": "001"}, rows))


def answered(conn: Conn, ring: KeyRing, batch: int) -> tuple[int, int]:
    """The result file as the power company reads it: how many were debited, and how much."""
    body = b"".join(files.result(conn, ring, batch))
    files.fetched(conn, batch, now())
    taken = [fen for _, kind, fen in LAYOUTS[LAYOUT].read_result(body) if kind == "ok"]
    return len(taken), sum(taken)


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """Batches, their rows, what was debited and what not; one that has no end is a problem."""
    names = ("batches", "rows", "debited", "debited_fen", "refused", "open")
    row = conn.execute(_SQL["debits"]).fetchone()
    assert row is not None
    told = dict(zip(names, row, strict=True))
    open_ = told.pop("open")
    return {"debits": told}, [f"{open_} batches of debits have no end"] if open_ else []


def told(result: Result) -> str:
    """The same for people."""
    found = result["debits"]
    return (f"batch debits 批量代扣: {found['batches']} batch of {found['rows']} rows; debited 已扣 {found['debited']},"
            f" {format_yuan(found['debited_fen'])}; not debited 未扣 {found['refused']}")  # fmt: skip
