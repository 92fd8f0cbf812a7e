"""The console's pages of papers: kinds, stock-in, hand-overs, losses, counts, the company's book."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import one, params_of
from yifen.face.plain import plain_connection
from yifen.trades.invoices import books, receiving, rules, stock
from yifen.trades.invoices.asking import kind_of
from yifen.trades.invoices.pages.forms import (
    ACTS,
    HANDS,
    CompareBooksForm,
    CountedPapersForm,
    DestroyPapersForm,
    GivePapersForm,
    MarkPapersForm,
    PaperKindForm,
    ReceivePapersForm,
    TakePapersForm,
    offer,
)
from yifen.trades.invoices.pages.listing import TRANSFERS_LIST
from yifen.trades.invoices.pages.words import CADENCES, TRANSFERS
from yifen.trades.invoices.rules import NumberSpan

_SQL = queries(__package__)
_KINDS, _BILLERS = _SQL["kinds"], _SQL["billers"]
_COUNTS = {"day": "invoices.use", "week": "invoices.keep", "month": "invoices.head"}
_RECEIVERS, _HOLDERS = _SQL["receivers"], _SQL["holders"]
Act = Callable[[], HttpResponse]


def kinds(request: HttpRequest) -> list[tuple[Any, ...]]:
    """Kinds of paper that who asks may have to do with."""
    return read(_KINDS, params_of(access_of(request), now()))


def read(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(statement, values).fetchall()


def own(request: HttpRequest) -> dict[str, int]:
    return {"own": user_of(request).institution_id, "me": user_of(request).pk}


def hands(request: HttpRequest, whole: bool) -> list[tuple[Any, ...]]:
    """Whose papers: the store's and each teller's (`whole`), or only what lies in the own hand."""
    return ([("", _("本机构库中"))] if whole else []) + read(_HOLDERS, own(request) | {"all": whole})


def filled(request: HttpRequest, form: forms.Form, done: Act, title: str, **more: Any) -> HttpResponse:
    """A form; sent and valid, `done` does it. What is refused stands on the form."""
    if request.method == "POST" and form.is_valid():
        try:
            return done()
        except Refused as refused:
            put(request, form, refused)
    crumbs = [{"title": _("凭证库存"), "url": reverse("invoice_stock")}, {"title": title}]
    shown = {"form": form, "title": title, "breadcrumbs": crumbs, "word": title} | more
    return render(request, "console/invoices/form.html", shown)


@allow("invoices.kinds")
def invoice_kind_new(request: HttpRequest) -> HttpResponse:
    """登记票据种类: whose, its prefix, how many digits."""
    access = access_of(request)
    form = PaperKindForm(request.POST or None)
    offer(form, biller=read(_BILLERS, params_of(access, now())))

    def done() -> HttpResponse:
        data = form.cleaned_data
        kind = stock.NewKind(data["biller"], data["name"], data["paper_prefix"], data["digits"], data["layout"])
        with plain_connection() as conn:
            stock.new_kind(conn, access.session, kind, now())
        messages.success(request, _("已登记"))
        return redirect("invoice_stock")

    return filled(request, form, done, _("登记票据种类"))


@allow("invoices.keep")
def invoice_receive(request: HttpRequest) -> HttpResponse:
    """入库: counted by who proposes, and again by who decides."""
    form = ReceivePapersForm(request.POST or None)
    offer(form, kind=kinds(request))

    def done() -> HttpResponse:
        data = form.cleaned_data
        row = receiving.receive(access_of(request), data["kind"], form.span, data["faulty"], data["reason"], now())
        return redirect("proposal", row.pk)

    lead = _("两人清点：提出的人点一遍，复核的人再点一遍，同意后入库。")
    return filled(request, form, done, _("凭证入库"), lead=lead)


@allow("invoices.keep")
def invoice_destroy(request: HttpRequest) -> HttpResponse:
    """销毁: void papers of the store, by two people."""
    form = DestroyPapersForm(request.POST or None)
    offer(form, kind=kinds(request))

    def done() -> HttpResponse:
        data = form.cleaned_data
        row = receiving.destroy(access_of(request), data["kind"], form.span, data["reason"], now())
        return redirect("proposal", row.pk)

    return filled(request, form, done, _("销毁作废凭证"), lead=_("只销毁本机构库中的作废凭证，两人在场。"))


@allow("invoices.view")
def invoice_give(request: HttpRequest) -> HttpResponse:
    """交出: out of one's own hand, or the store that one keeps. The database asks whether he may."""
    form = GivePapersForm(request.POST or None)
    has_own, keeps = read(_SQL["has_own"], own(request))[0][0], access_of(request).may("invoices.keep")
    source = [hand for hand, is_his in zip(HANDS, (has_own or not keeps, keeps), strict=True) if is_his]
    offer(form, kind=kinds(request), to=read(_RECEIVERS, own(request) | {"hand": has_own or not keeps}),
          source=source)  # fmt: skip

    def done() -> HttpResponse:
        data = form.cleaned_data
        institution, _colon, teller = data["to"][1:].partition(":")
        given = stock.GivenPapers(data["kind"], form.span, int(institution), int(teller) if teller else None,
                                  data["source"] == "own", data["void"])  # fmt: skip
        with plain_connection() as conn:
            number = stock.give(conn, access_of(request).session, given, now())
        return redirect("invoice_transfer", number)

    return filled(request, form, done, _("交出凭证"), lead=_("接收人本人登录核对接收之前，凭证在途。"))


@allow("invoices.view")
def invoice_transfer(request: HttpRequest, number: int) -> HttpResponse:
    """One hand-over. POST act: take (numbers), refuse (reason), withdraw."""
    access = access_of(request)
    row = one(TRANSFERS_LIST, access, number)
    if row is None:
        raise Http404
    form = TakePapersForm(request.POST if request.POST.get("act") == "take" else None)
    if request.method == "POST":
        try:
            if ended(request, number, form):
                return redirect("invoice_transfer", number)
        except Refused as refused:
            put(request, form, refused) if form.is_bound else say(request, refused)
    state, tone = TRANSFERS[row.state]
    (takes, gave), *_rest = [*read(_SQL["transfer_sides"], own(request) | {"transfer": number}), (False, False)]
    facts = [{"title": title, "text": text} for title, text in (
        (_("票据"), row.kind), (_("起号"), row.first_no), (_("止号"), row.last_no), (_("份数"), f"{row.pieces:,}"),
        (_("交出"), row.source), (_("接收"), row.target), (_("交出人签名"), row.giver), (_("接收人签名"), row.taker),
        (_("说明"), row.reason))]  # fmt: skip
    crumbs = [{"title": _("凭证交接"), "url": reverse("invoice_transfers")}, {"title": str(number)}]
    return render(request, "console/invoices/transfer.html", {
        "number": number, "facts": facts, "state": state, "tone": tone, "takes": takes, "gave": gave,
        "form": form, "breadcrumbs": crumbs,
    })  # fmt: skip


def ended(request: HttpRequest, number: int, form: TakePapersForm) -> bool:
    """What was asked of it is done. Refused: as the operations refuse."""
    session, word = access_of(request).session, request.POST.get("act")
    with plain_connection() as conn:
        if word == "take":
            if not form.is_valid():
                return False
            stock.take(conn, session, number, form.cleaned_data["numbers"][0], now())
        elif word == "refuse":
            stock.refuse(conn, session, number, request.POST.get("reason", ""), now())
        else:
            stock.withdraw(conn, session, number, now())
    return True


@allow("invoices.view")
def invoice_mark(request: HttpRequest) -> HttpResponse:
    """作废、挂失、解除挂失. The database asks whether he may."""
    keeps, form = access_of(request).may("invoices.keep"), MarkPapersForm(request.POST or None)
    offer(form, kind=kinds(request), holder=hands(request, keeps), act=ACTS if keeps else ACTS[:2])

    def done() -> HttpResponse:
        data = form.cleaned_data
        with plain_connection() as conn:
            stock.mark(conn, access_of(request).session, data["act"], data["kind"], form.span, data["holder"],
                       data["reason"], now())  # fmt: skip
        messages.success(request, _("已登记"))
        return redirect("invoice_ranges")

    return filled(request, form, done, _("作废与挂失"), lead=_("遗失的立即挂失停用，并逐级报告；只有保管员能解除。"))


@allow("invoices.view")
def invoice_count(request: HttpRequest) -> HttpResponse:
    """盘点 by keepers and heads; tellers count at the desk (4642) or here. The database asks whether he may."""
    access, form = access_of(request), CountedPapersForm(request.POST or None)
    may = [name for name, permission in _COUNTS.items() if access.may(permission)]
    cadences = [(one, CADENCES[one][0]) for one in may]
    offer(form, kind=kinds(request), holder=hands(request, may != ["day"]), cadence=cadences)

    def done() -> HttpResponse:
        data = form.cleaned_data
        with plain_connection() as conn:
            found = stock.count(conn, access_of(request).session, data["cadence"], data["kind"], data["holder"],
                                data["numbers"], now())  # fmt: skip
        if found.agrees:
            messages.success(request, _("账实相符"))
        else:
            messages.error(request, _("账实不符，已登记"))
        return redirect("invoice_counts")

    return filled(request, form, done, _("盘点"), lead=_("提交之后才与账面核对。"))


@allow("invoices.view")
def invoice_compare(request: HttpRequest) -> HttpResponse:
    """与收费单位核对: its file of used numbers against ours."""
    form = CompareBooksForm(request.POST or None, request.FILES or None)
    offer(form, kind=kinds(request))

    def done() -> HttpResponse:
        theirs = rules.company_file(form.cleaned_data["file"].read(rules.FILE_BYTES_MAX + 1))
        with plain_connection() as conn:
            kind = kind_of(conn, form.cleaned_data["kind"])
            found = books.against(conn, kind.kind_id, theirs)
        act(connection, "invoice.compare", "invoice_kind", kind.kind_id,
            after={"both": found.both, "ours": rules.count(found.ours_only), "theirs": rules.count(found.theirs_only)})
        shown = {"both": found.both, "kind": f"{kind.biller} {kind.name} {kind.prefix}",
                          "ours": side(found.ours_only, kind.digits), "theirs": side(found.theirs_only, kind.digits)}
        crumbs = [{"title": _("凭证库存"), "url": reverse("invoice_stock")}, {"title": title}]
        return render(request, "console/invoices/compared.html", {"found": shown, "breadcrumbs": crumbs})

    title = _("与收费单位核对号码")
    lead = _("银行登记的已用号码与收费单位的文件逐号核对，两个方向都列出。")
    return filled(request, form, done, title, upload=True, lead=lead)


def side(found: list[NumberSpan], digits: int) -> dict[str, Any]:
    """Of one direction: how many, which."""
    return {"count": rules.count(found), "numbers": rules.shown_spans(found[:200], digits), "more": len(found) > 200}
