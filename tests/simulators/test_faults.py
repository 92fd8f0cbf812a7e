"""Fault rules: read, seeded, and each met once."""

import pytest

from yifen.hub.simulators.faults import KINDS, FaultError, Faults, read_rates, read_script


def test_rates_are_read_by_verb() -> None:
    assert read_rates("late=0.02,drop=0.5,confirm.lost=1") == {
        "charge": {"late": 0.02, "drop": 0.5},
        "confirm": {"lost": 1.0},
    }
    assert read_rates("") == {}
    assert read_script("ok,late,down") == ["ok", "late", "down"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("late", "'late' is not FAULT=PROBABILITY"),
        ("late=often", "is not FAULT=PROBABILITY"),
        ("late=1.5", "a probability is 0 to 1"),
        ("late=nan", "a probability is 0 to 1"),
        ("tired=0.1", "'tired' is not one of busy, down"),
        ("late=0.6,drop=0.6", "add up to more than 1"),
    ],
)
def test_rates_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(FaultError, match=said):
        read_rates(text)


def test_a_script_is_met_by_charges_in_turn() -> None:
    faults = Faults(script=["late", "ok", "drop"])
    assert faults.next("query", "x") == ""
    assert [faults.next("charge", str(n)) for n in range(4)] == ["late", "", "drop", ""]


def met(seed: int, order: list[int]) -> dict[int, str]:
    faults = Faults({"charge": {"late": 0.25, "drop": 0.25}}, seed=seed)
    return {number: faults.next("charge", f"A{number}") for number in order}


def test_the_same_seed_meets_the_same_messages_in_any_order() -> None:
    first = met(7, list(range(400)))
    assert met(7, list(reversed(range(400)))) == first
    assert met(8, list(range(400))) != first
    counts = {fault: list(first.values()).count(fault) for fault in ("late", "drop", "")}
    assert all(70 <= counts[fault] <= 130 for fault in ("late", "drop"))


def test_a_message_meets_a_fault_once() -> None:
    faults = Faults({"charge": {"late": 1.0}})
    assert [faults.next("charge", "A") for _ in range(3)] == ["late", "", ""]


def test_every_kind_is_told_in_the_table() -> None:
    from yifen.hub.simulators import faults

    assert faults.__doc__ is not None
    rows = [line.split("|")[1].strip() for line in faults.__doc__.splitlines() if "|" in line]
    assert sorted(rows[2:]) == sorted(KINDS)
