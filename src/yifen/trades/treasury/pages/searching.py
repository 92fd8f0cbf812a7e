"""Vouchers and returns that a search finds: by number, a bank's serial, name, amount."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.treasury.pages.listing import RETURNS, VOUCHERS

VOUCHER, RETURN = Text("支付凭证", "Vouchers"), Text("退票", "Returns")
_SQL = queries(__package__)
_TOLD = ("unit", "amount_fen", "state")
SOUGHT = (
    Sought(VOUCHER, VOUCHERS, "v.voucher_no = %(plain)s", "plain", "voucher_no", _TOLD, exact=True),
    Sought(VOUCHER, VOUCHERS, "v.amount_fen = %(fen)s", "fen", "voucher_no", _TOLD),
    Sought(VOUCHER, VOUCHERS, _SQL["voucher_like"], "part", "voucher_no", _TOLD),
    Sought(RETURN, RETURNS, "t.paper_no = %(text)s", "text", "voucher_no", ("holder", "amount_fen", "state")),
    Sought(RETURN, RETURNS, "t.amount_fen = %(fen)s", "fen", "voucher_no", ("holder", "amount_fen", "state")),
)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Within the lists."""
    return of_lists(access, asked, *SOUGHT)
