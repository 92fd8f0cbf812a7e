"""Pages of the agency: duties and merchants, 4690 and 4692, slips, the exchange, one cheque."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.second import both
from yifen.core.access.telling import put, say, told
from yifen.core.directory.models import Institution
from yifen.core.directory.queries import tree
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import billers
from yifen.face.lists.selecting import in_institutions, one, params_of
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.corebank.pairs import PairForm
from yifen.trades.agency import admission, cheques, deposits, duties
from yifen.trades.agency.admission import AdmissionForm, MerchantForm
from yifen.trades.agency.pages.forms import (
    AccountsForm,
    CountyAdmitForm,
    MerchantsForm,
    ReturnForm,
    SeenForm,
    SessionForm,
    SlipsForm,
)
from yifen.trades.agency.pages.listing import CHEQUE_LIST
from yifen.trades.agency.pages.words import CHEQUES

_SQL = queries(__package__)
_SUBJECT = _SQL["admission_subject"].format(scope=in_institutions("a.institution_id"))


def read(statement: str, values: Any = None) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(statement, values).fetchall()


def merchants() -> list[tuple[Any, Any]]:
    return [(code, f"{code} {name}") for code, name, _industry, _off in read(_SQL["merchants"])]


def _is_his(request: HttpRequest, duty: str, says: bool = False) -> bool:
    """A form is for whom it is a duty; `says`: whose it is stands above the next page."""
    try:
        duties.check(user_of(request), duty)
    except Refused as refused:
        if says:
            say(request, refused)
        return False
    return True


@allow("agency.view")
def agency_duties(request: HttpRequest) -> HttpResponse:
    """职能分工: which level has which duty; the merchants that the province keeps. POST proposes one."""
    access = access_of(request)
    form = MerchantsForm(request.POST or None) if access.may("agency.rules") else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return redirect("proposal", admission.propose_merchant(access, MerchantForm(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "code")
    if form is not None and not _is_his(request, "merchant"):
        form = None
    levels = [str(Institution.Level(level).label) for level in duties.LEVELS]
    rows = [(told(duty.title), [level in duty.levels for level in duties.LEVELS]) for duty in duties.DUTIES]
    return render(request, "console/agency/duties.html", {
        "levels": levels, "duties": rows, "merchants": read(_SQL["merchants"]), "form": form,
        "breadcrumbs": crumbs(_("职能分工")),
    })  # fmt: skip


@allow("agency.rules")
def agency_admission_new(request: HttpRequest) -> HttpResponse:
    """4690 for one's own county; POST puts it before the province."""
    if not _is_his(request, "admission.ask", says=True):
        return redirect("agency_duties")
    form = CountyAdmitForm(request.POST or None, initial={"valid_from": timezone.localdate(now())}).offer(merchants())
    if request.method == "POST" and form.is_valid():
        try:
            asked = AdmissionForm(**form.cleaned_data)
            return redirect("proposal", admission.propose(access_of(request), asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "merchant")
    return shown(request, form, _("4690 中间业务准入信息维护"), _("提交省联社审批"), "agency_admissions")


@allow("agency.view")
def agency_admission(request: HttpRequest, admission_id: int) -> HttpResponse:
    """Its history: who asked, who agreed, what changed."""
    found = read(_SUBJECT, params_of(access_of(request), now()) | {"one": min(admission_id, 2**62)})
    if not found:
        raise Http404
    rows = [(at, maker, checker, [(told_of(c["zh"], c["en"]), both(c["before"]), both(c["after"])) for c in changes])
            for at, maker, checker, changes in read(_SQL["history"], {"subject": found[0][0]})]  # fmt: skip
    return render(request, "console/agency/admission.html", {
        "title": found[0][1], "history": rows, "breadcrumbs": crumbs(str(admission_id))})  # fmt: skip


def told_of(zh: str, en: str) -> str:
    from yifen.core.facts.plug import Text

    return told(Text(zh, en))


@allow("corebank.edit")
def agency_accounts(request: HttpRequest) -> HttpResponse:
    """4692; POST asks the core whose the accounts are, then another person."""
    access = access_of(request)
    if not _is_his(request, "pair", says=True):
        return redirect("agency_duties")
    counties = [(row.pk, str(row)) for _depth, row in tree() if access.scope.has_institution(row.pk)]
    form = AccountsForm(request.POST or None).offer(merchants(), billers(access), counties)
    if request.method == "POST" and form.is_valid():
        try:
            with plain_connection() as conn:
                made = admission.propose_accounts(access, cores_of(conn), PairForm(**form.cleaned_data), now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "merchant")
    return shown(request, form, _("4692 中间业务商户账户维护"), _("提交复核"), "agency_admissions")


@allow("agency.slips")
def agency_slips(request: HttpRequest) -> HttpResponse:
    """POST file: what the company says that its people bring."""
    if not _is_his(request, "slips", says=True):
        return redirect("agency_duties")
    served = {biller for (biller,) in read(_SQL["with_units"])}
    offered = [one for one in billers(access_of(request)) if one[0] in served]
    form = SlipsForm(request.POST or None, request.FILES or None).offer(offered)
    if request.method == "POST" and form.is_valid():
        try:
            with plain_connection() as conn:
                new = deposits.receive(conn, access_of(request).session, form.cleaned_data["biller_id"],
                                       form.cleaned_data["file"].read(), now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            messages.success(request, _("已接收，新增 %(count)s 张缴款单") % {"count": new})
            return redirect("agency_deposits")
    return shown(request, form, _("接收缴款单"), _("收下文件"), "agency_deposits", is_file=True)


@allow("agency.exchange")
def agency_exchange(request: HttpRequest) -> HttpResponse:
    """The county's exchange. POST act=open: the next session begins; act=present: all that wait go out in it;
    act=close: it ends, by another person."""
    user = user_of(request)
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            duties.check(user, "exchange")
            messages.success(request, _exchanged(request, form.cleaned_data))
        except Refused as refused:
            say(request, refused)
        return redirect("agency_exchange")
    waiting, waiting_fen, out, count, fen = read(_SQL["waiting_cheques"], {"here": user.institution_id})[0]
    sessions = read(_SQL["sessions"], (user.institution_id,))
    return render(request, "console/agency/exchange.html", {
        "waiting": waiting, "waiting_fen": waiting_fen, "out": out, "count": count, "fen": fen, "sessions": sessions,
        "is_open": bool(sessions) and sessions[0][4] is None,
        "seen": SeenForm(initial={"count": count, "fen": fen}),
        "collects": _("收妥 %(count)s 张，共 %(yuan)s 元，记入其他应解汇款；退票须先登记。结束后不能重开。")
                    % {"count": count, "yuan": grouped_yuan(fen)},
        "breadcrumbs": [{"title": _("交换支票"), "url": reverse("agency_cheques")}, {"title": _("场次")}],
    })  # fmt: skip


def _exchanged(request: HttpRequest, asked: dict[str, Any]) -> str:
    """What was done, in words. Refused: as the acts refuse."""
    session, at = access_of(request).session, now()
    with plain_connection() as conn:
        if asked["act"] == "open":
            return _("第 %(number)s 场已开场") % {"number": cheques.open_session(conn, session, at)}
        if asked["act"] == "present":
            return _("已提出 %(count)s 张") % {"count": cheques.present(conn, session, at)}
        seen = cheques.SeenCheques(asked["count"] or 0, asked["fen"] or 0)
        done = cheques.close_session(cores_of(conn), user_of(request).institution_id, session, seen, at)
        return _("场次已结束，收妥 %(count)s 张") % {"count": done}


@allow("agency.view")
def agency_cheque(request: HttpRequest, cheque_id: int) -> HttpResponse:
    """One; POST reason: it came back."""
    access, at = access_of(request), now()
    row = one(CHEQUE_LIST, access, cheque_id)
    if row is None:
        raise Http404
    may = access.may("agency.exchange") and row.state in ("presented", "collected", "applied")
    form = ReturnForm(request.POST or None) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            duties.check(user_of(request), "exchange")
            with plain_connection() as conn:
                cheques.come_back(cores_of(conn), cheque_id, form.cleaned_data["reason"], access.session,
                                  user_of(request).login, at)  # fmt: skip
        except Refused as refused:
            say(request, refused)
        return redirect("agency_cheque", cheque_id)
    columns = (column for column in CHEQUE_LIST.columns if column.name != "amount_fen")
    facts = [(column.title, column.value_of(row, access)) for column in columns]
    return render(request, "console/agency/cheque.html", {
        "row": row, "facts": [(title, value) for title, value in facts if value], "form": form,
        "state": CHEQUES[row.state][0], "tone": CHEQUES[row.state][1],
        "is_back": row.state in ("returned", "refunded", "exception"),
        "breadcrumbs": [{"title": _("交换支票"), "url": reverse("agency_cheques")}, {"title": str(cheque_id)}],
    })  # fmt: skip


def shown(
    request: HttpRequest, form: forms.Form, title: str, word: str, back: str, is_file: bool = False
) -> HttpResponse:
    """A form of its own page."""
    return render(request, "console/agency/form.html", {
        "form": form, "title": title, "word": word, "back": reverse(back), "is_file": is_file,
        "breadcrumbs": crumbs(title, back)})  # fmt: skip


def crumbs(title: str, back: str = "agency_admissions") -> list[dict[str, Any]]:
    where = _("电力方缴费") if back == "agency_deposits" else _("准入（4690）")
    return [{"title": where, "url": reverse(back)}, {"title": title}]
