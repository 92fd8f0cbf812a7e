"""Lists of papers: ranges, hand-overs, the register 单证交接登记簿, prints, counts."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import Filter, moments, one_of, search
from yifen.face.lists.filters import AccountsField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.trades.invoices.pages.words import ACTS, CADENCES, PRINTS, STATES, TRANSFERS
from yifen.trades.invoices.rules import multirange, shown_spans

_SQL = queries(__package__)
KIND, SELLER = "k.name || ' ' || k.prefix", "p.code || ' ' || p.name"


def padded(number: str) -> str:
    """A number with all its digits."""
    return f"lpad({number}::text, greatest(k.digits, length({number}::text)), '0')"


def named(institution: str, user: str) -> str:
    """Who has it: an institution's store, or one of its tellers."""
    return f"{institution}.name || coalesce(' · ' || {user}.login || ' ' || {user}.name, '')"


def number_filter(where: str) -> tuple[Filter]:
    """One number that lies in it."""
    return search("number", _("号码"), f"({where})", wide=False)


def transfer_url(row: Row, access: Access) -> str:
    return reverse("invoice_transfer", args=[row.transfer_id])


def payment_url(row: Row, access: Access) -> str:
    return reverse("payment", args=[row.payment_id]) if row.payment_id and access.may("payments.view") else ""


def invoice_url(row: Row, access: Access) -> str:
    """Its payment, for who sees payments; else the list with its number."""
    return payment_url(row, access) or f"{reverse('invoices')}?text={row.number}"


def spans_of(name: str) -> Any:
    return lambda row, access: shown_spans(multirange(getattr(row, name)), row.digits) or None


COMMON: dict[str, Any] = {"permission": "invoices.view", "export": "invoices.view", "grows": True}
RANGES = Listing(
    name="invoice_ranges",
    title=_("凭证号段"),
    note=_("每个号码只在一段之中：在谁手里、什么状态。"),
    empty=_("没有这样的号段"),
    route="invoices/ranges/",
    source=_SQL["ranges"],
    scope=in_institutions("r.institution_id"),
    key="r.range_id",
    filters=number_filter(_SQL["number_in_range"]),
    columns=(
        Column("first_no", padded("r.first_no"), _("起号"), "code"),
        Column("last_no", padded("r.last_no"), _("止号"), "code"),
        Column("pieces", "r.last_no - r.first_no + 1", _("份数"), "num"),
        Column("state", "r.state", _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
        Column("holder", named("i", "u"), _("保管"), filters=search("holder", _("柜员"),
               "upper(u.login) = upper(%(holder)s)", wide=False)),
        Column("kind", KIND, _("票据")),
        Column("seller", SELLER, _("收费单位")),
        Column("since", "r.since", _("自"), "time"),
    ),
    **COMMON,
)  # fmt: skip
TRANSFERS_LIST = Listing(
    name="invoice_transfers",
    title=_("凭证交接"),
    note=_("交出人提出，接收人本人登录核对接收；未接收的在途，双方均不能轧账。"),
    empty=_("没有这样的交接"),
    route="invoices/transfers/",
    source=_SQL["transfers"],
    scope=_SQL["transfer_scope"],
    key="t.transfer_id",
    opens=transfer_url,
    actions=(ListAction(_("交出凭证"), "invoice_give", "invoices.view", "send", "primary"),),
    filters=one_of("whose", _("谁的"), [("mine", _("待我接收")), ("given", _("我交出未接收"))],
                   {"mine": _SQL["transfer_mine"], "given": _SQL["transfer_given"]}),
    columns=(
        Column("transfer_id", "t.transfer_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda row, access: str(row.transfer_id)),
        Column("given_at", "t.given_at", _("交出时间"), "time", filters=moments(_("交出日期 起"))),
        Column("state", "t.state", _("状态"), "badge", words=TRANSFERS, filters=one_of("state", _("状态"), TRANSFERS)),
        Column("first_no", padded("t.first_no"), _("起号"), "code"),
        Column("last_no", padded("t.last_no"), _("止号"), "code"),
        Column("pieces", "t.last_no - t.first_no + 1", _("份数"), "num"),
        Column("source", named("f", "fu"), _("交出")),
        Column("target", named("i", "tu"), _("接收")),
        Column("giver", "g.login || ' ' || g.name", _("交出人签名")),
        Column("taker", "d.login || ' ' || d.name", _("接收人签名")),
        Column("kind", KIND, _("票据")),
        Column("reason", "t.reason", _("说明"), shown=False),
    ),
    **COMMON,
)  # fmt: skip
REGISTER = Listing(
    name="invoice_register",
    title=_("单证交接登记簿"),
    note=_("每一次入库、交接、使用、作废、挂失、销毁，双方签名；不改不删。"),
    empty=_("登记簿没有这样的记录"),
    route="invoices/register/",
    source=_SQL["acts"],
    scope=_SQL["act_scope"],
    key="a.act_id",
    filters=number_filter(_SQL["number_in_act"]),
    columns=(
        Column("at", "a.at", _("时间"), "time", filters=moments(_("日期 起"))),
        Column("act", "a.act", _("事项"), "badge", words=ACTS, filters=one_of("act", _("事项"), ACTS)),
        Column("first_no", padded("a.first_no"), _("起号"), "code"),
        Column("last_no", padded("a.last_no"), _("止号"), "code"),
        Column("pieces", "a.last_no - a.first_no + 1", _("份数"), "num"),
        Column("source", named("f", "fu"), _("自")),
        Column("target", named("i", "tu"), pgettext_lazy("paper", "至")),
        Column("signed", "s.login || ' ' || s.name", _("经办签名")),
        Column("second", "z.login || ' ' || z.name", _("对方或复核签名")),
        Column("payment_id", "a.payment_id", _("缴费号"), "code", url=payment_url,
               value=lambda row, access: str(row.payment_id) if row.payment_id else None),
        Column("reason", "a.reason", _("说明")),
        Column("kind", KIND, _("票据")),
        Column("seller", SELLER, _("收费单位"), shown=False),
    ),
    **COMMON,
)  # fmt: skip
INVOICES = Listing(
    name="invoices",
    title=_("已打印发票"),
    note=_("按号码或缴费号查；一个号码只打印一次，作废的不再使用。"),
    empty=_("没有这样的发票"),
    route="invoices/",
    source=_SQL["prints"],
    scope=in_institutions("x.institution_id"),
    key="x.print_id",
    opens=invoice_url,
    filters=(Filter("text", AccountsField(_("发票号码或缴费号")), _SQL["of_number"]),),
    columns=(
        Column("printed_at", "x.printed_at", _("打印时间"), "time", filters=moments(_("打印日期 起"))),
        Column("number", padded("x.number"), _("发票号码"), "code"),
        Column("what", "x.what", _("打印"), "badge", words=PRINTS, filters=one_of("what", _("打印"), PRINTS)),
        Column("payment_id", "x.payment_id", _("缴费号"), "code", url=payment_url,
               value=lambda row, access: str(row.payment_id)),
        Column("voided_at", "x.voided_at", _("作废时间"), "time"),
        Column("outlet", "i.name", _("网点")),
        Column("teller", "u.login || ' ' || u.name", _("柜员"), filters=search(
            "teller", _("柜员"), "upper(u.login) = upper(%(teller)s)", wide=False)),
        Column("kind", KIND, _("票据")),
        Column("seller", SELLER, _("收费单位")),
    ),
    **COMMON,
)  # fmt: skip
COUNTS = Listing(
    name="invoice_counts",
    title=_("凭证盘点"),
    note=_("柜员每日、主管每周、负责人每月盘点；与账面不符的逐号列出。"),
    empty=_("没有这样的盘点"),
    route="invoices/counts/",
    source=_SQL["counts"],
    scope=in_institutions("c.institution_id"),
    key="c.count_id",
    actions=(ListAction(_("盘点"), "invoice_count", "invoices.view", "clipboard-check", "primary"),),
    filters=one_of("result", pgettext_lazy("paper", "结果"), [("open", _("不符，未了结")), ("differs", _("不符")),
                                                                   ("agrees", _("相符"))],
                   {"open": _SQL["differs_still"], "differs": _SQL["differs"], "agrees": _SQL["agrees"]}),
    columns=(
        Column("counted_at", "c.counted_at", _("时间"), "time", filters=moments(_("日期 起"))),
        Column("cadence", "c.cadence", _("周期"), words=CADENCES, filters=one_of("cadence", _("周期"), CADENCES)),
        Column("holder", named("i", "u"), _("保管")),
        Column("counter", "b.login || ' ' || b.name", _("盘点人")),
        Column("missing", "c.missing::text", _("缺少号码"), value=spans_of("missing")),
        Column("surplus", "c.surplus::text", _("多出号码"), value=spans_of("surplus")),
        Column("kind", KIND, _("票据")),
    ),
    reads={"digits": "k.digits"},
    **COMMON,
)  # fmt: skip
LISTS = (RANGES, TRANSFERS_LIST, REGISTER, INVOICES, COUNTS)
