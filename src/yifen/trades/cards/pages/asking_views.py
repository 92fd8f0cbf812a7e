"""A claim asked for on one page: several swipes, each split as its papers are; cash; what settles an advance; a
cashier's for who left. What it would take is said before it is sent."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import words
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.cards import claiming
from yifen.trades.cards.claiming import NewClaim
from yifen.trades.cards.pages import drafting, telling
from yifen.trades.cards.pages.claim_views import crumbs, found
from yifen.trades.cards.pages.forms import (
    PREFIX,
    ClaimHeadForm,
    ClaimLineForm,
    ClaimLines,
    PaperField,
)
from yifen.trades.cards.papers import einvoice
from yifen.trades.cards.reading import mine_of, rows

BIGGEST = 2**62
SWIPES_MOST = 20
TITLES = {"claim": _lazy("报账"), "cash": _lazy("现金上卡"), "settle": _lazy("冲借款")}
GUESS = {
    "7011": "08",
    "4511": "08",
    "4112": "08",
    "4121": "16",
    "5812": "13",
    "5541": "15",
    "5942": "01",
}  # MCC → item
_PREFIX = re.compile(f"{PREFIX}-[0-9]{{1,2}}")


class ClaimedPart(NamedTuple):
    """What lines are of: a swipe, a line of an advance; `key` as its lines say it."""

    key: int
    merchant: str
    at: datetime
    tail: str
    left_fen: int
    item: str = ""


class ClaimBasis(NamedTuple):
    """What a claim is of, as the address says it; of cash it has no parts. `person_id`: a leaver's, by a cashier."""

    kind: str
    unit_id: int
    parts: list[ClaimedPart]
    picked: list[int]
    of: int | None = None
    person_id: int | None = None


@allow("cards.see")
def card_claim_new(request: HttpRequest) -> HttpResponse:
    """GET swipe=…, again for a further part of one; of: the advance; cash, unit; person: a leaver. POST: it is sent,
    and its quota held."""
    basis = basis_of(request)
    if basis is None:
        messages.error(request, _("没有公务卡") if "cash" in request.GET else _("请选同一单位、尚未报完的公务消费"))
        return redirect("card_leavers" if "person" in request.GET else "card_mine")
    head, lines = forms_of(request, basis, request.POST or None)
    if request.method == "POST":
        new, faults = asked_for(basis, head, lines)
        if new is not None:
            try:
                made = claiming.ask(access_of(request), new, now())
                messages.success(request, _("已提交，额度已预留"))
                target = reverse("card_claim", args=[made])
                if getattr(request, "htmx", False):
                    return HttpResponse(headers={"HX-Redirect": target})
                return redirect(target)
            except Refused as refused:
                faults = [words(request, refused)]
        if getattr(request, "htmx", False):
            return render(request, "console/cards/tried.html", {"faults": faults})
    else:
        faults = []
    return render(
        request,
        "console/cards/claim_new.html",
        {
            "title": str(TITLES[basis.kind]),
            "head": head,
            "lines": lines,
            "blocks": blocks(request, basis, lines),
            "basis": basis,
            "query": request.GET.urlencode(),
            "faults": faults,
            "back": reverse("card_claim", args=[basis.of])
            if basis.of
            else reverse("card_leavers" if basis.person_id else "card_mine"),
            "breadcrumbs": crumbs(access_of(request), str(TITLES[basis.kind])),
        },
    )


@allow("cards.see")
@require_POST
def card_claim_check(request: HttpRequest) -> HttpResponse:
    """What it would take as it stands, as a piece of the page: by doing it and undoing it."""
    basis = basis_of(request)
    if basis is None:
        raise Http404
    head, lines = forms_of(request, basis, request.POST)
    new, faults = asked_for(basis, head, lines, blank=True)
    shown: dict[str, Any] = {"faults": faults}
    if new is not None:
        try:
            found_lines, levels = claiming.tried(access_of(request), new, now())
            shown = {
                "table": drafting.tried_table(found_lines),
                "levels": drafting.levels_told(levels),
            }
        except Refused as refused:
            shown = {"faults": [words(request, refused)]}
    return render(request, "console/cards/tried.html", shown)


@allow("cards.see")
def card_claim_line(request: HttpRequest) -> HttpResponse:
    """One more line of a part, as a piece of the page. GET at, line-TOTAL_FORMS."""
    basis, at, total = (
        basis_of(request),
        request.GET.get("at", ""),
        request.GET.get(f"{PREFIX}-TOTAL_FORMS", ""),
    )
    if basis is None or not total.isdecimal() or not 0 < int(total) < ClaimLines.max_num:
        raise Http404
    form = ClaimLineForm(
        prefix=f"{PREFIX}-{int(total)}",
        initial=initial(basis, int(at) if at.isdecimal() else 0, True),
    )
    offer(basis, [form])
    return render(request, "console/cards/line.html", {"form": form, "total": int(total) + 1})


@allow("cards.see")
@require_POST
def card_paper_read(request: HttpRequest) -> HttpResponse:
    """POST a line's file: what it says goes into the fields of that line, where it can be corrected."""
    name = next(iter(request.FILES), "")
    prefix = name.removesuffix("-paper")
    if not _PREFIX.fullmatch(prefix):
        raise Http404
    form = ClaimLineForm(prefix=prefix)
    shown: dict[str, Any] = {"prefix": prefix}
    try:
        paper = PaperField(max_length=200).clean(request.FILES[name])
        said = einvoice.read(paper.body) if paper else einvoice.ReadInvoice()
        shown["said"] = telling.invoice_told(claiming.says(said))
        form.initial = {
            "invoice": said.number,
            "gross": format_yuan(said.gross_fen) if said.gross_fen else "",
            "seller": said.seller,
            "issued_on": said.issued_on,
        }
        if said.number or said.gross_fen:
            shown["fields"] = [form[field].as_widget(attrs={"hx-swap-oob": "true"}) for field in form.initial]
    except Refused as refused:
        shown["fault"] = words(request, refused)
    answer = render(request, "console/cards/read.html", shown)
    answer["HX-Trigger"] = "read"
    return answer


def basis_of(request: HttpRequest) -> ClaimBasis | None:
    """None: there is nothing to claim, or of several units. 404: nothing of his."""
    access, asked = access_of(request), request.GET
    person = _number(asked.get("person", "")) or None
    picked = [one for text in asked.getlist("swipe") if (one := _number(text))][:SWIPES_MOST]
    if of := _number(asked.get("of", "")):
        advance = found(request, of)
        if (advance.kind, advance.state) != ("advance", "approved"):
            raise Http404
        parts = [ClaimedPart(*row) for row in rows("lent_lines", (of,))]
        return ClaimBasis("settle", advance.unit_id, parts, [one.key for one in parts], of, person) if parts else None
    if "cash" in asked:
        units = dict(rows("my_units", (access.session,)))
        unit = _number(asked.get("unit", ""))
        unit = unit if unit in units else next(iter(units), 0)
        return ClaimBasis("cash", unit, [], []) if unit and rows("my_cards", (access.session, unit)) else None
    swipes = picked_swipes(access, person, picked)
    units_of = {unit for _part, unit in swipes}
    if len(units_of) != 1 or len(swipes) != len(set(picked)):
        return None
    return ClaimBasis("claim", units_of.pop(), [part for part, _unit in swipes], picked, None, person)


def picked_swipes(access: Access, person: int | None, picked: list[int]) -> list[tuple[ClaimedPart, int]]:
    """Those of which something may be claimed, each with its unit: his own, or a leaver's where he is cashier."""
    wanted = list(dict.fromkeys(picked))
    if person is not None:
        asked = {"person": person, "swipes": wanted, "session": access.session}
        return [
            (ClaimedPart(swipe, merchant, at, tail, left, GUESS.get(mcc, "")), unit)
            for swipe, merchant, at, tail, left, unit, mcc in rows("picked_of", asked)
            if left > 0
        ]
    mine = [telling.MySwipe(*row) for one in wanted for row in rows("mine", mine_of(access, one))]
    return [
        (
            ClaimedPart(
                one.swipe_id,
                one.merchant,
                one.swiped_at,
                one.tail,
                one.left_fen,
                GUESS.get(one.mcc, ""),
            ),
            one.unit_id,
        )
        for one in mine
        if one.may_claim and one.unit_id
    ]


def forms_of(request: HttpRequest, basis: ClaimBasis, data: Any) -> tuple[ClaimHeadForm, Any]:
    access = access_of(request)
    units = rows("my_units", (access.session,)) if basis.kind == "cash" else []
    cards = (
        [(card, f"…{tail}") for card, tail in rows("my_cards", (access.session, basis.unit_id))]
        if basis.kind == "cash"
        else []
    )
    head = ClaimHeadForm(data, initial={"unit": basis.unit_id}).offer(basis.kind, units, cards)
    first: list[dict[str, Any]] = [
        initial(basis, key, key in basis.picked[:place]) for place, key in enumerate(basis.picked)
    ]
    lines = ClaimLines(data, request.FILES or None, prefix=PREFIX, initial=first or [{}])
    offer(basis, lines.forms)
    return head, lines


def initial(basis: ClaimBasis, key: int, further: bool) -> dict[str, Any]:
    """Of a line of a part; the first one claims all that is left."""
    part = next((one for one in basis.parts if one.key == key), None)
    if part is None:
        return {}
    named = {"of_line" if basis.of else "swipe": key, "item": part.item}
    return named if further else named | {"amount": format_yuan(part.left_fen)}


def offer(basis: ClaimBasis, forms: Iterable[ClaimLineForm]) -> None:
    """The catalogue of the day, the unit's indicators with their quota; a file that is chosen is read at once."""
    today = timezone.localdate(now())
    items = rows("items", {"unit": basis.unit_id, "day": today})
    reasons = rows("exemptions", {"unit": basis.unit_id, "day": today}) if basis.kind == "cash" else []
    indicators = [
        (one, f"{number} {title}（{_('可用')} {format_yuan(quota)}）")
        for one, number, title, quota in rows("indicators", (basis.unit_id, today.year))
    ]
    for form in forms:
        form.offer(basis.kind, items, indicators, reasons)
        form.use_required_attribute = False  # a line without an amount is none
        for name in {"amount", "item", "words"} & form.fields.keys():
            form.fields[name].required = not form.is_bound
        name = f"{form.prefix}-paper"
        form.fields["paper"].widget.attrs |= {
            "hx-post": reverse("card_paper_read"),
            "hx-params": name,
            "hx-encoding": "multipart/form-data",
            "hx-trigger": "change",
            "hx-swap": "none",
            "hx-sync": "this:replace",
        }


def asked_for(
    basis: ClaimBasis, head: ClaimHeadForm, lines: Any, blank: bool = False
) -> tuple[NewClaim | None, list[str]]:
    """What is asked for, or what is wrong with how it is said; `blank`: it has no purpose yet."""
    if blank and "purpose" in head.fields:
        head.fields["purpose"].required = False
    fits, all_fit = head.is_valid(), lines.is_valid()
    faults = list(_faults(head)) + [
        f"{_('第 %(line)s 行') % {'line': place}} {fault}"
        for place, form in enumerate(lines.forms, start=1)
        for fault in _faults(form)
    ]
    if not (fits and all_fit):
        return None, faults or [str(fault) for fault in lines.non_form_errors()]
    data = head.cleaned_data
    more = {"card": data["card"]} if basis.kind == "cash" else {}
    said = [one for form in lines.forms if (one := form.line(**more))]
    if not said:
        return None, [] if blank else [_("至少一行要有金额")]
    kind = data.get("kind") or basis.kind
    unit = data.get("unit") or basis.unit_id
    purpose = data["purpose"] or "—"
    papers = [mine for _line, mine in said]
    return NewClaim(unit, kind, purpose, [line for line, _mine in said], papers, basis.of, basis.person_id), []


def _faults(form: Any) -> Iterable[str]:
    for name, faults in form.errors.items():
        for fault in faults:
            yield f"{form.fields[name].label}：{fault}" if name in form.fields else str(fault)


def blocks(request: HttpRequest, basis: ClaimBasis, lines: Any) -> list[dict[str, Any]]:
    """Each part with its lines; cash is one."""
    if not basis.parts:
        return [
            {
                "part": None,
                "key": 0,
                "forms": lines.forms,
                "split": more_url(request, 0),
                "more": "",
            }
        ]
    name = "of_line" if basis.of else "swipe"
    return [
        {
            "part": part,
            "key": part.key,
            "forms": [form for form in lines.forms if str(form[name].value()) == str(part.key)],
            "split": more_url(request, part.key),
            "more": f"{request.path}?{request.GET.urlencode()}&{urlencode({'swipe': part.key})}"
            if not basis.of
            else "",
        }
        for part in basis.parts
    ]


def more_url(request: HttpRequest, key: int) -> str:
    return f"{reverse('card_claim_line')}?{request.GET.urlencode()}&at={key}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 and int(text) < BIGGEST else 0
