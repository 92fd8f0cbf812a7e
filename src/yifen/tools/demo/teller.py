"""A teller's day at the demo's desk: he collects in cash and by accounts through the core, takes a deposit of the power
company, prints an invoice, spoils one, asks for an electronic one, and balances his drawer. Imported once Django is set
up, as the owner."""

from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from yifen.core.access.edge import Access, now
from yifen.core.access.models import User
from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.processes import WEB
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.messages import Query
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.face.plain import plain_connection
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_people import signed_in
from yifen.tools.demo.sample_rows import HOSTED
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.till import TillDay
from yifen.trades.agency import deposits
from yifen.trades.agency.sample_core import BILLER, FIRST_SLIP, UNIT, accounts
from yifen.trades.counter import queries as counter
from yifen.trades.counter.models import Entry, PayKind, Shift
from yifen.trades.counter.operations import collect, core, shifts
from yifen.trades.counter.orders import DeskOrder, EntryLine, PayMeans
from yifen.trades.invoices import printing, stock
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.electronic.rules import Buyer
from yifen.trades.invoices.rules import NumberSpan, multirange
from yifen.trades.invoices.sample import TELLER

DESK = HOSTED[0][0]
PIECES = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1)
LOOKED_AT_MOST = 400
_SQL = queries(__package__)


class Paying(NamedTuple):
    """How one of the collections is paid."""

    kind: str
    account_no: str = ""
    pin: str = ""
    cheque_no: str = ""


def work(found: Stage, network: SampleNetwork, screen: DemoScreen) -> TillDay:
    """From opening to balancing."""
    teller = signed_in(next(one for one in network.logins if one.login == TELLER), now())
    user = teller.user
    hub = LocalHub(partial(Hub, found.settings, found.database.urls[WEB], found.ring(), now))
    try:
        shift = shifts.open_shift(user, 0, now())
        payers = owing(hub, network, DESK, len(ways()))
        entries = [collected(hub, user, told, one) for told, one in zip(payers, ways(), strict=False)]
    finally:
        hub.stop()
    deposited(teller, shift)
    first, second = islice((one.payment_id for one in entries if one.payment_id), 2)
    printed(teller, user, first)
    asked(found, teller, second)
    balanced(teller, user, shift)
    done = TillDay(len(entries), sum(entry.amount_fen for entry in entries))
    screen.say(f"the desk collected {done.payments} times through its core, {format_yuan(done.amount_fen)} yuan, took a"
               " deposit, printed an invoice, asked for an electronic one and balanced its drawer")  # fmt: skip
    return done


def ways() -> list[Paying]:
    """In cash, by a card, a cheque and a company's passbook."""
    known = {one.kind: Paying(one.kind, one.account_no, one.pin, min(one.cheques, default=""))
             for one in accounts("") if one.pin or one.cheques}  # fmt: skip
    return [Paying("cash"), *(known[kind] for kind in ("personal", "cheque", "corporate"))]


def owing(hub: LocalHub, network: SampleNetwork, channel: str, count: int) -> list[QueryReply]:
    """Customers of the power company who owe something, of those that come last to pay, but for the very last, who is
    left to whoever tries the desk."""
    late = islice((one for one in reversed(network.orders) if one.biller == BILLER), 1, None)
    asked = (hub.query(channel, Query(biller=one.biller, account_no=one.account_no))
             for one in islice(late, LOOKED_AT_MOST))  # fmt: skip
    return list(islice((told for code, told in asked if code is Code.OK and due(told)), count))


def due(told: QueryReply) -> list[PayableView]:
    """One bill."""
    return [bill for bill in told.payables if bill.due_fen > 0 and bill.mode == "exact"][:1]


def collected(hub: LocalHub, user: User, told: QueryReply, paying: Paying) -> Entry:
    """4623: the core first, the hub then."""
    shift = counter.open_shift_of(user)
    assert shift is not None
    means = PayMeans(PayKind(paying.kind), None, paying.account_no, paying.cheque_no,
                     shift.business_day if paying.cheque_no else None)  # fmt: skip
    lines = tuple(EntryLine(bill.payable, bill.title, bill.due_fen) for bill in due(told))
    order = DeskOrder("4623", told.biller, told.account_no, told.payer_name, lines, means, told.quote or "")
    entry = collect.prepare(user, counter.next_serial(shift), order, now(), core.payer_of(user, order))
    return collect.send(hub, user, entry.pk, now(), paying.pin)


def deposited(teller: Access, shift: Shift) -> None:
    """4628 in cash, of the first slip."""
    place = deposits.DeskPlace(shift.institution_id, shift.channel_id, shift.pk, shift.teller_id, TELLER,
                               shift.business_day, teller.session)  # fmt: skip
    with core.reached() as cores:
        deposits.pay(cores, place, deposits.DepositOrder(UNIT, FIRST_SLIP, deposits.CASH), now())


def printed(teller: Access, user: User, payment_id: int) -> None:
    """A payment's invoice; the paper behind it is jammed."""
    with plain_connection() as conn:
        first = printing.next_number(conn, user.pk, payment_id)
        assert first is not None
        printing.print_paper(teller, payment_id, printing.FIRST, first.number, now())
        jammed = NumberSpan(first.number + 1, first.number + 1)
        stock.mark(conn, teller.session, "void", first.kind_id, jammed, user.pk, "卡纸", now())


def asked(found: Stage, teller: Access, payment_id: int) -> None:
    """4643: the worker has it issued by the company's tax platform."""
    with plain_connection() as conn:
        issuing.ask(conn, found.ring(), teller.session, payment_id, Buyer("欧阳小明"), now())


def balanced(teller: Access, user: User, shift: Shift) -> None:
    """Papers and cash are counted, and both agree."""
    with plain_connection() as conn:
        row: Any = conn.execute(_SQL["hand"], (TELLER,)).fetchone()
        stock.count(conn, teller.session, "day", row[0], user.pk, multirange(row[1]), now())
    counted, left = {}, counter.expected_fen(shift)
    for piece in PIECES:
        counted[piece], left = divmod(left, piece)
    shifts.close_shift(teller, counted, now())
