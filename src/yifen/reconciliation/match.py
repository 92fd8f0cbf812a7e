"""The match (勾对) of one day's two files in memory, one to one by serial."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from yifen.reconciliation.rows import Row


class DifferenceClass(StrEnum):
    """Why a serial did not match (差异)."""

    OURS_ONLY = "ours_only"
    THEIRS_ONLY = "theirs_only"
    AMOUNT = "amount"
    KIND = "kind"
    DUPLICATE = "duplicate"


class Difference(msgspec.Struct, frozen=True):
    """One serial that did not match; a duplicate carries only the surplus row."""

    difference_class: DifferenceClass
    serial: str
    ours: Row | None
    theirs: Row | None


class MatchResult(msgspec.Struct, frozen=True):
    """What matched and what did not.

    `amount_fen` is the net of the matched rows (sales minus refunds and voids), `fee_fen` the
    sum of their fees as the other side states them. Differences are ordered by serial.
    """

    count: int
    amount_fen: int
    fee_fen: int
    differences: tuple[Difference, ...]


def match(ours: Iterable[Row], theirs: Iterable[Row]) -> MatchResult:
    """Match our rows with theirs by serial. Amount and kind must agree; fee and time are theirs.

    Of rows with one serial on one side the first counts, each further one is a duplicate.
    When both kind and amount disagree the difference is of class kind.
    """
    our_rows, our_surplus = _by_serial(ours)
    their_rows, their_surplus = _by_serial(theirs)
    differences = [
        *(Difference(DifferenceClass.DUPLICATE, row.serial, row, None) for row in our_surplus),
        *(Difference(DifferenceClass.DUPLICATE, row.serial, None, row) for row in their_surplus),
    ]
    count = amount_fen = fee_fen = 0
    for serial in our_rows.keys() | their_rows.keys():
        mine, other = our_rows.get(serial), their_rows.get(serial)
        if (found := _difference(mine, other)) is not None:
            differences.append(Difference(found, serial, mine, other))
        elif other is not None:
            count += 1
            amount_fen += other.signed_fen
            fee_fen += other.fee_fen
    return MatchResult(count, amount_fen, fee_fen, tuple(sorted(differences, key=_order)))


def _by_serial(rows: Iterable[Row]) -> tuple[dict[str, Row], list[Row]]:
    first: dict[str, Row] = {}
    surplus = [row for row in rows if first.setdefault(row.serial, row) is not row]
    return first, surplus


def _difference(mine: Row | None, other: Row | None) -> DifferenceClass | None:
    if mine is None:
        return DifferenceClass.THEIRS_ONLY
    if other is None:
        return DifferenceClass.OURS_ONLY
    if mine.kind != other.kind:
        return DifferenceClass.KIND
    if mine.amount_fen != other.amount_fen:
        return DifferenceClass.AMOUNT
    return None


def _order(found: Difference) -> tuple[str, bool, bool, int]:
    """By serial; the pair before its duplicates; our duplicates before theirs; file order."""
    row = found.ours or found.theirs
    duplicate = found.difference_class is DifferenceClass.DUPLICATE
    return found.serial, duplicate, found.ours is None, row.line_no if row else 0
