"""The list of arrears 欠费清单: accounts that owe."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import Filter
from yifen.face.lists.filters import AccountsField, ChosenField, ListFilters, SearchField, WordField
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage
from yifen.face.lists.paging import by_key, in_order
from yifen.face.lists.selecting import in_scope
from yifen.trades.billing.customers.finding import placed
from yifen.trades.billing.pages.customer_lists import billers, customer_url, holder, read

AREA_MAX = 20_000
"""Places of one area; of a larger one the list would leave some out."""
DUE: words.Words = {"overdue": (_("已逾期"), "bad"), "due": (_("未到期"), "waiting")}
_SQL = queries(__package__)


def classes(access: Access) -> list[tuple[str, str]]:
    """Classes of customers that have a price, of the companies in reach."""
    return [(name, name) for (name,) in read(_SQL["classes"], scopes.params(access.scope))]


class ArrearsFilters(ListFilters):
    """A company; account numbers, an area by words of its address, a class of customers, overdue or not yet."""

    declared = {
        "biller": Filter("biller", ChosenField(_("收费单位")), "c.biller_id = %(biller)s", billers),
        "account": Filter("account", AccountsField(_("户号")), "c.account_no = ANY (%(account)s::text[])"),
        "area": Filter("area", SearchField(pgettext_lazy("billing", "区域（地址）")), _SQL["arrears_of_area"]),
        "of_class": Filter("of_class", WordField(_("用户类别"), ()), _SQL["arrears_of_class"], classes),
        "due": Filter("due", WordField(pgettext_lazy("billing", "逾期"), words.choices(DUE)), {
            "overdue": "o.due_on < %(today)s", "due": "o.due_on >= %(today)s"}),
    }  # fmt: skip
    biller = declared["biller"].field
    account = declared["account"].field
    area = declared["area"].field
    of_class = declared["of_class"].field
    due = declared["due"].field

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        area, known = data.get("area"), billers(self.access)
        biller = data.get("biller") or (known[0][0] if len(known) == 1 else None)
        found: list[int] = []
        if area and biller is None:
            self.add_error("biller", _("请选择收费单位"))
        elif area and biller is not None:
            found = placed(biller, area, AREA_MAX + 1)
            if len(found) > AREA_MAX:
                self.add_error("area", _("超过 %(most)s 处地址，请把区域写得更细") % {"most": f"{AREA_MAX:,}"})
        return data | {"placed": numbers(found)}


def by_account(ask: ListAsk) -> ListPage:
    """The list's own pages, account by account; no count: of a million that owe it would cost more than the page."""
    with in_order():
        return by_key(ARREARS, ask)


ARREARS = Listing(
    name="billing_arrears",
    title=_("欠费清单"),
    note=_("有未缴账单的户。欠费含最近一次查询或催缴时算到的违约金；合计请导出。"),
    empty=_("没有欠费的户"),
    permission="billing.view",
    export="billing.customers",
    route="billing/arrears/",
    source=_SQL["arrears"],
    where=("o.bills > 0",),
    scope=in_scope("c.biller_id"),
    key="c.customer_id",
    opens=customer_url,
    form=ArrearsFilters,
    pages=by_account,
    reads={"biller_id": "c.biller_id", "customer_id": "c.customer_id"},
    columns=(
        Column("account_no", "c.account_no", _("户号"), "account", url=customer_url),
        Column("holder", "l.holder", _("户名"), value=holder),
        Column("place", "l.path", _("地址")),
        Column("biller", "l.code || ' ' || l.name", _("收费单位")),
        Column("due_on", "o.due_on", pgettext_lazy("billing", "最早到期日"), "day"),
        Column("bills", "o.bills", pgettext_lazy("billing", "未缴账单"), "num"),
        Column("owed_fen", "o.owed_fen", pgettext_lazy("billing", "欠费（元）"), "amount", sums=False),
        Column("state", "CASE WHEN o.due_on < %(today)s THEN 'overdue' ELSE 'due' END", _("状态"), "badge", words=DUE),
    ),
)  # fmt: skip
