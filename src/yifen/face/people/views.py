"""Users: one of them, what he may; the organisation tree."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge, operations
from yifen.core.access.devices import has_second_factor
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import Access, access_of
from yifen.core.access.models import User
from yifen.core.access.roles import grantable
from yifen.core.access.rules import counted_as
from yifen.core.access.telling import put, say
from yifen.core.access.tries import is_locked
from yifen.core.directory.operations import add_institution
from yifen.core.directory.queries import tree
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face.people.forms import InstitutionForm, RolesForm, UserForm

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
    """A new user; the first password is shown once."""
    access = access_of(request)
    form = UserForm(request.POST or None, access=access)
    if request.method == "POST" and form.is_valid():
        data, password = form.cleaned_data, operations.first_password()
        try:
            user = operations.add_user(
                access, data["login"], data["name"], data["institution"], data["roles"], password,
                edge.now(), data["partner"],
            )  # fmt: skip
        except Refused as refused:
            put(request, form, refused)
        else:
            context = {"person": user, "password": password}
            return render(request, "console/people/first_password.html", context)
    return render(request, "console/people/user_new.html", {"form": form})


@allow("users.view")
@fresh
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user; POST (with users.edit) sets the roles."""
    access = access_of(request)
    person = found_user(access, user_id)
    form = RolesForm(
        request.POST or None, roles=grantable(access.roles) | person.role_set,
        initial={"roles": sorted(person.role_set)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_roles(access, person, form.cleaned_data["roles"])
        except Refused as refused:
            put(request, form, refused)
        else:
            messages.success(request, _("角色已更新，立即生效"))
            return redirect("user", person.pk)
    context = {"person": person, "form": form, "locked": is_locked(counted_as(person.login)),
               "second_factor": has_second_factor(person)}  # fmt: skip
    return render(request, "console/people/user.html", context)


@allow("users.edit")
@require_POST
@fresh
def user_change(request: HttpRequest, user_id: int) -> HttpResponse:
    """POST act=lock_out|let_in|unlock|reset."""
    access = access_of(request)
    person = found_user(access, user_id)
    act = request.POST.get("act", "")
    try:
        match act:
            case "lock_out" | "let_in":
                operations.set_active(access, person, act == "let_in")
            case "unlock":
                operations.unlock(access, person)
            case "reset":
                password = operations.first_password()
                operations.reset_access(access, person, password)
                context = {"person": person, "password": password}
                return render(request, "console/people/first_password.html", context)
            case _:
                raise Refused(Code.INPUT_INVALID, "act")
        messages.success(request, _("已更新"))
    except Refused as refused:
        say(request, refused)
    return redirect("user", person.pk)


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
