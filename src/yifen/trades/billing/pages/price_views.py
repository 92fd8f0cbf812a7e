"""Prices: a version's page, and the editor with its trial."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import one
from yifen.trades.billing.pages import price_forms as forms
from yifen.trades.billing.pages import price_tables as tables
from yifen.trades.billing.pages.customer_lists import read
from yifen.trades.billing.pages.price_lists import BILLING_PRICES, STATES, class_said
from yifen.trades.billing.pages.run_lists import fees
from yifen.trades.billing.prices import proposing as prices
from yifen.trades.billing.prices import trial
from yifen.trades.billing.prices.proposing import AskedPrice
from yifen.trades.billing.prices.tariffs import BY_KEY, TARIFFS
from yifen.trades.billing.prices.telling import plain_number
from yifen.trades.billing.prices.trial import PriceTrial, TrialUse

Shown = dict[str, Any]
_CLASSES = queries(__package__)["classes"]


@allow("billing.view")
def billing_price(request: HttpRequest, price_id: int) -> HttpResponse:
    """A version: its parts, its tiers and a picture of them."""
    row = one(BILLING_PRICES, access_of(request), price_id) if price_id < 2**31 else None
    if row is None:
        raise Http404
    asked = prices.found(price_id)
    fee, version = prices.fee_of(asked.fee_id), asked.version
    word, tone = STATES[row.state]
    chart = tables.picture(version, fee.unit)
    facts = [
        {"title": _("收费单位"), "text": row.biller}, {"title": _("费种"), "text": fee.name},
        {"title": _("用户类别"), "text": class_said(asked.class_)}, {"title": _("地区"), "text": asked.region},
        {"title": _("生效日"), "text": f"{asked.valid_from}"}, {"title": _("止"), "text": row.until and f"{row.until}"},
        {"title": _("状态"), "kind": "badge", "text": word, "tone": tone},
        {"title": _("每单保底（元）"), "text": grouped_yuan(version.minimum_fen) if version.minimum_fen else ""},
        {"title": _("每单封顶（元/单位面积）"), "text": plain_number(version.cap_price) if version.cap_price else ""},
        {"title": _("税率（含在价内）"),
         "text": f"{plain_number(version.tax_rate * 100)} %" if version.tax_rate else ""},
    ]  # fmt: skip
    return render(request, "console/billing/price.html", {
        "price_id": price_id, "asked": asked, "facts": [fact for fact in facts if fact["text"]],
        "parts": tables.parts(version, fee.unit),
        "limits": tables.limits(version, fee.unit), "chart": chart and chart[0], "chart_rows": chart and chart[1],
        "waiting": open_proposal(prices.ACT, prices.subject(fee, asked)), "breadcrumbs": crumbs(version.name),
    })  # fmt: skip


@allow("billing.prices")
def billing_price_new(request: HttpRequest) -> HttpResponse:
    """GET the editor, begun from a version (`like`) or a published tariff (`tariff`) of a fee; POST tries it, or
    with what was tried puts it before a second person."""
    start = forms.StartForm(request.GET or None, fees=fees(access_of(request)))
    fee_id = start.cleaned_data["fee"] if start.is_bound and start.is_valid() else None
    if fee_id is None:
        return render(request, "console/billing/price_start.html", {"form": start, "breadcrumbs": crumbs(_("新价格"))})
    like = begun_from(request, start.cleaned_data)
    posted = request.POST or None
    form = forms.PriceForm(posted, initial=initial(like))
    parts = forms.Parts(posted, prefix="parts", initial=first_parts(like))
    limits = forms.Limits(posted, prefix="limits", initial=first_limits(like))
    tried_on = forms.TrialForm(posted)
    shown: Shown = {}
    if posted and all(each.is_valid() for each in (form, parts, limits, tried_on)):
        data = form.cleaned_data
        asked = AskedPrice(fee_id, data["class_"], data["region"], data["valid_from"],
                           forms.version_of(form, parts, limits))  # fmt: skip
        try:
            prices.check(asked)
            tried, use = try_it(asked, tried_on)
            if "propose" in request.POST:
                digest = request.POST.get("digest", "")
                return redirect("proposal", prices.propose(access_of(request), asked, use, digest, now()).pk)
            shown = trial_shown(asked, tried)
        except Refused as refused:
            if refused.field == "account_no":
                put(request, tried_on, refused)
            else:
                wrong, field = forms.at_fault(form, parts, limits, refused.field)
                put(request, wrong, Refused(refused.code, field, refused.detail))
    fee = prices.fee_of(fee_id)
    return render(request, "console/billing/price_new.html", {
        "classes": [(one, class_said(one)) for (one,) in read(_CLASSES, {"fee": fee_id})],
        "form": form, "parts": parts, "limits": limits, "trial_form": tried_on, "fee": fee, **shown,
        "breadcrumbs": crumbs(_("新价格")),
    })  # fmt: skip


def begun_from(request: HttpRequest, start: Shown) -> AskedPrice | None:
    """A published tariff, a version of this fee, or the one of residents that is in force."""
    fee_id, today = start["fee"], timezone.localdate(now())
    if start["tariff"]:
        tariff = BY_KEY[start["tariff"]]
        return AskedPrice(fee_id, tariff.class_, "", today, tariff.version)
    plain = AskedPrice(fee_id, "residential", "", today, TARIFFS[0].version)
    price_id = start["like"] or prices.in_force(plain, today)
    if price_id is None or one(BILLING_PRICES, access_of(request), price_id) is None:
        return None
    like = prices.found(price_id)
    return like if like.fee_id == fee_id else None


def try_it(asked: AskedPrice, form: forms.TrialForm) -> tuple[PriceTrial, TrialUse]:
    """Refused: TRIAL_EMPTY."""
    data, fee = form.cleaned_data, prices.fee_of(asked.fee_id)
    if data["account_no"]:
        use, *_rest = trial.use_of(fee.biller_id, fee.fee_id, data["account_no"], data["from_on"], data["to_on"])
    else:
        use = form.use(asked.valid_from.month)
    return trial.try_price(asked.rows, use, prices.in_force(asked, asked.valid_from)), use


def trial_shown(asked: AskedPrice, tried: PriceTrial) -> Shown:
    fee = prices.fee_of(asked.fee_id)
    chart = tables.picture(asked.version, fee.unit)
    return {"tried": tried, "trial": tables.trial(tried, fee.unit), "difference_fen": tried.new_fen - tried.now_fen,
            "chart": chart and chart[0], "chart_rows": chart and chart[1]}  # fmt: skip


def initial(like: AskedPrice | None) -> Shown:
    if like is None:
        return {}
    version = like.version
    return {"class_": like.class_, "region": like.region, "name": version.name, "cap_price": version.cap_price,
            "minimum_fen": format_yuan(version.minimum_fen) if version.minimum_fen else "",
            "tax_rate": int(version.tax_rate * 1_000_000) or None}  # fmt: skip


def first_parts(like: AskedPrice | None) -> list[Shown]:
    return [{"name": part.name, "basis": part.basis, "tier": part.tier or None, "price": part.price}
            for part in (like.version.parts if like else ())]  # fmt: skip


def first_limits(like: AskedPrice | None) -> list[Shown]:
    return [{"tier": x.tier, "limit": plain_number(x.limit_milli / Decimal(1000)), "months": x.months,
             "persons_over": x.persons_over, "add_each": x.add_each,
             "add": plain_number(x.add_milli / Decimal(1000)) if x.add_milli else ""}
            for x in (like.version.limits if like else ())]  # fmt: skip


def crumbs(title: str) -> list[Shown]:
    return [{"title": _("价格与费种"), "url": reverse("billing_prices")}, {"title": title}]

