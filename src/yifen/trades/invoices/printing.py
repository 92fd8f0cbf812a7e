"""Papers of payments: the first print, 重打 by a supervisor's word, 补打; and what stands of them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision, Signature
from yifen.core.facts.buckets import payment_bucket
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.invoices.asking import Conn
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.rules import shown

FIRST, REPRINT, SUPPLEMENTARY = "first", "reprint", "supplementary"
ACT = "invoices.reprint"
_SQL = queries(__package__)
_PRINT, _MAY, _NEXT = _SQL["print"], _SQL["may_print"], _SQL["next"]
_PRINTS, _PAPER = _SQL["prints"], _SQL["paper"]
_PAYMENT_OF, _KNOWN = _SQL["payment_of"], _SQL["known_payment"]
_PAYMENT, _OLD, _NEW = Text("缴费号", "Payment"), Text("作废号码", "Number made void"), Text("新号码", "New number")


class NextNumber(NamedTuple):
    """The number that the teller's next paper of a company has."""

    kind_id: int
    number: int
    digits: int
    prefix: str
    name: str

    @property
    def text(self) -> str:
        return shown(self.number, self.digits)


class PaperPrinted(NamedTuple):
    """One paper of a payment."""

    print_id: int
    what: str
    copy_no: int
    number: int
    digits: int
    prefix: str
    printed_at: datetime
    voided_at: datetime | None
    teller_id: int

    @property
    def text(self) -> str:
        return shown(self.number, self.digits)


class PaperInPrinter(NamedTuple):
    """One paper, as the printer needs it."""

    print_id: int
    payment_id: int
    what: str
    copy_no: int
    number: int
    digits: int
    prefix: str
    kind: str
    layout: Any
    printed_at: datetime
    voided_at: datetime | None
    teller_id: int
    institution_id: int
    outlet: str
    teller: str
    seller: str

    @property
    def text(self) -> str:
        return shown(self.number, self.digits)


class PaymentPapers(NamedTuple):
    """What the payment is whose papers are printed."""

    payment_id: int
    account_no: str
    amount_fen: int
    business_day: Any
    biller: str
    channel: str


def payment_of(conn: Conn, institution_id: int, typed: str) -> int | None:
    """By its number, or the serial of a collection of this institution."""
    number = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
    values = {"number": number, "text": typed, "institution": institution_id}
    row = conn.execute(_PAYMENT_OF, values).fetchone()
    return row and int(row[0])


def known(conn: Conn, payment_id: int) -> PaymentPapers | None:
    """None: there is no such payment."""
    row = conn.execute(_KNOWN, (payment_bucket(payment_id), payment_id)).fetchone()
    return row and PaymentPapers(*row)


def may_print(conn: Conn, payment_id: int, what: str, institution_id: int, now: datetime) -> ResultCode | None:
    """Why not; None: it may be printed."""
    row = conn.execute(_MAY, (payment_id, what, institution_id, now)).fetchone()
    return result_code(row[0]) if row and row[0] else None


def next_number(conn: Conn, teller_id: int, payment_id: int) -> NextNumber | None:
    """None: the teller has no paper of the payment's company."""
    row = conn.execute(_NEXT, (teller_id, payment_bucket(payment_id), payment_id)).fetchone()
    return row and NextNumber(*row)


def printed(conn: Conn, payment_id: int) -> list[PaperPrinted]:
    """The newest first."""
    return [PaperPrinted(*row) for row in conn.execute(_PRINTS, (payment_id,)).fetchall()]


def paper(conn: Conn, print_id: int) -> PaperInPrinter | None:
    """None: there is no such print."""
    row = conn.execute(_PAPER, (print_id,)).fetchone()
    return row and PaperInPrinter(*row)


@transaction.atomic
def print_paper(access: Access, payment_id: int, what: str, number: int, now: datetime) -> int:
    """first or supplementary: the print's number. `number`: what stands on the paper in the printer. Refused:
    PERMISSION_MISSING, OUT_OF_SCOPE, INVOICE_PAYMENT_UNFIT, INVOICE_PRINTED, INVOICE_NOT_TODAY, INVOICE_TOO_OLD,
    INVOICE_COPIES_OVER, INVOICE_NONE_IN_HAND, INVOICE_NOT_LOWEST (with the right one)."""
    return _printed(access.session, payment_id, what, number, None, now)


@transaction.atomic
def reprint(
    access: Access, payment_id: int, number: int, signature: Signature, reason: str, now: datetime
) -> int:
    """重打: its old number is void, and nobody reverses the payment any more. Refused: as `print_paper`,
    INVOICE_NOT_PRINTED, and as `second.on_the_spot` refuses."""
    content = {"payment": payment_id, "number": number}
    second.on_the_spot(access, ACT, f"invoice {payment_id}", content, signature, now, reason=reason)
    with plain_connection() as conn:
        return printed(conn, payment_id)[0].print_id


def named(subject: str) -> Text:
    """Of which payment."""
    payment = subject.rpartition(" ")[2]
    return Text(f"缴费号 {payment}", f"Payment {payment}")


def view(content: dict[str, Any]) -> list[Change]:
    """Which number goes, which one comes."""
    with plain_connection() as conn:
        old = next((one for one in printed(conn, content["payment"]) if not one.voided_at
                    and one.what != SUPPLEMENTARY), None)  # fmt: skip
    if old is None:
        raise Refused(InvoiceCode.INVOICE_NOT_PRINTED)
    return [
        Change("payment", _PAYMENT, str(content["payment"]), str(content["payment"])),
        Change("number", _OLD, old.text, None),
        Change("new", _NEW, None, shown(content["number"], old.digits)),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the supervisor's word."""
    _printed("", content["payment"], REPRINT, content["number"], decision.proposal, decision.now)


def _printed(
    session: str, payment_id: int, what: str, number: int, proposal: int | None, now: datetime
) -> int:
    with plain_connection() as conn:
        row = conn.execute(_PRINT, (session, payment_id, what, number, proposal, now)).fetchone()
    assert row is not None
    code, print_id, lowest = row
    if code:
        raise Refused(result_code(code), "number", lowest or "")
    return int(print_id)
