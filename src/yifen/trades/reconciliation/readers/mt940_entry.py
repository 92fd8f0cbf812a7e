"""One entry of an MT940 or MT942 statement: :61: by the tables of the mt-940 package, and its :86:."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Any

from yifen.core.facts.money import AmountError
from yifen.core.wire.swift_details import NO_REFERENCE, said_in
from yifen.core.wire.swift_fields import (
    SwiftFieldWrong,
    balance_parts,
    comma_fen,
    entry_parts,
    value_day,
)
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.columns import cleaned
from yifen.trades.reconciliation.readers.mt940_fields import Mt940Field, Mt940Run
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row, RowKind

KINDS: dict[str, RowKind] = {"C": "in", "RD": "in", "D": "out", "RC": "out"}
_EXPECTED = re.compile(r"[0-9]{6}[0-9 ]{0,4}E[DC]")


def entry_of(field: Mt940Field) -> dict[str, Any] | None:
    """The parts of :61:; None of an entry that is only expected (EC, ED), as MT942 has them."""
    if _EXPECTED.match(field.text):
        return None
    found = _read(field, entry_parts)
    value_date(field, found)
    return found


def balance_of(field: Mt940Field) -> tuple[str, int, date]:
    """Currency, fen with their sign, and the day of a balance."""
    found = _read(field, balance_parts)
    amount_fen = fen_of(field, found["amount"])
    day = cells.day(field.line_no, field.tag, f"20{found['year']}{found['month']}{found['day']}")
    return found["currency"], amount_fen if found["status"] == "C" else -amount_fen, day


def value_date(field: Mt940Field, found: dict[str, Any]) -> date:
    return cells.day(field.line_no, field.tag, value_day(found))


def row_of(field: Mt940Field, entry: dict[str, Any], details: str, place: str, batch: str) -> Row:
    """The row; `place` is its serial where the bank gives none."""
    kind = KINDS.get(entry["status"])
    if kind is None:
        reason = told("unknown: {!r}", entry["status"][:10])
        raise FileError(field.line_no, "61", reason, FileCode.FILE_KIND_UNKNOWN)
    (end_to_end,), (customer,), (account,) = map(cleaned, said_in([details]))
    own, bank = cells.clean(entry["customer_reference"]), cells.clean(entry["bank_reference"])
    return Row(
        line_no=field.line_no,
        serial=next(
            (
                name
                for name in (end_to_end, customer, own, bank)
                if len(name) > 1 and name not in NO_REFERENCE
            ),
            place,
        ),
        kind=kind,
        amount_fen=fen_of(field, entry["amount"]),
        ref=bank,
        account_no=account,
        batch=batch,
    )


def ordinary_rows(run: Mt940Run, page: str, before: int, batch: str) -> tuple[list[Row], set[str]] | None:
    """The rows of ordinary entries that stand on a page behind so many others, and the days of their booking;
    None where a value date is no day."""
    _, dates, booked, marks, amounts, owns, banks, details = zip(*run.texts, strict=True)
    if not all(map(_is_day, set(dates))):
        return None
    ends, customers, accounts, own, bank = map(cleaned, (*said_in(details), owns, banks))
    named = [
        [name if len(name) > 1 and name not in NO_REFERENCE else "" for name in names]
        for names in (ends, customers, own, bank)
    ]
    serials = [
        end or customer or one or other or f"{page}#{number}"
        for number, (end, customer, one, other) in enumerate(zip(*named, strict=True), before + 1)
    ]
    rows = map(
        Row, run.line_nos, serials, [KINDS[mark] for mark in marks], _fens(amounts), repeat(0), repeat(None),
        repeat(""), bank, accounts, repeat(batch),
    )  # fmt: skip
    return list(rows), {*booked} - {""}


@lru_cache(maxsize=1024)
def _is_day(text: str) -> bool:
    """Whether a value date is a day."""
    try:
        value_date(Mt940Field(0, "61", ""), {"year": text[:2], "month": text[2:4], "day": text[4:]})
    except FileError:
        return False
    return True


def fen_of(field: Mt940Field, text: str) -> int:
    """Fen of an amount with a comma; FILE_AMOUNT_INVALID."""
    try:
        return comma_fen(text)
    except SwiftFieldWrong as error:
        reason = told("not an amount with a comma: {!r}", str(error))
    except AmountError as error:
        reason = error.args[0]
    raise FileError(field.line_no, field.tag, reason, FileCode.FILE_AMOUNT_INVALID)


def _read(field: Mt940Field, parts: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    try:
        return parts(field.text)
    except SwiftFieldWrong as error:
        reason = told("not as SWIFT writes it: {!r}", field.text[:40])
        raise FileError(field.line_no, field.tag, reason, FileCode.FILE_CELL_INVALID) from error


def _fens(amounts: Sequence[str]) -> list[int]:
    """Fen of amounts with a comma, all of them plain."""
    if set(map(itemgetter(slice(-3, -2)), amounts)) == {","}:
        return list(map(int, "\n".join(amounts).replace(",", "").split()))
    parts = (amount.partition(",") for amount in amounts)
    return [int(whole + rest.ljust(2, "0")) for whole, _, rest in parts]
