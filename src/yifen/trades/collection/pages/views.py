"""Pages of collection orders: one is made, one with its days, bills and words; told, answered on paper, withdrawn."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now, user_of
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say, words
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face.desk.papers import pdf
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.masking import account_shown
from yifen.face.plain import plain_connection
from yifen.trades.collection import notice, orders, printing, rules
from yifen.trades.collection.pages import reading
from yifen.trades.collection.pages.forms import DemandForm, PayerAnswerForm, ToldForm
from yifen.trades.collection.pages.listing import KINDS, STATES
from yifen.trades.collection.pages.reading import SQL, ShownOrder, rows
from yifen.trades.collection.pages.telling import HOW, LINES, WHAT

_IN_FORCE = SQL["in_force"].format(scope=in_scope("c.biller_id"))
TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


@allow("collection.demand")
def collection_new(request: HttpRequest) -> HttpResponse:
    """GET contract: its open bills; POST what is demanded of which, for the bank to take in."""
    access, asked = access_of(request), request.POST if request.method == "POST" else request.GET
    with plain_connection() as conn:
        contracts = conn.execute(_IN_FORCE.encode(), params_of(access, now()) | {"now": now()}).fetchall()
        form = DemandForm(asked if "contract" in asked else None).offer(contracts)
        shown: dict[str, Any] = {"form": form, "has_contracts": bool(contracts), "breadcrumbs": crumbs(_("发起托收"))}
        if form.is_bound and form.is_valid():
            found = orders.contract(conn, form.cleaned_data["contract"])
            bills = orders.open_bills(conn, found)
            shown |= {
                "found": found,
                "bills": bills,
                "kind": KINDS[found.kind][0],
                "account_no": account_shown(access, found.account_no),
            }
            if request.method == "POST":
                try:
                    return redirect(
                        "proposal", orders.demand(access, conn, found.contract_id, _fens(request, bills), now()).pk
                    )
                except Refused as refused:
                    put(request, form, refused, "contract")
    return render(request, "console/collection/new.html", shown, status=400 if form.errors else 200)


def _fens(request: HttpRequest, bills: list[orders.DemandedBill]) -> dict[int, int]:
    """By payable, what is demanded: of a bill just what was shown, of an open one what was typed."""
    picked, found = set(request.POST.getlist("bill")), {}
    for bill in bills:
        if str(bill.payable_id) in picked:
            typed = request.POST.get(f"fen.{bill.payable_id}", "")
            try:
                found[bill.payable_id] = typed_yuan(typed) if bill.is_open else int(typed[:15] or 0)
            except (AmountError, ValueError):
                found[bill.payable_id] = 0
    return found


def seen_or_404(request: HttpRequest, order_id: int) -> ShownOrder:
    found = reading.seen(access_of(request), order_id)
    if found is None:  # or it is another's
        raise Http404
    return found


@allow("collection.view")
def collection_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One, with what may be done about it now."""
    return _page(request, seen_or_404(request, order_id))


def _page(request: HttpRequest, found: ShownOrder, **forms: Any) -> HttpResponse:
    access, bills = access_of(request), reading.bills(found.order_id)
    is_bank = access.may("collection.bank")
    still = [(bill.place, f"{bill.ref} {bill.title}") for bill in bills if bill.state == "out"]
    if is_bank and found.may_answer and not (waiting := open_proposal(orders.ANSWER, found.serial)):
        forms.setdefault("answer", PayerAnswerForm().offer(still if found.part and len(still) > 1 else []))
    else:
        waiting = open_proposal(orders.ANSWER, found.serial)
    if is_bank and found.told_on is None and found.state in ("out", "told"):
        forms.setdefault("tell", ToldForm(initial={"day": now().date()}))
    return render(
        request,
        "console/collection/order.html",
        {
            "order": found,
            "state": STATES[found.state][0],
            "tone": STATES[found.state][1],
            "facts": _facts(request, found),
            "bills": [(bill, LINES[bill.state][0], LINES[bill.state][1]) for bill in bills],
            "waiting": waiting,
            "words": [
                (
                    at,
                    WHAT[what],
                    HOW[how],
                    fen,
                    words(request, Refused(result_code(code))) if code else "",
                    note,
                    paper,
                )
                for at, what, how, fen, code, note, paper in rows("words", (found.order_id,))
            ],
            "code": words(request, Refused(result_code(found.code))) if found.code else "",
            "may_withdraw": access.may("collection.demand") and found.state in ("out", "told"),
            "breadcrumbs": crumbs(found.number),
            **forms,
        },
        status=400 if any(form.errors for form in forms.values()) else 200,
    )


def _facts(request: HttpRequest, found: ShownOrder) -> list[tuple[str, Any]]:
    facts = [
        (_("收款人"), found.biller),
        (_("付款人"), found.payer),
        (_("付款账号"), found.account_shown),
        (_("合同号"), found.contract),
        (_("户号"), account_shown(access_of(request), found.account_no)),
        (_("托收种类"), KINDS[found.kind][0]),
        (_("答复工作日"), found.days or _("不等答复")),
        (_("送达日"), found.told_on or _("未送达")),
        (_("答复截止日"), found.last_on),
        (_("划款时间"), found.pay_at),
        (_("付款人同意"), found.agreed_at),
        (_("流水号"), found.serial),
    ]
    return [(title, said(value)) for title, value in facts if value not in (None, "")]


def said(value: Any) -> Any:
    """A day or a moment as a page says it; anything else as it is."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value


@allow("collection.view")
@require_POST
def collection_pdf(request: HttpRequest, order_id: int) -> HttpResponse:
    """托收凭证, or the paper with which it goes back."""
    found = seen_or_404(request, order_id)
    # Who has the link answers in the payer's name: it is printed by the bank, which hands it over, and by nobody else.
    links = found.state in ("out", "told") and access_of(request).may("collection.bank")
    link = notice.link(key_ring_of(request), found.proposal_id) if links else ""
    body = printing.demand_paper(found, reading.bills(order_id), link, now(), user_of(request).login)
    return pdf(body, found.number)


@allow("collection.bank")
@require_POST
def collection_told(request: HttpRequest, order_id: int) -> HttpResponse:
    """The paper was handed over."""
    found, form = seen_or_404(request, order_id), ToldForm(request.POST)
    if form.is_valid():
        try:
            with plain_connection() as conn:
                orders.told_by_hand(
                    access_of(request), conn, order_id, form.cleaned_data["day"], form.cleaned_data["note"], now()
                )
            messages.success(request, _("已登记送达"))
            return redirect("collection_order", order_id)
        except Refused as refused:
            put(request, form, refused, "day")
    return _page(request, found, tell=form)


@allow("collection.bank")
@require_POST
def collection_answer(request: HttpRequest, order_id: int) -> HttpResponse:
    """What his paper says, for another person to read."""
    found = seen_or_404(request, order_id)
    still = [(bill.place, f"{bill.ref} {bill.title}") for bill in reading.bills(order_id) if bill.state == "out"]
    form = PayerAnswerForm(request.POST, request.FILES).offer(still if found.part and len(still) > 1 else [])
    if form.is_valid():
        given = form.cleaned_data
        answer = orders.PayerSaid(
            given["agrees"] == "yes", given.get("places") or None, given["reason"], given["paper"]
        )
        try:
            return redirect("proposal", orders.propose_answer(access_of(request), found.serial, answer, now()).pk)
        except Refused as refused:
            put(request, form, refused, "agrees")
    return _page(request, found, answer=form)


@allow("collection.demand")
@require_POST
def collection_withdraw(request: HttpRequest, order_id: int) -> HttpResponse:
    """Its biller takes it back."""
    seen_or_404(request, order_id)
    try:
        with plain_connection() as conn:
            orders.withdraw(access_of(request), conn, order_id, request.POST.get("reason", ""), now())
        messages.success(request, _("已撤回"))
    except Refused as refused:
        say(request, refused)
    return redirect("collection_order", order_id)


@allow("collection.bank")
def collection_paper(request: HttpRequest, order_id: int, sha256: str) -> HttpResponse:
    """A paper of its words, opened; never run by a browser."""
    found = seen_or_404(request, order_id)
    if sha256 not in [row[6] for row in rows("words", (order_id,))]:
        raise Http404
    return opened_paper(request, found.biller_id, sha256)


def opened_paper(request: HttpRequest, biller_id: int, sha256: str) -> HttpResponse:
    kept = rows("paper", (biller_id, sha256))
    if not kept:
        raise Http404
    kind, sealed = kept[0]
    body = key_ring_of(request).open(bytes(sealed), rules.paper_context(biller_id, bytes.fromhex(sha256)))
    return HttpResponse(
        body,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{sha256[:12]}.{kind}"',
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("托收"), "url": reverse("collection_orders")}, {"title": title}]
