"""One line of a booked statement: what it is, and of one out that nothing explains, what two people say it is."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.fields import LineField
from yifen.core.access.telling import put, told
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.refused import Refused
from yifen.face import words
from yifen.face.forms import ReasonField
from yifen.trades.cases.books import explaining
from yifen.trades.cases.books.explaining import KINDS, OpenLine
from yifen.trades.cases.opening import number_of
from yifen.trades.cases.pages.views import BIGGEST
from yifen.trades.cases.pages.words import OPEN
from yifen.trades.cases.reading import found_number


class ExplainForm(forms.Form):
    """What a line is; a receipt or a payout is chosen, a case is named."""

    what = forms.ChoiceField(label=gettext_lazy("是什么支出"))
    number = LineField(label=gettext_lazy("案号"), max_length=60, required=False,
                       help_text=gettext_lazy("银行扣划某案的款时填写"))  # fmt: skip
    evidence = ReasonField(label=gettext_lazy("凭据"), help_text=gettext_lazy("如银行扣划通知书、回单的编号"))

    def offer(self, line: OpenLine) -> "ExplainForm":
        """Payouts and receipts that it may be come first."""
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            *((f"{kind} {number}", f"{told(KINDS[kind])} · {told(name)}")
              for kind, number, name in explaining.likely(line)),
            *((kind, told(KINDS[kind])) for kind in ("case", "interest", "fee", "error")
              if kind != "error" or not line.error)]  # fmt: skip
        return self


@allow("cases.view")
def court_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """POST: what it is, put before another."""
    access, line = access_of(request), found(access_of(request), line_id)
    may = line.open and line.kind == "out" and not line.proposal_id and access.may("cases.statements")
    form = ExplainForm(request.POST or None).offer(line) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        asked, (kind, _blank, number) = form.cleaned_data, form.cleaned_data["what"].partition(" ")
        try:
            subject = found_number(line.court_id, number_of(asked["number"])).case_id if kind == "case" else \
                int(number) if number else None  # fmt: skip
            return redirect("proposal", explaining.propose(access, line_id, kind, subject, asked["evidence"], now()).pk)
        except Refused as refused:
            put(request, form, refused, "number" if kind == "case" else "what")
    return render(request, "console/cases/line.html", {
        "line": line, "facts": line_facts(line, access), "form": form,
        "hint": line.open and line.error and line.kind == "out",
        "breadcrumbs": [{"title": _("对账单明细待说明"), "url": reverse("court_open_lines")},
                        {"title": line.serial}]})  # fmt: skip


def line_facts(line: OpenLine, access: Access) -> list[dict[str, Any]]:
    """Names are whole for who decides about statements."""
    whole = access.may("cases.statements")
    state = "proposed" if line.proposal_id else "error" if line.error else "left"
    said = {"kind": "badge", "text": words.word(OPEN, state), "tone": words.tone(OPEN, state)} if line.open else \
        {"kind": "badge", "text": _("已有说明"), "tone": "ok"}  # fmt: skip
    return [
        {"title": _("法院"), "text": line.court}, {"title": _("状态"), **said},
        *([{"title": _("复核"), "text": _("查看复核"), "url": reverse("proposal", args=[line.proposal_id])}]
          if line.proposal_id else []),
        {"title": _("交易时间"), "kind": "time", "at": line.at},
        {"title": _("金额（元）"), "kind": "amount", "fen": line.amount_fen if line.kind == "in" else -line.amount_fen},
        {"title": _("对方户名"), "text": line.payer if whole or not line.payer else masked_name(line.payer)},
        {"title": _("对方账号"), "kind": "code", "text": masked_number(line.payer_no) if line.payer_no else None},
        {"title": _("子账号"), "kind": "code", "text": line.account_no or None},
        {"title": _("客户参考号"), "kind": "code", "text": line.reference or None},
        {"title": _("附言"), "text": line.words or None},
        {"title": _("对账单"), "text": str(line.file_id), "url": reverse("court_file", args=[line.file_id])},
    ]  # fmt: skip


def found(access: Access, line_id: int) -> OpenLine:
    """404 outside the scope."""
    try:
        line = explaining.found(line_id) if line_id < BIGGEST else None
    except Refused:
        line = None
    if line is None or not access.scope.has_partner(line.court_id):
        raise Http404
    return line
