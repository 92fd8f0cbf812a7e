"""Books and the hours of their nights: what two people said, and nothing without them."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.world import CHINA, World
from yifen.core.facts.codes import Code
from yifen.night.schedule import due

HUB = {"code": "hub", "name": "总账", "cut_off": "22:30", "starts_at": "01:15", "automatic": True}
ROWS = """SELECT k.book_id, k.code, k.name, k.cut_off::text, s.starts_at::text, s.automatic
FROM ledger_book k JOIN eod_schedule s USING (book_id) ORDER BY 1"""


def told(world: World, code: str, book: dict[str, Any] | None = None) -> int:
    if book is not None:
        world.administrators()
        world.two_people("night.book", code, {"book": book})
    return int(world.value("SELECT eod_book_v1(%s)", code))


def test_it_is_as_two_people_said_and_the_night_follows(world: World) -> None:
    assert told(world, "hub") == Code.AUTHORISATION_INVALID
    assert told(world, "other", HUB) == Code.AUTHORISATION_INVALID
    assert world.rows(ROWS) == []
    assert told(world, "hub", HUB) == 0
    assert world.rows(ROWS) == [(1, "hub", "总账", "22:30:00", "01:15:00", True)]
    early, at = datetime(2026, 11, 24, 1, 14, tzinfo=CHINA), datetime(2026, 11, 24, 1, 15, tzinfo=CHINA)
    assert ([row[:2] for row in due(world.conn, early)], [row[:2] for row in due(world.conn, at)]) == (
        [], [(1, date(2026, 11, 23))])  # fmt: skip


def test_a_new_book_has_the_next_number_and_todays_day(world: World) -> None:
    asked = HUB | {"code": "county1", "name": "青溪账簿", "cut_off": "00:00", "automatic": False}
    assert told(world, "county1", asked) == 0
    assert world.rows(ROWS) == [(2, "county1", "青溪账簿", "00:00:00", "01:15:00", False)]
    day = world.value("SELECT current_day FROM ledger_book WHERE book_id = 2")
    assert abs(day - datetime.now(CHINA).date()) <= timedelta(days=1)  # midnight may lie between
    assert due(world.conn, datetime(2030, 1, 1, tzinfo=CHINA)) == []


def test_the_sandbox_is_nobodys_to_set(world: World) -> None:
    world.set_up("SELECT ledger_open_book_v1(900, 'sandbox', '沙箱', '00:00', '2026-11-23')")
    assert told(world, "sandbox", HUB | {"code": "sandbox"}) == Code.AUTHORISATION_INVALID
    assert world.rows(ROWS) == []
