"""The match of two files in memory: every class of difference, exact sums, one order."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

from datetime import datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from yifen.reconciliation.match import Difference, DifferenceClass, MatchResult, match
from yifen.reconciliation.rows import Row, RowKind

AT = datetime(2017, 7, 18, 12)


def row(serial: str, fen: int = 100, kind: RowKind = "sale", line: int = 1, fee: int = 0) -> Row:
    return Row(line, serial, kind, fen, fee, AT)


def classes(result: MatchResult) -> list[tuple[str, str]]:
    return [(found.serial, found.difference_class.value) for found in result.differences]


def test_two_equal_files_match_whole_with_their_fees() -> None:
    ours = [row("a", 1000), row("b", 500), row("c", 300, "refund"), row("d", 200, "void")]
    theirs = [row(r.serial, r.amount_fen, r.kind, fee=-24) for r in reversed(ours)]
    assert match(ours, theirs) == MatchResult(4, 1000, -96, ())


def test_nothing_matches_nothing() -> None:
    assert match([], []) == MatchResult(0, 0, 0, ())


def test_each_class_of_difference_is_named_and_not_counted() -> None:
    ours = [row("a"), row("b"), row("c"), row("d", 7), row("e")]
    theirs = [row("b", 99), row("c", kind="refund"), row("d", 8, "void"), row("e"), row("z")]
    result = match(ours, theirs)
    assert (result.count, result.amount_fen) == (1, 100)
    assert classes(result) == [
        ("a", "ours_only"),
        ("b", "amount"),
        ("c", "kind"),
        ("d", "kind"),
        ("z", "theirs_only"),
    ]
    assert result.differences[1] == Difference(DifferenceClass.AMOUNT, "b", ours[1], theirs[0])
    assert result.differences[0] == Difference(DifferenceClass.OURS_ONLY, "a", ours[0], None)


def test_a_repeat_on_either_side_is_a_duplicate_and_the_first_counts() -> None:
    ours = [row("a", line=1), row("a", line=2)]
    theirs = [row("a", line=1), row("a", 5, line=2), row("a", line=3)]
    result = match(ours, theirs)
    assert (result.count, result.amount_fen) == (1, 100)
    assert result.differences == (
        Difference(DifferenceClass.DUPLICATE, "a", ours[1], None),
        Difference(DifferenceClass.DUPLICATE, "a", None, theirs[1]),
        Difference(DifferenceClass.DUPLICATE, "a", None, theirs[2]),
    )


def test_offsetting_errors_do_not_hide_behind_equal_totals() -> None:
    result = match([row("a", 100), row("b", 200)], [row("a", 200), row("b", 100)])
    assert classes(result) == [("a", "amount"), ("b", "amount")]
    assert result.count == 0


def test_the_order_of_the_files_does_not_change_the_answer() -> None:
    ours = [row("a"), row("b"), row("c"), row("x", 1)]
    theirs = [row("b", 2), row("c"), row("d"), row("x", 1, "void")]
    expected = match(ours, theirs)
    for shuffled in permutations(ours):
        assert match(shuffled, reversed(theirs)) == expected


SERIALS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(SERIALS, SERIALS)
def test_every_row_is_matched_or_in_a_difference(mine: list[str], others: list[str]) -> None:
    ours = [row(serial, line=number) for number, serial in enumerate(mine, 1)]
    theirs = [row(serial, line=number) for number, serial in enumerate(others, 1)]
    result = match(ours, theirs)
    assert result.count + sum(d.ours is not None for d in result.differences) == len(ours)
    assert result.count + sum(d.theirs is not None for d in result.differences) == len(theirs)
    assert result.amount_fen == 100 * result.count
