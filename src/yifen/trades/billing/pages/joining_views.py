"""并户, 分户, 接收欠费 are proposed; a customer's phone and consent are kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.sealing import ring
from yifen.core.facts.sqlfiles import queries
from yifen.trades.billing.customers import contracts, taking
from yifen.trades.billing.customers.contracts import NewHolder
from yifen.trades.billing.customers.marks import sealed_contact
from yifen.trades.billing.pages.customer_lists import read
from yifen.trades.billing.pages.customer_views import at, done, found, sent, shown
from yifen.trades.billing.pages.joining_forms import (
    ContactForm,
    MergeForm,
    SplitForm,
    TakeOverForm,
)

_SQL = queries(__package__)


@allow("billing.customers")
def billing_merge(request: HttpRequest, customer_id: int) -> HttpResponse:
    """并户 is proposed."""
    one = found(access_of(request), customer_id)
    form = MergeForm(read(_SQL["in_use"], at(customer_id)), request.POST or None)

    def write() -> Any:
        data = form.cleaned_data
        return contracts.propose_merge(access_of(request), customer_id, data["day"], data["account_no"], data["tiers"],
                                       shown(form), data["reason"], now())  # fmt: skip

    return sent(request, one, form, write, _("并户"), _("提交复核"), _(
        "所有费种、表计转到并入户号，本户销户。欠费、预存余额留在本户号：欠费可另办接收，预存余额由原缴费渠道退款。"))


@allow("billing.customers")
def billing_split(request: HttpRequest, customer_id: int) -> HttpResponse:
    """分户 is proposed."""
    one = found(access_of(request), customer_id)
    services = [(row[0], row[2]) for row in read(_SQL["services"], at(customer_id)) if row[8] is None]
    form = SplitForm(read(_SQL["in_use"], at(customer_id)), services, request.POST or None)

    def write() -> Any:
        data = form.cleaned_data
        new = NewHolder(data["account_no"], data["name"], data["phone"], data["persons"], data["consent"])
        return contracts.propose_split(access_of(request), customer_id, data["services"], data["day"], new,
                                       data["tiers"], shown(form), data["reason"], now())  # fmt: skip

    return sent(request, one, form, write, _("分户"), _("提交复核"), _(
        "选中的费种和它们的表计转到同一地址的新户号，其余留在本户号；欠费、预存余额留在本户号。"))


@allow("billing.run")
def billing_take_over(request: HttpRequest, customer_id: int) -> HttpResponse:
    """接收欠费 is proposed."""
    one = found(access_of(request), customer_id)
    form = TakeOverForm(request.POST or None)

    def write() -> Any:
        data = form.cleaned_data
        return taking.propose(access_of(request), customer_id, data["account_no"], data["reason"], now())

    return sent(request, one, form, write, _("接收欠费"), _("提交复核"), _(
        "本户全部未缴账单冲销，按同样的明细和到期日在接收户号重新出账；违约金按原到期日继续计算。"))


@allow("billing.customers")
def billing_contact(request: HttpRequest, customer_id: int) -> HttpResponse:
    """手机 and consent, at once by one person."""
    one = found(access_of(request), customer_id)
    form = ContactForm(request.POST or None)

    def write() -> None:
        data = form.cleaned_data
        phone = data["phone"]
        sealed = sealed_contact(ring(), one.biller_id, one.account_no, phone) or ("" if data["remove"] else None)
        done(_SQL["contact"], "day", session=access_of(request).session, customer=customer_id, contact=sealed,
             shown=f"****{phone[-4:]}" if phone else "", consent=data["consent"] == "yes", on=data["day"],
             now=now())  # fmt: skip

    return sent(request, one, form, write, _("联系方式"), _("保存"))
