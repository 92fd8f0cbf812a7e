"""A partner on its way in has its own accounts, whoever writes its rows: as the pages' own role, by plain SQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.world import Database, World
from yifen.core.facts.processes import WEB

PARTNER = ("INSERT INTO partner (institution_id, book_id, code, name, suspended, xml, json, encoding, unit)"
           " VALUES (%s, 1, %s, '新单位', true, true, true, 'UTF-8', 'fen') RETURNING id")  # fmt: skip
BILLER = ("INSERT INTO biller (partner_id, category, transit_id, endpoint, dialect, timeout_s, calls_max)"
          " VALUES (%s, 'water', %s, '', 'xml', 1, 16)")  # fmt: skip
ADMISSION = "INSERT INTO admission (channel_id, biller_id, clearing_id, active) VALUES (%s, %s, %s, true)"
OPEN = "SELECT ledger_open_kind_v1(%s, 1, %s, '新单位')"


def one(conn: psycopg.Connection[Any], statement: str, *values: Any) -> Any:
    row = conn.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.app_url) as conn:
        World(conn).network()
    with psycopg.connect(database.url(WEB)) as conn:
        yield conn
        conn.rollback()


def test_no_account_of_another_and_none_of_another_kind(conn: psycopg.Connection[Any]) -> None:
    seat = one(conn, "SELECT id FROM institution")
    biller, channel = one(conn, PARTNER, seat, "COMING"), one(conn, PARTNER, seat, "CHAN")
    others = one(conn, "SELECT account_id FROM ledger_account WHERE code = '2241.WATER'")
    clearing, transit = one(conn, OPEN, "clearing", "COMING"), one(conn, OPEN, "transit", "COMING")
    for account in (others, clearing, 999):
        refused(conn, BILLER, (biller, account), f"biller of COMING: account {account} is not its own")
    conn.execute(BILLER, (biller, transit))
    conn.execute("INSERT INTO channel (partner_id) VALUES (%s)", (channel,))
    theirs, own = one(conn, OPEN, "clearing", "OTHER"), one(conn, OPEN, "clearing", "CHAN")
    for account in (theirs, clearing, transit):
        refused(conn, ADMISSION, (channel, biller, account),
                f"admission of CHAN: account {account} is not its own")  # fmt: skip
    conn.execute(ADMISSION, (channel, biller, own))


def refused(conn: psycopg.Connection[Any], statement: str, values: Any, why: str) -> None:
    with pytest.raises(errors.RestrictViolation, match=why), conn.transaction():
        conn.execute(statement.encode(), values)
