"""A valid proposal of each act about pipes."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_NUMBERS = count(1)
Proposed = tuple[Any, Any, str, Any]


def row(place: Province) -> Any:
    """The pipe of the county's biller, which is live."""
    from yifen.trades.pipes.models import Pipe

    return Pipe.objects.select_related("partner").get(pk=place.own.more["pipe"])


def changed(place: Province) -> Proposed:
    """Another address."""
    from yifen.trades.pipes.operations import keeping

    terms = keeping.PipeTerms(f"https://hooks{next(_NUMBERS)}.example.cn/", ("payment.decided", "file.ready"))
    made = keeping.change(site.access(place.users["developer"]), row(place), terms, NOW)
    return (made, place.own.user, "SELECT address || wants::text || enabled FROM pipe WHERE id = %s",
            place.own.more["pipe"])  # fmt: skip


MAKERS = {"pipes.pipe": changed}
