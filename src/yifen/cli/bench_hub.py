"""The hub under load: migrated, a small network registered, the gateway run as a process."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time as clocks
from collections import defaultdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from yifen.cli import runtime
from yifen.cli.runtime import Database, EdgeError
from yifen.kernel.buckets import account_bucket
from yifen.kernel.secrets import read_ring
from yifen.kernel.settings import Settings
from yifen.payments.payables import PAYABLES_SQL, NewPayable, pack_payables
from yifen.simulators.load_requests import bill

CHANNEL, KEY = "BENCH", b"bench-secret-of-32-bytes-length!"
BILLERS = ("HEAT", "POWER", "WATER", "GAS", "PROPERTY")
ZONE = ZoneInfo("Asia/Shanghai")
PAYMENT_FEN_MAX, DAY_FEN_MAX = 1_000_000, 10**15 - 1
ROWS_AT_ONCE = 5000
START_S_MAX, STOP_S_MAX = 30, 40

BOOKS_SQL = """
SELECT (SELECT count(*) FROM payment) AS payments,
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment) AS paid_fen,
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_transfer) AS moved_fen,
       (SELECT coalesce(sum(paid_fen), 0)::bigint FROM payable) AS settled_fen,
       (SELECT coalesce(sum(debit_posted_fen), 0)::bigint FROM ledger_balance) AS debit_fen,
       (SELECT coalesce(sum(credit_posted_fen), 0)::bigint FROM ledger_balance) AS credit_fen,
       (SELECT coalesce(sum(taken_fen), 0)::bigint FROM channel_usage) AS usage_fen"""


class Books(NamedTuple):
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


def register(settings: Settings, now: datetime) -> dict[str, int]:
    """One channel with limits and an XML key, hosted billers it may collect for: code → id.
    Call after runtime.migrate, which sets Django up."""
    from django.db import connection, transaction

    from yifen.directory.models import Institution
    from yifen.partners import operations as partners

    today = now.astimezone(ZONE).date()
    with transaction.atomic():
        partners.open_book(1, "hub", "缴费平台", time(23, 0), today.isoformat())
        union = Institution.objects.create(level="union", code="BENCH", name="省联社")
        teller = partners.register_partner(union, 1, CHANNEL, "压测渠道", xml=True)
        channel = partners.make_channel(
            teller, PAYMENT_FEN_MAX, DAY_FEN_MAX, (time(0), time(23, 59, 59, 999999))
        )
        ring = read_ring(settings.key_ring, runtime.data_folder(settings))
        partners.issue_key(ring, teller, 1, "sha1", KEY, now)
        found = {}
        for code in BILLERS:
            partner = partners.register_partner(union, 1, code, code.title())
            partners.admit(channel, partners.make_biller(partner, code.lower()))
            found[code] = int(partner.pk)
    connection.close()
    return found


def import_bills(
    found: Database, buckets: int, billers: dict[str, int], first: int, count: int
) -> None:
    """Payables number first … first + count − 1, exact, as the load generator will charge them."""
    ids = list(billers.values())
    by_bucket: dict[int, list[NewPayable]] = defaultdict(list)
    for number in range(first, first + count):
        index, account_no, ref, amount_fen = bill(number, len(ids))
        row = NewPayable(ids[index], account_no, ref, "压测账单", "exact", amount_fen, None)
        by_bucket[account_bucket(row.biller_id, account_no, buckets)].append(row)
    with psycopg.connect(found.app_url, autocommit=True) as conn:
        for bucket, rows in by_bucket.items():
            for start in range(0, len(rows), ROWS_AT_ONCE):
                conn.execute(PAYABLES_SQL, pack_payables(bucket, rows[start : start + ROWS_AT_ONCE]))


def books(found: Database) -> Books:
    with psycopg.connect(found.app_url) as conn:
        row = conn.execute(BOOKS_SQL).fetchone()
    assert row is not None
    return Books(*row)


class Gateway:
    """`yifen serve` as a child process; its output is in a file."""

    def __init__(self, settings: Settings, found: Database, workers: int, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._log = log
        environment = {
            **runtime.environment(settings, found),
            "YIFEN_BUCKETS": str(settings.buckets),
            "YIFEN_HOST": "127.0.0.1",
        }
        command = [sys.executable, "-m", "yifen", "serve", "--port", str(self.port)]
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                [*command, "--workers", str(workers)], env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=os.sep,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._child.pid

    def __enter__(self) -> "Gateway":
        deadline = clocks.monotonic() + START_S_MAX
        while not self._healthy():
            if self._child.poll() is not None or clocks.monotonic() > deadline:
                self._child.kill()
                raise EdgeError(f"the gateway did not start: {self._log.read_text()[-1000:]}")
            clocks.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _healthy(self) -> bool:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asking.request("GET", "/health")
            return asking.getresponse().status == 200
        except OSError:
            return False
        finally:
            asking.close()


def now_utc() -> datetime:
    """The one place where the bench reads the calendar."""
    return datetime.now(UTC)
