"""The days behind the demo's: small ones, paid through a real hub by a clock that stands in the past, each closed
by the real night, so that charts and calendars have something to show.

Payers come to top up: a few accounts of the billers that are hosted here, whose payable takes any amount. The gas
company, which has a system of its own, has no payments in them.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from random import Random
from shutil import rmtree
from typing import NamedTuple

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import GATEWAY, NIGHT
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.core.wire.messages import Charge, Line, Query, Reverse, WireFault
from yifen.hub.landing import INBOX
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.payments.payables import (
    PAYABLES_SQL,
    PAYERS_SQL,
    NewPayable,
    pack_payables,
    pack_payers,
)
from yifen.night import runner
from yifen.night.commands.eod import around
from yifen.tools.demo.closing import Conn
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_rows import BANKS, BOOK_ID, REMOTE
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.town import VENDING
from yifen.trades.billing.prepaid import selling
from yifen.trades.billing.sample import PREPAID_ACCOUNT
from yifen.trades.reconciliation.sample import CHANNEL, COLUMNS

PAYMENTS = 26  # of a day, more or less
AT_ONCE = 12
ACCOUNTS = 12  # of each biller
REF, TITLE = "TOPUP", "预存款"
NIGHT_AT = time(0, 35)  # of the next day
CHOSEN = (5, 3, 1, 2, 2, 2, 1, 1)  # how often, channel by channel
AHEAD_FEN = 20_000
BUSY_HOURS = (8, 9, 9, 10, 10, 11, 12, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21)
_SQL = queries(__package__)
_OUTAGE, _TRAFFIC = _SQL["outage"], _SQL["keep_traffic"]


class TopUp(NamedTuple):
    """One payment to come: when, by which channel, to which account, how much; `again`: its serial is sent
    for another amount afterwards, `back`: it is taken back."""

    at: datetime
    serial: str
    channel: str
    biller: str
    account_no: str
    amount_fen: int
    again: bool
    back: bool


class PastClock:
    """What the hub reads as the time."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def run(found: Stage, network: SampleNetwork, conn: Conn, days: int, seed: int, screen: DemoScreen) -> None:
    """So many days before the network's own. EdgeError: one does not close."""
    billers = {member.code: member.id for member in network.billers if member.code != REMOTE}
    channels = [member.code for member in network.channels]
    open_accounts(found, conn, billers)
    clock, random = PastClock(), Random(seed)
    hub = LocalHub(partial(Hub, found.settings, found.database.urls[GATEWAY], found.ring(), clock))
    nights = LocalHub(partial(Hub, found.settings, found.database.urls[NIGHT], found.ring(), today))
    outside = replace(around(nights, found.folder, found.ring()), quiet_s=0)  # the files are whole already
    rmtree(found.folder / INBOX, ignore_errors=True)  # of a demo before
    past = [network.day - timedelta(days=back) for back in range(days, 0, -1)]
    try:
        with ThreadPoolExecutor(AT_ONCE) as several:
            for day in past:
                if day == past[len(past) // 2]:
                    conn.execute(_OUTAGE, (billers["PROP01"], at(day, 15), at(day, 17)))
                lines = pay(hub, several, clock, list(plan(day, channels, list(billers), random)))
                if day == past[-1]:
                    buy_ahead(hub, conn, clock, day)
                drop_file(found, day, lines)
                clock.now = datetime.combine(day + timedelta(days=1), NIGHT_AT, ZONE)
                ran = runner.run(conn, BOOK_ID, day, outside, clock.now)
                if ran.state != "closed":
                    raise EdgeError(f"{day} is {ran.state}: {ran.error or ran.reasons}")
    finally:
        hub.stop()
        nights.stop()
    for day in past:  # the hub has told its last minutes
        conn.execute(_TRAFFIC, (day, datetime.now(UTC)))
    screen.say(f"{days} days behind today are paid, closed and proved")


def today() -> datetime:
    """What stands in the messages to the gas company, whose system takes no old ones."""
    return datetime.now(UTC)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def open_accounts(found: Stage, conn: Conn, billers: dict[str, int]) -> None:
    """Payers of the billers, each with a payable that takes any amount."""
    for code, biller_id in billers.items():
        for number in range(ACCOUNTS):
            account_no = account_of(code, number)
            bucket = account_bucket(biller_id, account_no, found.settings.buckets)
            conn.execute(PAYERS_SQL, pack_payers(found.ring(), bucket, [(biller_id, account_no, "欧阳小明")]))
            due = NewPayable(biller_id, account_no, REF, TITLE, "open", 0, None, 1_000, 200_000)
            conn.execute(PAYABLES_SQL, pack_payables(bucket, [due]))


def account_of(biller: str, number: int) -> str:
    return f"39{biller[0]}{number:05d}"


def plan(day: date, channels: list[str], billers: list[str], random: Random) -> Iterator[TopUp]:
    """A day's payments in their order: fewer on weekends, most in the morning and the evening."""
    count = int(PAYMENTS * (0.6 if day.weekday() >= 5 else 1) * random.uniform(0.8, 1.2))
    times = sorted(at(day, random.choice(BUSY_HOURS), 20 * random.randrange(3)) for _ in range(count))
    for number, moment in enumerate(times):
        channel = random.choices(channels, CHOSEN)[0]
        biller = random.choice(billers)
        yield TopUp(moment, f"H{day:%y%m%d}{number:04d}", channel, biller,
                    account_of(biller, random.randrange(ACCOUNTS)), random.randint(20, 900) * 100,
                    again=random.random() < 0.06, back=random.random() < 0.03)  # fmt: skip


def pay(hub: LocalHub, several: ThreadPoolExecutor, clock: PastClock, planned: list[TopUp]) -> list[str]:
    """All of a day, those of a moment at once; the lines of the file of the channel that sends one."""
    lines: list[str] = []
    for moment, group in groupby(planned, lambda one: one.at):
        clock.now = moment
        for told in several.map(lambda one: pay_one(hub, one), list(group)):
            lines += told
    return lines


def buy_ahead(hub: LocalHub, conn: Conn, clock: PastClock, day: date) -> None:
    """At a bank's counter, for a prepaid meter, and it is sold. Its token the worker asks for."""
    clock.now = at(day, 21)
    told = hub.query(BANKS[0].code, Query(biller=VENDING, account_no=PREPAID_ACCOUNT))[1]
    charge = Charge(serial=f"H{day:%y%m%d}9999", biller=VENDING, account_no=PREPAID_ACCOUNT, amount_fen=AHEAD_FEN,
                    lines=[Line(payable="PREPAID", amount_fen=AHEAD_FEN)], quote=told.quote,
                    paid_at=clock.now)  # fmt: skip
    hub.charge(BANKS[0].code, charge)
    selling.sell_due(conn, clock)


def pay_one(hub: LocalHub, one: TopUp) -> list[str]:
    """One payment, and what comes after it."""
    try:
        quote = quoted(hub, one)
        charge = Charge(serial=one.serial, biller=one.biller, account_no=one.account_no, amount_fen=one.amount_fen,
                        lines=[Line(payable=REF, amount_fen=one.amount_fen)], quote=quote, paid_at=one.at)  # fmt: skip
        code, _reply = hub.charge(one.channel, charge)
    except WireFault:
        return []
    if code is not Code.OK:
        return []
    lines = [f"{one.serial}|S|{one.amount_fen}|{one.account_no}|"]
    if one.again:
        refused(hub, one.channel, charge)
    if one.back:
        back = Reverse(serial=f"{one.serial}R", original_serial=one.serial, amount_fen=one.amount_fen, reason="缴错")
        if hub.give_back(one.channel, back)[0] is Code.OK:
            lines.append(f"{one.serial}R|V|{one.amount_fen}|{one.account_no}|{one.serial}")
    return lines if one.channel == CHANNEL else []


def quoted(hub: LocalHub, one: TopUp) -> str | None:
    """What the biller asks to be named, if it does and is to be had."""
    try:
        return hub.query(one.channel, Query(biller=one.biller, account_no=one.account_no))[1].quote
    except WireFault:
        return None


def refused(hub: LocalHub, channel: str, charge: Charge) -> None:
    """The same serial for a fen more: refused for a reason."""
    more = charge.amount_fen + 1
    try:
        hub.charge(channel, Charge(serial=charge.serial, biller=charge.biller, account_no=charge.account_no,
                                   amount_fen=more, lines=[Line(payable=REF, amount_fen=more)], quote=charge.quote,
                                   paid_at=charge.paid_at))  # fmt: skip
    except WireFault:
        return


def drop_file(found: Stage, day: date, lines: list[str]) -> None:
    """The channel's own file of the day."""
    folder = found.folder / INBOX / CHANNEL
    folder.mkdir(parents=True, exist_ok=True)
    head = "|".join(name for name, *_ in COLUMNS)
    content = "".join(f"{line}\n" for line in [head, *lines])
    (folder / f"{CHANNEL}_{day:%Y%m%d}.txt").write_text(content, encoding="utf-8")
