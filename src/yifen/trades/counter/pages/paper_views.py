"""Papers of the counter as PDF: counted, traced, and of one's own organisation only."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of
from yifen.core.facts.refused import Refused
from yifen.face.desk.papers import keepers, pdf
from yifen.face.desk.transaction import found
from yifen.trades.counter import queries
from yifen.trades.counter.models import Entry, Shift
from yifen.trades.counter.operations.prints import count_receipt, count_voucher, trace_shift_report
from yifen.trades.counter.pages import papers
from yifen.trades.counter.pages.screen import show
from yifen.trades.counter.pages.views import entry_of


@allow("desk.journal")
@require_POST
def desk_receipt(request: HttpRequest, entry_id: int) -> HttpResponse:
    """POST, for each print counts: the second one is marked 重打; of a refund it is the 退款凭证."""
    entry = with_paper(request, entry_id)
    try:
        prints = count_receipt(entry.pk)
    except Refused:
        raise Http404 from None
    return pdf(papers.receipt_of(entry, key_ring_of(request), prints, edge.now()), f"receipt-{entry.serial}")


@allow("desk.journal")
@require_POST
def desk_voucher(request: HttpRequest, entry_id: int) -> HttpResponse:
    """记账凭证: POST, for each print counts; the second one is marked 补打."""
    entry = with_paper(request, entry_id)
    try:
        prints = count_voucher(entry.pk)
    except Refused:
        raise Http404 from None
    return pdf(papers.voucher_of(entry, key_ring_of(request), prints), f"voucher-{entry.serial}")


def with_paper(request: HttpRequest, entry_id: int) -> Entry:
    """An entry that has a payment. Http404 otherwise."""
    entry = entry_of(request, entry_id)
    if entry.payment_id is None:
        raise Http404
    return entry


def closed_shift(request: HttpRequest, shift_id: int) -> Shift:
    """A closed shift of one's own organisation. Http404 otherwise."""
    shift = queries.closed_shift(shift_id)
    if shift is None or not access_of(request).scope.has_institution(shift.institution_id):
        raise Http404
    return shift


@allow("desk.work")
def desk_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """What a closed shift came to."""
    shift = closed_shift(request, shift_id)
    rows = [{"row": row, "title": one.title if (one := found(row.code)) else row.title}
            for row in papers.operations(shift)]  # fmt: skip
    lines = [line for keeper in keepers()
             for line in keeper.of_shift(shift.teller_id, shift.opened_at, shift.closed_at or edge.now())]  # fmt: skip
    return show(request, "shift", found("4641"), {"closed": shift, "rows": rows, "papers": lines})


@allow("desk.journal")
def desk_shift_report(request: HttpRequest, shift_id: int) -> HttpResponse:
    """柜员轧账单."""
    shift = closed_shift(request, shift_id)
    trace_shift_report(shift.pk)
    return pdf(papers.shift_report_of(shift), f"shift-{shift.pk}")
