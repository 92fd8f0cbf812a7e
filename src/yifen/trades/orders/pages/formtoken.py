"""The form of an account's bills: a signed token says what was shown, and is the order's number."""

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any, NamedTuple

from django.core import signing
from django.http import QueryDict

from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView
from yifen.trades.orders.rules import Choice

SALT = "checkout.form"
AGE_S_MAX = 2 * 3600
ORDER_BYTES = 15  # 30 hex digits: nobody guesses them, and every pay method takes them


class Shown(NamedTuple):
    """What a form's token says."""

    order_no: str
    biller: str
    account_no: str
    due_fen: dict[str, int]


class ChosenRow(NamedTuple):
    """One payable of the form."""

    payable: PayableView
    name: str  # of its amount field
    chosen: bool
    amount: str  # in yuan, where the payer may change it
    pad: str = ""  # id of the field, for the keys on the screen


def make(biller: str, account_no: str, due_fen: Mapping[str, int]) -> str:
    """A new token: whatever is sent with it is one order."""
    told = [token_hex(ORDER_BYTES), biller, account_no, dict(due_fen)]
    return signing.dumps(told, salt=SALT, compress=True)


def read(token: str) -> Shown:
    """Refused: FORM_STALE for one that is not ours, or too old."""
    try:
        return Shown(*signing.loads(token, salt=SALT, max_age=AGE_S_MAX))
    except (signing.BadSignature, TypeError):
        raise Refused(Code.FORM_STALE) from None


def choices_of(form: QueryDict) -> list[Choice]:
    """What was ticked, with the amount typed beside it."""
    return [Choice(ref, form.get(f"amount.{ref}", "")) for ref in form.getlist("payable")]


def rows_of(
    payables: Sequence[PayableView], form: Mapping[str, Any], spread: Mapping[str, int] | None = None
) -> list[ChosenRow]:
    """At first everything that is due is ticked; afterwards what the payer ticked and typed, or how his one amount was
    spread."""
    if spread is not None:
        return [ChosenRow(payable, f"amount.{payable.payable}", payable.payable in spread,
                          format_yuan(spread[payable.payable]) if payable.payable in spread else "", f"amount{number}")
                for number, payable in enumerate(payables, 1)]  # fmt: skip
    again = isinstance(form, QueryDict) and "token" in form
    ticked = set(form.getlist("payable")) if isinstance(form, QueryDict) and again else set()
    rows: list[ChosenRow] = []
    for number, payable in enumerate(payables, 1):
        due = payable.due_fen > 0
        first = not again and due and sum(row.chosen for row in rows) < LINES_MAX
        name = f"amount.{payable.payable}"
        amount = form.get(name, "") if again else format_yuan(payable.due_fen) if due else ""
        rows.append(ChosenRow(payable, name, first or payable.payable in ticked, str(amount),
                        f"amount{number}"))  # fmt: skip
    alone = not again and len(rows) == 1
    return [rows[0]._replace(chosen=True)] if alone else rows
