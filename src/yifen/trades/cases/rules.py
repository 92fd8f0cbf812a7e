"""What a case is told by, what sub-account numbers and plans follow from. Pure; amounts in fen."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

_BETWEEN = re.compile(r"[，,、；;]")
CHECKS = ("none", "luhn", "mod97")
NAME_MAX = 100


class CaseParty(NamedTuple):
    """Who is in a case. `role`: applicant, debtor, creditor, other."""

    role: str
    name: str


class NewCase(NamedTuple):
    """A case to open. `due_fen`: what is to be enforced, 0: not said; `account_no`: one that the bank made; empty:
    the next; `entrusted`: which court entrusted it 委托执行, by what, of a number that is not the court's own."""

    number: str
    parties: tuple[CaseParty, ...]
    judge: str = ""
    filed_on: date | None = None
    due_fen: int = 0
    account_no: str = ""
    entrusted: str = ""


def several(name: str) -> list[str]:
    """Names in one field, as "甲，乙": those that are asked to be told apart; empty: it is one name."""
    found = [part.strip() for part in _BETWEEN.split(name) if part.strip()]
    return found if len(found) > 1 else []


def with_check(digits: str, method: str) -> str:
    """A sub-account number with its check digit (`luhn`) or digits (`mod97`, ISO 7064); cases_with_check_v1 is the
    same."""
    if method == "luhn":
        total = sum(_doubled(int(digit)) if place % 2 == 0 else int(digit)
                    for place, digit in enumerate(reversed(digits)))  # fmt: skip
        return f"{digits}{-total % 10}"
    if method == "mod97":
        return f"{digits}{98 - int(digits) * 100 % 97:02d}"
    return digits


def shares(pot_fen: int, claims: Sequence[int]) -> list[int]:
    """A pot among claims in proportion 按比例, none more than its claim. Fen that are left go by largest remainder, of
    equals to the larger claim, then to the first."""
    total = sum(claims)
    if pot_fen >= total:
        return list(claims)
    found = [pot_fen * claim // total for claim in claims]
    order = sorted(range(len(claims)), key=lambda n: (-(pot_fen * claims[n] % total), -claims[n], n))
    for n in order[: pot_fen - sum(found)]:
        found[n] += 1
    return found


def by_rank(pot_fen: int, claims: Sequence[int]) -> list[int]:
    """In their order 按顺序, each whole before the next, as seizures of a company's property are."""
    found = []
    for claim in claims:
        found.append(min(claim, pot_fen))
        pot_fen -= found[-1]
    return found


def execution_fee_fen(amount_fen: int) -> int:
    """申请执行费 of an amount carried out, half up to the fen (国务院令第481号): 50 yuan up to 10,000, then by
    steps."""
    if amount_fen <= 1_000_000:
        return 5_000
    for upto, ppm, plus in _STEPS:
        if upto is None or amount_fen <= upto:
            return (amount_fen * ppm + 500_000) // 1_000_000 + plus
    raise AssertionError


def delay_interest_fen(principal_fen: int, days: int) -> int:
    """迟延履行利息: 0.0175 % a day, half up to the fen; `days` end on the day of the deduction, not of the payout."""
    return (principal_fen * 175 * days + 500_000) // 1_000_000


def party_context(court_id: int, number: str) -> str:
    """What parties' names are sealed for; the plug says the same in SQL."""
    return f"court_party:{court_id}:{number}"


_STEPS = ((50_000_000, 15_000, -10_000), (500_000_000, 10_000, 240_000), (1_000_000_000, 5_000, 2_740_000),
          (None, 1_000, 6_740_000))  # fmt: skip


def _doubled(digit: int) -> int:
    return digit * 2 - 9 * (digit > 4)
