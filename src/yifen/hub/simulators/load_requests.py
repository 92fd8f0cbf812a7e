"""The load generator's bills and charges: any process can work out bill number N by itself."""

from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from yifen.core.wire.messages import Charge, Line
from yifen.core.wire.xml_client import request_bytes

AMOUNTS = 5000  # different amounts among the bills
SERIAL_LENGTH = 12


class LoadBill(NamedTuple):
    """One payable to be charged once; amount in fen."""

    biller: int  # index into the plan's billers
    account_no: str
    ref: str
    amount_fen: int


class Plan(Struct, frozen=True):
    """What one run of the generator does. `rate`: requests a second, None: as fast as answered."""

    port: int
    partner: str
    key: bytes
    billers: list[str]
    first: int
    count: int
    business_day: date
    paid_at: datetime
    connections: int
    seconds: float
    rate: float | None = None


def bill(number: int, billers: int) -> LoadBill:
    """Bill `number`: its own account, exact amount."""
    return LoadBill(
        number % billers, f"{number:010d}", f"B{number:010d}", 1000 + number * 7919 % AMOUNTS
    )


def requests_of(plan: Plan, sent_at: int) -> list[bytes]:
    """Whole HTTP requests, signed, ready for the socket. `sent_at`: epoch seconds."""
    start = (
        f"POST /xml/v1/charge HTTP/1.1\r\nHost: 127.0.0.1:{plan.port}\r\n"
        "Content-Type: application/xml\r\nContent-Length: "
    ).encode()
    numbers = range(plan.first, plan.first + plan.count)
    bodies = (charge_bytes(plan, number, sent_at) for number in numbers)
    return [b"%b%d\r\n\r\n%b" % (start, len(body), body) for body in bodies]


def charge_bytes(plan: Plan, number: int, sent_at: int) -> bytes:
    """The signed message that charges bill `number` whole."""
    index, account_no, ref, amount_fen = bill(number, len(plan.billers))
    message = Charge(
        serial=f"{plan.business_day:%Y%m%d}{number:0{SERIAL_LENGTH}d}",
        biller=plan.billers[index],
        account_no=account_no,
        amount_fen=amount_fen,
        lines=[Line(payable=ref, amount_fen=amount_fen)],
        business_day=plan.business_day,
        paid_at=plan.paid_at,
        operator="T001",
    )
    return request_bytes(
        message, partner=plan.partner, key_version=1, key=plan.key, sent_at=sent_at
    )
