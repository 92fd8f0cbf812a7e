"""Users: one of them, what he may; the organisation tree."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge, operations, people, tellers
from yifen.core.access import institutions as changing
from yifen.core.access.devices import has_second_factor
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import Access, access_of
from yifen.core.access.models import Authorisation, User
from yifen.core.access.roles import grantable
from yifen.core.access.rules import counted_as
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say, told
from yifen.core.access.tries import is_locked
from yifen.core.directory.models import Institution
from yifen.core.directory.operations import add_institution
from yifen.core.directory.queries import tree
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.roles import Role
from yifen.face.forms import ReasonForm
from yifen.face.people.forms import (
    InstitutionChangeForm,
    InstitutionForm,
    RolesForm,
    TellerMoveForm,
    UserForm,
)
from yifen.face.second.waiting import open_about

IN_USE_MAX = 100
INDENT = "\u3000\u3000"  # two ideographic spaces a level


def found_user(access: Access, user_id: int) -> User:
    """Http404 outside the scope."""
    user = User.objects.select_related("institution", "partner").filter(pk=user_id).first()
    if user is None or not access.scope.has_institution(user.institution_id):
        raise Http404
    return user


@allow("users.edit")
@fresh
def user_new(request: HttpRequest) -> HttpResponse:
    """A new user, for another administrator to agree to; the first password is shown once."""
    access = access_of(request)
    form = UserForm(request.POST or None, access=access)
    if request.method == "POST" and form.is_valid():
        data, password = form.cleaned_data, operations.first_password()
        try:
            login = data["login"] or tellers.numbered(data["institution"], data["roles"])
            made = people.propose_user(
                access, login, data["name"], data["person"], data["institution"],
                data["roles"], password, edge.now(), data["partner"],
            )  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
        else:
            return first_password(request, data["name"], login, password, made)
    return render(request, "console/people/user_new.html", {"form": form})


@allow("users.view")
@fresh
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user; POST (with users.edit) proposes other roles."""
    access = access_of(request)
    person = found_user(access, user_id)
    form = RolesForm(
        request.POST or None, roles=grantable(access.roles) | person.role_set,
        initial={"roles": sorted(person.role_set)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = people.propose_roles(access, person, form.cleaned_data["roles"], edge.now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused)
    context = {"person": person, "form": form, "locked": is_locked(counted_as(person.login)),
               "second_factor": has_second_factor(person), "reason": ReasonForm(),
               "moves": moves_table(person), "is_teller": Role.TELLER in person.role_set,
               "proposals": open_about(person.login, "users.roles", "users.reset", "users.let_in",
                                       tellers.ACT)}  # fmt: skip
    return render(request, "console/people/user.html", context)


@allow("users.edit")
@fresh
def user_move(request: HttpRequest, user_id: int) -> HttpResponse:
    """A teller to another branch: POST kind, to, from_on, until_on, reason proposes it."""
    access = access_of(request)
    person = found_user(access, user_id)
    form = TellerMoveForm(request.POST or None, access=access, user=person)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = tellers.TellerMove(data["kind"], data["to"].pk, data["from_on"], data["until_on"])
        try:
            return redirect("proposal", tellers.propose(access, person, asked, edge.now(), data["reason"]).pk)
        except Refused as refused:
            put(request, form, refused, "to")
    return render(request, "console/people/teller_move.html", {
        "person": person, "form": form, "waiting": open_proposal(tellers.ACT, person.login)})  # fmt: skip


def moves_table(person: User) -> dict[str, Any] | None:
    """Where he was and went, a line each; of another number of his, its page."""
    rows = tellers.moves_of(person)
    states = {"agreed": _("待上岗"), "there": _("顶岗中"), "ended": _("已完成")}
    return {
        "columns": [{"title": title} for title in (
            _("事项"), _("原机构"), _("到机构"), _("开始日"), _("截止日"), _("状态"), _("柜员号"),
            _("提议人"), _("复核人"))],
        "rows": [{"cells": [
            {"text": told(tellers.KINDS[one.kind])}, {"text": one.was_at}, {"text": one.went_to},
            {"text": f"{one.from_on:%Y-%m-%d}"}, {"text": f"{one.until_on:%Y-%m-%d}" if one.until_on else "—"},
            {"text": states[one.state]}, {"text": one.number, "url": reverse("user", args=[one.user_id])},
            {"text": one.maker}, {"text": one.checker},
        ]} for one in rows],
    } if rows else None  # fmt: skip


@allow("users.edit")
@require_POST
@fresh
def user_change(request: HttpRequest, user_id: int) -> HttpResponse:
    """POST act=shut|let_in|unlock|reset, reason."""
    access, now = access_of(request), edge.now()
    person = found_user(access, user_id)
    reason = request.POST.get("reason", "")
    try:
        match request.POST.get("act", ""):
            case "shut":
                people.shut(access, person, reason, now)
                messages.success(request, _("账号 %s 已停用，正在使用的会话已结束") % person.login)
            case "let_in":
                return redirect("proposal", people.propose_let_in(access, person, now, reason).pk)
            case "unlock":
                operations.unlock(access, person)
                messages.success(request, _("账号 %s 已解除锁定") % person.login)
            case "reset":
                password = operations.first_password()
                made = people.propose_reset(access, person, password, now, reason)
                return first_password(request, person.name, person.login, password, made)
            case _:
                raise Refused(Code.INPUT_INVALID, "act")
    except Refused as refused:
        say(request, refused)
    return redirect("user", person.pk)


def first_password(
    request: HttpRequest, name: str, login: str, password: str, made: Authorisation
) -> HttpResponse:
    """Shown once to who proposed; it opens nothing before another has agreed."""
    return render(request, "console/people/first_password.html", {
        "name": name, "login": login, "password": password, "proposal": made,
    })  # fmt: skip


@allow("users.view")
def institutions(request: HttpRequest) -> HttpResponse:
    """The tree of the scope; POST (with institutions.edit) adds a node."""
    access = access_of(request)
    form = InstitutionForm(request.POST or None, access=access)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if not access.may("institutions.edit"):
                raise Refused(Code.PERMISSION_MISSING)
            add_institution(data["parent"], data["level"], data["code"], data["name"])
        except Refused as refused:
            put(request, form, refused)
        else:
            messages.success(request, _("机构已增加"))
            return redirect("institutions")
    rows = [(INDENT * depth, row) for depth, row in tree() if access.scope.has_institution(row.pk)]
    return render(request, "console/people/institutions.html", {"form": form, "rows": rows})


@allow("institutions.edit")
def institution(request: HttpRequest, code: str) -> HttpResponse:
    """One of them: POST name, parent, closed, reason proposes it otherwise. What stands in the way of closing is
    listed."""
    access = access_of(request)
    rows = Institution.objects.select_related("parent").filter(code=code) if code.isprintable() else ()
    row = next((one for one in rows if access.scope.has_institution(one.pk)), None)
    if row is None:
        raise Http404
    was_closed = row.closed_at is not None
    form = InstitutionChangeForm(request.POST or None, access=access, institution=row, initial={
        "name": row.name, "parent": row.parent_id, "closed": was_closed})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        parent = data["parent"].pk if data.get("parent") else None
        try:
            made = changing.propose(access, row, data["name"], parent, data.get("closed", was_closed), edge.now(),
                                    data["reason"])  # fmt: skip
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "name")
    return render(request, "console/people/institution.html", {
        "row": row, "form": form, "waiting": open_proposal(changing.ACT, row.code),
        "in_use": in_use_table(changing.in_use(row)) if not was_closed and row.parent_id else None,
    })  # fmt: skip


def in_use_table(found: list[changing.InUse]) -> dict[str, Any]:
    """What stands in the way, a line each."""
    kinds = {"institution": _("下级机构"), "user": _("可用账号"), "partner": _("未停用的合作方"),
             "account": _("未清零的账户")}  # fmt: skip
    return {
        "columns": [{"title": _("种类")}, {"title": _("名称")}],
        "rows": [{"cells": [{"text": kinds[one.kind]}, {"text": one.name}]} for one in found[:IN_USE_MAX]],
        "more": max(0, len(found) - IN_USE_MAX),
    }  # fmt: skip
