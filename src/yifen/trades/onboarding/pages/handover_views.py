"""The hand-over sheet 交接单 of a partner: a page with programs in its language, and the PDF."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.access.telling import say, told
from yifen.core.documents import handover as paper
from yifen.core.documents.statement import Fact
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.face import partners as queries
from yifen.trades.onboarding.handover.examples import answered_by_secret, filled, speaks
from yifen.trades.onboarding.handover.programs import LANGUAGES, language_named, program
from yifen.trades.onboarding.handover.sheet import both_of, made_secret, sheet_of


@allow("partners.view")
def partner_handover(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet; `language` and `dialect` choose the program."""
    row, ring, now = _speaking(request, code), key_ring_of(request), edge.now()
    both = both_of(access_of(request).scope, row)
    sheet = sheet_of(both, ring, now)
    context: dict[str, Any] = {
        "row": row, "sheet": sheet, "facts": _told(sheet.facts), "trials": _told(sheet.trials),
        "examples": [{"title": one.title, "pieces": _told(one.pieces), "notes": _told(one.notes)}
                     for one in sheet.examples],
    }  # fmt: skip
    if both.twin is not None:
        context |= _program(request, both.twin)
    return render(request, "console/partners/handover.html", context)


@allow("partners.view")
def partner_handover_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet on paper; POST version=… secret=…: with a secret that was made just now and is on the screen."""
    row, ring = _speaking(request, code), key_ring_of(request)
    secret = None
    if request.method == "POST":
        try:
            secret = made_secret(row, ring, request.POST.get("version", ""), request.POST.get("secret", ""))
        except Refused as refused:
            say(request, refused)
            return redirect("partner_handover", row.code)
    sheet = sheet_of(both_of(access_of(request).scope, row), ring, edge.now(), secret)
    response = HttpResponse(paper.handover(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="handover-{row.code}.pdf"'
    return response


def _speaking(request: HttpRequest, code: str) -> Partner:
    """Http404: out of scope, or a channel of our own, which sends no messages."""
    row = queries.partner(access_of(request).scope, code)
    if not speaks(row):
        raise Http404
    return row


def _told(facts: tuple[Fact, ...]) -> list[dict[str, str]]:
    """In the reader's language."""
    return [{"title": told(Text(fact.zh, fact.en)), "text": fact.value} for fact in facts]


def _program(request: HttpRequest, twin: Partner) -> dict[str, Any]:
    """The program that was chosen, and what else there is to choose."""
    dialects, language = speaks(twin), language_named(request.GET.get("language", ""))
    dialect = request.GET.get("dialect", "")
    dialect = dialect if dialect in dialects else dialects[0]
    now = edge.now()
    values = filled(twin, dialect, key_ring_of(request), now)
    tabs = [{"title": each.title, "url": f"?language={each.name}&dialect={dialect}#program",
             "current": each is language} for each in LANGUAGES]  # fmt: skip
    dialect_tabs = [{"title": each.upper(), "url": f"?language={language.name}&dialect={each}#program",
                     "current": each == dialect} for each in dialects]  # fmt: skip
    lacks = values.algorithm in language.lacks
    return {
        "tabs": tabs, "dialect_tabs": dialect_tabs if len(dialects) > 1 else [],
        "program": "" if lacks else program(language, values), "algorithm": values.algorithm,
        "lacks": _("%(language)s 没有合适的 %(algorithm)s 库，请看其他语言。") % {
            "language": language.title, "algorithm": values.algorithm} if lacks else "",
        "by_secret": answered_by_secret(twin, values.algorithm, now),
    }  # fmt: skip
