"""One amount over what an account owes 分配: the lines of a payment that pays the oldest first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView


class Allocated(NamedTuple):
    """Lines (payable, fen) in the order of the bills; `left_fen`: what no bill and no balance takes."""

    lines: tuple[tuple[str, int], ...]
    left_fen: int


def allocate(payables: Sequence[PayableView], amount_fen: int) -> Allocated:
    """Bills in the order in which the hub told them, the oldest first: each whole, the last one in part where it may
    be; one that the rest does not pay ends it, for a newer one must not go before it. Once no bill is open the rest
    goes to the first that takes any amount, such as a balance."""
    lines: list[tuple[str, int]] = []
    left, is_open = amount_fen, False
    for bill in (bill for bill in payables if bill.mode != "open" and bill.due_fen > 0):
        fen = min(left, bill.due_fen)
        if len(lines) == LINES_MAX or fen < (bill.due_fen if bill.mode == "exact" else bill.min_fen):
            is_open = True
            break
        lines.append((bill.payable, fen))
        left -= fen
        if fen < bill.due_fen:
            is_open = True
            break
    if left and not is_open and len(lines) < LINES_MAX:
        for bill in (bill for bill in payables if bill.mode == "open"):
            fen = min(left, bill.max_fen)
            if fen >= bill.min_fen:
                lines.append((bill.payable, fen))
                left -= fen
                break
    return Allocated(tuple(lines), left)


def is_in_order(payables: Sequence[PayableView], lines: Mapping[str, int]) -> bool:
    """Would a hub that wants the oldest first take these amounts together? Every bill before one that is paid is paid
    whole; what takes any amount comes behind all bills. Bills stand in the order in which the hub told them."""
    bills = [bill for bill in payables if bill.mode != "open" and bill.due_fen > 0]
    is_open = False
    for bill in (*bills, *(bill for bill in payables if bill.mode == "open")):
        fen = lines.get(bill.payable, 0)
        if is_open and fen:
            return False
        is_open = is_open or (bill.mode != "open" and fen < bill.due_fen)
    return True
