"""Pure decisions of visits."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from tests.world import World
from yifen.core.facts.refused import Refused
from yifen.hub.payments.traffic_queries import Figure
from yifen.trades.visits import rules


class Drawn(NamedTuple):
    name: str
    unit: str = ""


def test_houses_stand_as_one_walks() -> None:
    paths = ["云川 10号楼 101", "云川 3号楼 1102", "云川 3号楼 201", "云川 3号楼 A1"]
    assert sorted(paths, key=rules.walked) == ["云川 3号楼 201", "云川 3号楼 1102", "云川 3号楼 A1", "云川 10号楼 101"]


def test_a_house_is_drawn_by_stairs_and_floors() -> None:
    doors = [Drawn(name, "1单元") for name in ("101", "102", "202", "1101")]
    (stairs,) = rules.house(doors)
    assert stairs.name == "1单元"
    assert [(floor.number, [door and door.name for door in floor.doors]) for floor in stairs.floors] == [
        (11, ["1101", None]), (2, [None, "202"]), (1, ["101", "102"])]  # fmt: skip


def test_a_unit_in_the_name_is_a_unit() -> None:
    found = rules.house([Drawn("2-101"), Drawn("1-201"), Drawn("1-101室")])
    assert [(one.name, [floor.number for floor in one.floors]) for one in found] == [("1", [2, 1]), ("2", [1])]


@pytest.mark.parametrize("names", [("101", "门卫"), ("一楼东", "一楼西"), ("7", "8"), ("101", "101室")])
def test_where_a_name_tells_no_floor_the_doors_stand_in_a_row(names: tuple[str, str]) -> None:
    (stairs,) = rules.house([Drawn(name) for name in names])
    assert (stairs.floors, sorted(door.name for door in stairs.row)) == ([], sorted(names))


@pytest.mark.parametrize(("signs", "tone"), [
    (["stopped", "overdue", "visit"], "overdue"), (["stopped", "owes"], "owes"), (["stopped", "paid"], "stopped"),
    (["paid", "visit"], "paid"), (["empty"], "empty"), (["empty", "overdue"], "overdue"),
])  # fmt: skip
def test_a_door_has_the_colour_of_what_matters_most(signs: list[str], tone: str) -> None:
    assert rules.tone(signs) == tone


def test_a_position_is_on_earth_or_none() -> None:
    assert rules.position("", "", "") == (None, None, None)
    assert rules.position("-37.45", "180", "") == (Decimal("-37.450000"), Decimal(180), None)
    for typed in (("", "", "3"), ("1", "181", ""), ("x", "1", ""), ("1", "1", "-1"), ("Infinity", "1", "1")):
        with pytest.raises(Refused, match="POSITION_INVALID"):
            rules.position(*typed)


def calls(able_bp: int, p95: int) -> Figure:
    return Figure(1, 100, 90, 1, 9, 9_900, able_bp, 50, p95, 10, p95, p95)


@pytest.mark.parametrize(("figure", "word"), [
    (calls(9_900, 2_000), "up"), (calls(9_899, 10), "slow"), (calls(10_000, 2_001), "slow"), (calls(4_999, 10), "down"),
    (None, "quiet"),
])  # fmt: skip
def test_how_a_channel_fares(figure: Figure | None, word: str) -> None:
    assert (rules.fares(figure), rules.fares(figure, is_suspended=True)) == (word, "stopped")


def test_a_rate_is_never_rounded_up_to_all() -> None:
    assert (rules.rate_bp(99_999_999, 100_000_000), rules.rate_bp(5, 5), rules.rate_bp(0, 0)) == (9_999, 10_000, 0)


def test_the_database_knows_the_same_endings(world: World) -> None:
    told = {kind: tuple(world.made("SELECT visits_findings_v1(%s)", kind)) for kind in rules.FINDINGS}
    assert told == rules.FINDINGS
