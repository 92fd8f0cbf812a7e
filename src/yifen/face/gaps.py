"""The gaps 差额 of a day as pages show them: a badge with what differs, and each reason as a line."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from yifen.core.access.scope import Scope
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face.plain import plain_connection
from yifen.face.words import Toned
from yifen.hub.gaps import NOT_CLOSED, DayGap, gaps, standing, sums


def in_scope(scope: Scope, book_id: int, day: date) -> list[DayGap]:
    """Those of the partners that may be seen, and that the day is not closed."""
    with plain_connection() as conn:
        found = gaps(conn, book_id, day)
    return [gap for gap in found if gap.reason == NOT_CLOSED or scope.has_partner(gap.partner_id)]


def books_of(scope: Scope) -> list[int]:
    """In which somebody of the scope is, sandboxes aside."""
    real = Partner.objects.exclude(book_id=SANDBOX_BOOK_ID)
    mine = real if scope.partners is None else real.filter(pk__in=scope.partners)
    return sorted(set(mine.values_list("book_id", flat=True)))


def of_day(scope: Scope, day: date) -> list[DayGap]:
    """Those in scope of every book."""
    return [gap for book_id in books_of(scope) for gap in in_scope(scope, book_id, day)]


def badge(found: list[DayGap], scope: Scope, books: Iterable[int]) -> Toned:
    """Green only where there is no gap; who does not see all partners of these books is told whose it is."""
    word = standing(found)
    if scope.partners is not None and Partner.objects.filter(book_id__in=books).exclude(pk__in=scope.partners).exists():
        word = Text(f"辖内{word.zh}", f"Yours: {word.en[0].lower()}{word.en[1:]}")
    return Toned(told(word), "waiting" if found else "ok")


def shown(found: list[DayGap], language: str, scope: Scope, books: Iterable[int]) -> dict[str, Any]:
    """For `parts/gaps.html`."""
    return {"badge": badge(found, scope, books), "sums": told(sums(found)) if found else "",
            "lines": [gap.text(language) for gap in found]}  # fmt: skip
