"""The hub under load: a small network, bills to charge, and what the books say afterwards."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import psycopg

from yifen.core import runtime
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.days import ZONE
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import Database
from yifen.hub.payments.payables import PAYABLES_SQL, NewPayable, pack_payables
from yifen.hub.payments.remote.tcp_lines import context
from yifen.hub.simulators.load_requests import bill

CHANNEL, KEY = "BENCH", b"bench-secret-of-32-bytes-length!"
BILLERS = ("HEAT", "POWER", "WATER", "GAS", "PROPERTY")
PAYMENT_FEN_MAX, DAY_FEN_MAX = 1_000_000, 10**15 - 1
ROWS_AT_ONCE = 5000

_SQL = queries(__package__)
BOOKS_SQL = _SQL["books"]


class BenchNetwork(NamedTuple):
    """What was registered; `billers`: code → id."""

    day: date
    billers: dict[str, int]


class BookedFigures(NamedTuple):
    """What the database says afterwards."""

    payments: int
    paid_fen: int
    moved_fen: int
    settled_fen: int
    debit_fen: int
    credit_fen: int
    usage_fen: int

    @property
    def balanced(self) -> bool:
        """Every sum of the same money is the same."""
        return len(set(self[1:])) == 1


def register(settings: Settings, now: datetime, days: int = 0) -> BenchNetwork:
    """One channel with limits and a key of each dialect, and the hosted billers that it may collect for;
    the open business day is so many `days` ago. Call after runtime.migrate, which sets Django up."""
    from django.db import connection, transaction

    from yifen.core.directory.models import Institution
    from yifen.core.partners import operations as partners

    today = now.astimezone(ZONE).date() - timedelta(days)
    with transaction.atomic():
        partners.open_book(1, "hub", "缴费平台", time(23, 0), today.isoformat())
        union = Institution.objects.create(level="union", code="BENCH", name="省联社")
        teller = partners.register_partner(union, 1, CHANNEL, "压测渠道", xml=True, json=True)
        channel = partners.make_channel(
            teller, PAYMENT_FEN_MAX, DAY_FEN_MAX, (time(0), time(23, 59, 59, 999999))
        )
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        for version, algorithm in enumerate(("sha1", "hmac-sha256"), 1):
            partners.issue_key(ring, teller, version, algorithm, KEY, now)
        with connection.cursor() as cursor:
            cursor.execute(_SQL["add_line"], [teller.pk, CHANNEL, ring.seal(KEY[:16], context(CHANNEL))])
        found = {}
        for code in BILLERS:
            partner = partners.register_partner(union, 1, code, code.title())
            partners.admit(channel, partners.make_biller(partner, code.lower()))
            found[code] = int(partner.pk)
    connection.close()
    return BenchNetwork(today, found)


def import_bills(
    found: Database, buckets: int, billers: dict[str, int], first: int, count: int
) -> None:
    """Payables number first … first + count − 1, exact, in another order than they are charged in."""
    ids = list(billers.values())
    by_bucket: dict[int, list[NewPayable]] = defaultdict(list)
    for number in random.Random(first).sample(range(first, first + count), count):
        index, account_no, ref, amount_fen = bill(number, len(ids))
        row = NewPayable(ids[index], account_no, ref, "压测账单", "exact", amount_fen, None)
        by_bucket[account_bucket(row.biller_id, account_no, buckets)].append(row)
    with psycopg.connect(found.url, autocommit=True) as conn:
        for bucket, rows in by_bucket.items():
            for start in range(0, len(rows), ROWS_AT_ONCE):
                conn.execute(
                    PAYABLES_SQL, pack_payables(bucket, rows[start : start + ROWS_AT_ONCE])
                )


def books(found: Database) -> BookedFigures:
    with psycopg.connect(found.url) as conn:
        row = conn.execute(BOOKS_SQL).fetchone()
    assert row is not None
    return BookedFigures(*row)


def now_utc() -> datetime:
    """The one place where the bench reads the calendar."""
    return datetime.now(UTC)
