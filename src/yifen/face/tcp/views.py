"""A line: as it stands, and what people put before a second person."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, told
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.tcp_messages import ALGORITHMS
from yifen.face import scope
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.plain import plain_connection
from yifen.face.tcp.listing import LINES
from yifen.hub.tcp import registering
from yifen.hub.tcp.registering import TITLES, LineForm

_LINE = queries(__package__)["line"].format(scope=in_scope("l.partner_id"))
_TOLD = lazy(told, str)
_NAMES = ("partner_id", "inst_id", "algorithm", "is_yuan", "enabled")


class TcpLineForm(forms.Form):
    """An empty key: that of now stays."""

    partner_id = forms.TypedChoiceField(label=gettext_lazy("合作方"), coerce=int)
    inst_id = forms.CharField(label=_TOLD(TITLES["inst_id"]), max_length=15, help_text=gettext_lazy("报文中的 InstId"))
    algorithm = forms.ChoiceField(label=_TOLD(TITLES["algorithm"]), choices=[(one, one) for one in ALGORITHMS])
    is_yuan = forms.BooleanField(label=_TOLD(TITLES["is_yuan"]), required=False,
                                 help_text=gettext_lazy("不选：以分计，写作 15000.00"))  # fmt: skip
    key = forms.CharField(label=gettext_lazy("主密钥"), max_length=32, required=False,
                          widget=forms.PasswordInput({"autocomplete": "new-password"}),
                          help_text=gettext_lazy("32 位十六进制；留空则不变"))  # fmt: skip
    enabled = forms.BooleanField(label=_TOLD(TITLES["enabled"]), required=False, initial=True)


@allow("tcp.edit")
@sensitive_post_parameters("key")
def tcp_line_new(request: HttpRequest) -> HttpResponse:
    """A line to be registered; POST it for another person to decide."""
    return _line(request, access_of(request), {}, _("登记专线"))


@allow("tcp.view")
@sensitive_post_parameters("key")
def tcp_line(request: HttpRequest, partner_id: int) -> HttpResponse:
    """One line; POST what is to be changed for another person to decide."""
    access = access_of(request)
    with plain_connection() as conn:
        row = conn.execute(_LINE, params_of(access, now()) | {"partner": partner_id}).fetchone()
    if row is None:  # or it is another's
        raise Http404
    return _line(request, access, dict(zip(_NAMES, row, strict=True)), row[1])


def _line(request: HttpRequest, access: Access, standing: dict[str, Any], title: str) -> HttpResponse:
    """Its form, empty or as it stands; only to be read for who may not change it."""
    form = TcpLineForm(request.POST or None, initial=standing)
    partners = [*scope.channels(access.scope), *scope.billers(access.scope)]
    offered = [(one.id, one.label) for one in partners if access.scope.has_partner(one.id)]
    form.fields["partner_id"].choices = [("", _("请选择")), *offered]  # type: ignore[attr-defined]
    if standing:
        form.fields["partner_id"].disabled = True
    if request.method == "POST" and access.may("tcp.edit") and form.is_valid():
        try:
            return redirect("proposal", registering.propose(access, LineForm(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "inst_id")
    crumbs = [{"title": LINES.title, "url": reverse(LINES.name)}, {"title": title}]
    return render(request, "console/tcp/line.html", {
        "form": form, "title": title, "barred": not access.may("tcp.edit"), "breadcrumbs": crumbs,
        "waiting": open_proposal(registering.ACT, str(standing["partner_id"])) if standing else None})  # fmt: skip
