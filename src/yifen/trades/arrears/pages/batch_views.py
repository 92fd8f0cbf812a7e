"""Batches: letters and notices are printed, a list of cuts and one of write-offs put before a second person; a notice
is
served; a bad debt is taken up again."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.sealing import ring
from yifen.core.access.telling import put, say, told
from yifen.core.audit.record import act
from yifen.core.documents.dunning import DunnedBill, DunningSheet, dunning_sheets
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.face.plain import plain_connection
from yifen.hub.payments.names import opened_name
from yifen.trades.arrears import cutting, debts, rules, writing_off
from yifen.trades.arrears.cutting import DueDebt, Pair
from yifen.trades.arrears.debts import BATCH_MAX
from yifen.trades.arrears.pages.ages import age_of_lists
from yifen.trades.arrears.pages.forms import BatchForm, CutForm, ServeForm, WriteOffForm
from yifen.trades.arrears.pages.lists import STEPS, read
from yifen.trades.arrears.pages.masking import account_shown
from yifen.trades.arrears.pages.views import crumbs

_SQL = queries(__package__)
_ACTS = queries("yifen.trades.arrears")


@allow("arrears.do")
def arrears_print_letters(request: HttpRequest) -> HttpResponse:
    """GET a filter and who is due; POST those that were shown."""
    return _print(request, "letter", _("打印催缴函"))


@allow("arrears.do")
def arrears_print_notices(request: HttpRequest) -> HttpResponse:
    """Likewise."""
    return _print(request, "notice", _("打印停供通知"))


def _print(request: HttpRequest, kind: str, title: str) -> HttpResponse:
    find, found = _found(request, kind)
    if request.method == "POST" and found:
        pairs = _pairs(request, found)
        with plain_connection(60) as conn, transaction.atomic():
            code, batch = conn.execute(_ACTS["letters"], {
                "session": access_of(request).session, "biller": found[0].biller_id, "kind": kind,
                "customers": [pair[0] for pair in pairs], "fees": [pair[1] for pair in pairs], "now": now(),
            }).fetchone() or (0, None)  # fmt: skip
        if not code:
            return redirect("arrears_batch", batch)
        say(request, Refused(result_code(code)))
    return _batch(request, find, found, title, None, _("打印所选"), "arrears_letters",
                  _("现在该办的户，最多 %(most)s 户；提交时已缴的自动剔除。") % {"most": BATCH_MAX})  # fmt: skip


@allow("arrears.do")
def arrears_cut_new(request: HttpRequest) -> HttpResponse:
    """A list is put before a second person."""
    find, found = _found(request, "cut")
    form = CutForm(request.POST or None)
    if request.method == "POST" and found and form.is_valid():
        try:
            row = cutting.propose(access_of(request), found[0].biller_id, _pairs(request, found),
                                  form.cleaned_data["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "reason")
        else:
            return redirect("proposal", row.pk)
    return _batch(request, find, found, _("提交停供名单"), form, _("提交复核"), "arrears_cuts",
                  _("通知已送达、法定天数已满、仍欠费的户；复核前缴清的不停。"))  # fmt: skip


def _found(request: HttpRequest, kind: str) -> tuple[BatchForm, list[DueDebt]]:
    """The filter, and who is due by it; the address of a POST has it too."""
    find = BatchForm(access_of(request), request.GET or None)
    if not find.is_bound or not find.is_valid():
        return find, []
    given = find.cleaned_data
    return find, cutting.due(kind, given["biller"], given["fee"], given["area"])


def _pairs(request: HttpRequest, found: list[DueDebt]) -> list[Pair]:
    """What was picked of what is shown now."""
    picked = set(request.POST.getlist("debt"))
    return [
        (one.customer_id, one.fee_id)
        for one in found
        if f"{one.customer_id}-{one.fee_id}" in picked
    ]


def _batch(
    request: HttpRequest,
    find: BatchForm,
    found: list[DueDebt],
    title: str,
    form: Any,
    button: str,
    back: str,
    lead: str,
) -> HttpResponse:
    access = access_of(request)
    rows = [{"key": f"{one.customer_id}-{one.fee_id}", "fen": one.owed_fen, "text": " · ".join(filter(None, (
        account_shown(access, one.account_no), one.place, one.fee_name,
        _("%(day)s 起逾期") % {"day": one.oldest_on},
        _("通知 %(day)s 送达") % {"day": one.served_on} if one.served_on else "")))} for one in found]  # fmt: skip
    return _picking(request, title, lead, find, rows, form, button, back, _("没有现在该办的户。"))


def _picking(
    request: HttpRequest,
    title: str,
    lead: str,
    find: Any,
    rows: list[dict[str, Any]],
    form: Any,
    button: str,
    back: str,
    nothing: str,
) -> HttpResponse:
    return render(
        request,
        "console/arrears/batch.html",
        {
            "title": title,
            "lead": lead,
            "find": find,
            "rows": rows,
            "total": sum(row["fen"] for row in rows),
            "form": form,
            "button": button,
            "back": reverse(back),
            "nothing": nothing,
            **age_of_lists(now()),
            "picked": request.POST.getlist("debt"),
            "is_first": request.method != "POST",
            "breadcrumbs": [{"title": title}],
        },
    )


@allow("arrears.do")
def arrears_batch(request: HttpRequest, batch: int) -> HttpResponse:
    """The sheets of a batch; once they are printed, each again by its own page."""
    rows = _sheets(access_of(request), None, batch)
    if any(row[15] for row in rows) or (now() - rows[0][14]).total_seconds() > 3600:
        raise Http404
    return _pdf(rows, f"batch-{batch}")


@allow("arrears.view")
def arrears_letter(request: HttpRequest, letter_no: int) -> HttpResponse:
    """One, and of a notice how it was served; POST says it."""
    access = access_of(request)
    row = _sheets(access, letter_no, None)[0]
    served = read(_SQL["served"], {"letter": letter_no})
    form = ServeForm(request.POST or None)
    can_serve = row[1] == "notice" and not served and access.may("arrears.do")
    if request.method == "POST" and can_serve and form.is_valid():
        try:
            debts.act(
                "serve",
                "on",
                session=access.session,
                letter=letter_no,
                now=now(),
                **form.cleaned_data,
            )
        except Refused as refused:
            put(request, form, refused, "on")
        else:
            messages.success(request, _("已登记送达"))
            return redirect("arrears_letter", letter_no)
    said = [
        f"{on} {told(rules.SERVED[how]) if how in rules.SERVED else ''} {note} {by}"
        for on, how, by, note in served
    ]
    return render(request, "console/arrears/letter.html", {
        "letter_no": letter_no, "form": form if can_serve else None, "may": access.may("arrears.do"),
        "kind": words.word(STEPS, row[1]), "facts": [
            {"title": _("收费单位"), "text": row[4]},
            {"title": _("户号"), "kind": "code", "text": account_shown(access, row[7]),
             "url": reverse("arrears_account", args=[row[6]])},
            {"title": _("地址"), "text": row[9]}, {"title": _("费种"), "text": row[10]},
            {"title": _("欠费（元）"), "kind": "amount", "fen": row[11]},
            {"title": _("最早到期日"), "kind": "code", "text": str(row[12])},
            {"title": _("打印时间"), "kind": "time", "at": row[14]}, {"title": _("补打次数"), "text": str(row[15])},
            {"title": _("送达情况"), "text": said[0] if said and row[1] == "notice" else None},
        ], "breadcrumbs": crumbs(_("催缴函、停供通知"), "arrears_letters", str(letter_no)),
    })  # fmt: skip


@allow("arrears.do")
@require_POST
def arrears_reprint(request: HttpRequest, letter_no: int) -> HttpResponse:
    """It is printed again, and says so."""
    _sheets(access_of(request), letter_no, None)
    debts.act("reprint", "", session=access_of(request).session, letter=letter_no, now=now())
    return _pdf(_sheets(access_of(request), letter_no, None), str(letter_no))


def _sheets(access: Access, letter_no: int | None, batch: int | None) -> list[tuple[Any, ...]]:
    """404: none, or out of scope."""
    is_number = max(letter_no or 0, batch or 0) < 2**62
    rows = read(_SQL["sheets"], {"letter": letter_no, "batch": batch}) if is_number else []
    if not rows or not access.scope.has_partner(rows[0][2]):
        raise Http404
    return rows


def _pdf(rows: list[tuple[Any, ...]], name: str) -> HttpResponse:
    """They have holders' whole names: a paper is served on a person. So the trail says who had them."""
    act(connection, "download", "arrears_letter", name, note=f"letters-{name}.pdf")
    sheets = [
        DunningSheet(
            number=number,
            cut_days=days if kind == "notice" else None,
            cut_on=str(localdate(printed) + timedelta(days=days)) if kind == "notice" and days else None,
            acts=rules.LAWS[law].acts,
            issuer=issuer,
            biller=biller,
            account_no=account,
            payer_name=opened_name(ring(), biller_id, account, holder),  # whole: it is served on him
            place=place,
            fee=fee,
            owed_fen=fen,
            oldest_on=str(oldest),
            printed_at=printed,
            copies=copies,
            bills=[DunnedBill(f"B{bill}", *told) for bill, *told in bills or ()],
            phone=phone or "",
            office=office or "",
            pay_url=settings.YIFEN_WEB_ORIGIN + reverse("payer_account", args=[code, account]),
        )
        for (
            number,
            kind,
            biller_id,
            code,
            biller,
            issuer,
            _c,
            account,
            holder,
            place,
            fee,
            fen,
            oldest,
            days,
            printed,
            copies,
            law,
            bills,
            phone,
            office,
        ) in rows
    ]
    return HttpResponse(dunning_sheets(sheets, now()), content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="letters-{name}.pdf"'})  # fmt: skip


@allow("arrears.write_off")
def arrears_write_off(request: HttpRequest) -> HttpResponse:
    """Candidates of a company: bills of more than two years, or of closed accounts."""
    access, find = access_of(request), BatchForm(access_of(request), request.GET or None)
    del find.fields["fee"], find.fields["area"]
    form = WriteOffForm(request.POST or None)
    chosen = find.cleaned_data["biller"] if find.is_bound and find.is_valid() else None
    bad = read(_SQL["bad"], {"biller": chosen, "today": localdate(now())}) if chosen else []
    if request.method == "POST" and form.is_valid():
        picked = set(request.POST.getlist("debt"))
        try:
            row = writing_off.propose(access, writing_off.WRITE_OFF, [row[0] for row in bad if str(row[0]) in picked],
                                      form.cleaned_data["evidence"], form.cleaned_data["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "evidence")
        else:
            return redirect("proposal", row.pk)
    rows = [
        {
            "key": str(bill),
            "fen": fen,
            "text": " · ".join(
                filter(
                    None,
                    (
                        f"B{bill}",
                        account_shown(access, account),
                        fee,
                        _("%(day)s 起逾期") % {"day": due_on},
                        _("%(day)s 销户") % {"day": closed} if closed else "",
                    ),
                )
            ),
        }
        for bill, account, fee, due_on, fen, closed in bad
    ]
    return _picking(
        request,
        _("提交核销"),
        _("逾期两年以上，或已销户的账单，连同违约金，一次最多 100 笔；金额与复核时不同即不办。"),
        find,
        rows,
        form,
        _("提交复核"),
        "arrears_written",
        _("没有可核销的账单。"),
    )


@allow("arrears.write_off")
def arrears_take_up(request: HttpRequest, bill_id: int) -> HttpResponse:
    """A bill that was written off is asked for again."""
    access, found = access_of(request), writing_off.bills([bill_id]) if bill_id < 2**62 else []
    if not found or not access.scope.has_partner(found[0].biller_id):
        raise Http404
    form = WriteOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = writing_off.propose(access, writing_off.TAKE_UP, [bill_id], form.cleaned_data["evidence"],
                                      form.cleaned_data["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "evidence")
        else:
            return redirect("proposal", row.pk)
    one = found[0]
    return render(request, "console/arrears/form.html", {
        "form": form, "title": _("恢复催收"), "button": _("提交复核"), "back": reverse("arrears_written"),
        "lead": f"B{bill_id} {account_shown(access, one.account_no)} {one.title} ¥{grouped_yuan(one.written_fen)}",
        "breadcrumbs": crumbs(_("坏账核销"), "arrears_written", f"B{bill_id}"),
    })  # fmt: skip
