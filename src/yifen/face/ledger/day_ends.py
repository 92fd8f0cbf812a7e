"""The balances with which an account ended each business day, as the cut kept them."""

from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.ledger.accounts import SIGN, found_account
from yifen.face.lists.asking import days
from yifen.face.lists.listing import Column, Listing


def days_of(access: Access, account_id: int) -> Listing:
    """The day-end balances of an account in scope."""
    found_account(access, account_id)
    return DAY_ENDS.at(account_id=account_id)


DAY_ENDS = Listing(
    name="account_days",
    title=_("日终余额"),
    empty=_("还没有日终"),
    empty_note=_("日切之后，每个账户的余额都留存一份。"),
    permission="ledger.view",
    export="ledger.export",
    route="accounts/<int:account_id>/days/",
    source=queries(__package__)["day_ends"],
    key="d.business_day",
    key_kind="day",
    bind=days_of,
    columns=(
        Column("business_day", "d.business_day", _("会计日期"), "day", order="down",
               filters=days(_("会计日期 起"))),
        Column("debit_posted_fen", "d.debit_posted", _("借方累计"), "amount", sums=False),
        Column("credit_posted_fen", "d.credit_posted", _("贷方累计"), "amount", sums=False),
        Column("pending_fen", f"{SIGN} * (d.debit_pending - d.credit_pending)", _("预占"), "amount",
               sums=False),
        Column("balance_fen", f"{SIGN} * (d.debit_posted - d.credit_posted)", _("余额"), "amount",
               sums=False),
    ),
)  # fmt: skip
