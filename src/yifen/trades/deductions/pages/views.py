"""Deductions 卡扣: one is asked for, one with its history, the banks' ports."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, told, words
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Channel, Hosted
from yifen.core.plugs import result_code
from yifen.face import scope as scopes
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.masking import account_shown
from yifen.face.plain import plain_connection
from yifen.hub.payments.local import hub_of
from yifen.trades.deductions import operations, outside, ports, rules
from yifen.trades.deductions.jobs import outside_of
from yifen.trades.deductions.operations import AskedDeduction
from yifen.trades.deductions.pages.forms import BankPortForm, BillsForm, DeductForm
from yifen.trades.deductions.pages.listing import STATES
from yifen.trades.deductions.settle import advance

_SQL = queries("yifen.trades.deductions")
_SHOWN = _SQL["shown"].format(scope=in_scope("d.channel_id", "d.biller_id"))
Pair = tuple[int, int, str, str]  # ids and codes of a channel and a biller


@allow("deductions.ask")
def deduction_new(request: HttpRequest) -> HttpResponse:
    """GET pair, account_no: its bills; POST the picked ones, the account that is debited, the consent."""
    pairs, asked = _pairs(request), request.POST if request.method == "POST" else request.GET
    find = BillsForm(asked if "account_no" in asked else None)
    find.fields["pair"].choices = [("", _("请选择")), *((key, title) for key, (title, _p) in pairs.items())]  # type: ignore[attr-defined]
    shown: dict[str, Any] = {"find": find, "has_pairs": bool(pairs), "breadcrumbs": crumbs(_("发起扣款"))}
    if find.is_bound and find.is_valid():
        shown["key"] = find.cleaned_data["pair"]
        pair, account_no = pairs[shown["key"]][1], find.cleaned_data["account_no"]
        form = DeductForm(request.POST or None)
        try:
            if request.method == "POST" and form.is_valid():
                return redirect("deduction", _asked(request, pair, form))
            shown |= {"reply": operations.bills(hub_of(request), pair[2], pair[3], account_no),
                      "form": form, "number": rules.new_number(now())}  # fmt: skip
        except Refused as refused:
            put(request, form if refused.field in form.fields else find, refused, "account_no")
            shown |= _again(request, pair, form, account_no)
    return render(request, "console/deductions/new.html", shown)


def _asked(request: HttpRequest, pair: Pair, form: DeductForm) -> str:
    """It is written down and the bank is asked; whatever comes of it, its page shows it."""
    given, ring = form.cleaned_data, key_ring_of(request)
    shown_fen = {name: _fen(request.POST.get(f"due.{name}", "")) for name in request.POST.getlist("bill")}
    asked = AskedDeduction(request.POST.get("number", ""), pair[0], pair[1], request.POST["account_no"].strip(),
                           shown_fen, rules.debtor(given["debtor_no"], given["debtor_name"]), given["consent"],
                           given["consent_note"])  # fmt: skip
    with plain_connection() as conn:
        is_new = not operations.is_there(conn, asked.deduction_no)
        number = operations.ask(conn, hub_of(request), ring, asked, access_of(request).session, now())
        if is_new:
            advance(conn, outside_of(conn), number, now(), is_new=True)
    return number


def _again(request: HttpRequest, pair: Pair, form: DeductForm, account_no: str) -> dict[str, Any]:
    """The form once more, with what is due now; without bills where that is what was refused."""
    if request.method != "POST":
        return {}
    try:
        reply = operations.bills(hub_of(request), pair[2], pair[3], account_no)
    except Refused:
        return {}
    return {"reply": reply, "form": form, "number": rules.new_number(now()), "picked": request.POST.getlist("bill")}


def _pairs(request: HttpRequest) -> dict[str, tuple[str, Pair]]:
    """Which biller by which bank, in scope."""
    with plain_connection() as conn:
        rows = conn.execute(_SQL["choices"], scopes.params(access_of(request).scope)).fetchall()
    return {f"{channel_id}-{biller_id}": (f"{biller} · {channel}", (channel_id, biller_id, channel.split()[0],
                                                                  biller.split()[0]))
            for channel_id, channel, biller_id, biller in rows}  # fmt: skip


def _fen(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


@allow("deductions.view")
def deduction(request: HttpRequest, number: str) -> HttpResponse:
    """One, with its bills, its history and what goes back."""
    access = access_of(request)
    with plain_connection() as conn:
        row = conn.execute(_SHOWN, params_of(access, now()) | {"number": number}).fetchone()
        if row is None:  # or it is another's
            raise Http404
        events = conn.execute(_SQL["events"], (number,)).fetchall()
        backs = conn.execute(_SQL["backs"], (number,)).fetchall()
    (_no, channel, biller, account_no, payer_name, lines, fen, debtor, consent, note, asked_by, made_at, state, code,
     reason, bank_serial, taken_at, payment_id) = row  # fmt: skip
    facts = [(_("收费单位"), biller), (_("银行"), channel),
             (_("户号"), f"{account_shown(access, account_no)} {payer_name}"),
             (_("扣款账户"), debtor), (_("付款人同意"), f"{told(rules.CONSENTS[consent])} · {note}"),
             (_("经办人"), asked_by), (_("银行流水号"), bank_serial), (_("银行说明"), reason)]  # fmt: skip
    return render(request, "console/deductions/deduction.html", {
        "number": number, "fen": fen, "state": STATES[state][0], "tone": STATES[state][1], "lines": lines,
        "facts": [(title, text) for title, text in facts if text], "payment_id": payment_id,
        "code": words(request, Refused(result_code(code))) if code else "", "backs": backs, "made_at": made_at,
        "taken_at": taken_at, "breadcrumbs": crumbs(number),
        "stuck": [(back_no, open_proposal(outside.ACT, back_no)) for back_no, _fen, due_at, back_at, *_ in backs
                  if back_at is None and due_at < now() - rules.OUTSIDE_AFTER],
        "events": [(at, STATES[word][0], words(request, Refused(result_code(why))) if why else "", text)
                   for at, word, why, text in events],
    })  # fmt: skip


@allow("deductions.end")
@require_POST
def deduction_outside(request: HttpRequest, number: str) -> HttpResponse:
    """What the bank says on paper of money that its port does not give back, for another person to decide."""
    access, back_no = access_of(request), request.POST.get("back", "")
    with plain_connection() as conn:
        there = conn.execute(_SHOWN, params_of(access, now()) | {"number": number}).fetchone()
        backs = [row[0] for row in conn.execute(_SQL["backs"], (number,)).fetchall()]
    if there is None or back_no not in backs:
        raise Http404
    try:
        row = outside.propose(access, back_no, request.POST.get("reference", ""), now())
    except Refused as refused:
        messages.error(request, words(request, refused))
        return redirect("deduction", number)
    return redirect("proposal", row.pk)


@allow("partners.edit")
def deduction_ports(request: HttpRequest) -> HttpResponse:
    """The banks' ports; POST one for another person to decide."""
    access = access_of(request)
    found = Channel.objects.select_related("partner").filter(hosted=Hosted.NO, partner__sandbox_of=None)
    channels = [(row.partner.code, str(row.partner)) for row in found.order_by("partner__code")
                if access.scope.has_partner(row.pk)]  # fmt: skip
    form = BankPortForm(request.POST or None).offer(channels)
    if request.method == "POST" and form.is_valid():
        try:
            row = ports.propose(access, **form.cleaned_data, now=now())
        except Refused as refused:
            put(request, form, refused, "endpoint")
        else:
            return redirect("proposal", row.pk)
    with plain_connection() as conn:
        there = [(title, conn.execute(_SQL["port_now"], (code,)).fetchone()) for code, title in channels]
    return render(request, "console/deductions/ports.html", {
        "form": form, "ports": [(title, *row) for title, row in there if row], "breadcrumbs": crumbs(_("银行扣款接口")),
    })  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("卡扣"), "url": reverse("deductions")}, {"title": title}]
