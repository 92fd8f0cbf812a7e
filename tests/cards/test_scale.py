"""Behind a year of swipes nobody waits for a table to be read through: the bench's own questions, in small."""

from typing import Any

import psycopg
import pytest

from tests.cards.office import CardOffice
from tests.web.province import Province
from tests.world import NOON, World, the_ring
from yifen.tools.bench.cards import command, storing
from yifen.tools.bench.cards.storing import CardYear

LARGE = ("card_swipe", "card_mark", "card_claim", "card_claim_line", "card_signature", "card_entry",
         "card_repayment", "budget_post", "budget_person", "budget_hold", "budget_entry")  # fmt: skip
SCANS = "SELECT relname::text, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY (%s) AND seq_scan > 0"
ANYBODYS = ("holder", "claim", "cash1")  # the bureau's own figures are of all rows, as all proof is


@pytest.fixture(scope="module")
def year(place: Province) -> CardYear:
    """20,000 swipes of 4,000 cards in 1,000 units, in the province's database."""
    with psycopg.connect(place.database.app_url, autocommit=False) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.now, world.ids = conn, place.database.buckets, NOON, {}
        world.institution = place.own.county
        office = CardOffice(world)
        conn.commit()
    found = CardYear(office.id, office.bank, 4_000, 20_000, 1_000, NOON)
    with psycopg.connect(place.database.owner_url, autocommit=True) as owner:
        storing.store(owner, the_ring(), found)
        for login, role, unit, person in command.PEOPLE:
            storing.reader(owner, found, login, role, unit, person)
    return found


def test_what_people_ask_is_found_by_keys(year: CardYear):
    from django.db import transaction

    from yifen.face.plain import plain_connection

    found: dict[str, Any] = {}
    with plain_connection(60) as conn, transaction.atomic():
        for name, (ask, _times) in command.askings(conn, the_ring(), year).items():
            if not name.startswith(ANYBODYS) or " q=" in name:  # words are looked for in names, which are few
                continue
            before = dict(conn.execute(SCANS, (list(LARGE),)).fetchall())
            ask()
            after = dict(conn.execute(SCANS, (list(LARGE),)).fetchall())
            # What is left is reckoned for all of a unit's swipes, beside which people are few.
            passing = {"budget_person"} if " left=" in name else set[str]()
            if scanned := {table for table, scans in after.items() if scans > before.get(table, 0)} - passing:
                found[name] = scanned
    assert found == {}
