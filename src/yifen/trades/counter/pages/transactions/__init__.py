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
from yifen.trades.counter.pages.transactions.told import BILLS, CUSTOMER, CustomerQuery, SerialQuery

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
    CustomerQuery(CUSTOMER, _("用电客户资料查询"),
                  _("录入户号，F5 查询：户名和本网点为该户办理的流水，只查询，不收款。")),
    CustomerQuery(BILLS, _("电费查询"),
                  _("录入户号，F5 查询：列出未缴的账单，只查询，不收款。")),
    SerialQuery(),
)
