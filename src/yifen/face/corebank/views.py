"""One move with what people may do about it; the cores."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.fields import searched
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, words
from yifen.core.directory.queries import tree
from yifen.core.documents.figures import shown_at, shown_day
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.corebank.forms import CloseForm, CoreBankForm
from yifen.face.corebank.listing import STATES
from yifen.face.lists.selecting import in_institutions, params_of
from yifen.face.plain import plain_connection
from yifen.hub.corebank import banks, closing
from yifen.hub.corebank.banks import CoreForm

_SQL = queries(__package__)
_MOVE = _SQL["move"].format(scope=in_institutions("m.institution_id"))
_BANKS = _SQL["banks"].format(scope=in_institutions("b.institution_id"))


@allow("corebank.view")
def core_move(request: HttpRequest, serial: str) -> HttpResponse:
    """One move; POST what became of it, by evidence, for another person to decide."""
    access = access_of(request)
    with plain_connection() as conn:
        row = conn.execute(_MOVE, params_of(access, now()) | {"serial": searched(serial)}).fetchone()
    if row is None:  # or it is another's
        raise Http404
    (_serial, what, document, outlet, teller, biller, debit, credit, fen, cheque_no, day, state, code, reason,
     core_serial, by_hand, made_at, sent_at, changed_at, undoes, undone_by, core, is_stuck, is_owed) = row  # fmt: skip
    may_close = (is_stuck or is_owed) and access.may("corebank.close")
    form = CloseForm(request.POST or None)
    if is_owed:  # the money must go back: that it did not is no end
        form.fields["outcome"].choices = [("done", _("已另行退回"))]  # type: ignore[attr-defined]
    if request.method == "POST" and may_close and form.is_valid():
        try:
            return redirect("proposal", closing.propose(access, serial, **form.cleaned_data, now=now()).pk)
        except Refused as refused:
            put(request, form, refused, "evidence")
    facts = [
        (_("核心系统"), core), (_("交易"), what), (_("网点"), outlet), (_("柜员"), teller), (_("收费单位"), biller),
        (_("借方账号"), debit), (_("贷方账号"), credit), (_("支票号码"), cheque_no), (_("会计日期"), shown_day(day)),
        (_("核心流水号"), core_serial), (_("依据") if by_hand else _("核心说明"), reason), (_("单据"), document),
        (_("记下时间"), shown_at(made_at)), (_("最近发出"), sent_at and shown_at(sent_at)),
        (_("状态时间"), shown_at(changed_at)),
    ]  # fmt: skip
    return render(request, "console/corebank/move.html", {
        "serial": serial, "fen": fen, "state": STATES[state][0], "tone": STATES[state][1], "undoes": undoes,
        "undone_by": undone_by, "facts": [(title, text) for title, text in facts if text],
        "code": words(request, Refused(result_code(code))) if code else "", "form": form if may_close else None,
        "is_stuck": is_stuck, "is_owed": is_owed, "waiting": open_proposal(closing.ACT, serial),
        "breadcrumbs": crumbs(serial),
    })  # fmt: skip


@allow("corebank.edit")
@sensitive_post_parameters("secret")
def core_banks(request: HttpRequest) -> HttpResponse:
    """The cores; POST one, new or changed, for another person to decide."""
    access = access_of(request)
    offered = [(row.pk, str(row)) for _depth, row in tree() if access.scope.has_institution(row.pk)]
    form = CoreBankForm(request.POST or None).offer(offered)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", banks.propose(access, CoreForm(**form.cleaned_data), now()).pk)
        except Refused as refused:
            put(request, form, refused, "endpoint")
    with plain_connection() as conn:
        rows = conn.execute(_BANKS, params_of(access, now())).fetchall()
    return render(request, "console/corebank/banks.html", {
        "form": form, "banks": rows, "breadcrumbs": crumbs(_("核心系统"))})  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("核心记账流水"), "url": reverse("core_moves")}, {"title": title}]
