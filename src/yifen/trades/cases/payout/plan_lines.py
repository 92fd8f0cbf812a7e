"""Claims as people write them: a line a creditor, his number in the case, his name, the amount in yuan, and 优先 where
he goes first. Pure."""

import re
from collections.abc import Iterable

from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payout.plans import Creditor

_LINE = re.compile(r"([0-9]{1,15})\s+(?:\S.*?\s+)?([0-9,]+(?:\.[0-9]{1,2})?)(?:\s+(优先|priority))?")


def parse(text: str) -> list[tuple[int, str, int]]:
    """(party, rank, fen) of each line. Refused: CASE_PLAN_LINE."""
    return [_claim(line.strip()) for line in text.splitlines() if line.strip()]


def blank(creditors: Iterable[Creditor]) -> str:
    """A line each, to be filled in."""
    return "\n".join(f"{one.party_id} {one.name} " for one in creditors)


def _claim(line: str) -> tuple[int, str, int]:
    found = _LINE.fullmatch(line)
    try:
        if found:
            rank = "priority" if found[3] else "ordinary"
            return int(found[1]), rank, parse_yuan(found[2].replace(",", ""))
    except AmountError:
        pass
    raise Refused(CaseCode.CASE_PLAN_LINE, "claims", line[:40])
