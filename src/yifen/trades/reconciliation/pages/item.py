"""One difference read for its page: both records, what they differ in, and who may do what."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.http import Http404, HttpRequest

from yifen.core.access.edge import access_of
from yifen.core.facts.refused import Refused
from yifen.face.masking import WHOLE_ACCOUNT
from yifen.trades.reconciliation.repair import evidence, items, operations, queries
from yifen.trades.reconciliation.repair.items import RepairItem, RepairLeg
from yifen.trades.reconciliation.repair.rules import RepairStep

_MORE = """
SELECT i.ours_fee_fen, i.theirs_fee_fen, i.batch, i.file_id, i.line_no, f.name, f.version,
       i.closed_at, i.closed_by, p.name, i.file_id IS NULL OR EXISTS (
           SELECT FROM recon_file_counting c WHERE c.file_id = i.file_id)
FROM recon_item i JOIN partner p ON p.id = i.partner_id
LEFT JOIN recon_file f ON f.file_id = i.file_id WHERE i.item_id = %s"""


class More(NamedTuple):
    """What the page shows of an item beside what repair reads; `file_counts`: its file was neither replaced
    nor withdrawn."""

    ours_fee_fen: int | None
    theirs_fee_fen: int | None
    batch: str | None
    file_id: int | None
    line_no: int | None
    file_name: str | None
    file_version: int | None
    closed_at: datetime | None
    closed_by: str | None
    partner_name: str
    file_counts: bool


class ItemFound(NamedTuple):
    """Everything about one difference; `can_release`: its money stands on suspense."""

    item: RepairItem
    more: More
    leg: RepairLeg
    step: RepairStep
    our_line: str | None
    their_line: str | None
    holdings: list[queries.Holding]
    related: list[queries.Related]
    acts: list[queries.Act]
    postings: list[queries.ItemPosting]
    outside: queries.OutsideRefund | None

    @property
    def can_release(self) -> bool:
        purposes = {posting.purpose for posting in self.postings}
        return purposes == {"suspend"}


def in_scope(request: HttpRequest, conn: psycopg.Connection[Any], item_id: int) -> RepairItem:
    """404 for what is not there, and for what is another's."""
    if item_id >= 2**63:
        raise Http404
    try:
        item = items.read(conn, item_id)
    except Refused:
        raise Http404 from None
    if not access_of(request).scope.has_partner(item.partner_id):
        raise Http404
    return item


def find(request: HttpRequest, conn: psycopg.Connection[Any], item_id: int) -> ItemFound:
    """The item with its evidence; lines as they stand in files are for those who check money."""
    item = in_scope(request, conn, item_id)
    access = access_of(request)
    row = conn.execute(_MORE, (item_id,)).fetchone()
    assert row is not None
    sees = bool(access.roles & WHOLE_ACCOUNT)
    scope = access.scope
    related = queries.related(conn, item)
    if scope.partners is not None:
        kept = {r.item_id for r in related if scope.has_partner(items.read(conn, r.item_id).partner_id)}
        related = [r for r in related if r.item_id in kept]
    return ItemFound(
        item, More(*row), items.read_leg(conn, item), operations.step_of(conn, item),
        evidence.our_line(conn, item) if sees else None,
        evidence.their_line(conn, item) if sees else None,
        queries.who_has_it(conn, item.payment_id) if item.payment_id is not None else [],
        related, queries.acts(conn, item_id), queries.postings(conn, item_id), queries.outside_of_item(conn, item_id),
    )  # fmt: skip
