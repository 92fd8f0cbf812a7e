"""Mandates of the demo: customers of the power company sign at the desk (4621), one pays with one tap, one stops his by
the link of his notice. Imported once Django is set up, as the owner."""

from functools import partial

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import WEB
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.operations import Cores
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import signed_in
from yifen.tools.demo.sample_rows import HOSTED
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.teller import owing
from yifen.tools.demo.till import TillDay
from yifen.trades.agency.sample_core import BILLER, HOLDER_PHONE, accounts
from yifen.trades.invoices.sample import TELLER
from yifen.trades.mandates import asking, rules, signing, singles
from yifen.trades.mandates.kept import find
from yifen.trades.mandates.rules import AccountHolder, SignedTerms, Terms
from yifen.trades.mandates.singles import DebitOutside

CHANNEL, SUPERVISOR = HOSTED[2][0], "960101-900"
MANDATES = 12
ID_NO = "11010519491231002X"
_SQL = queries(__package__)


def work(found: Stage, network: SampleNetwork, screen: DemoScreen) -> TillDay:
    """One account for all of them, so that a batch has an order to keep; what was debited."""
    at = {login.login: signed_in(login, now()) for login in network.logins if login.login in (TELLER, SUPERVISOR)}
    biller = next(member for member in network.billers if member.code == BILLER)
    hub = LocalHub(partial(Hub, found.settings, found.database.urls[WEB], found.ring(), now))
    try:
        with plain_connection() as conn:
            cores = cores_of(conn)
            customers = [told.account_no for told in owing(hub, network, CHANNEL, MANDATES)]
            numbers = [signed(cores, at[TELLER], at[SUPERVISOR], biller.id, customer) for customer in customers]
            fen = tapped(DebitOutside(hub, cores), numbers[0])
            asking.stop(conn, found.ring(), numbers[-1], "link", now())
    finally:
        hub.stop()
    screen.say(f"{len(numbers)} customers signed mandates at the desk, one paid {format_yuan(fen)} yuan with one tap,"
               " one stopped his by the link of his notice")  # fmt: skip
    return TillDay(1, fen)


def signed(cores: Cores, teller: Access, supervisor: Access, biller_id: int, customer: str) -> str:
    """4621 新增, of the core's own customer."""
    card = next(one for one in accounts("") if one.phone)
    holder, number = AccountHolder(card.name, "id_card", ID_NO, HOLDER_PHONE), rules.new_number(now())
    terms = Terms(once_fen=100_000, month_fen=200_000, one_tap=True)
    agreement = SignedTerms(biller_id, customer, card.account_no, holder, terms)
    content = signing.content_of(cores, teller, agreement, number)
    proposal = second.propose(teller, signing.ACT, number, content, now(), reason="客户申请")
    second.decide(supervisor, proposal.pk, seen=bytes(proposal.shown or b"").hex(), yes=True, now=now())
    return number


def tapped(outside: DebitOutside, number: str) -> int:
    """All that is due, by the payer's own confirmation."""
    due = singles.dues(outside.cores.conn, outside.hub, find(outside.cores.conn, number))
    fen = sum(line.amount_fen for line in due.lines)
    one = singles.tap(outside, number, f"demo:{number}", [], fen, now())
    singles.advance(outside, one.single_id, now())
    return fen


def figures(conn: Conn) -> tuple[Result, list[str]]:
    """Mandates in force and stopped; single debits, and what of them has no end."""
    names = ("in_force", "stopped", "debits", "debited_fen", "open")
    row = conn.execute(_SQL["mandates"]).fetchone()
    assert row is not None
    told = dict(zip(names, row, strict=True))
    open_ = told.pop("open")
    return {"mandates": told}, [f"{open_} debits by mandate have no end"] if open_ else []


def told(result: Result) -> str:
    """The same for people."""
    found = result["mandates"]
    return (f"mandates 代扣签约: {found['in_force']} in force, {found['stopped']} stopped by the payer; single debits"
            f" 单笔扣款: {found['debits']}, {format_yuan(found['debited_fen'])}")  # fmt: skip
