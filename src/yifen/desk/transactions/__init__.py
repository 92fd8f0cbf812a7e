"""The table of transactions. A new one is a module beside this file, and one line here."""

from django.utils.translation import gettext_lazy as _

from yifen.desk.transaction import Transaction
from yifen.desk.transactions.collection import Collection
from yifen.desk.transactions.reprint import Reprint
from yifen.desk.transactions.reversal import Reversal
from yifen.desk.transactions.shift import CloseShift, OpenShift

TRANSACTIONS: tuple[Transaction, ...] = (
    Collection("4623", _("电费代收"), "power"),
    Collection("4613", _("热费代收"), "heat"),
    Collection("4614", _("水费代收"), "water"),
    Collection("4615", _("燃气费代收"), "gas"),
    Collection("4616", _("物业费代收"), "property"),
    Collection("4600", _("各项收费"), ""),
    Reversal("4625", _("当日冲正"), _("按流水号或缴费号找到当日的一笔，说明原因，主管在本屏授权。")),
    Reprint("4630", _("回单重打"), _("重打本人最近一笔，或按流水号、缴费号查找；重打的回单带标记。")),
    OpenShift("4640", _("开班"), _("清点库箱现金，录入开班金额。")),
    CloseShift("4641", _("轧账"), _("按券别清点现金；有长短款须说明原因并由主管授权。")),
)


def found(code: str) -> Transaction | None:
    """The transaction of a code."""
    return next((row for row in TRANSACTIONS if row.code == code), None)
