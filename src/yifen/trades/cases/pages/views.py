"""Pages of cases: opened one by one or by the court's list; one case as a time line of its money."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import language, put, say, told, words
from yifen.core.facts.refused import Refused
from yifen.face.filed.telling import aside_facts, faults_table
from yifen.trades.cases import correcting, keeping, lists, opening, payees
from yifen.trades.cases.correcting import Correction
from yifen.trades.cases.lists import CaseList
from yifen.trades.cases.pages import clock_views, listing, payout_parts, telling
from yifen.trades.cases.pages.forms import (
    CaseCorrectionForm,
    CourtFileForm,
    IntoForm,
    LinkForm,
    NewCaseForm,
    NumbersForm,
    PayeesForm,
    UnlinkForm,
)
from yifen.trades.cases.payees import PayeeAccount
from yifen.trades.cases.payout.reading import is_judge
from yifen.trades.cases.reading import CaseRow, found_case, parties, rows
from yifen.trades.cases.rules import CaseParty, NewCase, several

BIGGEST = 2**62
ROWS_SHOWN = 20


@allow("cases.keep")
def court_case_new(request: HttpRequest) -> HttpResponse:
    """A case; its sub-account can be paid to at once."""
    access = access_of(request)
    form = NewCaseForm(request.POST or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        sides = tuple(CaseParty(role, asked[role]) for role in ("applicant", "debtor"))
        new = NewCase(asked["number"], sides, asked["judge"], asked["filed_on"], asked["due"] or 0, asked["account_no"],
                      asked["entrusted"])  # fmt: skip
        try:
            with transaction.atomic():
                opened = opening.open_case(access, asked["court"], new, now())
        except Refused as refused:
            put(request, form, refused, "number")
        else:
            messages.success(request, _("已开立，子账号 %(account)s") % {"account": opened.account_no})
            case = found_case(opened.case_id)
            if not is_judge(case.court_id, case.judge):
                messages.warning(request, _("承办人未填或不是本院法官：到账后无人可以申请发放，请由执行局长变更承办人"))
            for party in correcting.doubtful(case):
                messages.warning(request, _("“%(name)s”像是几名当事人写在一起：请在案件页更正，分开") % {
                    "name": party.name})  # fmt: skip
            return redirect("court_case", opened.case_id)
    lead = _("一案一个子账号：开立即可收款，各渠道按子账号查询、缴款。")
    return shown(request, form, _("开立案件"), _("开立"), "court_cases", lead)


@allow("cases.keep")
def court_numbers(request: HttpRequest) -> HttpResponse:
    """Numbers that the bank made beforehand; the next cases have them."""
    access = access_of(request)
    form = NumbersForm(request.POST or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        court, numbers = form.cleaned_data["court"], form.cleaned_data["numbers"].split()
        try:
            added = opening.take_numbers(access, court, numbers)
        except Refused as refused:
            put(request, form, refused, "numbers")
        else:
            messages.success(request, _("已收 %(count)d 个子账号") % {"count": added})
            return redirect("court_cases")
    lead = _("银行预生成的子账号，按号码从小到大先用；用完后按本院规则编号。")
    return shown(request, form, _("预生成子账号"), _("收下"), "court_cases", lead)


@allow("cases.keep")
def court_list_upload(request: HttpRequest) -> HttpResponse:
    """The court's list is kept and leads to its preview. Nothing is opened by that."""
    access = access_of(request)
    form = CourtFileForm(request.POST or None, request.FILES or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            with transaction.atomic():
                list_id = lists.take_in(access, form.cleaned_data["court"], upload.file, upload.name,
                                        user_of(request).login, now())  # fmt: skip
            return redirect("court_list", list_id)
        except Refused as refused:
            put(request, form, refused, "file")
    lead = _("先预览，不开立：有错误的行逐行说明，不挡住其他行。列：案号、申请执行人、被执行人；可选：承办人、"
             "立案日期、执行标的、子账号（银行预生成的）、委托执行（委托法院和文书）。")  # fmt: skip
    return shown(request, form, _("导入案件清单"), _("上传，预览"), "court_cases", lead, is_file=True)


@allow("cases.keep")
def court_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """What it would open, and what is wrong with its rows. POST: those that are right are opened."""
    access = access_of(request)
    asked = found_list(access, list_id)
    if request.method == "POST":
        opened, refused = lists.open_all(access, asked, now())
        messages.success(request, _("已开立 %(count)d 件") % {"count": opened})
        for line_no, why in refused[:ROWS_SHOWN]:
            messages.warning(request, _("第 %(line)d 行：%(why)s") % {"line": line_no, "why": words(request, why)})
        return redirect("court_list", list_id)
    lines = lists.check(asked)
    right = [line for line in lines[1:] if line.row and not line.faults and not line.row.is_open]
    wrong = sum(bool(line.faults) for line in lines)
    faults = faults_table(lines, language(request))
    if wrong > len(faults["rows"]):
        faults["more"] = wrong - len(faults["rows"])
    return render(request, "console/cases/list.html", {
        "list": asked, "right": len(right), "wrong": wrong,
        **telling.list_tables(asked.court_id, lines[1:], ROWS_SHOWN),
        "aside": aside_facts(lists.left_aside(asked)), "more": max(0, len(right) - ROWS_SHOWN),
        "faults": faults, "breadcrumbs": crumbs(_("案件清单"))})  # fmt: skip


@allow("cases.view")
def court_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: its sub-account, its parties, all that moved."""
    access, case = access_of(request), found(access_of(request), case_id)
    may, is_open = access.may("cases.keep"), case.state == "open"
    return render(request, "console/cases/case.html", {
        "case": case, "facts": telling.case_facts(case), "parties": telling.party_table(parties(case), access),
        "names": telling.name_table(case), "line": telling.time_line(case, access),
        "corrections": telling.correction_table(case, access),
        "may_correct": access.may("cases.payees") and is_open,
        "may_close": may and is_open, "may_reopen": may and case.state == "closed",
        "link": LinkForm() if access.may("cases.payees") and is_open else None,
        "unlink": UnlinkForm.of(rows("own_names", (case_id,))) if access.may("cases.payees") else None,
        "into": IntoForm() if access.may("cases.payees") and is_open else None, **clock_views.of_case(case, access),
        **payout_parts.case_parts(request, case), "breadcrumbs": crumbs(case.number)})  # fmt: skip


@allow("cases.keep")
@require_POST
def court_case_state(request: HttpRequest, case_id: int) -> HttpResponse:
    """POST act=close, reopen."""
    access, act = access_of(request), request.POST.get("act")
    found(access, case_id)
    try:
        if act == "reopen":
            keeping.reopen(access, case_id, now())
        elif act == "close":
            keeping.close(access, case_id, now())
    except Refused as refused:
        say(request, refused)
    return redirect("court_case", case_id)


@allow("cases.payees")
@require_POST
def court_case_link(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put before another: act=link, a number leads here; act=unlink, it does no more."""
    access, form, number = access_of(request), LinkForm(request.POST), request.POST.get("number", "")
    found(access, case_id)
    try:
        if request.POST.get("act") == "unlink":
            return redirect("proposal", keeping.propose_unlink(access, case_id, number, now()).pk)
        if form.is_valid():
            kind = form.cleaned_data["kind"]
            return redirect("proposal", keeping.propose_link(access, case_id, number, kind, now()).pk)
    except Refused as refused:
        say(request, refused)
    return redirect("court_case", case_id)


@allow("cases.payees")
def court_correct(request: HttpRequest, case_id: int) -> HttpResponse:
    """What is said of a case put right, put before another."""
    access, case = access_of(request), found(access_of(request), case_id)
    people = parties(case)
    split = next((party for party in people if several(party.name)), None)
    initial = {"party": split.party_id, "names": "\n".join(several(split.name))} if split else {}
    form = CaseCorrectionForm(request.POST or None, initial=initial).offer(
        [(one.party_id, f"{told(payees.ROLES[one.role])} {one.name}") for one in people])  # fmt: skip
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        new = Correction(asked["party"], asked["names"], asked["due"], asked["filed_on"])
        try:
            return redirect("proposal", correcting.propose(access, case_id, new, asked["reason"], now()).pk)
        except Refused as refused:
            put(request, form, refused, "names")
    return shown(request, form, f"{_('更正')} {case.number}", _("提交复核"), "court_cases",
                 _("空着的不改；原值留在案件的更正记录里。承办人在案件页变更。"))


@allow("cases.payees")
@require_POST
def court_merge(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put before another: this case goes into that one."""
    access, form = access_of(request), IntoForm(request.POST)
    found(access, case_id)
    try:
        return redirect("proposal", keeping.propose(access, case_id, form.data.get("into", ""), now()).pk)
    except Refused as refused:
        say(request, refused)
        return redirect("court_case", case_id)


@allow("cases.payees")
def court_payee(request: HttpRequest, party_id: int) -> HttpResponse:
    """Where a party's money may go, put before another."""
    access, form = access_of(request), PayeesForm(request.POST or None)
    party = rows("party", (party_id,)) if party_id < BIGGEST else []
    case = found(access, party[0][0] if party else BIGGEST)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", payees.propose(access, party_id, PayeeAccount(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "account_no")
    return shown(request, form, f"{_('收款账户')} {case.number}", _("提交复核"), "court_cases")


def found(access: Access, case_id: int) -> CaseRow:
    """404 outside the scope."""
    try:
        case = found_case(case_id) if case_id < BIGGEST else None
    except Refused:
        case = None
    if case is None or not access.scope.has_partner(case.court_id):
        raise Http404
    return case


def found_list(access: Access, list_id: int) -> CaseList:
    """404 outside the scope."""
    try:
        asked = lists.found(list_id) if list_id < BIGGEST else None
    except Refused:
        asked = None
    if asked is None or not access.scope.has_partner(asked.court_id):
        raise Http404
    return asked


def shown(
    request: HttpRequest, form: Any, title: str, button: str, back: str, lead: str = "", *, is_file: bool = False
) -> HttpResponse:
    """A page of one form."""
    return render(request, "console/cases/form.html", {
        "form": form, "title": title, "button": button, "lead": lead, "is_file": is_file, "back": reverse(back),
        "breadcrumbs": crumbs(title)})  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("执行案件"), "url": reverse("court_cases")}, {"title": title}]
