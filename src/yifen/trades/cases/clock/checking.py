"""Numbers of the papers of court funds: kind, what it is of, a code over what the paper says; checked by everybody.

`S12-340-7K3M-9XQ2-TB`: the statement of case 12 up to entry 340. `R340-…`: the receipt of entry 340. `A7-2-…`: the
approval sheet of application 7 with two words said. The page that checks works out the same from the journal: a paper
that was altered, or one of a journal that was, does not fit.
"""

import json
import re
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from yifen.core.documents import codes
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.trades.cases.clock.reading import rows

PURPOSE = "court paper"
_NUMBER = re.compile(r"([ARS])([0-9]{1,15})(?:-([0-9]{1,15}))?-([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2})")


class CheckedPaper(NamedTuple):
    """What a paper proves; nothing of persons. Of a receipt `in_fen` is its money; of an approval sheet `upto` is the
    application, `entries` how many said a word, `out_fen` what is asked for. `said`: digest of what else it has;
    `ended_at`: when it counted no more, of a receipt whose money was taken back since."""

    kind: str
    court: str
    number: str
    account_no: str
    upto: int
    entries: int
    in_fen: int
    out_fen: int
    balance_fen: int
    last_at: datetime | None
    said: str = ""
    ended_at: datetime | None = None


def of_case(case_id: int, upto: int) -> CheckedPaper:
    """A case's statement up to an entry. Refused: RECEIPT_UNKNOWN."""
    return _one("S", rows("case_upto", {"case": case_id, "upto": -upto}))


def of_entry(entry: int) -> CheckedPaper:
    """The receipt of an entry. Refused: RECEIPT_UNKNOWN (there is none, or it was taken back)."""
    return _one("R", rows("receipt_of", (-entry,)))


def of_application(application_id: int, words: int) -> CheckedPaper:
    """An approval sheet with so many levels' words. Refused: RECEIPT_UNKNOWN."""
    return _one("A", rows("application_upto", {"application": application_id, "words": words}))


def number_of(case_id: int, paper: CheckedPaper) -> str:
    """As it is printed."""
    code = codes.check_code(key_ring().derive(PURPOSE), _digest(paper))
    head = {"S": f"S{case_id}-{paper.upto}", "R": f"R{paper.upto}", "A": f"A{paper.upto}-{paper.entries}"}[paper.kind]
    return f"{head}-{code[:4]}-{code[4:8]}-{code[8:]}"


def check(typed: str) -> CheckedPaper:
    """Refused: RECEIPT_UNKNOWN, alike for a number that is none and for one that does not fit."""
    found = _NUMBER.fullmatch(typed.strip().upper()[:64])
    if not found or (found[1] in "AS") != (found[3] is not None):
        raise Refused(Code.RECEIPT_UNKNOWN, "number")
    of_two = {"S": of_case, "A": of_application}.get(found[1])
    papers = [of_two(int(found[2]), int(found[3]))] if of_two else _ever_of_entry(int(found[2]))
    keys = key_ring().derive_each(PURPOSE)
    for paper in papers:
        if any(codes.fits(key, _digest(paper), found[4]) for key in keys):
            return paper
    raise Refused(Code.RECEIPT_UNKNOWN, "number")


def _ever_of_entry(entry: int) -> list[CheckedPaper]:
    """The receipt of an entry, and those that it had before something of it was taken back."""
    found = [*rows("receipt_of", (-entry,)), *rows("receipt_before", (-entry,))]
    return [CheckedPaper("R", *row) for row in found]


def _one(kind: str, found: list[tuple[Any, ...]]) -> CheckedPaper:
    if not found:
        raise Refused(Code.RECEIPT_UNKNOWN, "number")
    return CheckedPaper(kind, *found[0])


def _digest(paper: CheckedPaper) -> int:
    """Of all that it says but the court's name, which may change."""
    last_at = paper.last_at.timestamp() if paper.last_at else 0
    said = [paper.kind, *paper[2:9], last_at, *([paper.said] if paper.said else [])]
    return int.from_bytes(sha256(json.dumps(said).encode()).digest())
