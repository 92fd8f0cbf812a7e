"""Pages of claims and details of quota: what they are, why they do not fit, and how two people end them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yifen.core.access import second
from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put, told
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face import words
from yifen.trades.treasury import ending
from yifen.trades.treasury.pages import telling
from yifen.trades.treasury.pages.forms import EndingForm
from yifen.trades.treasury.pages.views import BIGGEST, rows
from yifen.trades.treasury.pages.words import (
    CLEARING_KINDS,
    CLEARING_STATES,
    QUOTA_KINDS,
    QUOTA_STATES,
)

TAKE = Text("到账到该指标", "Quota of this indicator")


@allow("treasury.clear")
def treasury_quota(request: HttpRequest, row_id: int) -> HttpResponse:
    """A detail of a notice. POST how=take (quota of an indicator) or end, put before another."""
    (bureau, kind, number, year, month, on_day, doc_no, unit, func, eco, project, fen, state, code,
     indicator) = _one(request, "quota_row", row_id)  # fmt: skip
    facts = [
        _badge(QUOTA_STATES, state), {"title": _("说明"), "text": telling.coded(code) or None},
        {"title": _("通知书号"), "kind": "code", "text": number},
        {"title": _("种类"), "text": words.word(QUOTA_KINDS, kind)},
        {"title": _("年度、月份"), "text": f"{year}" + (f"-{month:02}" if month else "")},
        {"title": _("日期"), "kind": "code", "text": str(on_day)},
        {"title": _("金额（元）"), "kind": "amount", "fen": fen},
        {"title": _("单位编码"), "kind": "code", "text": unit}, {"title": _("功能分类"), "kind": "code", "text": func},
        {"title": _("经济分类"), "kind": "code", "text": eco or None},
        {"title": _("项目"), "kind": "code", "text": project or None},
        {"title": pgettext("voucher", "指标"), "kind": "code", "text": indicator},
        {"title": _("文号"), "kind": "code", "text": doc_no},
    ]  # fmt: skip
    access, found = access_of(request), ending.of_quota(row_id)
    form = None
    if found and access.may("treasury.end"):
        choices = rows("quota_choices", (row_id,))
        hows = [("take", told(TAKE))] if choices else []
        form = EndingForm(request.POST or None).offer([*hows, ("end", told(ending.HOWS["end"]))], choices)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("proposal", _proposed(access, form, found, row_id, bureau, fen))
            except Refused as refused:
                put(request, form, refused, "how")
    return _page(request, f"{_('额度通知')} {number}", facts, None, form, "treasury_quotas")


@allow("treasury.clear")
def treasury_claim(request: HttpRequest, clearing_id: int) -> HttpResponse:
    """A claim or refund, voucher by voucher. POST how=carry or refuse, put before another."""
    _bureau, number, kind, on_day, fen, state, code, bank = _one(request, "clearing", clearing_id)
    facts = [
        _badge(CLEARING_STATES, state), {"title": _("说明"), "text": telling.coded(code) or None},
        {"title": _("种类"), "text": words.word(CLEARING_KINDS, kind)}, {"title": _("代理银行"), "text": bank},
        {"title": _("日期"), "kind": "code", "text": str(on_day)},
        {"title": _("金额（元）"), "kind": "amount", "fen": fen},
    ]  # fmt: skip
    due = [_("应清算（元）")] if state == "differs" else []
    lines = telling.table((_("凭证号"), _("单位编码"), _("申请金额（元）"), *due), (
        (voucher, unit, {"kind": "amount", "fen": asked}, *[{"kind": "amount", "fen": ours}][: len(due)])
        for voucher, unit, asked, ours in rows("clearing_rows", (clearing_id,))), (2, 3)[: 1 + len(due)])  # fmt: skip
    access, found = access_of(request), ending.of_claim(clearing_id)
    form = None
    if found and access.may("treasury.end"):
        form = EndingForm(request.POST or None).offer([(how, told(ending.HOWS[how])) for how in found.fens], [])
        if request.method == "POST" and form.is_valid():
            try:
                made = ending.propose(access, found, form.cleaned_data["how"], clearing_id, now(),
                                      form.cleaned_data["reason"])  # fmt: skip
                return redirect("proposal", made.pk)
            except Refused as refused:
                put(request, form, refused, "how")
    return _page(request, f"{_('清算单')} {number}", facts, lines, form, "treasury_clearings")


def _proposed(access: Access, form: EndingForm, found: ending.Ending, row_id: int, bureau: int, fen: int) -> int:
    """The proposal's number: quota of an indicator by budget's own act, with the notice's document; or the end."""
    asked = form.cleaned_data
    if asked["how"] == "end":
        return ending.propose(access, found, "end", row_id, now(), asked["reason"]).pk
    content = {"bureau_id": bureau, "kind": "quota", "list": None,
               "rows": [{"number": asked["indicator"], "doc_no": found.named, "fen": fen}]}  # fmt: skip
    return second.propose(access, "budget.quota", found.named[:80], content, now(),
                          partner=Partner.objects.get(pk=bureau), reason=asked["reason"]).pk  # fmt: skip


def _one(request: HttpRequest, statement: str, one: int) -> tuple[Any, ...]:
    """404: of no bureau in scope."""
    found = rows(statement, (one,)) if one < BIGGEST else []
    if not found or not access_of(request).scope.has_partner(found[0][0]):
        raise Http404
    return found[0]


def _badge(states: words.Words, state: str) -> telling.Shown:
    return {"title": _("状态"), "kind": "badge", "text": words.word(states, state), "tone": words.tone(states, state)}


def _page(request: HttpRequest, title: str, facts: list[telling.Shown], lines: telling.Shown | None,
          form: EndingForm | None, back: str) -> HttpResponse:  # fmt: skip
    return render(request, "console/treasury/ending.html", {
        "title": title, "facts": facts, "lines": lines, "form": form, "back": reverse(back),
        "breadcrumbs": [{"title": _("额度通知") if back == "treasury_quotas" else _("国库清算"),
                         "url": reverse(back)}, {"title": title}]})  # fmt: skip
