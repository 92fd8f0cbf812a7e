"""A utility's database: how it stands, where it is, and its mapping with a living trial."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import language, put, told, words
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import scope
from yifen.face.lists.selecting import read
from yifen.face.plain import plain_connection
from yifen.trades.connector import sources
from yifen.trades.connector.calling import source_folder
from yifen.trades.connector.example import MAPPING
from yifen.trades.connector.kinds import KINDS
from yifen.trades.connector.mapping import mapping_of
from yifen.trades.connector.pages.forms import MappingForm, SourceForm
from yifen.trades.connector.pages.listing import SOURCES, STATES

_SQL = queries(__package__)
_FAILURES, _VERSIONS = _SQL["failures"], _SQL["versions"]


@allow("connector.view")
def connector(request: HttpRequest, code: str) -> HttpResponse:
    """One: its state, what waits, why it failed, its mapping."""
    row, found = _standing(request, code)
    with plain_connection() as conn:
        failures = conn.execute(_FAILURES, (found.partner_id, now())).fetchall()
        versions = conn.execute(_VERSIONS, (code,)).fetchall()
    newest = sources.newest(code)
    titles, address = sources.TITLES, found.address
    facts = [(told(titles["partner_id"]), row.biller), (told(titles["kind"]), told(KINDS[address.kind].title)),
             (_("接口地址"), f"db://{code}"), (_("映射版本"), row.version or "")]  # fmt: skip
    if access_of(request).may("connector.edit"):
        facts += [(told(titles[name]), getattr(address, name)) for name in ("place", "user", "write_user")]
    return render(request, "console/connector/connector.html", {
        "row": row, "state": STATES[row.state][0], "tone": STATES[row.state][1], "versions": versions,
        "facts": [pair for pair in facts if pair[1]], "toml": newest[1] if newest else "",
        "failures": [(at, verb, f"{number:04d} {_meaning(request, number)}", ms, _word(reply))
                     for at, verb, number, ms, reply in failures],
        "waiting": open_proposal(sources.SOURCE, code) or open_proposal(sources.MAPPING, code),
        "breadcrumbs": _crumbs(code)})  # fmt: skip


@allow("connector.edit")
@sensitive_post_parameters("password", "write_password")
def connector_new(request: HttpRequest) -> HttpResponse:
    """A database to be registered; POST it for another person to decide."""
    return _edit(request, {}, _("登记数据库"))


@allow("connector.edit")
@sensitive_post_parameters("password", "write_password")
def connector_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Where it is, and how we sign in; POST what is to be changed."""
    _row, found = _standing(request, code)
    given = {name: getattr(found.address, name) for name in found.address.__struct_fields__}
    standing = given | {"port": found.address.port or None, "code": code, "partner_id": found.partner_id,
                        "enabled": found.enabled}  # fmt: skip
    return _edit(request, standing, code)


def _edit(request: HttpRequest, standing: dict[str, Any], title: str) -> HttpResponse:
    access = access_of(request)
    form = SourceForm(request.POST or None, initial=standing)
    offered = [(one.id, one.label) for one in scope.billers(access.scope) if access.scope.has_partner(one.id)]
    form.fields["partner_id"].choices = [("", _("请选择")), *offered]  # type: ignore[attr-defined]
    for name in ("code", "partner_id") if standing else ():
        form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            return redirect("proposal", sources.propose_source(
                access, given["code"], given["partner_id"], form.address(), given["enabled"], now()).pk)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "code")
    return render(request, "console/connector/edit.html", {
        "form": form, "title": title, "breadcrumbs": _crumbs(title),
        "waiting": open_proposal(sources.SOURCE, title) if standing else None})  # fmt: skip


@allow("connector.edit")
def connector_mapping(request: HttpRequest, code: str) -> HttpResponse:
    """The mapping in force to begin with; POST tries it on the living database (`try`), or puts it before another
    person (`propose`)."""
    access, (_row, found) = access_of(request), _standing(request, code)
    newest = sources.newest(code)
    form = MappingForm(request.POST or None, request.FILES or None, initial={"toml": newest[1] if newest else MAPPING})
    trials: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            toml = sources.plain(form.text())
            if "propose" in request.POST:
                return redirect("proposal", sources.propose_mapping(access, code, toml, now()).pk)
            trials = _trials(request, access, found, toml, form.cleaned_data["account_no"])
        except Refused as refused:
            put(request, form, refused, "toml")
    return render(request, "console/connector/mapping.html", {
        "form": form, "code": code, "trials": trials, "waiting": open_proposal(sources.MAPPING, code),
        "breadcrumbs": _crumbs(code)})  # fmt: skip


def _trials(
    request: HttpRequest, access: Access, found: sources.StandingSource, toml: str, account_no: str
) -> list[dict[str, Any]]:
    """The customer, then his first bill; nothing stays. Only who may propose a mapping tries one."""
    from yifen.trades.connector import trying
    from yifen.trades.connector.database import UtilityDatabase

    mapping = mapping_of(toml)
    database = UtilityDatabase(found.address, mapping.limits, source_folder())
    try:
        done = [trying.query(database, mapping, account_no, now())]
        owed = done[0].owed
        if mapping.pay and owed is not None and owed.payables:
            done.append(trying.payment(database, mapping, account_no, owed, now()))
        elif mapping.pay:
            messages.info(request, _("该户没有欠费，未试写入"))
    finally:
        database.close()
    return [{"title": told(one.title), "ok": one.ok, "says": one.says, "said": one.said, "ms": one.ms,
             "code": f"{one.code} {_meaning(request, int(one.code))}", "owed": one.owed} for one in done]  # fmt: skip


def _standing(request: HttpRequest, code: str) -> tuple[Any, sources.StandingSource]:
    """404 outside the scope."""
    rows, found = read(SOURCES, access_of(request), "s.code = %(one)s", {"one": code}), sources.source(code)
    if not rows or found is None:
        raise Http404
    return rows[0], found


def _meaning(request: HttpRequest, number: int) -> str:
    try:
        return words(request, Refused(result_code(number))).partition(" ")[2]
    except ValueError:
        return language(request)[:0]


def _word(reply: str) -> str:
    """The database's own number, as the log keeps it."""
    try:
        said = json.loads(reply)
    except ValueError:
        return ""
    return str(said.get("result", said.get("code", ""))) if isinstance(said, dict) else ""


def _crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": SOURCES.title, "url": reverse(SOURCES.name)}, {"title": title}]

