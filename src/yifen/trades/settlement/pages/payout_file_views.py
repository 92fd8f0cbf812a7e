"""Files of payouts: made and downloaded, and the bank's results taken in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say, words
from yifen.core.audit.record import act
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.face import words as said
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import one
from yifen.face.plain import plain_connection
from yifen.trades.settlement.jobs import FILE
from yifen.trades.settlement.operations import payout_files, results
from yifen.trades.settlement.operations.judging import Judged
from yifen.trades.settlement.operations.payout_files import FILES_DUE
from yifen.trades.settlement.operations.results import KeptResults
from yifen.trades.settlement.pages.payout_files_list import PAYOUT_FILES
from yifen.trades.settlement.pages.words import PAYOUT_STATES
from yifen.trades.settlement.result_files import BYTES_MAX

Shown = dict[str, Any]
ROWS_MAX = 200
FORMS = (("pain001", "pain.001.001.03 (XML)"), ("csv", gettext_lazy("银行 CSV（GB18030）")))
KINDS = {"xml": "application/xml", "csv": "text/csv; charset=gb18030"}
_SQL = queries(__package__)


class PayoutFileForm(forms.Form):
    """For which bank, in which form."""

    bank = forms.TypedChoiceField(label=gettext_lazy("银行"), coerce=int)
    form = forms.ChoiceField(label=gettext_lazy("格式"), choices=FORMS)


class ResultForm(forms.Form):
    """What the bank gave."""

    file = forms.FileField(label=gettext_lazy("结果文件"), max_length=200, help_text=gettext_lazy(
        "pain.002.001.03，或 CSV：参考号、金额（元）、结果（成功、失败、退汇、处理中）；可选银行流水号、原因、合计行"))


@allow("payouts.file")
def payout_file_new(request: HttpRequest) -> HttpResponse:
    """What is due at banks without a port; POST bank, form: the night writes the file."""
    due = due_at_banks(access_of(request))
    form = PayoutFileForm(request.POST or None)
    form.fields["bank"].choices = [(key, name) for key, name, *_rest in due]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        defer(FILE, bank_id=asked["bank"], form=asked["form"])
        name = dict((key, name) for key, name, *_rest in due)[asked["bank"]]
        act(connection, "ask", "payout_file", name.split()[0], after={"form": asked["form"]})
        messages.success(request, _("已交夜间作业出文件，稍后刷新本页"))
        return redirect("payout_files")
    table = {
        "columns": [{"title": _("银行")}, {"title": _("到期笔数"), "kind": "num"},
                    {"title": _("金额（元）"), "kind": "amount"}],
        "rows": [{"cells": [{"text": name}, {"kind": "num", "text": f"{count:,}"}, {"kind": "amount", "fen": fen}]}
                 for _key, name, count, fen in due],
    }  # fmt: skip
    return render(request, "console/settle/payout_file_new.html",
                  {"form": form, "due": table if due else None, "breadcrumbs": crumbs(_("出文件"))})  # fmt: skip


def due_at_banks(access: Access) -> list[tuple[int, str, int, int]]:
    """Of banks in scope that have no port: id, name, how many payouts are due, how much."""
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(FILES_DUE, {"day": at.astimezone(ZONE).date(), "now": at})
        return [row for row in cursor.fetchall() if access.scope.has_partner(row[0])]


@allow("settlement.view")
def payout_file(request: HttpRequest, file_no: int) -> HttpResponse:
    """One file: what left in it, what the bank said of it."""
    row = found_file(request, file_no)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["payouts_in_file"], [file_no, ROWS_MAX])
        payouts = cursor.fetchall()
        cursor.execute(_SQL["results_of_file"], [file_no])
        told = cursor.fetchall()
    return render(request, "console/settle/payout_file.html", {
        "breadcrumbs": crumbs(row.name), "row": row, "payouts": payouts_table(payouts, row.payouts),
        "results": results_table(told) if told else None,
    })  # fmt: skip


@allow("payouts.file")
def payout_file_body(request: HttpRequest, file_no: int) -> HttpResponse:
    """The bytes as they were written; the trail knows who took them."""
    row = found_file(request, file_no)
    with plain_connection() as conn:
        found = payout_files.read(conn, file_no)
    act(connection, "download", "payout_file", file_no, note=row.name)
    return HttpResponse(found.body, content_type=KINDS[row.name.rsplit(".", 1)[1]],
                        headers={"Content-Disposition": f'attachment; filename="{row.name}"'})  # fmt: skip


@allow("payouts.file")
def payout_result_new(request: HttpRequest) -> HttpResponse:
    """POST file: it is looked at and kept; nothing moves by that."""
    form = ResultForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["file"]
        try:
            with plain_connection(results.SECONDS_MAX) as conn:
                number = results.take_in(conn, access_of(request), asked.name, asked.file.read(BYTES_MAX + 1),
                                         user_of(request).login, now())  # fmt: skip
            return redirect("payout_result", number)
        except Refused as refused:
            put(request, form, refused, "file")
    return render(request, "console/settle/payout_result_new.html",
                  {"form": form, "breadcrumbs": crumbs(_("上传结果"))})  # fmt: skip


@allow("settlement.view")
def payout_result(request: HttpRequest, number: int) -> HttpResponse:
    """What the bank says, line by line, and what would come of it."""
    about = found_result(request, number)
    shown: Shown = {"about": about, "sha256": bytes(about.sha256).hex(),
                    "waiting": open_proposal(results.ACT, str(number)), "breadcrumbs": crumbs(about.name)}  # fmt: skip
    try:
        with plain_connection(results.SECONDS_MAX) as conn:
            found = results.judged(conn, number)
    except Refused as refused:
        shown["why_not"] = words(request, refused)
    else:
        shown |= {"lines": lines_table(found), "may_propose": any(one.becomes for one in found),
                  "stats": [(title, *_sum(found, state)) for title, state in
                            ((_("将登记到账"), "done"), (_("将登记退汇"), "returned"), (_("不变"), ""))]}  # fmt: skip
    return render(request, "console/settle/payout_result.html", shown)


@allow("payouts.propose")
@require_POST
def payout_result_propose(request: HttpRequest, number: int) -> HttpResponse:
    """POST reason: put it before a second person."""
    found_result(request, number)
    try:
        return redirect("proposal", results.propose(access_of(request), number, now(),
                                                    request.POST.get("reason", "")).pk)  # fmt: skip
    except Refused as refused:
        say(request, refused)
    return redirect("payout_result", number)


def found_file(request: HttpRequest, file_no: int) -> Row:
    """404 outside the scope."""
    row = one(PAYOUT_FILES, access_of(request), file_no)
    if row is None:
        raise Http404
    return row


def found_result(request: HttpRequest, number: int) -> KeptResults:
    """404 outside the scope."""
    try:
        with plain_connection() as conn:
            about = results.kept(conn, number)
    except Refused:
        raise Http404 from None
    if not access_of(request).scope.has_partner(about.bank_id):
        raise Http404
    return about


def payouts_table(rows: list[tuple[Any, ...]], all_of_them: int) -> Shown:
    return {
        "columns": [{"title": _("端到端参考号")}, {"title": _("收费单位")},
                    {"title": _("金额（元）"), "kind": "amount"}, {"title": _("状态")},
                    {"title": _("银行流水号")}, {"title": _("原因")}],
        "rows": [{"cells": [
            {"kind": "code", "text": reference, "url": reverse("payout", args=[number])}, {"text": biller},
            {"kind": "amount", "fen": fen}, _state(state), {"kind": "code", "text": serial}, {"text": reason},
        ]} for number, reference, biller, fen, state, serial, reason in rows],
        "more": all_of_them - len(rows) if all_of_them > len(rows) else 0,
    }  # fmt: skip


def results_table(rows: list[tuple[Any, ...]]) -> Shown:
    def standing(granted: bool | None, is_open: bool) -> Shown:
        if is_open:
            return {"kind": "badge", "text": _("待复核"), "tone": "waiting"}
        if granted is None:
            return {"kind": "badge", "text": _("未提交"), "tone": "neutral"}
        return ({"kind": "badge", "text": pgettext("result", "已登记"), "tone": "ok"} if granted
                else {"kind": "badge", "text": _("未同意"), "tone": "bad"})  # fmt: skip

    return {
        "columns": [{"title": _("结果文件")}, {"title": _("收到时间")}, {"title": _("上传人")},
                    {"title": _("状态")}],
        "rows": [{"cells": [{"text": name, "url": reverse("payout_result", args=[number])},
                            {"kind": "time", "at": at, "text": at}, {"text": by}, standing(granted, is_open)]}
                 for number, name, at, by, granted, is_open in rows],
    }  # fmt: skip


def lines_table(found: list[Judged]) -> Shown:
    """Those that come back first, then those that arrived, then the rest."""
    order = ("returned", "done", "")
    rows = sorted(found, key=lambda one: (order.index(one.becomes), one.line.line_no))
    return {
        "columns": [{"title": _("行")}, {"title": _("端到端参考号")}, {"title": _("收费单位")},
                    {"title": _("金额（元）"), "kind": "amount"}, {"title": _("现状")},
                    {"title": _("登记为")}, {"title": _("银行流水号")}, {"title": _("原因")}],
        "rows": [{"cells": [
            {"kind": "code", "text": str(one.line.line_no or "")},
            {"kind": "code", "text": one.line.reference, "url": reverse("payout", args=[-one.document_id])},
            {"text": one.biller}, {"kind": "amount", "fen": one.amount_fen}, _state(one.state),
            _state(one.becomes) if one.becomes else {"text": _("不变")},
            {"kind": "code", "text": one.line.bank_serial}, {"text": one.line.reason},
        ]} for one in rows[:ROWS_MAX]],
        "more": max(0, len(rows) - ROWS_MAX),
    }  # fmt: skip


def _state(state: str) -> Shown:
    return {"kind": "badge", "text": said.word(PAYOUT_STATES, state), "tone": said.tone(PAYOUT_STATES, state)}


def _sum(found: list[Judged], becomes: str) -> tuple[int, str]:
    some = [one.amount_fen for one in found if one.becomes == becomes]
    return len(some), grouped_yuan(sum(some))


def crumbs(title: str) -> list[Shown]:
    return [{"title": _("划付文件"), "url": reverse("payout_files")}, {"title": title}]
