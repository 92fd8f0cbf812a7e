"""A bill corrected 退补 in one of several ways, or cancelled and made anew 撤销重出: a run of the bill, shown by its
lines before it is put before a second person."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.pages import correct_forms as forms
from yifen.trades.billing.pages.run_tables import OneBill
from yifen.trades.billing.pages.run_views import crumbs, found_bill
from yifen.trades.billing.runs import correcting

_SQL = queries(__package__)


class CorrectionWay(NamedTuple):
    """How a bill is corrected: title and words, the form, what is begun, the field that says what speaks against it."""

    title: Promise
    lead: Promise
    form: type[forms.CorrectionForm]
    begin: Callable[[Access, OneBill, Any], int]
    field: str


def by_use(access: Access, bill: OneBill, form: Any) -> int:
    asked = form.cleaned_data
    return correcting.correct(access, bill.service_id, form.qty_milli, asked["on"], asked["due_on"], asked["reason"],
                              now(), bill.bill_id)  # fmt: skip


def to_area(access: Access, bill: OneBill, form: Any) -> int:
    asked = form.cleaned_data
    return correcting.to_area(access, bill.bill_id, form.area_milli, asked["due_on"], asked["reason"], now())


def by_amount(access: Access, bill: OneBill, form: Any) -> int:
    asked = form.cleaned_data
    return correcting.by_amount(access, bill.bill_id, form.fen, asked["due_on"], asked["reason"], now())


def of_cold(access: Access, bill: OneBill, form: Any) -> int:
    asked = form.cleaned_data
    return correcting.of_cold(access, bill.bill_id, asked["scale"], asked["spans"], asked["due_on"], asked["reason"],
                              now())  # fmt: skip


def made_anew(access: Access, bill: OneBill, form: Any) -> int:
    asked = form.cleaned_data
    return correcting.anew(access, bill.bill_id, asked["due_on"], asked["reason"], now())


WAYS = {
    "use": CorrectionWay(gettext_lazy("按用量"), gettext_lazy(
        "退的用量从该周期最后一档往回退，补的往前计价；"
        "少收的成为新的应缴项，多收的先减原账单未缴的部分，余下转入预存款。"),
        forms.UseForm, by_use, "quantity"),
    "error": CorrectionWay(gettext_lazy("表计误差"), gettext_lazy("按检定的误差算出退补用量，再按用量退补。"),
                 forms.ErrorForm, by_use, "error"),
    "area": CorrectionWay(gettext_lazy("按面积"), gettext_lazy(
        "按原账单的价格和天数，以新的面积重算；"
        "少收的成为新的应缴项，多收的先减原账单未缴的部分，余下转入预存款。"),
        forms.AreaForm, to_area, "area"),
    "cold": CorrectionWay(gettext_lazy("不热退费"), gettext_lazy(
        "每段退：账单金额 × 天数 ÷ 账单天数 × 该温度的比例，四舍五入到分；同一天只退一次。"),
        forms.ColdForm, of_cold, "spans"),
    "amount": CorrectionWay(gettext_lazy("按金额"), gettext_lazy(
        "退补给定的金额，理由须写明依据；退的合计不得多于账单。"), forms.AmountForm, by_amount, "amount"),
    "anew": CorrectionWay(gettext_lazy("撤销重出"), gettext_lazy(
        "撤销此账单，并按用户现在的资料、用量和价格重出，两者一起复核、一起发布。"),
        forms.AnewForm, made_anew, "due_on"),
}  # fmt: skip
AT_FIELD: dict[ResultCode, str] = {BillingCode.PRICE_MISSING: "on", BillingCode.PERIOD_WRONG: "due_on"}


def ways(bill: OneBill) -> dict[str, CorrectionWay]:
    """Those that this bill may be corrected by."""
    left_out = {"area", "cold"} if bill.metered else {"use", "error"}
    return {name: way for name, way in WAYS.items()
            if name not in left_out and (bill.by_use or name not in ("use", "error"))}  # fmt: skip


@allow("billing.run")
def billing_cold(request: HttpRequest, service_id: int) -> HttpResponse:
    """From a flat to its newest bill that counts, to be corrected for cold days."""
    with plain_connection() as conn:
        found = conn.execute(_SQL["newest_bill"], {"service": service_id}).fetchone() if service_id < 2**62 else None
    if found is None or not access_of(request).scope.has_partner(found[0]):
        raise Http404
    if found[2] is None:
        messages.error(request, _("还没有可以退补的账单"))
        return redirect("billing_customer", found[1])
    return redirect(reverse("billing_correct", args=[found[2]]) + "?by=cold")


@allow("billing.run")
def billing_correct(request: HttpRequest, bill_id: int) -> HttpResponse:
    """GET one of the ways (`by`); POST begins the run."""
    bill = found_bill(request, bill_id)
    open_ways = ways(bill)
    name = request.GET.get("by", "")
    name = name if name in open_ways else next(iter(open_ways))
    way = open_ways[name]
    form = way.form(request.POST or None, initial={
        "on": bill.to_on, "due_on": bill.due_on or bill.to_on, "read": bill.qty_milli / 1000})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            run_id = way.begin(access_of(request), bill, form)
        except Refused as refused:
            field = AT_FIELD.get(refused.code, way.field)
            put(request, form, refused, field if field in form.fields else way.field)
        else:
            return redirect("billing_run", run_id)
    return render(request, "console/billing/correct.html", {
        "form": form, "bill": bill, "way": way,
        "tabs": [{"title": one.title, "url": f"?by={key}", "current": key == name} for key, one in open_ways.items()],
        "breadcrumbs": crumbs(_("退补")),
    })  # fmt: skip
