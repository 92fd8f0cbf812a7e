"""What a figure is made of: bills, payments; and the shifts of desks and collectors."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import Filter, days, one_of
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.figures.catalogue import BILLS, DIMENSIONS, KINDS, PAYMENTS, SOURCES
from yifen.trades.figures.labels import NOTHING, numbered

_SQL = queries("yifen.trades.figures")
EMPTY, APART = "—", "|"  # how a filter names the empty value, and two values
TELLER = "coalesce(t.login || ' ' || t.name, x.user_id::text)"
SHIFT_STATES: words.Words = {
    "late": (_("逾日未轧账"), "bad"), "open": (_("营业中"), "waiting"), "closed": (_("已轧账"), "ok"),
}  # fmt: skip


class FigureFilters(ListFilters):
    """A field for each dimension; one that says nothing is not shown."""

    def arrange(self) -> None:
        super().arrange()
        for name in self.declared:
            if name in DIMENSIONS and not self.data.get(name):
                self.fields[name].widget = forms.HiddenInput()


class FigureField(forms.CharField):
    """Values of a dimension in the words of the page, in either language; clean: their keys. A teller by his login, by
    his number behind "#", or both by digits alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(label=lazy(told, str)(DIMENSIONS[name].text), required=False, max_length=2000)

    def clean(self, value: Any) -> str:
        parts = [part.strip() for part in super().clean(value).split(APART)]
        return APART.join(one for part in parts if part for one in self._keys(part))

    def _keys(self, part: str) -> list[str]:
        key = DIMENSIONS[self.name].key_of(part)
        if key is not None:
            return [key or EMPTY]
        if self.name != "user" or part == EMPTY:
            return [part]
        if part.startswith("#"):
            return [part[1:]]
        login = f"@{part.split()[0].upper()}"
        return [login, part] if part.isdigit() else [login]


def filters_of(view: str) -> type[FigureFilters]:
    """The period, and a value or several of each dimension of the view."""
    since, until = (one.of(SOURCES[view].day) for one in days(_("会计日期 起")))
    found: dict[str, Filter] = {"since": since, "until": until}
    for one in DIMENSIONS.values():
        if view in one.of:
            where = _SQL["value_is"].format(sql=one.of[view], value=f"%({one.name})s")
            if one.name == "user":
                where = _SQL["or_login_is"].format(where=where)
            found[one.name] = Filter(one.name, FigureField(one.name), where)
    return type(f"figure_{view}_filters", (FigureFilters,), {
        "declared": found, **{name: one.field for name, one in found.items()}})  # fmt: skip


def written(values: Any) -> str:
    """Values as a filter has them."""
    return APART.join(value or EMPTY for value in values)


def bill_url(row: Row, access: Access) -> str:
    if not access.may("billing.view"):
        return ""
    return reverse("billing_sale" if row.kind == "sale" else "billing_bill", args=[row.bill_id])


def payment_url(row: Row, access: Access) -> str:
    return reverse("payment", args=[row.payment_id]) if access.may("payments.view") else ""


FIGURE_BILLS = Listing(
    name="figure_bills",
    title=_("统计所含账单"),
    note=_("已发布的账单、更正、撤销和售电；更正、撤销为负。"),
    empty=_("没有账单"),
    permission="figures.view",
    export="figures.report",
    route="figures/bills/",
    source=_SQL["bill_rows"],
    scope=in_scope("x.biller_id"),
    key="(x.bill_id * 2 + (x.kind = 'sale')::integer)",
    default="billed_on",
    opens=bill_url,
    form=filters_of(BILLS),
    columns=(
        Column("bill_id", "x.bill_id", _("账单号"), "code",
               value=lambda r, a: f"{'' if r.kind == 'sale' else 'B'}{r.bill_id}"),
        Column("billed_on", "x.billed_on", _("发布日"), "day", order="down"),
        Column("biller", "x.biller", _("收费单位")),
        Column("fee", "x.fee", _("费种")),
        Column("kind", "x.kind", pgettext_lazy("figures", "性质"), value=lambda r, a: told(KINDS[r.kind])),
        Column("building", "x.building", _("楼栋"), value=lambda r, a: r.building or told(NOTHING)),
        Column("due_on", "x.due_on", _("到期日"), "day"),
        Column("billed_fen", "x.billed_fen", _("应收本金（元）"), "amount"),
        Column("late_fen", "x.late_fen", _("违约金（元）"), "amount"),
        Column("settled_fen", "x.paid_fen + x.spent_fen", _("已缴（元）"), "amount"),
        Column("written_off_fen", "x.written_off_fen", _("核销（元）"), "amount", shown=False),
        Column("owing_fen", "x.owing_fen", _("尚欠（元）"), "amount"),
    ),
)  # fmt: skip

FIGURE_PAYMENTS = Listing(
    name="figure_payments",
    title=_("统计所含收款"),
    note=_("缴费在每张账单、预存款或非本系统出账的款项上一行，退回另一行，为负。"),
    empty=_("没有收款"),
    permission="figures.view",
    export="figures.report",
    route="figures/payments/",
    source=_SQL["payment_rows"],
    scope=in_scope("x.channel_id", "x.biller_id"),
    key="x.movement_id",
    default="day",
    opens=payment_url,
    form=filters_of(PAYMENTS),
    columns=(
        Column("payment_id", "x.payment_id", _("缴费编号"), "code", value=lambda r, a: str(r.payment_id)),
        Column("day", "x.day", _("会计日期"), "day", order="down"),
        Column("biller", "x.biller", _("收费单位")),
        Column("fee", DIMENSIONS["fee"].of[PAYMENTS], _("费种"), value=lambda r, a: fee_said(r.fee)),
        Column("channel", "x.channel", _("渠道")),
        Column("institution", "x.institution", _("机构")),
        Column("teller", TELLER, _("柜员"), value=lambda r, a: teller_said(r.teller, r.institution)),
        Column("method", "x.method", _("支付方式"), value=lambda r, a: method_said(r.method)),
        Column("net_fen", "x.net_fen", _("金额（元）"), "amount"),
    ),
)  # fmt: skip

FIGURE_SHIFTS = Listing(
    name="figure_shifts",
    title=_("收款与上缴"),
    note=_("柜员、收费员各班次：现金收多少（含电力方缴费），点出多少；上缴为实点减下一班开班现金，开班后才有，领用为负。逾日未轧账的为红。"),
    empty=_("没有班次"),
    permission="figures.view",
    export="figures.report",
    route="figures/shifts/",
    source=_SQL["shift_rows"],
    scope=_SQL["shift_scope"],
    key="x.shift_id",
    grows=True,
    filters=one_of(
        "state",
        _("状态"),
        words.choices(SHIFT_STATES),
        {"late": "x.is_late", "open": "x.is_open AND NOT x.is_late", "closed": "NOT x.is_open"},
    ),
    columns=(
        Column("shift_id", "x.shift_id", _("班次"), "code", value=lambda r, a: str(r.shift_id)),
        Column("teller", TELLER, _("柜员、收费员"), value=lambda r, a: teller_said(r.teller, r.institution)),
        Column("institution", "x.institution", _("机构")),
        Column("channel", "x.channel", _("渠道")),
        Column("day", "x.day", _("会计日期"), "day", filters=days(_("会计日期 起"))),
        Column("opened_at", "x.opened_at", _("开班自"), "time"),
        Column("cash_fen", "x.cash_fen", _("现金收款（元）"), "amount"),
        Column("other_fen", "x.other_fen", _("非现金收款（元）"), "amount"),
        Column("expected_fen", "x.expected_fen", _("应有现金（元）"), "amount", sums=False),
        Column("counted_fen", "x.counted_fen", _("实点（元）"), "amount", sums=False),
        Column("difference_fen", "x.difference_fen", _("长短款（元）"), "amount"),
        Column("handed_in_fen", "x.handed_in_fen", _("上缴（元）"), "amount"),
        Column(
            "state",
            "CASE WHEN x.is_late THEN 'late' WHEN x.is_open THEN 'open' ELSE 'closed' END",
            _("状态"),
            "badge",
            words=SHIFT_STATES,
        ),
    ),
)


def teller_said(teller: str | None, institution: str) -> str | None:
    """By name, one out of reach by his number and where he works."""
    return told(numbered(teller, institution)) if teller and teller.isdigit() else teller


def fee_said(fee: str) -> str:
    """A fee; of a balance, and of what was not billed here, in words."""
    words_of = DIMENSIONS["fee"].words
    return told(words_of[fee]) if fee in words_of else fee


def method_said(method: str) -> str:
    """A pay method in words, one of a carrier that is not known as it is written."""
    found = DIMENSIONS["method"].words
    return told(found[method]) if method in found else method
