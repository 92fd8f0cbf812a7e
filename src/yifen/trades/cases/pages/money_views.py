"""Pages of the court's money: statements of the main account, unidentified money."""

from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import language, put, say, told, words
from yifen.core.audit.record import act
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.face.filed.telling import aside_facts, faults_table
from yifen.trades.cases import claiming, old_balances, recalling, statements
from yifen.trades.cases.claiming import ClaimPart, Unknown
from yifen.trades.cases.opening import number_of
from yifen.trades.cases.pages import listing, telling
from yifen.trades.cases.pages.forms import ClaimForm, EvidenceForm, OldForm, StatementForm
from yifen.trades.cases.pages.views import BIGGEST, shown
from yifen.trades.cases.pages.words import FILE_STATES
from yifen.trades.cases.reading import found_case, found_number, rows
from yifen.trades.cases.statements import STANDINGS, StatementFile
from yifen.trades.cases.whose import suggesting


@allow("cases.statements")
def court_upload(request: HttpRequest) -> HttpResponse:
    """A statement is kept and leads to its preview. Nothing moves by that."""
    access = access_of(request)
    form = StatementForm(request.POST or None, request.FILES or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        upload, at = form.cleaned_data["file"], now()
        try:
            with transaction.atomic():
                file_id = statements.take_in(access, form.cleaned_data["court"], upload.file, upload.name,
                                             user_of(request).login, at)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            if statements.found(file_id).received_at != at:
                messages.warning(request, _("此文件先前已收，未重复载入；下面是先前那一份"))
            return redirect("court_file", file_id)
    lead = _("先预览，不入账：任何一行有错，整份不收。表格的列：账号（或写在表头以上）、交易时间、流水号、收入、支出、"
             "余额；可选：子账号、业务类型、客户参考号、对方户名、对方账号、附言。按时间先后。")  # fmt: skip
    return shown(request, form, _("上传对账单"), _("上传，预览"), "court_files", lead, is_file=True)


@allow("cases.statements")
def court_old(request: HttpRequest) -> HttpResponse:
    """Old balances by cases are kept and lead to their preview. Nothing moves by that."""
    access = access_of(request)
    form = OldForm(request.POST or None, request.FILES or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        asked, login = form.cleaned_data, user_of(request).login
        try:
            with transaction.atomic():
                file_id = old_balances.take_in(access, asked["court"], asked["file"].file, asked["file"].name,
                                               login, asked["on_day"], asked["bank"], now())  # fmt: skip
            return redirect("court_file", file_id)
        except Refused as refused:
            put(request, form, refused, "file")
    lead = _("先预览，不入账：各行合计须等于银行当日余额，一分不差。列：案号、当事人、余额；可选：到账日期、备注。"
             "没有案件的款列出当事人，案号留空，入不明款。")  # fmt: skip
    return shown(request, form, _("期初余额结转"), _("上传，预览"), "court_files", lead, is_file=True)


@allow("cases.view")
def court_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """What becomes of each kind of line, or what is wrong with lines."""
    access = access_of(request)
    file = found_file(access, file_id)
    faults: dict[str, Any] = {}
    if file.wrong:
        body = statements.kept_bytes(file_id)
        lines = old_balances.check(file.court_id, body, file.old_on) if file.old_on else \
            statements.check(file.court_id, body, file.received_at)  # fmt: skip
        faults = faults_table(lines, language(request))
        if file.wrong > len(faults["rows"]):
            faults["more"] = file.wrong - len(faults["rows"])
    found = telling.table((_("处理"), _("行数"), _("金额（元）")), (
        (told(STANDINGS[name]), {"kind": "num", "text": f"{count:,}"}, {"kind": "amount", "fen": fen})
        for name, count, fen in statements.standings(file_id)), (2,))  # fmt: skip
    refused = statements.against(file_id) if file.state == "staged" else None
    word, tone = FILE_STATES["stale" if refused else file.state]
    aside, account = statements.left_aside(file)
    return render(request, "console/cases/file.html", {
        "file": file, "aside": aside_facts(aside), "account": account, "state": word, "tone": tone,
        "sha256": file.sha256.hex(), "faults": faults, "standings": found,
        "lines": None if file.wrong else telling.statement_table(statements.lines(file_id), access),
        "refused": words(request, refused) if refused else "",
        "may_propose": file.state == "staged" and not refused and access.may("cases.statements"),
        "breadcrumbs": [{"title": _("案款对账单"), "url": reverse("court_files")},
                        {"title": str(file_id)}]})  # fmt: skip


@allow("cases.statements")
@require_POST
def court_file_propose(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put it before a second person."""
    found_file(access_of(request), file_id)
    try:
        return redirect("proposal", statements.propose(access_of(request), file_id, now()).pk)
    except Refused as refused:
        say(request, refused)
        return redirect("court_file", file_id)


@allow("cases.view")
def court_unknown(request: HttpRequest, number: int) -> HttpResponse:
    """One receipt without a case, whose it may be and why. POST: claimed for a case, or split among
    several, put before another."""
    access, money = access_of(request), found_unknown(access_of(request), number)
    may = access.may("cases.claim") and money.left_fen > 0
    chosen = request.GET.get("case", "")
    found = suggesting.suggested(money) if may else []
    parts_named = suggesting.split_of(money, found)
    initial = {"amount": format_yuan(money.left_fen), "number": case_number(money, chosen)}
    if chosen == "split" and parts_named:
        initial = split_initial(parts_named, money.words)
    form = ClaimForm(request.POST or None, initial=initial) if may else None
    whole = request.method == "POST" and "reveal" in request.POST and access.may("cases.payer")
    if whole:
        act(connection, "reveal", "court_entry", str(-money.document_id), note=money.serial)
        form = ClaimForm(initial=initial) if may else None
    elif request.method == "POST" and form is not None and form.is_valid():
        asked = form.cleaned_data
        try:
            lines = [(asked["number"], asked["amount"], asked["evidence"]), *asked["more"]]
            parts = [ClaimPart(found_number(money.court_id, number_of(number)).case_id, fen, evidence)
                     for number, fen, evidence in lines]  # fmt: skip
            made = claiming.propose(access, money.document_id, parts, now(), asked["way"])
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "number")
    return render(request, "console/cases/unknown.html", {
        "money": money, "facts": telling.unknown_facts(money, whole),
        "may_reveal": not whole and bool(money.payer) and access.may("cases.payer"),
        "found": telling.suggestion_table(found) if found else None,
        "split": "、".join(number for number, _fen in parts_named),
        "form": form, "number": number, "may_send_back": access.may("cases.check") and money.left_fen > 0,
        "breadcrumbs": [{"title": _("不明款"), "url": reverse("court_unknowns")},
                                      {"title": money.serial}],
    })  # fmt: skip


@allow("cases.claim")
def court_unclaim(request: HttpRequest, number: int) -> HttpResponse:
    """What was transferred or claimed becomes unidentified again, put before another."""
    access, form = access_of(request), EvidenceForm(request.POST or None)
    found = rows("credited", (-number,)) if number < BIGGEST else []
    if not found or not access.scope.has_partner(found[0][0]):
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", claiming.propose_back(access, -number, form.cleaned_data["evidence"], now()).pk)
        except Refused as refused:
            put(request, form, refused, "evidence")
    return shown(request, form, _("撤销认领"), _("提交复核"), "court_cases",
                 f"{found[0][1]} · {format_yuan(found[0][2])}")


@allow("cases.claim")
def court_recall(request: HttpRequest, number: int) -> HttpResponse:
    """A bank's notice that its statement contradicts is taken back, put before another."""
    access, form = access_of(request), EvidenceForm(request.POST or None)
    try:
        push = recalling.contradicted(-number) if number < BIGGEST else None
    except Refused:
        push = None
    if push is None or not access.scope.has_partner(push.court_id):
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            made = recalling.propose(access, push.document_id, form.cleaned_data["evidence"], now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "evidence")
    shows = _("对账单没有此流水号") if push.line_fen is None else f"{_('对账单')} {format_yuan(push.line_fen)}"
    return shown(request, form, _("推送更正"), _("提交复核"), "court_pushes",
                 f"{push.number} · {push.serial} · {_('银行推送')} {format_yuan(push.amount_fen)} · {shows}")


def split_initial(parts: list[tuple[str, int]], words: str) -> dict[str, str]:
    """The form filled with the cases that the memo names; amounts that nobody knows are left to who claims."""
    lines = [(number, format_yuan(fen) if fen else "") for number, fen in parts]
    proof = " ".join(words.split())
    return {"number": lines[0][0], "amount": lines[0][1], "evidence": proof,
            "more": "\n".join(f"{number} {yuan} {proof}" for number, yuan in lines[1:])}  # fmt: skip


def case_number(money: Unknown, chosen: str) -> str:
    """Of a suggested case; empty: none of this court was chosen."""
    if not chosen.isdigit() or len(chosen) > 18:
        return ""
    try:
        case = found_case(int(chosen))
    except Refused:
        return ""
    return case.number if case.court_id == money.court_id else ""


def found_file(access: Access, file_id: int) -> StatementFile:
    """404 outside the scope."""
    try:
        file = statements.found(file_id) if file_id < BIGGEST else None
    except Refused:
        file = None
    if file is None or not access.scope.has_partner(file.court_id):
        raise Http404
    return file


def found_unknown(access: Access, number: int) -> Unknown:
    """404 outside the scope."""
    try:
        money = claiming.unknown(-number) if number < BIGGEST else None
    except Refused:
        money = None
    if money is None or not access.scope.has_partner(money.court_id):
        raise Http404
    return money
