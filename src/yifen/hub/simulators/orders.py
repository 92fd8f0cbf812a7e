"""What a payer comes for, and the variants of a charge that must not be taken twice."""

from typing import NamedTuple

from yifen.core.wire.messages import Charge, Line


class PayVisit(NamedTuple):
    """Somebody comes to pay what an account owes."""

    biller: str
    account_no: str


def again(charge: Charge, serial: str) -> Charge:
    """The same payment under another serial."""
    return Charge(
        serial=serial, biller=charge.biller, account_no=charge.account_no,
        amount_fen=charge.amount_fen, lines=charge.lines, quote=charge.quote,
        paid_at=charge.paid_at,
    )  # fmt: skip


def other_amount(charge: Charge, serial: str) -> Charge:
    """The same payment, one fen more on its first line."""
    first, *rest = charge.lines
    more = again(charge, serial)
    more.lines = [Line(payable=first.payable, amount_fen=first.amount_fen + 1), *rest]
    more.amount_fen += 1
    return more
