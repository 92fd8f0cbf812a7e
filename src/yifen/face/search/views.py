"""The page of what was found. What names one thing leads to it at once."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yifen.core.access.doors import Door, allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.face import asking
from yifen.face.search.asked import Question, asked
from yifen.face.search.hits import Hit


@allow(Door.SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """GET find: a number, a name, an amount in yuan."""
    typed = request.GET.get("find", "")
    question = asked(typed)
    found = hits(access_of(request), question) if question.text else []
    if len(only := {hit.url for hit in found if hit.exact and hit.url}) == 1:
        return redirect(only.pop())
    kinds = [(told(kind), list(rows)) for kind, rows in groupby(found, key=lambda hit: hit.kind)]
    return render(request, "console/search.html", {"q": question.text or typed[:80].strip(), "kinds": kinds})


def hits(access: Access, question: Question) -> list[Hit]:
    """All that the plugs find for who asks, each kind together."""
    found = asking.answers("search", unread, access, question, now())
    order = list(dict.fromkeys(hit.kind for hit in found))
    return sorted(found, key=lambda hit: order.index(hit.kind))


def unread(sentence: str) -> Hit:
    """Stands for what a trade could not tell."""
    return Hit(Text("读不出", "Unread"), sentence, "", "")
