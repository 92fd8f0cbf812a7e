"""Every function that a process may call, with whatever arguments: no money moves that no payment asked
for, and the books stay as they were sealed."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import CHINA, DAY, NOON, Database, World
from yifen.core.facts.processes import EVERYONE
from yifen.hub.payments.verify import verify

CALLS = 400
FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.proname,
       array(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, n)
             ORDER BY n)
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1"""
ENUMS = """
SELECT t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname"""
# What no payment, no return and no document of a trade stands behind.
UNASKED = """
SELECT count(*) FROM ledger_transfer t
WHERE NOT EXISTS (SELECT FROM payment y WHERE y.payment_id = t.reference_id)
    AND NOT EXISTS (SELECT FROM document_transfers d WHERE d.document_id = t.reference_id)"""
# What payments say was taken and not given back is what the channels' clearing accounts hold.
CLEARED = """
SELECT (SELECT coalesce(sum(debit_posted_fen - credit_posted_fen), 0) FROM ledger_balance
        JOIN ledger_account USING (account_id) WHERE code LIKE '1121.%'),
       (SELECT coalesce(sum(amount_fen), 0) FROM payment WHERE payer_state = 'taken'
            AND booked_at IS NOT NULL)"""


class Dice:
    """Random arguments by their types: some of what is there, some of what is not."""

    def __init__(self, seed: int, world: World, enums: dict[str, list[str]]) -> None:
        self.random, self.enums = Random(seed), enums
        ids = [key for key, in world.rows("SELECT payment_id FROM payment")]
        accounts = [key for key, in world.rows("SELECT account_id FROM ledger_account")]
        self.numbers = [0, 1, -1, 100, 1000, 2**31 - 1, *ids, *accounts, *world.ids.values()]
        self.texts = ["", "S1", "S2", "S9", "A1", "B1", "B2", "WX", "booked", "rejected", "charge",
                      "reverse", "suspend", "1121.WX", "clearing", "x'; --"]  # fmt: skip

    def of(self, kind: str, length: int) -> Any:
        if kind.endswith("[]"):
            return [self.of(kind[:-2], length) for _ in range(length)]
        if self.random.random() < 0.05:
            return None
        if kind in self.enums:
            return self.random.choice(self.enums[kind])
        made = self.made().get(kind)
        return made() if made else None  # rows of tables

    def made(self) -> dict[str, Callable[[], Any]]:
        dice = self.random
        days = timedelta(days=dice.randint(-40, 3), seconds=dice.randint(0, 86_399))
        return {
            "smallint": lambda: dice.choice([0, 0, 0, 1, -1]),
            "integer": lambda: dice.choice(self.numbers) % 2**31,
            "bigint": lambda: dice.choice(self.numbers),
            "text": lambda: dice.choice(self.texts),
            "character varying": lambda: dice.choice(self.texts),
            "boolean": lambda: dice.random() < 0.5,
            "date": lambda: dice.choice([DAY, DAY + timedelta(days=1), date(2020, 1, 1)]),
            "timestamp with time zone": lambda: NOON + days,
            "timestamp without time zone": lambda: datetime(2026, 11, 23, 12, tzinfo=CHINA),
            "time without time zone": lambda: time(dice.randint(0, 23)),
            "uuid": lambda: UUID(int=dice.randint(0, 3)),
            "jsonb": lambda: "{}",
            "bytea": lambda: b"\x00",
            "double precision": lambda: 1.0,
        }


@pytest.fixture
def paid(new_database: NewDatabase) -> tuple[Database, World]:
    """Payments of every kind: taken, reversed, at a biller that has not answered, with a file of the
    channel's that differs, committed."""
    database = new_database()
    conn = psycopg.connect(database.app_url, autocommit=True)
    world = World(conn).network()
    world.call([world.charge_work("S1", {"B1": 1000}), world.charge_work("S2", {"P1": 700})])
    world.call([world.return_work("reverse", "R2", "S2", 700)])
    world.call([world.charge_work("S3", {"R1": 3000}, biller="GAS", account_no="G1")])
    row = "INSERT INTO recon_row (file_id, line_no, kind, amount_fen, fee_fen, serial) VALUES"
    world.run(f"{row} (1, 1, 'sale', 900, 0, 'S1'), (1, 2, 'sale', 5, 0, 'S9')")
    world.run("INSERT INTO recon_file VALUES (1, %s, %s, 1, 'hub', 'f', sha256(''), 0, 2, 905, 0,"
              " now(), 't')",
              world.ids["WX"], DAY)  # fmt: skip
    return database, world


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("seed", [1])
def test_no_money_moves_that_no_payment_asked_for(
    paid: tuple[Database, World], role: str, seed: int
) -> None:
    database, world = paid
    dice = Dice(seed, world, dict(world.rows(ENUMS)))
    went: Counter[str] = Counter()
    denied: set[str] = set()
    with psycopg.connect(database.url(role), autocommit=True) as conn:
        conn.execute("SET statement_timeout = '5s'")
        functions = conn.execute(FUNCTIONS).fetchall()
        for turn in range(CALLS):
            signature, name, kinds = functions[turn % len(functions)]
            length = dice.random.choice([0, 1, 1, 2])
            values = [dice.of(kind, length) for kind in kinds]
            marks = ", ".join(f"%s::{kind}" for kind in kinds)
            try:
                conn.execute(f"SELECT {name}({marks})", values)
                went[name] += 1
            except psycopg.errors.InsufficientPrivilege as error:
                if "permission denied" in str(error):  # a wall behind the call may refuse what it does
                    denied.add(signature)
            except psycopg.Error:
                continue
    with psycopg.connect(database.owner_url) as conn:
        # A file that the night makes up moves nothing; that it is no true one is seen all the same.
        told = [line for line in verify(conn).problems if not line.startswith("daily_file ")]
        assert told == [], seed
        assert conn.execute(UNASKED).fetchone() == (0,), seed
        ours, theirs = conn.execute(CLEARED).fetchone() or (None, 0)
        standing = conn.execute("SELECT coalesce(sum(clearing_fen), 0) FROM recon_suspense"
                                " WHERE released_on IS NULL").fetchone()  # fmt: skip
    world.conn.close()
    assert denied == set()  # what it may call works
    assert standing is not None
    assert ours == theirs + standing[0], (seed, went)
    assert len(went) > 5, went  # not everything was refused for its arguments
