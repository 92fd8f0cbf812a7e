"""What is to be collected, as the teller has put it together: pure data between form and entry."""

from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX
from yifen.trades.counter import rules
from yifen.trades.counter.models import PayKind


class EntryLine(NamedTuple):
    """One payable, and what is paid of it, in fen."""

    payable: str
    title: str
    amount_fen: int


class PayMeans(NamedTuple):
    """How it is paid. Cash without `tendered_fen` was given exactly."""

    kind: PayKind
    tendered_fen: int | None = None
    from_account: str = ""
    cheque_no: str = ""
    cheque_on: date | None = None


class DeskOrder(NamedTuple):
    """A collection under a transaction code; `payer_name` comes masked."""

    code: str
    biller: str
    account_no: str
    payer_name: str
    lines: tuple[EntryLine, ...]
    payment: PayMeans
    quote: str = ""

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    def money(self) -> tuple[str, str, list[dict[str, Any]]]:
        """What makes it the same payment, however it is paid."""
        return self.biller, self.account_no, [line._asdict() for line in self.lines]


def drawer_fields(order: DeskOrder) -> dict[str, Any]:
    """Of an entry: what was tendered and given back, or from which account it came, masked.
    Refused: NOTHING_CHOSEN, TOO_MANY_CHOSEN, AMOUNT_WRONG, CASH_SHORT, INPUT_INVALID."""
    if len(order.lines) > LINES_MAX:
        raise Refused(Code.TOO_MANY_CHOSEN, "bills")
    amount_fen = rules.total_fen(line.amount_fen for line in order.lines)
    paid = order.payment
    if paid.kind != PayKind.CASH:
        account = rules.masked_account(paid.from_account)
        return {"tendered_fen": None, "change_fen": None, "from_account": account}
    tendered_fen = amount_fen if paid.tendered_fen is None else paid.tendered_fen
    change_fen = rules.change_fen(amount_fen, tendered_fen)
    return {"tendered_fen": tendered_fen, "change_fen": change_fen, "from_account": ""}
