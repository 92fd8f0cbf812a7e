"""Whether a list's period reaches into what was archived 归档: then it says so, and no file is made of it."""

from datetime import date

from django.db import connection

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.ledger.archived import archived
from yifen.face.lists.filters import ListFilters
from yifen.face.lists.listing import Listing


def gone_until(listing: Listing, form: ListFilters) -> date | None:
    """The last day of which some rows are out, where the form asks for it or for days before it."""
    since = form.cleaned_data.get("since") if listing.archives and form.is_valid() else None
    if since is None:
        return None
    connection.ensure_connection()
    until = archived(connection.connection).until_day
    return until if until and since <= until else None


def refuse_gone(listing: Listing, form: ListFilters) -> None:
    """Refused: PERIOD_ARCHIVED; a file or a paper would lack rows without a word."""
    if until := gone_until(listing, form):
        raise Refused(Code.PERIOD_ARCHIVED, "since", until.isoformat())
