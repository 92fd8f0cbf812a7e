"""One book: its cut-off and the hour of its night, proposed here; and a new one."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.fields import LineField
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import SANDBOX_BOOK
from yifen.face.forms import time_input
from yifen.night import books


class BookForm(forms.Form):
    """When its days end."""

    name = LineField(label=gettext_lazy("名称"), max_length=100)
    cut_off = forms.TimeField(label=gettext_lazy("日切时间"), widget=time_input(),
                              help_text=gettext_lazy("此时起算下一会计日期；00:00 即当日 24 点"))  # fmt: skip
    starts_at = forms.TimeField(label=gettext_lazy("日终开始"), widget=time_input(),
                                help_text=gettext_lazy("日切之后的这一时刻起运行"))  # fmt: skip
    automatic = forms.BooleanField(label=gettext_lazy("到时自动运行"), required=False)


class NewBookForm(BookForm):
    """With its code, which stays."""

    code = forms.CharField(label=gettext_lazy("代码"), max_length=16,
                           help_text=gettext_lazy("小写字母开头，小写字母和数字，2–16 位"))  # fmt: skip
    field_order = ("code",)


@allow("books.edit")
def book_new(request: HttpRequest) -> HttpResponse:
    """POST proposes one."""
    form = NewBookForm(request.POST or None, initial={"cut_off": "00:00", "starts_at": "02:00", "automatic": True})
    if request.method == "POST" and form.is_valid() and books.book(form.cleaned_data["code"]):
        form.add_error("code", _("已有这个代码的账簿"))
    return edit(request, form, "")


@allow("books.edit")
def book(request: HttpRequest, code: str) -> HttpResponse:
    """POST proposes other hours, or another name."""
    there = books.book(code) if code.isprintable() and code != SANDBOX_BOOK else None
    if there is None:
        raise Http404
    return edit(request, BookForm(request.POST or None, initial=there), code, there["current_day"])


def edit(request: HttpRequest, form: BookForm, code: str, day: Any = None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            asked = books.AskedBook(**({"code": code} | form.cleaned_data))
            return redirect("proposal", books.propose(access_of(request), asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "name")
    return render(request, "console/eod/book.html", {
        "breadcrumbs": [{"title": pgettext("list", "账簿"), "url": reverse("books")}, {"title": code or _("新账簿")}],
        "form": form, "code": code, "day": day, "waiting": open_proposal(books.ACT, code) if code else None,
    })  # fmt: skip
