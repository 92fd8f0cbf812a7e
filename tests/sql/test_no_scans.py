"""No call on the walk of a payment, and no look-up of a page, reads a table or an index whole, however
much is kept: each names the bucket of what it seeks. PostgreSQL 18 hides one that does not (it skips
through an index), so `.ci/run` tries this on an older server too."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import NOON, Database, World
from yifen.core.facts.buckets import serial_bucket
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments import lookup, sql_line

SQL = queries("yifen.hub.payments")
REPAIR = queries("yifen.trades.reconciliation.repair")
ROWS, BUCKETS = 50_000, 4
BLOCKS_MAX = 100
"""Of a table with its indexes, a call: some look-ups of three levels. Whole they have 400 and more."""

# Rows of the same partners as the calls'; `id` is a payment's number. The outbox's are through.
KEPT = {
    "payer": "%(gas)s, 'P' || n, '~1~' || md5(n::text) || '~00'",
    "payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen,"
    " credit_id)": "id, %(gas)s, 'P' || n, 'R1', '燃气费', 'exact', 100, 1, 100, %(credit)s",
    "payment_quote": "md5(n::text), %(wx)s, %(gas)s, 'P' || n, '{R1}', '{100}', now()",
    "payment (bucket, payment_id, channel_id, biller_id, account_no, serial, amount_fen, payer_state,"
    " biller_state, business_day, paid_at, booked_at, biller_serial)": "id, %(wx)s, %(gas)s, 'P' || n,"
    " md5(n::text), 100, 'taken', 'booked', '2026-11-22', now(), now(), 'G' || n",
    "payment_return": "id, 'reverse', %(wx)s, md5(n::text), 100, NULL, '2026-11-22', now()",
    "payment_serial": "%(wx)s, md5(n::text), 'charge', md5(n::text)::uuid, 0, bucket, id",
    "payment_event (bucket, payment_id, at, payer_state, biller_state, note)":
        "id, now(), 'taken', 'booked', ''",
    "biller_call": "id, 'confirm', 3, false, NULL",
    "ledger_transfer": "n + 1000000, n + 1000000, 'posted', 1, %(credit)s, 100, NULL, NULL, id, n,"
    " '2026-11-22', ''",
    "ledger_batch": "n + 1000000, 1, 1, now(), ''",
}  # fmt: skip
FILL = """INSERT INTO {table} SELECT bucket, {columns}
FROM (SELECT n + {first} AS n, (n %% {buckets})::smallint AS bucket,
          {first} + (n + 1000000) * 1000 + n %% {buckets} AS id
      FROM generate_series(1, {rows}) n) r"""
PARTITIONED = ("payment ", "ledger_transfer", "ledger_batch")
TABLES = [table.split()[0] for table in KEPT]
READ = r"""SELECT regexp_replace(relname, '_\d+$', '') AS name, sum(s.seq_tup_read)::bigint,
    sum(coalesce(heap_blks_read + heap_blks_hit, 0) + coalesce(idx_blks_read + idx_blks_hit, 0))::bigint
FROM pg_stat_user_tables s JOIN pg_statio_user_tables USING (relid, schemaname, relname)
WHERE regexp_replace(relname, '_\d+$', '') = ANY (%s) GROUP BY name"""
Found = dict[str, tuple[int, int]]


class Walk:
    """The calls, and of each what it read of the tables that grow: rows in order, blocks."""

    def __init__(self, database: Database) -> None:
        self.owner = psycopg.connect(database.super_url, autocommit=True)
        self.pages = psycopg.connect(database.app_url, autocommit=True)
        self.lane = psycopg.connect(database.app_url, autocommit=True, options=sql_line.OPTIONS)
        self.world = World(self.lane, BUCKETS).network()
        assert self.owner.execute("SHOW autovacuum").fetchone() == ("off",)  # it would be taken for a call
        self.count = 0

    def close(self) -> None:
        for conn in (self.owner, self.pages, self.lane):
            conn.close()

    def fill(self, tables: tuple[str, ...] = ("",), first: int = 0) -> None:
        """Beside triggers and foreign keys: what stands there has no meaning. `first`: the number of a partition's
        beginning."""
        gas = self.world.ids["GAS"]
        transit = self.world.value("SELECT transit_id FROM biller WHERE partner_id = %s", gas)
        facts = {"gas": gas, "wx": self.world.ids["WX"], "credit": transit}
        with self.owner.transaction():
            self.owner.execute("SET LOCAL session_replication_role = replica")
            for table, columns in ((table, columns) for table, columns in KEPT.items() if table.startswith(tables)):
                fill = FILL.format(table=table, columns=columns, buckets=BUCKETS, rows=ROWS, first=first)
                self.owner.execute(fill.encode(), facts)
        self.owner.execute("SELECT pg_stat_force_next_flush()")  # else what was filled is told later, as a call's

    def kept(self) -> Found:
        for conn in (self.lane, self.pages):
            conn.execute("SELECT pg_stat_force_next_flush()")
        return {name: (rows, blocks) for name, rows, blocks in self.owner.execute(READ, [TABLES])}

    def all(self) -> dict[str, Found]:
        """Every call once, in an order in which each is taken."""
        self.count += 1
        own, world = f"{self.count}", self.world
        for bill in ("B1", "B2"):
            world.owe("WATER", f"W{own}", bill, 1000)
        for account in "abcde":
            world.owe("GAS", f"G{own}{account}", "R1", 500)
        world.owe("HEAT", f"H{own}", "Q1", 4000)
        made, found = {}, {}

        def do(name: str, call: Callable[..., Any], *content: Any, **fields: Any) -> Any:
            before = self.kept()
            answer = call(*content, **fields)
            after = self.kept()
            found[name] = {t: (after[t][0] - before[t][0], after[t][1] - before[t][1]) for t in TABLES}
            return answer

        def charge(name: str, biller: str, account: str, lines: dict[str, int], **more: str) -> None:
            made[name] = do(f"charge {name}", world.charge, f"{name}{own}", lines, biller=biller,
                            account_no=account, **more)  # fmt: skip
            assert made[name].code.name in ("OK", "PROCESSING")

        def result(name: str, outcome: str) -> None:
            answer = do(f"{outcome} {name}", world.result, made[name].payment_id, outcome, f"{name}{own}")
            assert not answer.repeated

        def ask(name: str, statements: dict[str, str], params: Any) -> None:
            statement = statements[name].replace("{more}", "").encode()
            do(name, lambda: self.pages.execute(statement, params).fetchall())

        charge("hosted", "WATER", f"W{own}", {"B1": 1000, "B2": 1000})
        do("repeat", charge, "hosted", "WATER", f"W{own}", {"B1": 1000, "B2": 1000})
        do("quote", world.quote, f"Q{own}", {"Q1": 4000}, NOON + timedelta(minutes=5), account_no=f"H{own}")
        charge("quoted", "HEAT", f"H{own}", {"Q1": 4000}, quote=f"Q{own}")
        for name, account in zip(("booked", "rejected", "undone", "unknown", "back"), "abcde", strict=True):
            charge(name, "GAS", f"G{own}{account}", {"R1": 500})
        take = "SELECT payments_take_calls_v1(%s, ARRAY[60], 5, %s)"
        do("take", self.lane.execute, take, [NOON + timedelta(minutes=1), UUID(int=self.count)])
        claim = "SELECT payments_claim_resend_v1(%s, %s)"
        do("claim", self.lane.execute, claim, [made["unknown"].payment_id, UUID(int=1)])
        for name in ("booked", "back"):
            result(name, "sent")
            result(name, "booked")
        result("rejected", "rejected")
        result("unknown", "unknown")
        for name, fen in (("hosted", 2000), ("undone", 500), ("back", 500)):
            answer = do(f"reverse {name}", world.reverse, f"{name}R{own}", f"{name}{own}", fen)
            assert answer.code.name in ("OK", "PROCESSING")
        result("undone", "reversed")
        result("back", "reversed")
        unknown = do("reverse nothing", world.reverse, f"N{own}", f"none{own}", 500)
        assert unknown.code.name == "ORIGINAL_UNKNOWN_BLOCKED"

        wx, gas = world.ids["WX"], world.ids["GAS"]
        serial, payment = f"booked{own}", made["booked"].payment_id
        key = (serial_bucket(wx, serial, BUCKETS), wx, serial)
        ask("confirm", SQL, key)
        ask("route", SQL, key)
        here = {"bucket": payment % 1000, "payment_id": payment}
        ask("query", SQL, here | {"now": NOON, "channel": wx, "biller": gas, "remote": False,
                                  "account_no": f"G{own}a"})  # fmt: skip
        for name in ("payment", "payment_transfers", "payment_lines", "payment_returns",
                     "payment_events", "payment_call"):  # fmt: skip
            ask(name, SQL, here)
        for text in (str(payment), serial, f"backR{own}", f"G{own}a", "nothing"):
            do(f"find {text}", lookup.find, self.pages.cursor(), BUCKETS, text, None)
        items = [self.difference(f"{name}{own}", f"G{own}a") for name in ("booked", "nothing")]
        for name in ("records", "billers_of_accounts"):
            ask(name, REPAIR, (items,))
        ask("payment_states", REPAIR, {"payment": payment})
        ask("legs", REPAIR, {"payment": payment})
        return found

    def difference(self, serial: str, account: str) -> int:
        """One on a channel's day, beside triggers and foreign keys."""
        with self.owner.transaction():
            self.owner.execute("SET LOCAL session_replication_role = replica")
            row = self.owner.execute(
                "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, theirs_kind,"
                " theirs_fen, account_no, opened_at) VALUES (0, %s, '2026-11-23', 'theirs_only', %s, 'sale',"
                " 500, %s, now()) RETURNING item_id", (self.world.ids["WX"], serial, account),
            ).fetchone()  # fmt: skip
        assert row is not None
        return int(row[0])


@pytest.fixture(scope="module")
def walk(new_database: NewDatabase) -> Iterator[Walk]:
    walk = Walk(new_database(buckets=BUCKETS))
    yield walk
    walk.close()


def too_much(found: dict[str, Found]) -> dict[str, Found]:
    read = {name: {t: r for t, r in tables.items() if r[0] or r[1] > BLOCKS_MAX}
            for name, tables in found.items()}  # fmt: skip
    return {name: tables for name, tables in read.items() if tables}


def test_no_call_reads_what_it_does_not_seek(walk: Walk) -> None:
    """Whether the tables were analysed yet or not."""
    walk.fill()
    assert too_much(walk.all()) == {}
    walk.owner.execute("ANALYZE")
    assert too_much(walk.all()) == {}
    assert walk.owner.execute("SELECT payments_begin_partition_v1('2030-01-01')").fetchone() == (1,)
    walk.fill(PARTITIONED, 10**12)
    assert too_much(walk.all()) == {}
