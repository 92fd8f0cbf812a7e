"""The end of a demo's day: cut, fetch and check files, prove the ledger."""

import json
import time
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.files import close_day
from yifen.hub.sample import Member
from yifen.hub.simulators.channel import SimulatedChannel
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.record import details, differences, digest_problems
from yifen.tools.demo.children import get
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.traffic import clock

Conn = psycopg.Connection[Any]
Result = dict[str, Any]  # what the line of JSON says

DECIDED_S_MAX = 90.0
_SQL = queries(__package__)
UNDECIDED_SQL = _SQL["undecided"]
TOTALS_SQL = _SQL["totals"]
BILLER_SQL = _SQL["biller_day"]
BALANCED_SQL = _SQL["balanced"]


def one(conn: Conn, statement: Any, params: Any = None) -> tuple[Any, ...]:
    """The one row of a statement."""
    row: tuple[Any, ...] | None = conn.execute(statement, params).fetchone()
    assert row is not None
    return row


def totals(conn: Conn, day: date) -> Result:
    """What the hub booked on a day, whether taken back later or not."""
    found = one(conn, TOTALS_SQL, {"day": day, "sandbox": SANDBOX_BOOK_ID})
    return dict(zip(("payments", "amount_fen", "reversed"), found, strict=True))


def undecided(conn: Conn) -> int:
    """How many payments the hub still does not know the end of, after waiting for them."""
    deadline = time.monotonic() + DECIDED_S_MAX
    while (found := int(one(conn, UNDECIDED_SQL)[0])) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def cut(conn: Conn, book_id: int, day: date) -> dict[str, int]:
    """日切: close the day and make every partner's file; lines per partner. It is not over: by the owner."""
    return close_day(conn, book_id, day, datetime.now(UTC)).lines


async def fetch(base_url: str, member: Member, day: date) -> tuple[bytes, list[str]]:
    """A partner's daily file through the gateway, and what is wrong with it so far."""
    door = HubDoor(base_url, member.identity, clock)
    try:
        content = await door.fetch(day)
    except Lost as error:
        return b"", [f"no file: {error}"]
    finally:
        await door.close()
    return content, digest_problems(content)


async def channel_file(
    base_url: str, member: Member, channel: SimulatedChannel, day: date
) -> list[str]:
    """A channel's file against what the channel itself believes."""
    content, problems = await fetch(base_url, member, day)
    if content:
        problems += channel.record.check(content, member.identity.encoding)
    return problems


async def biller_file(
    base_url: str, member: Member, conn: Conn, day: date, own_url: str
) -> list[str]:
    """A biller's file against the hub's payments, and against the books of its own system."""
    content, problems = await fetch(base_url, member, day)
    if not content:
        return problems
    rows = list(details(content, member.identity.encoding))
    stored = conn.execute(BILLER_SQL, {"biller": member.id, "day": day}).fetchall()
    problems += differences(
        {tuple(row[:2]): row[2:] for row in stored},
        {(row[0], row[1]): (row[3], int(row[6])) for row in rows},
        "line",
    )
    return problems + (own_books(own_url, rows) if own_url else [])


def own_books(own_url: str, rows: list[list[Any]]) -> list[str]:
    """What the biller's own system has booked must be in its file, once, and nothing else. Its
    serials are our payment ids."""
    books = json.loads(get(f"{own_url}/books"))
    theirs = {serial: fen for serial, (fen, state) in books.items()}
    gone = {serial for serial, (_, state) in books.items() if state == "reversed"}
    charged = {row[3]: int(row[6]) for row in rows if row[0] == "charge"}
    back = {row[3] for row in rows if row[0] != "charge"}
    problems = differences(charged, theirs, "the biller's own books:")
    return problems + [f"reversed on one side only: {serial}" for serial in sorted(back ^ gone)]


def prove(conn: Conn, problems: list[str], screen: DemoScreen) -> Result:
    """The ledger's own proofs; `problems` is what was found before."""
    from yifen.hub.payments.verify import verify

    balanced = one(conn, BALANCED_SQL)[0] is True
    altered = verify(conn).problems
    screen.say(f"ledger balanced: {balanced}; hash chain intact: {not altered}")
    wrong = [*problems, *altered, *([] if balanced else ["the ledger's balances"])]
    return {"ledger_balanced": balanced, "chain_ok": not altered, "problems": wrong}
