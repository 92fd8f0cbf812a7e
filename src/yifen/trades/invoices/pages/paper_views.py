"""The paper itself, for who just printed it."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override

from yifen.core.access import edge
from yifen.core.access.doors import allow
from yifen.core.access.edge import key_ring_of, user_of
from yifen.core.audit.record import act
from yifen.core.documents.invoice import Invoice, invoice
from yifen.core.documents.receipt import Copy, ReceiptLine
from yifen.face.desk.papers import pdf
from yifen.face.plain import plain_connection
from yifen.hub.payments import lookup_detail
from yifen.trades.invoices import printing
from yifen.trades.invoices.printing import PaperInPrinter

COPY: dict[str, Copy] = {"first": "original", "reprint": "reprint", "supplementary": "supplementary"}


@allow("invoices.use")
def invoice_paper(request: HttpRequest, print_id: int) -> HttpResponse:
    """As PDF, of one's own print that stands, on its day: later it is printed again under another number. Each time
    leaves a trace."""
    now = edge.now()
    with plain_connection() as conn:
        paper = printing.paper(conn, print_id)
    if (paper is None or paper.teller_id != user_of(request).pk or paper.voided_at
            or timezone.localdate(paper.printed_at) != timezone.localdate(now)):  # fmt: skip
        raise Http404
    with override("zh-hans"):
        body = invoice(invoice_of(request, paper))
    act(connection, "invoice.paper", "invoice_print", paper.print_id)
    return pdf(body, f"invoice-{paper.text}")


def invoice_of(request: HttpRequest, paper: PaperInPrinter) -> Invoice:
    """What stands on it."""
    with connection.cursor() as cursor:
        found = lookup_detail.detail(cursor, paper.payment_id, None, key_ring_of(request))
    if found is None:
        raise Http404
    return Invoice(
        layout=paper.layout, kind=paper.kind, prefix=paper.prefix, number=paper.text, seller=paper.seller,
        account_no=found.payment.account_no, payer_name=found.whole_name,
        lines=tuple(ReceiptLine(title=line.title, amount_fen=line.amount_fen) for line in found.lines),
        business_day=found.payment.business_day, payment_id=paper.payment_id, channel=found.payment.channel_name,
        outlet=paper.outlet, teller=paper.teller, printed_at=paper.printed_at, copy=COPY[paper.what],
        copy_no=paper.copy_no,
    )  # fmt: skip
