"""The balances with which an account ended each business day, as the cut kept them."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.face.ledger.accounts import DEBIT_SIDES
from yifen.face.lists import keys
from yifen.face.lists.listing import Ask, Column, Listing, Select

SELECT = """
SELECT * FROM (
    SELECT d.business_day, a.side, sum(d.debit_posted_fen)::bigint,
        sum(d.credit_posted_fen)::bigint, sum(d.debit_pending_fen)::bigint,
        sum(d.credit_pending_fen)::bigint
    FROM ledger_head h
    JOIN ledger_day_balance d ON d.bucket = h.bucket AND d.account_id = %(account_id)s
    JOIN ledger_account a ON a.account_id = d.account_id
    GROUP BY d.business_day, a.side
) x (business_day, side, debit_posted, credit_posted, debit_pending, credit_pending)"""


class DayEnd(Struct, frozen=True):
    """How one day ended, over all buckets, in fen."""

    business_day: date
    side: str
    debit_posted_fen: int
    credit_posted_fen: int
    debit_pending_fen: int
    credit_pending_fen: int

    @property
    def sign(self) -> int:
        return 1 if self.side in DEBIT_SIDES else -1

    @property
    def balance_fen(self) -> int:
        return self.sign * (self.debit_posted_fen - self.credit_posted_fen)

    @property
    def pending_fen(self) -> int:
        return self.sign * (self.debit_pending_fen - self.credit_pending_fen)


def select(ask: Ask) -> Select:
    return Select(SELECT, [], {"account_id": ask.filters["account_id"]})


DAY_ENDS = Listing(
    name="account_days",
    title=_("日终余额"),
    empty=_("还没有日终"),
    empty_note=_("日切之后，每个账户的余额都留存一份。"),
    orders={
        "day": keys.order(("x.business_day",), lambda row: (row.business_day,), keys.day),
    },
    select=select,
    row=DayEnd,
    permission="ledger.view",
    export="ledger.export",
    columns=(
        Column(title=_("会计日期"), kind="day", order="day", value=lambda r, a: r.business_day),
        Column(title=_("借方累计"), kind="amount", value=lambda r, a: r.debit_posted_fen),
        Column(title=_("贷方累计"), kind="amount", value=lambda r, a: r.credit_posted_fen),
        Column(title=_("预占"), kind="amount", value=lambda r, a: r.pending_fen),
        Column(title=_("余额"), kind="amount", value=lambda r, a: r.balance_fen),
    ),
)
