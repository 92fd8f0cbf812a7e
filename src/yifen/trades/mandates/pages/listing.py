"""Lists of mandates and of single debits."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, moments, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions, in_scope
from yifen.trades.mandates.pages.words import SINGLES as SINGLE_STATES
from yifen.trades.mandates.pages.words import SOURCES, STATES, WAYS

_SQL = queries("yifen.trades.mandates")
SCOPE = _SQL["seen"].format(billers=in_scope("m.biller_id"), institutions=in_institutions("m.institution_id"))
"""Of the billers in scope, and those that were signed where somebody works."""


def mandate_url(row: Row, access: Access) -> str:
    return reverse("mandate", args=[row.number])


MANDATES = Listing(
    name="mandates",
    title=_("代扣签约"),
    note=_("付款人、收费单位、开户行三方协议：账户按约定代付账单。柜面用 4621 签约、修改、变更账户、解约。"),
    empty=_("没有代扣签约"),
    permission="mandates.view",
    export="payments.export",
    route="mandates/",
    source=_SQL["mandates"],
    scope=SCOPE,
    key="m.number",
    key_kind="text",
    default="made_at",
    opens=mandate_url,
    actions=(ListAction(_("代扣规定"), "mandate_rule", "mandates.rules", "settings", ""),),
    filters=chosen("biller", _("收费单位"), "m.biller_id = %(biller)s", billers),
    columns=(
        Column("made_at", "m.made_at", _("签约时间"), "time", order="down", filters=moments(_("签约日期 起"))),
        Column("number", "m.number", _("协议编号"), "code"),
        Column("biller", "y.code || ' ' || y.name", _("收费单位")),
        Column("customer", "m.customer", _("户号"), "account"),
        Column("account_shown", "m.account_shown", _("扣款账号")),
        Column("holder_shown", "m.holder_shown", _("户名")),
        Column("rank", "m.rank", _("扣款顺序"), "num"),
        Column("from_on", "m.from_on", _("生效日"), "day"),
        Column("state", "w.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*words.choices(STATES), ("no_paper", _("柜面签约无扫描件"))],
                              {state: f"{{sql}} = '{state}'" for state in STATES} | {"no_paper": "w.lacks_paper"})),
        Column("source", "m.source", _("签约途径"), "badge", words=SOURCES),
        Column("institution", "i.code || ' ' || i.name", _("签约机构")),
    ),
)  # fmt: skip


def single_url(row: Row, access: Access) -> str:
    return reverse("mandate", args=[row.number])


SINGLES = Listing(
    name="mandate_singles",
    title=_("单笔扣款"),
    note=_("按签约逐笔扣款：免密支付由合作方发起，一键支付由付款人逐笔确认；先核心、后销账，销不了的退回账户。"),
    empty=_("没有单笔扣款"),
    permission="mandates.view",
    export="payments.export",
    route="mandates/singles/",
    source=_SQL["singles"],
    scope=SCOPE,
    key="d.serial",
    key_kind="text",
    default="made_at",
    opens=single_url,
    filters=chosen("biller", _("收费单位"), "m.biller_id = %(biller)s", billers),
    columns=(
        Column("made_at", "d.made_at", _("扣款时间"), "time", order="down", filters=moments(_("扣款日期 起"))),
        Column("serial", "d.serial", _("流水号"), "code"),
        Column("number", "m.number", _("协议编号"), "code"),
        Column("biller", "y.code || ' ' || y.name", _("收费单位")),
        Column("customer", "m.customer", _("户号"), "account"),
        Column("account_shown", "m.account_shown", _("扣款账号")),
        Column("amount_fen", "d.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("way", "d.way", _("方式"), "badge", words=WAYS),
        Column("state", "d.state", _("状态"), "badge", words=SINGLE_STATES,
               filters=one_of("state", _("状态"), [*words.choices(SINGLE_STATES), ("stuck", _("久无结果"))],
                              {state: f"{{sql}} = '{state}'" for state in SINGLE_STATES} | {"stuck": "b.is_stuck"})),
    ),
)  # fmt: skip
