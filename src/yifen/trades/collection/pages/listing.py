"""The lists of collection orders and contracts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, days, moments, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.collection import rules

_SQL = queries(__package__)
STATES: words.Words = {
    "out": (pgettext_lazy("collection", "待送达"), "waiting"),
    "told": (pgettext_lazy("collection", "承付期内"), "accent"),
    "paying": (pgettext_lazy("collection", "划款中"), "waiting"),
    "paid": (pgettext_lazy("collection", "已划款，销账中"), "waiting"),
    "booked": (pgettext_lazy("collection", "已收妥"), "ok"),
    "backing": (pgettext_lazy("collection", "退还付款人"), "waiting"),
    "returned": (pgettext_lazy("collection", "已退回"), "bad"),
}
KINDS: words.Words = {
    "entrusted": (_("委托收款"), "neutral"),
    "check": (_("托收承付（验单）"), "neutral"),
    "goods": (_("托收承付（验货）"), "neutral"),
    "agreed": (_("特约委托收款"), "neutral"),
}
MEDIA: words.Words = {"sms": (_("短信"), "neutral"), "mail": (_("邮件"), "neutral"), "": (_("纸质通知"), "neutral")}
_FOR = {
    **{state: f"{{sql}} = '{state}'" for state in STATES},
    "today": "o.state = 'told' AND o.pay_at < (%(today)s::date + 1)::timestamp AT TIME ZONE k.time_zone",
    "stuck": "o.state IN ('paying', 'paid', 'backing') AND o.changed_at < %(now)s::timestamptz - interval '15 minutes'",
}


def order_url(row: Row, access: Access) -> str:
    return reverse("collection_order", args=[row.order_id])


def contract_url(row: Row, access: Access) -> str:
    return reverse("collection_contract", args=[row.contract_id])


ORDERS = Listing(
    name="collection_orders",
    title=_("托收"),
    permission="collection.view",
    export="payments.export",
    note=_(
        "收费单位凭合同向大用户账户收款：通知付款人，期满未拒付的在次一工作日开始营业时划款；不足不付，退回并写明理由。"
    ),
    empty=_("没有托收"),
    route="collection/",
    source=_SQL["orders"],
    scope=in_scope("o.biller_id"),
    key="o.order_id",
    default="made_at",
    opens=order_url,
    actions=(
        ListAction(_("发起托收"), "collection_new", "collection.demand", "plus", "primary"),
        ListAction(_("托收合同"), "collection_contracts", "collection.view", "file-pen-line"),
        ListAction(_("托收种类"), "collection_kinds", "collection.view", "list-ordered"),
    ),
    filters=chosen("biller", _("收费单位"), "o.biller_id = %(biller)s", billers),
    columns=(
        Column("made_at", "o.made_at", _("受理时间"), "time", order="down", filters=moments(_("受理日期 起"))),
        Column(
            "number",
            "o.number",
            _("托收编号"),
            "code",
            filters=search("number", _("托收编号"), "o.number = %(number)s", wide=False),
        ),
        Column(
            "state",
            "o.state",
            _("状态"),
            "badge",
            words=STATES,
            filters=one_of(
                "state", _("状态"), [*words.choices(STATES), ("today", _("今日划款")), ("stuck", _("久无结果"))], _FOR
            ),
        ),
        Column("order_id", "o.order_id", shown=False, exported=False),
        Column("biller", "p.code || ' ' || p.name", _("收款人")),
        Column("payer", "c.payer", _("付款人")),
        Column("contract", "c.number", _("合同号"), "code"),
        Column("account_no", "c.account_no", _("户号"), "account"),
        Column("kind", "o.kind", _("种类"), "badge", words=KINDS, filters=one_of("kind", _("种类"), KINDS)),
        Column("amount_fen", "o.amount_fen", _("托收金额（元）"), "amount", order="down"),
        Column("booked_fen", "CASE o.state WHEN 'booked' THEN o.taken_fen ELSE 0 END", _("收妥金额（元）"), "amount"),
        Column("told_on", "o.told_on", _("送达日"), "day"),
        Column("last_on", "o.last_on", _("答复截止日"), "day"),
        Column("pay_at", "o.pay_at", _("划款时间"), "time"),
        Column("reason", "o.reason", _("退回理由")),
    ),
)
CONTRACTS = Listing(
    name="collection_contracts",
    title=_("托收合同"),
    permission="collection.view",
    export="payments.export",
    note=_("大用户与收费单位、银行约定的付款账户；两人登记，核心先核对户名。更换账户即签新合同，旧合同同日终止。"),
    empty=_("没有托收合同"),
    route="collection/contracts/",
    source=_SQL["contracts"],
    scope=in_scope("c.biller_id"),
    key="c.contract_id",
    default="contract_id",
    opens=contract_url,
    actions=(ListAction(_("登记合同"), "collection_contract_new", "collection.bank", "plus", "primary"),),
    filters=chosen("biller", _("收费单位"), "c.biller_id = %(biller)s", billers),
    columns=(
        Column(
            "contract_id",
            "c.contract_id",
            _("编号"),
            "code",
            order="down",
            by_kind="num",
            value=lambda r, a: str(r.contract_id),
        ),
        Column(
            "number",
            "c.number",
            _("合同号"),
            "code",
            filters=search("number", _("合同号"), "c.number = %(number)s", wide=False),
        ),
        Column("biller", "p.code || ' ' || p.name", _("收款人")),
        Column("payer", "c.payer", _("付款人")),
        Column("account_no", "c.account_no", _("户号"), "account"),
        Column("account_shown", "c.account_shown", _("付款账号"), "code"),
        Column("kind", "c.kind", _("种类"), "badge", words=KINDS, filters=one_of("kind", _("种类"), KINDS)),
        Column("medium", "c.medium", _("通知方式"), "text", value=lambda r, a: told(rules.MEDIA[r.medium])),
        Column("valid_from", "c.valid_from", _("生效日"), "day", filters=days(_("生效日 起"))),
        Column("valid_until", "c.valid_until", _("截止日"), "day"),
        Column("ended_on", "c.ended_on", _("终止日"), "day"),
    ),
)
