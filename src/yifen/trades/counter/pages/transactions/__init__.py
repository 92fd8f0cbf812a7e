"""The counter's own transactions. A new one is a module beside this file, and one line here."""

from django.utils.translation import gettext_lazy as _

from yifen.face.desk.transaction import Transaction
from yifen.trades.counter.pages.transactions.close_shift import CloseShift
from yifen.trades.counter.pages.transactions.collection import Collection
from yifen.trades.counter.pages.transactions.open_shift import OpenShift
from yifen.trades.counter.pages.transactions.own_journal import OwnJournal
from yifen.trades.counter.pages.transactions.refund import DeskRefund
from yifen.trades.counter.pages.transactions.reprint import Reprint
from yifen.trades.counter.pages.transactions.reversal import Reversal

TRANSACTIONS: tuple[Transaction, ...] = (
    Collection("4623", _("电费代收"), "power"),
    Collection("4613", _("热费代收"), "heat"),
    Collection("4614", _("水费代收"), "water"),
    Collection("4615", _("燃气费代收"), "gas"),
    Collection("4616", _("物业费代收"), "property"),
    Collection("4600", _("各项收费"), ""),
    Reversal(),
    DeskRefund(),
    Reprint(),
    OpenShift(),
    CloseShift(),
    OwnJournal(),
)
