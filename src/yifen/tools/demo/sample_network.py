"""A sample network in the database: institutions, billers, channels, payers and their bills.

The same for the same seed, but for the keys, which are new each time. Loaded through
`partners.operations` (the owner's connection) and the import functions, as a real one would be.
"""

from collections import defaultdict
from datetime import date, datetime, time
from random import Random
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.days import ZONE
from yifen.core.facts.secrets import KeyRing
from yifen.core.plugs import called, plugs
from yifen.core.wire.keys import Algorithm
from yifen.hub.payments.payables import (
    PAYABLES_SQL,
    PAYERS_SQL,
    NewPayable,
    pack_payables,
    pack_payers,
)
from yifen.hub.sample import Member, Registry, Sample
from yifen.hub.simulators import people
from yifen.hub.simulators.orders import PayVisit
from yifen.tools.demo.sample_people import Login, enrol
from yifen.tools.demo.sample_rows import (
    BANKS,
    BILLERS,
    BOOK,
    BOOK_ID,
    BUREAU,
    CHANNELS,
    COURT,
    FOR_COURT,
    HOSTED,
    KIND_RULES,
    QUIET,
    REMOTE,
    SEATS,
    ChannelRow,
)
from yifen.trades.settlement.sample import BANK


class SampleNetwork(NamedTuple):
    """What was loaded."""

    day: date
    logins: list[Login]
    channels: list[Member]
    billers: list[Member]
    bank: Member
    orders: list[PayVisit]  # every account that may owe something, in the order they come to pay
    payables: int
    quiet: list[Member]  # channels that pay only when somebody takes them up


def load(
    ring: KeyRing,
    owner_url: str,
    *,
    now: datetime,
    day: date,
    first_day: date,
    buckets: int,
    endpoint: str,
    urls: dict[str, str],
    keys: dict[str, str],
    each: int,
    seed: int,
) -> SampleNetwork:
    """The whole network; `endpoint`: where the gas company's own system listens, `urls`: where the ports of bank and
    core do; `keys`: of the core; `first_day`: with which the book begins; `each`: payers of each biller. The core must
    be up, for it says whose accounts are paired; Django must be set up."""
    from django.db import transaction

    from yifen.core.directory.models import Institution
    from yifen.core.partners.models import Partner

    with transaction.atomic():
        registry = Registry(ring, BOOK_ID, now)
        channels, billers, quiet = register(registry, first_day, endpoint)
        seat, partners = Institution.objects.get(code="96"), {p.code: p for p in Partner.objects.all()}
        members = {member.code: member for member in (*channels, *billers)}
        logins = enrol({row.code: row for row in Institution.objects.all()}, now)
        sample = Sample(registry, seat, partners, members, BOOK_ID, day, first_day, urls, [], keys)
        for name in (name for plug in plugs() for name in plug.sample):
            called(name)(sample)
    orders, rows = bills(billers, each, seed, day)
    orders += sample.visits
    Random(seed).shuffle(orders)
    with psycopg.connect(owner_url, autocommit=True) as conn:
        take_in(conn, ring, rows, buckets)
    bank, payables = members[BANK[0]], sum(len(payer.bills) for _, payer in rows)
    return SampleNetwork(day, logins, channels, billers, bank, orders, payables, quiet)


def register(registry: Registry, first_day: date, endpoint: str) -> tuple[list[Member], list[Member], list[Member]]:
    """Institutions, book, channels, billers, keys, admissions. Answers channels, billers and quiet channels."""
    from yifen.core.partners import operations
    from yifen.core.partners.models import ChannelKindRule, Partner

    seats = institutions()
    operations.open_book(*BOOK, time(0, 0), first_day.isoformat())
    billers = []
    channels = [channel(registry, seats["96"], row) for row in CHANNELS]
    quiet = [channel(registry, seats["96"], row) for row in QUIET]
    ChannelKindRule.objects.bulk_create(
        ChannelKindRule(book_id=BOOK_ID, kind=kind, payment_fen_max=payment, day_fen_max=day)
        for kind, payment, day in KIND_RULES
    )
    for one in BILLERS:
        algorithm: Algorithm = "sha1" if one.dialect == "xml" else "hmac-sha256"
        partner, member = registry.enrol(
            seats[one.seat], one.code, one.name, algorithm, **{one.dialect: True}
        )
        remote = {"endpoint": endpoint, "dialect": one.dialect} if one.code == REMOTE else {}
        biller = operations.make_biller(partner, one.category, **one.options, **remote)
        billers.append((biller, member))
    hosted = [host(seats["96"], *row) for row in HOSTED]
    channels += [channel(registry, seats["960101"], row) for row in BANKS]
    code, name, category, seat = COURT
    court = operations.make_biller(operations.register_partner(seats[seat], BOOK_ID, code, name), category)
    code, name, category, seat = BUREAU
    operations.make_biller(operations.register_partner(seats[seat], BOOK_ID, code, name), category)
    for one in [*hosted, *(made for made, _ in (*channels, *quiet))]:
        for biller, _ in billers:
            operations.admit(one, biller)
        if one.partner.code in FOR_COURT:
            operations.admit(one, court)
    Partner.objects.update(live_at=registry.now, wire_log="all")
    paying = [member.id for _partner, member in (*channels, *billers)]  # who has part in the days behind
    Partner.objects.filter(pk__in=paying).update(live_at=datetime.combine(first_day, time(), ZONE))
    first, second, third = ([member for _, member in rows] for rows in (channels, billers, quiet))
    return first, second, third


def channel(registry: Registry, seat: Any, row: ChannelRow) -> tuple[Any, Member]:
    """One that pays here, and its own side."""
    from yifen.core.partners import operations

    partner, member = registry.enrol(seat, row.code, row.name, row.algorithm, **row.partner)
    return operations.make_channel(partner, **row.limits), member


def host(seat: Any, code: str, name: str, hosted: str, kind: str) -> Any:
    """A channel that Yifen runs itself."""
    from yifen.core.partners import operations

    partner = operations.register_partner(seat, BOOK_ID, code, name)
    return operations.make_channel(partner, hosted=hosted, kind=kind)


def institutions() -> dict[str, Any]:
    """The organisation tree; institutions by code."""
    from yifen.core.directory.models import Institution

    made: dict[str, Any] = {}
    for seat in SEATS:
        made[seat.code] = Institution.objects.create(
            code=seat.code, parent=made.get(seat.parent or ""), level=seat.level, name=seat.name
        )
    return made


Rows = list[tuple[Member, people.Payer]]


def bills(members: list[Member], each: int, seed: int, day: date) -> tuple[list[PayVisit], Rows]:
    """Whom to collect from, and the payers of the billers hosted here with their bills. The remote
    one's own system makes the same payers from the same seed."""
    orders: list[PayVisit] = []
    hosted: Rows = []
    for kind, member in zip(BILLERS, members, strict=True):
        for payer in people.payers(kind.category, kind.prefix, each, seed, day):
            orders.append(PayVisit(kind.code, payer.account_no))
            if kind.code != REMOTE:
                hosted.append((member, payer))
    return orders, hosted


def take_in(conn: psycopg.Connection[Any], ring: KeyRing, rows: Rows, buckets: int) -> None:
    """Payers and payables through the import functions, bucket by bucket."""
    by_bucket: dict[int, Rows] = defaultdict(list)
    for member, payer in rows:
        by_bucket[account_bucket(member.id, payer.account_no, buckets)].append((member, payer))
    with conn.transaction():
        for bucket, some in by_bucket.items():
            names = [(member.id, payer.account_no, payer.name) for member, payer in some]
            conn.execute(PAYERS_SQL, pack_payers(ring, bucket, names))
            due = [new_payable(m.id, p.account_no, bill) for m, p in some for bill in p.bills]
            conn.execute(PAYABLES_SQL, pack_payables(bucket, due))


def new_payable(biller_id: int, account_no: str, bill: people.PayerBill) -> NewPayable:
    return NewPayable(
        biller_id=biller_id,
        account_no=account_no,
        ref=bill.ref,
        title=bill.title,
        mode=bill.mode,
        due_fen=bill.due_fen,
        credit_id=None,
        min_fen=bill.min_fen,
        max_fen=bill.max_fen,
        due_on=bill.due_on,
    )
