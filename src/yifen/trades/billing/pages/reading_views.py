"""The work list of readings 抄表异常: accepted, estimated, corrected on the customer's page; usage made; sheets."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put, say
from yifen.core.documents.read_sheet import ReadSheet, SheetLine, read_sheet
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.trades.billing.customers.finding import placed
from yifen.trades.billing.pages.customer_forms import (
    REGISTER_WORDS,
    DoubtForm,
    PeriodForm,
    SheetForm,
)
from yifen.trades.billing.pages.customer_lists import DOUBT_STATES, FAULTS, fees, read
from yifen.trades.billing.pages.customer_telling import readings_table
from yifen.trades.billing.pages.customer_views import at, done
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.quantities import shown

LINES_MAX = 2_000
_SQL = queries(__package__)


def found(request: HttpRequest, doubt_id: int) -> tuple[Any, ...]:
    """404 outside the scope."""
    rows = read(_SQL["doubt"], {"doubt": doubt_id}) if doubt_id < 2**62 else []
    if not rows or not access_of(request).scope.has_partner(rows[0][1]):
        raise Http404
    return rows[0]


@allow("billing.view")
def billing_doubt(request: HttpRequest, doubt_id: int) -> HttpResponse:
    """One, with the readings before it."""
    access, row = access_of(request), found(request, doubt_id)
    _id, _biller, customer, account, place, fee, unit, fault, since, until, qty, mean, accepted, by, reason = row[:15]
    facts = [
        {"title": _("异常"), **words.badge(FAULTS, fault)},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, account),
         "url": reverse("billing_customer", args=[customer])},
        {"title": _("地址"), "text": place},
        {"title": _("费种"), "text": fee},
        {"title": _("起"), "kind": "code", "text": since.isoformat()},
        {"title": _("止"), "kind": "code", "text": until.isoformat()},
        {"title": pgettext("billing", "用量"), "text": f"{shown(qty)} {unit}" if qty is not None else None},
        {"title": _("以往平均"), "text": f"{shown(mean)} {unit}" if mean is not None else None},
        {"title": _("状态"), **words.badge(DOUBT_STATES, "accepted" if accepted else "open")},
        {"title": _("理由"), "text": f"{reason} · {by}" if reason else None},
    ]  # fmt: skip
    return render(request, "console/billing/doubt.html", {
        "doubt_id": doubt_id, "customer_id": customer, "qty": qty, "facts": facts, "form": DoubtForm(),
        "fault": words.word(FAULTS, fault), "may": access.may("billing.customers") and accepted is None,
        "missing": fault == "missing", "readings": readings_table(read(_SQL["readings"], at(customer))),
        "breadcrumbs": crumbs(str(doubt_id)),
    })  # fmt: skip


@allow("billing.customers")
@require_POST
def billing_accept(request: HttpRequest, doubt_id: int) -> HttpResponse:
    """It is right as it was shown, for a reason."""
    found(request, doubt_id)
    form, qty = DoubtForm(request.POST), request.POST.get("qty", "")
    if not form.is_valid() or not qty.lstrip("-").isdecimal() or len(qty) > 18:
        messages.error(request, _("请写明理由"))
        return redirect("billing_doubt", doubt_id)
    return _settled(request, doubt_id, _SQL["accept"], qty=int(qty), reason=form.cleaned_data["reason"])


@allow("billing.customers")
@require_POST
def billing_estimate(request: HttpRequest, doubt_id: int) -> HttpResponse:
    """估抄."""
    found(request, doubt_id)
    return _settled(request, doubt_id, _SQL["estimate"])


def _settled(request: HttpRequest, doubt_id: int, statement: str, **values: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            done(statement, "", doubt=doubt_id, session=access_of(request).session, now=now(), **values)
    except Refused as refused:
        say(request, refused)
        return redirect("billing_doubt", doubt_id)
    messages.success(request, _("已处理"))
    return redirect("billing_doubts")


@allow("billing.customers")
def billing_usage(request: HttpRequest) -> HttpResponse:
    """Usage of a fee and a period is made; what is in doubt comes on the list."""
    form = PeriodForm(request.POST or None)
    form.fields["fee"].choices = fees(access_of(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data | {"now": now(), "session": access_of(request).session}
        ((code, made),) = read(_SQL["usage"], asked)
        if not code:
            messages.success(request, _("已生成 %(count)s 户用量") % {"count": made})
            return redirect(f"{reverse('billing_doubts')}?fee={asked['fee']}")
        put(request, form, Refused(result_code(code)), "fee")
    return render(request, "console/billing/form.html", {
        "form": form, "title": _("生成用量"), "button": _("生成"), "back": reverse("billing_doubts"),
        "lead": _("按读数算出每户用量；有疑问的列入抄表异常，处理以后再生成。"), "breadcrumbs": crumbs(_("生成用量")),
    })  # fmt: skip


@allow("billing.view")
def billing_sheet(request: HttpRequest) -> HttpResponse:
    """抄表单 as PDF: the meters of an address, in the order in which one walks."""
    access = access_of(request)
    form = SheetForm(request.POST or None)
    known = fees(access)
    form.fields["fee"].choices = known  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        fee, address = form.cleaned_data["fee"], form.cleaned_data["address"]
        ((biller,),) = read(_SQL["fee_biller"], {"fee": fee})
        places = placed(biller, address, LINES_MAX * 2)
        rows = read(_SQL["sheet"], {"fee": fee, "places": places, "most": LINES_MAX + 1})
        if not rows or len(rows) > LINES_MAX or len(places) == LINES_MAX * 2:
            form.add_error("address", _("没有这样的表计，或超过 %(most)s 块，请换一个地址") % {"most": LINES_MAX})
        else:
            lines = tuple(SheetLine(place, account_shown(access, account), number, str(REGISTER_WORDS[register]), day,
                                    shown(value)) for place, account, number, register, day, value in rows)  # fmt: skip
            sheet = ReadSheet(fee=dict(known)[fee], address=address, lines=lines)
            return HttpResponse(read_sheet(sheet, now()), content_type="application/pdf", headers={
                "Content-Disposition": f'attachment; filename="read-sheet-{fee}.pdf"'})  # fmt: skip
    return render(request, "console/billing/form.html", {
        "form": form, "title": _("抄表单"), "button": _("下载 PDF"), "back": reverse("billing_doubts"),
        "lead": _("按地址列出在用的表计、上次读数，供抄表员填写。"), "breadcrumbs": crumbs(_("抄表单")), "plain": True,
    })  # fmt: skip


def crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": _("抄表异常"), "url": reverse("billing_doubts")}, {"title": title}]
