"""批量估抄 by page: which periods lack readings, what estimates would be, one act, how far it is."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import say
from yifen.core.access.telling import words as refusal
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.trades.billing.customers import estimating
from yifen.trades.billing.customers.estimating import EstimatePreview, UnreadPeriod
from yifen.trades.billing.customers.importing import SECONDS_MAX
from yifen.trades.billing.pages.customer_lists import fees
from yifen.trades.billing.pages.customer_telling import Shown, table
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.pages.reading_views import crumbs
from yifen.trades.billing.quantities import shown

STATES: words.Words = {"done": (gettext_lazy("已办完"), "ok"), "running": (gettext_lazy("办理中"), "waiting")}


@allow("billing.customers")
def billing_estimates(request: HttpRequest) -> HttpResponse:
    """Periods that lack readings; GET fee, since, until: what estimates of one would be; act: what one could not."""
    access = access_of(request)
    mine = [fee for fee, _name in fees(access)]
    with plain_connection(SECONDS_MAX) as conn:
        periods = estimating.unread(conn, mine)
        told: Shown = {"periods": _periods(periods), "acts": _acts(estimating.acts(conn, mine)),
                       "breadcrumbs": crumbs(_("批量估抄"))}  # fmt: skip
        if "fee" in request.GET:
            period = _chosen(periods, request.GET)
            told |= {"period": period, **_preview(request, access, estimating.preview(conn, period, now()))}
        elif request.GET.get("act", "").isdecimal() and len(request.GET["act"]) < 18:
            told["left"] = _reasons(request, access, estimating.left(conn, int(request.GET["act"]), mine))
    return render(request, "console/billing/estimates.html", told)


@allow("billing.customers")
@require_POST
def billing_estimate_all(request: HttpRequest) -> HttpResponse:
    """POST fee, since, until, services: all of them, as they were shown."""
    access, asked = access_of(request), request.POST
    with transaction.atomic(), plain_connection() as conn:
        period = _chosen(estimating.unread(conn, [fee for fee, _name in fees(access)]), asked)
        if asked.get("services", "").isdecimal():
            period = period._replace(services=int(asked["services"][:9]))
        try:
            estimating.ask(conn, access, period, now())
        except Refused as refused:
            say(request, refused)
        else:
            messages.success(request, _("已开始估抄，办完后生成用量"))
    return redirect("billing_estimates")


def _chosen(periods: list[UnreadPeriod], asked: Any) -> UnreadPeriod:
    """404: none of those."""
    for one in periods:
        if (str(one.fee_id), one.since.isoformat(), one.until.isoformat()) == (
                asked.get("fee"), asked.get("since"), asked.get("until")):  # fmt: skip
            return one
    raise Http404


def _periods(rows: list[UnreadPeriod]) -> Shown:
    def link(one: UnreadPeriod) -> str:
        return f"{reverse('billing_estimates')}?fee={one.fee_id}&since={one.since}&until={one.until}"

    return table((_("费种"), _("起"), _("止"), _("未抄户数"), ""), (
        (one.fee, one.since, one.until, f"{one.services:,}",
         {"kind": "link", "text": pgettext("price", "试算"), "url": link(one)})
        for one in rows), (3,))  # fmt: skip


def _preview(request: HttpRequest, access: Access, seen: EstimatePreview) -> Shown:
    """Figures, the highest, and those that cannot be."""
    can = [one for one in seen.rows if not one.code]
    return {
        "seen": seen, "qty": shown(seen.qty_milli),
        "highest": table((_("户号"), pgettext("billing", "用量")), (
            (_account(access, one.account_no, one.customer_id), shown(one.qty_milli)) for one in can), (1,)),
        "left": _reasons(request, access, [(one.account_no, one.code, one.customer_id)
                                           for one in seen.rows if one.code]),
    }  # fmt: skip


def _reasons(request: HttpRequest, access: Access, rows: list[tuple[Any, ...]]) -> Shown:
    return table((_("户号"), _("原因")), (
        (_account(access, account, customer), refusal(request, Refused(result_code(code))))
        for account, code, customer in rows))  # fmt: skip


def _account(access: Access, account: str, customer: int) -> Shown:
    return {"kind": "code", "text": account_shown(access, account), "url": reverse("billing_customer", args=[customer])}


def _acts(rows: list[tuple[Any, ...]]) -> Shown:
    def link(number: int, refused: int) -> Shown:
        url = f"{reverse('billing_estimates')}?act={number}" if refused else ""
        return {"kind": "num", "text": f"{refused:,}", "url": url}

    heads = (_("费种"), _("起"), _("止"), _("未抄户数"), _("已估抄"), _("不能估抄"), _("经办"), _("时间"), _("状态"))
    return table(heads, (
        (fee, since, until, f"{services:,}", f"{done:,}", link(number, refused), by, {"kind": "time", "at": at},
         words.badge(STATES, "done" if is_done else "running"))
        for number, fee, since, until, services, done, refused, by, at, is_done in rows), (3, 4, 5))  # fmt: skip
