"""The payer's side: his mandates by the phone that he checked, one touch that stops one, one that he signs himself, a
payment with one tap."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import Door, allow
from yifen.core.access.telling import put, say, words
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.face.bound import Bound, bound
from yifen.face.plain import plain_connection
from yifen.hub.corebank.jobs import cores_of
from yifen.hub.payments.local import hub_of
from yifen.trades.mandates import asking, kept, rules, singles
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import KeptMandate
from yifen.trades.mandates.pages.forms import BankCodeForm, OwnMandateForm
from yifen.trades.mandates.pages.words import SINGLES, STATES
from yifen.trades.mandates.rules import AccountHolder, SignedTerms, Terms
from yifen.trades.mandates.singles import DebitOutside

_SQL = queries("yifen.trades.mandates")
View = Callable[..., HttpResponse]


def for_holder(view: Callable[..., HttpResponse]) -> View:
    """The page of who checked his phone in this browser; others are sent there first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keeper = bound()
        holder_id = keeper.holder_of(request) if keeper else None
        if keeper is None or holder_id is None:
            home = keeper.home() if keeper else "/"
            return HttpResponseRedirect(f"{home}?{urlencode({'next': request.path})}")
        return view(request, keeper, holder_id, *args, **kwargs)

    return guarded


def _own(request: HttpRequest, keeper: Bound, holder_id: int) -> tuple[KeyRing, list[KeptMandate]]:
    """All of his, by his phone."""
    ring = edge.key_ring_of(request)
    lookups = rules.phone_lookups(ring, keeper.phone(ring, holder_id))
    with plain_connection() as conn:
        rows = conn.execute(_SQL["of_phone"], {"lookups": lookups}).fetchall()
    return ring, [KeptMandate(*row) for row in rows]


def _one(request: HttpRequest, keeper: Bound, holder_id: int, number: str) -> tuple[KeyRing, KeptMandate]:
    """Refused: MANDATE_UNKNOWN (also: another's)."""
    ring, rows = _own(request, keeper, holder_id)
    found = next((one for one in rows if one.number == number), None)
    if found is None:
        raise Refused(MandateCode.MANDATE_UNKNOWN, "number")
    return ring, found


@allow(Door.PUBLIC)
@for_holder
def mandates_mine(request: HttpRequest, keeper: Bound, holder_id: int) -> HttpResponse:
    """His mandates; each stops with one touch."""
    _ring, rows = _own(request, keeper, holder_id)
    return render(request, "payer/mandates/list.html", {
        "rows": [(one, *STATES[one.state]) for one in rows], "home_url": "/", "back_url": keeper.home()})  # fmt: skip


@allow(Door.PUBLIC)
@for_holder
def mandate_mine(request: HttpRequest, keeper: Bound, holder_id: int, number: str) -> HttpResponse:
    """One of his: what it allows, what is due by one tap."""
    try:
        _ring, one = _one(request, keeper, holder_id, number)
    except Refused as refused:
        say(request, refused)
        return redirect("mandates_mine")
    state, tone = STATES[one.state]
    context: dict[str, Any] = {"one": one, "state": state, "tone": tone, "home_url": "/",
                               "back_url": reverse("mandates_mine")}  # fmt: skip
    context["form_no"] = rules.new_number(edge.now())
    if one.state == "open" and one.one_tap:
        try:
            with plain_connection() as conn:
                context["lines"] = singles.dues(conn, hub_of(request), one).lines
                context["fen"] = sum(line.amount_fen for line in context["lines"])
        except Refused as refused:
            context["error"] = words(request, refused)
    return render(request, "payer/mandates/one.html", context)


@allow(Door.PUBLIC)
@require_POST
@for_holder
def mandate_pay(request: HttpRequest, keeper: Bound, holder_id: int, number: str) -> HttpResponse:
    """One tap: what the page showed is debited now; the same form again is the same debit."""
    fen = request.POST.get("fen", "")[:15]
    form = request.POST.get("form", "")[:20]
    try:
        _one(request, keeper, holder_id, number)
        if not rules.NUMBER.fullmatch(form) or not (fen.isascii() and fen.isdigit()):
            raise Refused(MandateCode.SINGLE_BILLS, "amount_fen")
        with plain_connection() as conn:
            outside = DebitOutside(hub_of(request), cores_of(conn))
            bills = request.POST.getlist("bill")[:20]
            one = singles.tap(outside, number, f"{holder_id}:{form}", bills, int(fen), edge.now())
            state = singles.advance(outside, one.single_id, edge.now())
    except Refused as refused:
        say(request, refused)
        return redirect("mandate_mine", number)
    messages.info(request, f"{one.serial} {SINGLES[state][0]}")
    return redirect("mandate_mine", number)


@allow(Door.PUBLIC)
@require_POST
@for_holder
def mandate_stop_mine(request: HttpRequest, keeper: Bound, holder_id: int, number: str) -> HttpResponse:
    """One touch; over at once."""
    try:
        ring, one = _one(request, keeper, holder_id, number)
        with plain_connection() as conn:
            asking.stop(conn, ring, one.number, "payer", edge.now())
        messages.success(request, _("已停用，不再扣款"))
    except Refused as refused:
        say(request, refused)
    return redirect("mandates_mine")


@allow(Door.PUBLIC)
@for_holder
def mandate_new(request: HttpRequest, keeper: Bound, holder_id: int) -> HttpResponse:
    """GET binding: of one of his bound accounts; POST: his bank sends him a code."""
    ring = edge.key_ring_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    accounts = {str(one.binding_id): one for one in keeper.accounts(holder_id)}
    chosen = accounts.get(asked.get("binding", ""))
    context: dict[str, Any] = {"accounts": list(accounts.values()), "chosen": chosen, "home_url": "/",
                               "back_url": reverse("mandates_mine")}  # fmt: skip
    form = OwnMandateForm(request.POST or None, initial={"number": rules.new_number(edge.now())})
    if chosen and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        holder = AccountHolder(given["name"], given["id_kind"], given["id_no"], keeper.phone(ring, holder_id))
        terms = Terms(given["once_fen"] or 0, given["month_fen"] or 0, batch=True, one_tap=True)
        try:
            if not rules.NUMBER.fullmatch(given["number"]):
                raise Refused(MandateCode.MANDATE_UNKNOWN, "number")
            with plain_connection() as conn:
                agreement = SignedTerms(chosen.biller_id, chosen.account_no, given["account_no"], holder, terms)
                one = asking.ask(conn, ring, agreement, given["number"], edge.now())
                asking.send_code(cores_of(conn), one.number)
            return redirect("mandate_agree", one.number)
        except Refused as refused:
            put(request, form, refused, "account_no")
    return render(request, "payer/mandates/new.html", context | {"form": form}, status=400 if form.errors else 200)


@allow(Door.PUBLIC)
@for_holder
def mandate_agree(request: HttpRequest, keeper: Bound, holder_id: int, number: str) -> HttpResponse:
    """The code that his bank sent him; POST again: another code."""
    form = BankCodeForm(request.POST if request.method == "POST" and "again" not in request.POST else None)
    try:
        _ring, one = _one(request, keeper, holder_id, number)
    except Refused as refused:
        say(request, refused)
        return redirect("mandates_mine")
    try:
        with plain_connection() as conn:
            if request.method == "POST" and "again" in request.POST:
                asking.send_code(cores_of(conn), number)
                messages.success(request, _("银行已发送验证码"))
            elif form.is_bound and form.is_valid():
                asking.agree(cores_of(conn), number, form.cleaned_data["code"], edge.now())
                messages.success(request, _("银行已确认，几秒后生效"))
                return redirect("mandates_mine")
    except Refused as refused:
        put(request, form, refused, "code") if form.is_bound else say(request, refused)
    return render(request, "payer/mandates/agree.html", {"one": one, "form": form, "home_url": "/",
                                                        "back_url": reverse("mandates_mine")})  # fmt: skip


@allow(Door.PUBLIC)
def mandate_stop(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """The link in each notice: one touch ends it, without a sign-in. A look alone ends nothing."""
    context: dict[str, Any] = {"home_url": "/"}
    try:
        with plain_connection() as conn:
            one = kept.find(conn, number)
            if rules.payer_key(edge.key_ring_of(request), number, bytes(one.stop_hash)) != key:
                raise Refused(MandateCode.MANDATE_LINK_WRONG)
            if request.method == "POST":
                asking.stop(conn, edge.key_ring_of(request), number, "link", edge.now(), key)
                one = kept.find(conn, number)
    except Refused:
        wrong = words(request, Refused(MandateCode.MANDATE_LINK_WRONG))
        return render(request, "payer/mandates/stop.html", context | {"error": wrong}, status=404)
    context |= {"one": one, "done": one.state in ("ended", "refused")}
    return render(request, "payer/mandates/stop.html", context)
