"""The teller's own journal 流水查询 (4650): what he did, the newest first."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import user_of
from yifen.face.desk.transaction import SHIFTS, DeskScreen, Transaction, shown_at
from yifen.trades.counter import queries
from yifen.trades.counter.models import Shift
from yifen.trades.counter.pages.forms import JournalForm
from yifen.trades.counter.pages.screen import before_of

PAGE = 12  # as many as the screen holds


class OwnJournal(Transaction):
    """All of his entries, or those of a number; each leads to its result."""

    group = SHIFTS
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__("4650", _("流水查询"), _("列出本人的流水，新的在前；可按流水号、缴费号或户号查找。"
                                               "Tab 选中一笔，回车查看。"))  # fmt: skip

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        form = JournalForm(request.GET if "text" in request.GET else None)
        text = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
        teller, before = user_of(request), before_of(request)
        asked = queries.JournalFilters(teller=teller.login, text=text)
        if text and (elsewhere := shown_at(request, text)):
            return redirect(elsewhere)
        rows = queries.journal([teller.institution_id], asked, before, PAGE + 1)
        context = {"form": form, "rows": rows[:PAGE]}
        if len(rows) > PAGE:
            context["older_url"] = "?" + urlencode({"text": text, "before": rows[PAGE - 1].pk})
        if before:
            context["newer_url"] = "?" + urlencode({"text": text})
        return DeskScreen("own_journal", context)
