"""Who gets how much of a pot 分配: what is deducted first, priority claims, then the others. Pure; amounts in fen."""

from collections.abc import Sequence
from typing import NamedTuple

from yifen.trades.cases.rules import by_rank, shares

METHODS = ("ratio", "order")
RANKS = ("priority", "ordinary")


class PlanClaim(NamedTuple):
    """A creditor's claim. `rank`: priority or ordinary; `paid_fen`: what he has had by earlier plans of the case."""

    party_id: int
    rank: str
    claim_fen: int
    paid_fen: int = 0


def left_of(amount_fen: int, fee_fen: int, cost_fen: int) -> int:
    """The pot: fee of enforcement and costs of valuing and selling go first, whole. ValueError: they are more."""
    if min(amount_fen, fee_fen, cost_fen) < 0 or fee_fen + cost_fen > amount_fen:
        raise ValueError("deductions beyond what is there")
    return amount_fen - fee_fen - cost_fen


def planned(pot_fen: int, claims: Sequence[PlanClaim], method: str) -> list[int]:
    """What each gets now. All rounds together are one pot by the original claims (`ratio`: ordinary ones in
    proportion, largest remainder; `order`: each whole before the next); of it goes off what he has had, and nobody
    gives back: a fen that a share would fall by is taken off who gains most."""
    whole = _of_all(pot_fen + sum(claim.paid_fen for claim in claims), claims, method)
    found = [max(0, share - claim.paid_fen) for share, claim in zip(whole, claims, strict=True)]
    for _ in range(sum(found) - pot_fen):
        found[max(range(len(found)), key=lambda n: (found[n], -n))] -= 1
    return found


def _of_all(total_fen: int, claims: Sequence[PlanClaim], method: str) -> list[int]:
    first = [n for n, claim in enumerate(claims) if claim.rank == "priority"]
    rest = [n for n, claim in enumerate(claims) if claim.rank != "priority"]
    found = [0] * len(claims)
    for n, share in zip(first, by_rank(total_fen, [claims[n].claim_fen for n in first]), strict=True):
        found[n] = share
    split = shares if method == "ratio" else by_rank
    left = total_fen - sum(found)
    for n, share in zip(rest, split(left, [claims[n].claim_fen for n in rest]) if rest else [], strict=True):
        found[n] = share
    return found
