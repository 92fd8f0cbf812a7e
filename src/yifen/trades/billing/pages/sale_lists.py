"""The lists of sales 售电 and of recharges that could not be sold 待售."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.face.lists.asking import chosen, moments, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.billing.pages.customer_lists import billers
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.quantities import shown

_SQL = queries(__package__)
TOKEN_STATES: words.Words = {
    "none": (_("不发卡密"), "neutral"),
    "wanted": (_("待索取"), "waiting"),
    "asked": (_("索取中"), "waiting"),
    "given": (_("已发卡密"), "ok"),
    "rejected": (_("被拒绝"), "bad"),
    "undone": (_("已作废"), "neutral"),
}


def sale_url(row: Row, access: Access) -> str:
    return reverse("billing_sale", args=[row.sale_id])


def prepaid_url(row: Row, access: Access) -> str:
    return reverse("billing_prepaid", args=[row.customer_id])


def why(row: Row, access: Access) -> str:
    """In the words of the reader's language."""
    from django.utils.translation import get_language

    return Refused(result_code(row.code)).text(get_language() or "")


SALES = Listing(
    name="billing_sales",
    title=_("售电"),
    note=_("预付费的户购电后，系统按价格折成数量，并向售电系统索取卡密；没有卡密的在此处理。"),
    empty=_("没有售电"),
    permission="billing.view",
    export="billing.run",
    route="billing/sales/",
    source=_SQL["sales"],
    scope=in_scope("s.biller_id"),
    key="s.sale_id",
    opens=sale_url,
    reads={"sold_at": "s.sold_at"},
    actions=(ListAction(_("未售出的购电款"), "billing_unsold", "billing.view", "circle-alert"),),
    filters=(
        *search("account", _("户号"), "s.account_no = %(account)s"),
        *chosen("biller", _("收费单位"), "s.biller_id = %(biller)s", billers),
    ),
    columns=(
        Column("sale_id", "s.sale_id", pgettext_lazy("billing", "售电号"), "code", order="down", by_kind="num",
               value=lambda r, a: f"T{r.sale_id}"),
        Column("sold_at", "s.sold_at", _("时间"), "time", filters=moments(_("售电日期 起"))),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("account_no", "s.account_no", _("户号"), "code", value=lambda r, a: account_shown(a, r.account_no)),
        Column("fee", "f.name", _("费种")),
        Column("meter", "s.meter", _("表号"), "code"),
        Column("qty", "s.qty_milli", _("数量"), "code", value=lambda r, a: shown(r.qty)),
        Column("amount_fen", "s.amount_fen", _("金额（元）"), "amount", sums=False),
        Column("state", "s.token_state", _("卡密"), "badge", words=TOKEN_STATES,
               filters=one_of("state", _("卡密"), [("todo", _("没有卡密")), *words.choices(TOKEN_STATES)],
                              {"todo": "s.token_state IN ('wanted', 'asked', 'rejected')"}
                              | {one: f"{{sql}} = '{one}'" for one in TOKEN_STATES})),
        Column("reason", "s.token_reason", _("原因")),
    ),
)  # fmt: skip

UNSOLD = Listing(
    name="billing_unsold",
    title=_("未售出的购电款"),
    note=_("款项在预存款里没有动；原因消除后自动售出，或者退给付款人。"),
    empty=_("没有未售出的购电款"),
    permission="billing.view",
    export="billing.run",
    route="billing/unsold/",
    source=_SQL["unsold"],
    scope=in_scope("y.biller_id"),
    key="u.payable_id",
    opens=prepaid_url,
    reads={"customer_id": "c.customer_id", "code": "u.code"},
    filters=chosen("biller", _("收费单位"), "y.biller_id = %(biller)s", billers),
    columns=(
        Column("payable_id", "u.payable_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.payable_id)),
        Column("since", "u.since", _("购电时间"), "time"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("account_no", "y.account_no", _("户号"), "code", value=lambda r, a: account_shown(a, r.account_no)),
        Column("balance_fen", "y.balance_fen", _("预存款（元）"), "amount", sums=False),
        Column("why", "u.code", _("原因"), value=lambda r, a: why(r, a) if r.code else ""),
        Column("tries", "u.tries", _("已试次数"), "num"),
        Column("next_at", "u.next_at", _("下次再试"), "time"),
        Column("state", "CASE WHEN u.code IS NULL THEN 'new' ELSE 'todo' END", _("状态"), "badge",
               words={"new": (_("待售"), "waiting"), "todo": (_("待处理"), "bad")},
               filters=one_of("state", _("状态"), [("todo", _("待处理"))], {"todo": "u.code IS NOT NULL"})),
    ),
)  # fmt: skip
