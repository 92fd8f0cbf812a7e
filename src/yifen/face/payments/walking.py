"""Walking the payments by time, in both directions: a page begins where each bucket was read to.

Older pages are those of yifen.hub.payments.lookup_listing; newer ones mirror its statement.
"""

from collections.abc import Iterator

from django.db import connection

from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.pgarrays import numbers, plain
from yifen.face.lists.keys import Key
from yifen.face.lists.listing import PAGE_SIZE, ListAsk, ListPage
from yifen.face.scope import buckets
from yifen.hub.payments import lookup_listing
from yifen.hub.payments.lookup import COLUMNS, PARTNERS, PaymentRow, payment_rows
from yifen.hub.payments.lookup_listing import CONDITIONS, ID_STEP, PaymentSearch, Position
from yifen.hub.payments.scope import in_scope

# Within a day and a bucket a payment counts as no newer than those after it: the mirror of
# lookup_listing.LIST_SQL.
_NEWER = """
SELECT {columns}
FROM unnest(%(buckets)s::smallint[], %(days)s::date[], %(ids)s::bigint[]) AS s (bucket, day, id)
CROSS JOIN LATERAL (
    SELECT x.*, min(coalesce(x.booked_at, x.paid_at))
        OVER (PARTITION BY x.business_day ORDER BY x.payment_id DESC) AS at
    FROM (SELECT y.* FROM payment y
          WHERE y.bucket = s.bucket AND (y.business_day, y.payment_id) >= (s.day, s.id) {more}
          ORDER BY y.business_day, y.payment_id LIMIT %(limit)s) x) y
{partners}
ORDER BY y.business_day, y.at, y.payment_id LIMIT %(limit)s"""


def page(ask: ListAsk, filters: PaymentSearch) -> ListPage:
    """The page that begins at `ask.key`, or the one that ends there."""
    if ask.key is not None and ask.back and (found := newer(ask, filters, ask.key)):
        return found
    position = None if ask.back else ask.key
    with connection.cursor() as cursor:
        partners = ask.access.scope.partners
        older = lookup_listing.listing(cursor, buckets(), filters, partners, position, ask.limit)
    return ListPage(older.rows, newer=position if older.rows else None, older=older.next)


def every(ask: ListAsk, filters: PaymentSearch) -> Iterator[PaymentRow]:
    """All pages as a reader turns them. Which of what happened at once, or was booked late, comes first
    depends on how far each page reads, so that no other statement would give the same order."""
    with connection.cursor() as cursor:
        position: Position | None = None
        while True:
            found = lookup_listing.listing(
                cursor, buckets(), filters, ask.access.scope.partners, position, PAGE_SIZE
            )
            yield from found.rows
            if (position := found.next) is None:
                return


def newer(ask: ListAsk, filters: PaymentSearch, position: Position) -> ListPage | None:
    """The page before `position`; None: nothing is before it, the first page is meant."""
    partners = ask.access.scope.partners
    more = lookup_listing.conditions(filters) + in_scope(partners, "y.channel_id", "y.biller_id")
    params = {name: getattr(filters, name) for name, _ in CONDITIONS} | {
        "payer_states": plain(filters.payer_states),
        "biller_states": plain(filters.biller_states),
        "without_billers": numbers(filters.without_billers),
        "buckets": numbers(range(len(position))),
        "days": plain(day for day, _ in position),
        "ids": numbers(number for _, number in position),
        "scope": numbers(partners or ()),
        "limit": ask.limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWER.format(columns=COLUMNS, partners=PARTNERS, more=more), params)
        rows = payment_rows(cursor.fetchall())
    if len(rows) <= ask.limit:
        return None
    shown = rows[: ask.limit]
    return ListPage(shown[::-1], newer=beginning(position, shown), older=position)


def beginning(position: Position, shown: list[PaymentRow]) -> Position:
    """Just above the newest row of each bucket; rows come upwards."""
    reached = list(position)
    for row in shown:
        reached[payment_bucket(row.payment_id)] = (row.business_day, row.payment_id + ID_STEP)
    return tuple(reached)


def read_position(text: str) -> Key | None:
    """The position of an address, or None when it holds none."""
    try:
        return lookup_listing.read_position(text, buckets())
    except ValueError:
        return None


def write_position(key: Key) -> str:
    return lookup_listing.position_text(key)
