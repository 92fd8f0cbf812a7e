"""Settlements, payouts and banks that a search finds."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.trades.settlement.pages.agreed_lists import BANKS
from yifen.trades.settlement.pages.payouts_list import PAYOUTS
from yifen.trades.settlement.pages.settled_list import SETTLEMENTS

SETTLEMENT, PAYOUT, BANK = Text("结算", "Settlements"), Text("划付", "Payouts"), Text("银行", "Banks")
_SQL = queries(__package__)
_SETTLED, _PAID = ("business_day", "biller", "moved_fen"), ("biller", "due_on", "amount_fen", "state")
SOUGHT = (
    Sought(SETTLEMENT, SETTLEMENTS, "s.document_id = -%(number)s", "number", "number", _SETTLED, exact=True),
    Sought(PAYOUT, PAYOUTS, "y.reference = %(plain)s OR y.bank_serial = %(plain)s OR y.document_id = -%(number)s",
           "plain", "reference", _PAID, exact=True),
    Sought(PAYOUT, PAYOUTS, _SQL["in_file"], "plain", "reference", _PAID),
    Sought(PAYOUT, PAYOUTS, "y.amount_fen = %(fen)s", "fen", "reference", _PAID),
    Sought(BANK, BANKS, "p.code = upper(%(plain)s) OR p.name = %(text)s", "plain", "bank", ("account_name",)),
)  # fmt: skip


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the billers and banks in scope."""
    return of_lists(access, asked, *SOUGHT)
