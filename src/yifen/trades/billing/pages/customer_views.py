"""A customer's page, and what is done to him: read, a meter changed, handed over, moved, closed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import called, plugs, result_code
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.customers import contracts
from yifen.trades.billing.customers.contracts import MeterRead, NewHolder
from yifen.trades.billing.pages import customer_telling as telling
from yifen.trades.billing.pages import sale_tables
from yifen.trades.billing.pages.customer_bills import bills_table
from yifen.trades.billing.pages.customer_forms import (
    EndingForm,
    HolderForm,
    MoveForm,
    ReadingForm,
    SwapForm,
)
from yifen.trades.billing.pages.customer_lists import read
from yifen.trades.billing.pages.customer_telling import CustomerPage, Shown
from yifen.trades.billing.pages.masking import account_shown

_SQL, _DO = queries(__package__), queries("yifen.trades.billing.customers")


AT_FIELD: dict[ResultCode, str] = {
    BillingCode.METER_UNKNOWN: "meter", BillingCode.METER_IN_USE: "new", BillingCode.READING_DAY: "day",
    BillingCode.READING_BILLED: "day", BillingCode.ROW_NUMBER: "value",
}  # fmt: skip
"""Where a refusal of a reading stands on its form."""


def found(access: Access, customer_id: int) -> CustomerPage:
    """404 outside the scope."""
    rows = read(_SQL["customer"], at(customer_id)) if customer_id < 2**62 else []
    if not rows or not access.scope.has_partner(rows[0][2]):
        raise Http404
    return CustomerPage(*rows[0])


def at(customer_id: int) -> dict[str, Any]:
    return {"bucket": customer_id % 1000, "customer": customer_id}


@allow("billing.view")
def billing_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """All of one customer."""
    access = access_of(request)
    one, where = found(access, customer_id), at(customer_id)
    tables = (
        (_("售电"), sale_tables.sales_table(read(_SQL["customer_sales"], where))),
        (pgettext("billing", "账单"), bills_table(one)),
        (_("费种"), telling.services_table(read(_SQL["services"], where))),
        (_("表计"), telling.meters_table(read(_SQL["meters"], where))),
        (_("抄表"), telling.readings_table(read(_SQL["readings"], where))),
        (_("用量"), telling.usages_table(read(_SQL["usages"], where))),
    )
    (money,) = read(_SQL["money_left"], where)
    household: Any = read(_SQL["household"], where)
    return render(request, "console/billing/customer.html", {
        "customer": one, "account_no": account_shown(access, one.account_no), "breadcrumbs": crumbs(one.place),
        "facts": [*telling.money(one, *money), *telling.facts(one, access, household)],
        "sections": [(title, table) for title, table in tables if table["rows"]],
        "may": access.may("billing.customers") and one.closed_on is None,
        "may_contact": access.may("billing.customers"),
        "may_take": access.may("billing.run") and money[1],
        "offered": [offer for plug in plugs() for name in plug.customer for offer in called(name)(access, customer_id)],
    })  # fmt: skip


@allow("billing.customers")
def billing_reading(request: HttpRequest, customer_id: int) -> HttpResponse:
    """手工抄表, and correction of one: a day that was read before gets a new version."""
    one = found(access_of(request), customer_id)
    form = ReadingForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)

    def write() -> None:
        (number, register), data = form.chosen, form.cleaned_data
        done(_DO["read"], AT_FIELD, session=access_of(request).session, biller=one.biller_id, numbers=[number],
             registers=[register], days=[data["day"]], values=[data["value"]], kind="read",
             note=data["note"], now=now())  # fmt: skip

    return sent(request, one, form, write, _("录入读数"), _("保存"))


@allow("billing.customers")
def billing_swap(request: HttpRequest, customer_id: int) -> HttpResponse:
    """换表."""
    one = found(access_of(request), customer_id)
    form = SwapForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)

    def write() -> None:
        (number, register), data = form.chosen, form.cleaned_data
        first = data["first"] >= 10 ** (data["digits"] + 3)
        where = AT_FIELD | {BillingCode.ROW_NUMBER: "first" if first else "last"}
        done(_SQL["swap"], where, session=access_of(request).session, biller=one.biller_id, number=number,
             register=register, day=data["day"], last=data["last"], new=data["new"], multiplier=data["multiplier"],
             digits=data["digits"], first=data["first"], now=now())  # fmt: skip

    return sent(request, one, form, write, _("换表"), _("保存"))


@allow("billing.customers")
def billing_holder(request: HttpRequest, customer_id: int) -> HttpResponse:
    """过户 is proposed."""
    one = found(access_of(request), customer_id)
    form = HolderForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)

    def write() -> Any:
        data = form.cleaned_data
        new = NewHolder(data["account_no"], data["name"], data["phone"], data["persons"], data["consent"])
        return contracts.propose_holder(access_of(request), customer_id, data["day"], new, shown(form), data["reason"],
                                        now())  # fmt: skip

    return sent(request, one, form, write, _("过户"), _("提交复核"))


@allow("billing.customers")
def billing_move(request: HttpRequest, customer_id: int) -> HttpResponse:
    """转到另一户号 is proposed."""
    one = found(access_of(request), customer_id)
    form = MoveForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)
    services = [row for row in read(_SQL["services"], at(customer_id)) if row[8] is None]
    form.fields["fee"].choices = [(row[1], row[2]) for row in services]  # type: ignore[attr-defined]

    def write() -> Any:
        data = form.cleaned_data
        return contracts.propose_move(access_of(request), customer_id, data["fee"], data["day"], data["account_no"],
                                      shown(form), data["reason"], now())  # fmt: skip

    return sent(request, one, form, write, _("转到另一户号"), _("提交复核"))


@allow("billing.customers")
def billing_close(request: HttpRequest, customer_id: int) -> HttpResponse:
    """销户 is proposed."""
    one = found(access_of(request), customer_id)
    form = EndingForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)

    def write() -> Any:
        data = form.cleaned_data
        return contracts.propose_close(access_of(request), customer_id, data["day"], shown(form), data["reason"], now())

    return sent(request, one, form, write, _("销户"), _("提交复核"))


def shown(form: EndingForm) -> list[MeterRead]:
    return [MeterRead(*reading) for reading in form.readings]


def sent(
    request: HttpRequest, one: CustomerPage, form: forms.Form, write: Callable[[], Any], title: str, button: str,
    lead: str = "",
) -> HttpResponse:  # fmt: skip
    """The form; what is right is written, or proposed, whole or not at all."""
    back = reverse("billing_customer", args=[one.customer_id])
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                proposal = write()
        except Refused as refused:
            put(request, form, refused)
        else:
            if proposal is not None:
                return redirect("proposal", proposal.pk)
            messages.success(request, _("已保存"))
            return redirect(back)
    return render(request, "console/billing/form.html", {
        "form": form, "title": title, "button": button, "back": back, "lead": f"{one.place} {lead}".strip(),
        "breadcrumbs": crumbs(title),
    })  # fmt: skip


def done(statement: str, field: str | dict[ResultCode, str], **values: Any) -> None:
    """A function that answers a code, or one for each. Refused: with it, at this field, or that of the code."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (code,) = cursor.fetchone()
    worst = max(code) if isinstance(code, list) else code
    if worst:
        told = result_code(worst)
        raise Refused(told, field if isinstance(field, str) else field.get(told, ""))


def crumbs(title: str) -> list[Shown]:
    return [{"title": _("用户"), "url": reverse("billing_customers")}, {"title": title}]
