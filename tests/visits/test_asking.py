"""Visits asked for by other trades' functions: once, until they end."""

from datetime import date, datetime
from typing import Any

import psycopg
import pytest

from tests.billing.town import Town
from tests.world import NOON
from yifen.core.facts.processes import EVERYONE

DUE = date(2026, 12, 1)


def ask(town: Town, customer: int, ref: str = "R12", kind: str = "check", biller: int | None = None,
        why: str = "报停户供热了吗", due: date = DUE) -> Any:  # fmt: skip
    return town.world.made(
        "SELECT visits_ask_v1(%s, %s::smallint, %s, NULL, %s, 'heating', %s, %s, %s, %s)",
        town.biller if biller is None else biller, customer % 1000, customer, kind, ref, why, due, NOON)  # fmt: skip


def drop(town: Town, ref: str = "R12", kind: str = "check", at: datetime = NOON) -> Any:
    return town.world.made("SELECT visits_drop_v1('heating', %s, %s, %s)", ref, kind, at)


def test_one_that_is_open_is_not_asked_for_again(town: Town) -> None:
    customer = town.customer("A1")
    first = ask(town, customer)
    assert ask(town, customer, why="再看一次", due=date(2027, 1, 1)) == first
    assert ask(town, customer, kind="inspect") == first + 2  # the number of the one that was not made is gone
    assert ask(town, customer, ref="R13") == first + 3
    assert town.world.rows("SELECT visit_id, why, due_on FROM visit WHERE asked_ref = 'R12' AND kind = 'check'") == [
        (first, "报停户供热了吗", DUE)]  # fmt: skip


def test_one_that_was_dropped_is_asked_for_anew(town: Town) -> None:
    customer = town.customer("A1")
    first = ask(town, customer)
    assert (drop(town, kind="cut"), drop(town), drop(town)) == (None, first, None)
    assert ask(town, customer) > first
    assert town.world.rows("SELECT dropped_at FROM visit ORDER BY visit_id") == [(NOON,), (None,)]


def test_another_companys_customer_is_a_fault(town: Town) -> None:
    customer = town.customer("A1")
    other = town.world.biller("WATER")
    with pytest.raises(psycopg.errors.RaiseException, match=f"customer {customer} is not of biller {other}"):
        ask(town, customer, biller=other)


@pytest.mark.parametrize("change", ["why = 'x'", "dropped_at = NULL", "done_at = now(), done_by = 'x', finding = 'ok'"])
def test_what_ended_never_changes(town: Town, change: str) -> None:
    ask(town, town.customer("A1"))
    drop(town)
    with pytest.raises(psycopg.errors.RestrictViolation):
        town.world.set_up(f"UPDATE visit SET {change}")


@pytest.mark.parametrize("process", EVERYONE)
@pytest.mark.parametrize("call", [
    "visits_ask_v1(1, 1::smallint, 1, NULL, 'check', 'x', 'x', 'x', '2026-12-01', now())",
    "visits_drop_v1('x', 'x', 'x', now())",
])  # fmt: skip
def test_no_process_calls_them(town: Town, process: str, call: str) -> None:
    town.world.run(f"SET ROLE {process}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        town.world.run(f"SELECT {call}")
