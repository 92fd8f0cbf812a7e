"""The list of payments: by any number, or by day, partner, state, amount and account number."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.pgarrays import numbers, plain, texts
from yifen.face import scope, words
from yifen.face.lists import keys
from yifen.face.lists.filters import (
    AccountsField,
    AmountField,
    ChosenField,
    DayField,
    ListFilters,
    MomentField,
    SearchField,
    WordField,
)
from yifen.face.lists.keys import ListOrder
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage, Select
from yifen.face.payments import walking
from yifen.hub.payments import lookup, lookup_listing
from yifen.hub.payments.lookup import PaymentRow
from yifen.hub.payments.scope import in_scope

BOOKED = [("yes", _("已记账")), ("no", _("未记账"))]
SELECT = f"SELECT {lookup.COLUMNS} FROM payment y {lookup.PARTNERS}"


class PaymentFilters(ListFilters):
    """The open business day unless the address says otherwise."""

    days_max = 366
    q = SearchField(_("任意号码"), _("缴费号、流水号、户号、回单编号"))
    since = DayField(_("会计日期 起"))
    until = DayField(_("止"))
    channel = ChosenField(_("渠道"))
    biller = ChosenField(_("收费单位"))
    payer_state = WordField(_("付款方状态"), words.choices(words.PAYER_STATES))
    biller_state = WordField(_("收费方状态"), words.choices(words.BILLER_STATES))
    amount_min = AmountField(_("金额 自（元）"))
    amount_max = AmountField(_("至（元）"))
    account = AccountsField(_("户号"), wide=False)
    booked = WordField(_("记账"), BOOKED)
    booked_from = MomentField(_("记账时间 自"))
    booked_until = MomentField(_("至（不含）"))

    def first_value(self, name: str) -> Any:
        if name in ("since", "until"):
            return scope.business_day(self.access.scope, self.now)
        return super().first_value(name)

    def arrange(self) -> None:
        for name, partners in (("channel", scope.channels), ("biller", scope.billers)):
            found = [(row.id, row.label) for row in partners(self.access.scope)]
            self.fields[name].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("q"):
            for name in ("since", "until"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("请选择日期"))
        return data


def filters_of(ask: ListAsk) -> lookup_listing.PaymentSearch:
    """The form's answers as the list of payments takes them."""
    data = ask.filters
    return lookup_listing.PaymentSearch(
        day_from=data["since"],
        day_until=data["until"],
        channel_id=data["channel"],
        biller_id=data["biller"],
        payer_states=tuple(filter(None, [data["payer_state"]])),
        biller_states=tuple(filter(None, [data["biller_state"]])),
        amount_fen_min=data["amount_min"],
        amount_fen_max=data["amount_max"],
        accounts=tuple(data["account"]),
        booked=data["booked"] == "yes" if data["booked"] else None,
        booked_from=data["booked_from"],
        booked_until=data["booked_until"],
        without_billers=ask.access.scope.sandboxes,
    )


def select(ask: ListAsk) -> Select:
    """All payments that are asked for: what is counted, and what an export by amount writes."""
    partners = ask.access.scope.partners
    if ask.filters["q"]:
        found = [row.payment_id for row in found_by_number(ask)]
        return Select(SELECT, ["y.payment_id = ANY (%(ids)s::bigint[])"], {"ids": numbers(found)})
    asked = filters_of(ask)
    params: dict[str, Any] = {
        name: getattr(asked, name) for name, _condition in lookup_listing.CONDITIONS
    }
    params |= {"payer_states": plain(asked.payer_states), "scope": numbers(partners or ()),
               "biller_states": plain(asked.biller_states),
               "without_billers": numbers(asked.without_billers), "accounts": texts(asked.accounts)}  # fmt: skip
    more = lookup_listing.conditions(asked) + in_scope(partners, "y.channel_id", "y.biller_id")
    return Select(SELECT, [f"true{more}"], params)


def pages(ask: ListAsk) -> ListPage | None:
    """By number: what was found. By time: bucket by bucket. By amount: None."""
    if ask.filters["q"]:
        found = found_by_number(ask)
        return ListPage(found, None, None, lookup.FOUND_MAX if len(found) >= lookup.FOUND_MAX else 0)
    if ask.order is not ORDERS["time"]:
        return None
    return walking.page(ask, filters_of(ask))


def every(ask: ListAsk) -> Iterator[PaymentRow] | None:
    """By time as the pages have it, one after the other; else None: what `select` finds."""
    if ask.filters["q"] or ask.order is not ORDERS["time"]:
        return None
    return walking.every(ask, filters_of(ask))


def found_by_number(ask: ListAsk) -> list[PaymentRow]:
    with connection.cursor() as cursor:
        found = lookup.find(cursor, scope.buckets(), ask.filters["q"], ask.access.scope.partners)
    return [row.payment for row in found]


def straight(ask: ListAsk, rows: list[PaymentRow]) -> str | None:
    """A number that names one payment leads to it."""
    only = ask.filters["q"] and len(rows) == 1
    return payment_url(rows[0], ask.access) if only else None


def payment_url(row: PaymentRow, access: Access) -> str:
    return reverse("payment", args=[row.payment_id])


ORDERS: dict[str, ListOrder] = {
    "time": ListOrder(
        ("coalesce(y.booked_at, y.paid_at)", "y.payment_id"),
        walking.read_position,
        walking.write_position,
        lambda row: (row.booked_at or row.paid_at, row.payment_id),
        turns=False,
        timed=True,
    ),
    "amount": keys.order({"y.amount_fen": "amount", "y.payment_id": "num"})._replace(
        key=lambda row: (row.amount_fen, row.payment_id)
    ),
}

PAYMENTS = Listing(
    archives=True,
    name="payments",
    title=_("缴费"),
    note=_("按任何一个号码查找时不受日期限制；其余按会计日期列出，新的在前。"),
    empty=_("没有符合条件的缴费"),
    empty_note=_("换一个日期，或清除条件再查。"),
    permission="payments.view",
    export="payments.export",
    handy=True,
    route="payments/",
    opens=payment_url,
    form=PaymentFilters,
    orders=ORDERS,
    select=select,
    pages=pages,
    every=every,
    straight=straight,
    row=PaymentRow,
    columns=(
        Column("time", "", _("时间"), "time", value=lambda r, a: r.booked_at or r.paid_at),
        Column("payment_id", "", _("缴费号"), "code", value=lambda r, a: str(r.payment_id), url=payment_url),
        Column("channel_name", "", _("渠道")),
        Column("biller_name", "", _("收费单位")),
        Column("account_no", "", _("户号"), "account"),
        Column("amount_fen", "", _("金额（元）"), "amount"),
        Column("payer_state", "", _("付款方"), "badge", words=words.PAYER_STATES),
        Column("biller_state", "", _("收费方"), "badge", words=words.BILLER_STATES),
        Column("serial", "", _("渠道流水号"), "code"),
        Column("business_day", "", _("会计日期"), "day"),
    ),
)
