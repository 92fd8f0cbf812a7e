"""What the desk is told of papers (face/desk/papers.py): what may be printed, what is out, how a shift ends."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.paper_numbers import number_of
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.papers import OfferedPaper, ShiftPapers
from yifen.face.plain import plain_connection
from yifen.trades.invoices import printing
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.rules import multirange, shown_spans

_SQL = queries(__package__)
_OPEN, _UNCOUNTED, _SHIFT, _PAID = _SQL["open_transfers"], _SQL["uncounted"], _SQL["shift"], _SQL["paid_with"]
PRINT_CODE, COUNT_CODE, ELECTRONIC_CODE = "4627", "4642", "4643"
ISSUE = Text("开数电票", "Electronic invoice")
WORDS = {printing.FIRST: Text("打印发票", "Print invoice"), printing.REPRINT: Text("重打发票", "Invoice again"),
         printing.SUPPLEMENTARY: Text("补打发票", "Supplementary invoice")}  # fmt: skip


class InvoicePapers:
    """Invoices on numbered paper."""

    def offered(self, access: Access, payment_id: int, now: datetime) -> list[OfferedPaper]:
        """The first print, or what may follow it; or an electronic invoice."""
        if access.user is None or not access.may("invoices.use"):
            return []
        with plain_connection() as conn:
            following = printing.next_number(conn, access.user.pk, payment_id)
            may = [] if following is None else [
                what for what in (printing.FIRST, printing.REPRINT, printing.SUPPLEMENTARY)
                if printing.may_print(conn, payment_id, what, access.user.institution_id, now) is None
            ]  # fmt: skip
            issues = issuing.may_issue(conn, payment_id, access.user.institution_id, now) is None
        if printing.FIRST in may:
            may = [printing.FIRST]
        papers = [OfferedPaper(WORDS[what], address(payment_id, what), following.text) for what in may if following]
        return [*papers, OfferedPaper(ISSUE, f"{desk(ELECTRONIC_CODE)}?number={payment_id}")] if issues else papers

    def out(self, payment_id: int) -> list[str]:
        """Numbers that stand."""
        with plain_connection() as conn:
            return [one.text for one in printing.printed(conn, payment_id) if one.voided_at is None]

    def paid_with(self, number: str) -> list[int]:
        """Of whichever kind it is, on paper or electronic."""
        values = {"paper": number_of(number), "electronic": number}
        with plain_connection() as conn:
            return [row[0] for row in conn.execute(_PAID, values).fetchall()]

    def check_opening(self, teller_id: int) -> None:
        """Refused: INVOICE_HANDOVER_OPEN."""
        with plain_connection() as conn:
            row = conn.execute(_OPEN, {"user": teller_id}).fetchone()
        if row and row[0]:
            raise Refused(InvoiceCode.INVOICE_HANDOVER_OPEN)

    def check_closing(self, teller_id: int, opened_at: datetime) -> None:
        """Refused: INVOICE_HANDOVER_OPEN, INVOICE_COUNT_MISSING."""
        self.check_opening(teller_id)
        with plain_connection() as conn:
            row = conn.execute(_UNCOUNTED, {"user": teller_id, "since": opened_at}).fetchone()
        if row and row[0]:
            raise Refused(InvoiceCode.INVOICE_COUNT_MISSING)

    def of_shift(self, teller_id: int, since: datetime, until: datetime) -> list[ShiftPapers]:
        """A line a kind."""
        with plain_connection() as conn:
            rows = conn.execute(_SHIFT, {"user": teller_id, "since": since, "until": until}).fetchall()
        return [ShiftPapers(name, int(used), int(voided), int(left), differs(found, digits))
                for name, digits, used, voided, left, found in rows]  # fmt: skip


def differs(found: str | None, digits: int) -> str:
    """What a count missed (−) and had too much (+)."""
    missing, _, surplus = (found or "").partition("|")
    parts = (("−", multirange(missing)), ("+", multirange(surplus)))
    return " ".join(f"{sign}{shown_spans(rows, digits)}" for sign, rows in parts if rows)


def address(payment_id: int, what: str) -> str:
    """The desk's screen that prints it."""
    return f"{desk(PRINT_CODE)}?number={payment_id}&what={what}"


def desk(code: str) -> str:
    return reverse("desk_transaction", args=[code])


PAPERS = InvoicePapers()
