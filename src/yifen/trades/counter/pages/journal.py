"""The journal 柜面流水 of an organisation's counters, in the console's frame."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.access.fields import PlainField
from yifen.face.desk.transaction import transactions
from yifen.face.masking import AT_THE_COUNTER, account_shown
from yifen.trades.counter import queries
from yifen.trades.counter.models import Entry
from yifen.trades.counter.pages.screen import before_of

PAGE = 50
TEXT_MAX = 40
"""Who needs the whole account number: those who collect, and those who check (X3)."""
TONES = {
    Entry.State.DRAFT: "neutral", Entry.State.UNKNOWN: "waiting", Entry.State.BOOKED: "ok",
    Entry.State.REFUSED: "bad", Entry.State.REVERSED: "neutral",
}  # fmt: skip


class JournalFilters(forms.Form):
    """Sent by GET, so that an address holds all of a search; nothing is required."""

    text = PlainField(label=_("流水号、缴费号或户号"), max_length=TEXT_MAX, required=False,
                      widget=forms.TextInput({"type": "search", "autocomplete": "off"}))  # fmt: skip
    business_day = forms.DateField(label=_("会计日期"), required=False,
                                   widget=forms.DateInput({"type": "date"}))  # fmt: skip
    teller = PlainField(label=_("柜员"), max_length=32, required=False)
    code = forms.ChoiceField(label=_("交易"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False,
                              choices=[("", _("全部")), *Entry.State.choices])  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        known = [(row.code, f"{row.code} {row.title}") for row in transactions()]
        self.fields["code"].choices = [("", _("全部")), *known]  # type: ignore[attr-defined]


@allow("desk.journal")
def journal(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` is the id of the last row of the page before."""
    access, form = access_of(request), JournalFilters(request.GET)
    context: dict[str, Any] = {"form": form, "reset_url": request.path}
    if form.is_valid():
        asked, before = queries.Filters(**form.cleaned_data), before_of(request)
        found = queries.journal(access.scope.institutions, asked, before, PAGE + 1)
        context["columns"] = columns()
        context["rows"] = [{"cells": cells(row, access)} for row in found[:PAGE]]
        given = {name: request.GET.get(name, "") for name in form.fields}
        if len(found) > PAGE:
            context["older_url"] = "?" + urlencode(given | {"before": found[PAGE - 1].pk})
        if before:
            context["newer_url"] = "?" + urlencode(given)
    return render(request, "desk/journal.html", context)


def columns() -> list[dict[str, Any]]:
    texts = (gettext("时间"), gettext("流水号"), gettext("交易"), gettext("网点"), gettext("柜员 / 授权主管"),
             gettext("收费单位"), gettext("户号"))  # fmt: skip
    tail = (gettext("缴费方式"), gettext("状态"), gettext("缴费号"))
    return [
        *({"title": title} for title in texts), {"title": gettext("金额（元）"), "kind": "amount"},
        *({"title": title} for title in tail),
    ]  # fmt: skip


def cells(row: Entry, access: Access) -> list[dict[str, Any]]:
    """One row as `parts/cell.html` draws it: a teller goes on to the entry, others to its payment."""
    teller = f"{row.teller.login} {row.teller.name}"
    checker = row.authorisation.checker if row.authorisation else None
    works, sees = access.may("desk.work"), access.may("payments.view")
    payment_url = reverse("payment", args=[row.payment_id]) if sees and row.payment_id else ""
    sign = -1 if row.is_reversal else 1
    return [
        {"kind": "time", "at": row.at},
        {"kind": "code", "text": row.serial,
         "url": reverse("desk_entry", args=[row.pk]) if works else ""},
        {"kind": "code", "text": row.code},
        {"text": row.institution.name},
        {"text": f"{teller} / {checker.login} {checker.name}" if checker else teller},
        {"text": row.biller.partner.name},
        {"kind": "code", "text": account_shown(access, row.account_no, AT_THE_COUNTER)},
        {"kind": "amount", "fen": sign * row.amount_fen},
        {"text": row.get_pay_kind_display()},
        {"kind": "badge", "text": row.get_state_display(), "tone": TONES[Entry.State(row.state)]},
        {"kind": "code", "text": str(row.payment_id) if row.payment_id else None,
         "url": payment_url},
    ]  # fmt: skip
