"""The tax platform's port 数电票平台接口: invoices and red confirmation sheets, as signed JSON over HTTP.

POST /invoices asks for an invoice, blue or red, once for each order number; POST /invoices/query says what became of
one; POST /sheets and /sheets/query do so for a red confirmation sheet; POST /invoices/day lists a seller's numbers of a
day. Requests and replies are signed as in the JSON dialect (RFC 9421, hmac-sha256). An order number that is known is
answered `duplicate`: ask what became of it. `not_found` (404): never seen.
"""

import re
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from yifen.core.wire.decoding import decoded
from yifen.core.wire.messages import WireFault
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.xml_tree import tree_of

ISSUE, QUERY, SHEET, SHEET_QUERY, DAY = "/invoices", "/invoices/query", "/sheets", "/sheets/query", "/invoices/day"
ISSUING, SIGNING, DONE, FAILED, SIGN_FAILED = "20", "21", "2", "22", "24"
InvoiceState = Literal["20", "21", "2", "22", "24", "duplicate", "not_found"]
SheetState = Literal[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "duplicate", "not_found"
]
AGREED, CONFIRMING = frozenset({"01", "04"}), frozenset({"02", "03"})
"""01 none needed, 04 both confirmed; 02 awaits the buyer, 03 the seller; 05 and above: over."""
NUMBER = re.compile(r"[0-9]{20}")


class TaxLine(Struct, forbid_unknown_fields=True, frozen=True):
    """A line: `fen` with the tax inside, `net` without, `tax` the rest; `no` is the blue line's for ever."""

    no: int
    code: str
    name: str
    title: str
    permille: int
    exempt: bool
    fen: int
    net: int
    tax: int


class InvoiceOrder(Struct, forbid_unknown_fields=True, frozen=True):
    """Issue it: the seller's invoice to a buyer. A red one takes back so much of `blue_number`, by an agreed sheet."""

    order_no: str
    kind: Literal["blue", "red"]
    seller_tax_no: str
    buyer_name: str
    buyer_tax_no: str
    mail: str
    lines: tuple[TaxLine, ...]
    total_fen: int
    tax_fen: int
    blue_number: str = ""
    sheet_no: str = ""


class SheetOrder(Struct, forbid_unknown_fields=True, frozen=True):
    """A red confirmation sheet for so much of an invoice. Why: 01 wrong, 02 returned, 03 stopped, 04 discount."""

    order_no: str
    seller_tax_no: str
    blue_number: str
    why: Literal["01", "02", "03", "04"]
    lines: tuple[TaxLine, ...]
    total_fen: int
    tax_fen: int


class OrderQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """What became of the order with this number?"""

    order_no: str


class InvoiceStatus(Struct, frozen=True):
    """20 issuing, 21 signing, 2 done: with its XML; 22 failed, 24 signing failed: there is none, and none will be under
    this order number, for the reason `code`."""

    order_no: str
    state: InvoiceState
    total_fen: int = 0
    xml: str = ""
    code: str = ""
    reason: str = ""

    @property
    def http_status(self) -> int:
        return 404 if self.state == "not_found" else 200


class SheetStatus(Struct, frozen=True):
    """How a sheet stands, and its number at the platform."""

    order_no: str
    state: SheetState
    total_fen: int = 0
    sheet_no: str = ""
    reason: str = ""

    @property
    def http_status(self) -> int:
        return 404 if self.state == "not_found" else 200


class DayQuery(Struct, forbid_unknown_fields=True, frozen=True):
    """A seller's invoices of a day (yyyy-MM-dd) whose numbers are above `after`."""

    seller_tax_no: str
    day: str
    after: str = ""


class DayRow(Struct, frozen=True):
    number: str
    kind: Literal["blue", "red"]
    total_fen: int


class DayList(Struct, frozen=True):
    """In the order of their numbers; `more`: ask again, after the last one."""

    day: str
    rows: tuple[DayRow, ...]
    more: bool = False

    @property
    def http_status(self) -> int:
        return 200


def read_invoice_order(body: bytes) -> InvoiceOrder:
    """ValueError: it is none."""
    return decoded(body, InvoiceOrder)


def read_sheet_order(body: bytes) -> SheetOrder:
    """ValueError: it is none."""
    return decoded(body, SheetOrder)


def read_order_query(body: bytes) -> OrderQuery:
    """ValueError: it is none."""
    return decoded(body, OrderQuery)


def read_day_query(body: bytes) -> DayQuery:
    """ValueError: it is none."""
    return decoded(body, DayQuery)


def read_invoice_status(body: bytes) -> InvoiceStatus:
    """ValueError: it is none, one that is done without a number, or a failure without a code."""
    status = decoded(body, InvoiceStatus)
    if status.state == DONE:
        number_of(status.xml)
    if (status.state in (FAILED, SIGN_FAILED)) != bool(status.code):
        raise ValueError("a failure has a code")
    return status


def read_sheet_status(body: bytes) -> SheetStatus:
    """ValueError: it is none, or one that is agreed without its number."""
    status = decoded(body, SheetStatus)
    if status.state in AGREED and not status.sheet_no:
        raise ValueError("a sheet has a number")
    return status


def read_day_list(body: bytes) -> DayList:
    """ValueError: it is none, or not in the order of its numbers."""
    found = decoded(body, DayList)
    numbers = [row.number for row in found.rows]
    if numbers != sorted(set(numbers)) or not all(NUMBER.fullmatch(one) for one in numbers):
        raise ValueError("a list of numbers goes up")
    return found


def number_of(xml: str) -> tuple[str, datetime]:
    """The number and the moment of issue that the tax bureau signed: those in TaxSupervisionInfo. Another number may
    stand in AdditionalInformation. ValueError: there are none."""
    try:
        root = tree_of(xml)
    except WireFault as fault:
        raise ValueError(fault.detail) from None
    info = root.findall("TaxSupervisionInfo")
    number = (info[0].findtext("InvoiceNumber") or "").strip() if len(info) == 1 else ""
    if root.tag != "EInvoice" or not NUMBER.fullmatch(number):
        raise ValueError("an invoice has a number of 20 digits in TaxSupervisionInfo")
    at = datetime.fromisoformat((info[0].findtext("IssueTime") or "").strip())
    return number, at if at.tzinfo else at.replace(tzinfo=HUB_ZONE)


encode = msgspec.json.encode
