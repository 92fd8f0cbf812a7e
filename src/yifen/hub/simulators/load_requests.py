"""The load generator's bills and charges: any process can work out bill number N by itself."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from yifen.core.wire import http_signed, json_http
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Line
from yifen.core.wire.moments import HUB_ZONE, moment_text
from yifen.core.wire.tcp_messages import (
    TcpMessage,
    amount_text,
    framed,
    mac_text,
    session_key,
    written,
)
from yifen.core.wire.xml_client import request_bytes

TCP_ALGORITHM = "sm4-cbc"
AMOUNTS = 5000  # different amounts among the bills
GOLDEN = 61803398874989484821  # ends in 1: times it, modulo a power of ten, no two numbers meet


class LoadBill(NamedTuple):
    """One payable to be charged once; amount in fen."""

    biller: int  # index into the plan's billers
    account_no: str
    ref: str
    amount_fen: int


class Plan(Struct, frozen=True):
    """What one run of the generator does. `rate`: requests a second, None: as fast as answered;
    `spread_s`: how long before `paid_at` the earliest of the payments was made; `door`: xml, json or tcp."""

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
    spread_s: int = 0
    door: str = "xml"


def scattered(number: int, digits: int) -> str:
    """Another number for each, in no order: whatever is kept by it is met at a random place."""
    return f"{number * GOLDEN % 10**digits:0{digits}d}"


def bill(number: int, billers: int) -> LoadBill:
    """Bill `number`: its own account, exact amount."""
    account_no = scattered(number, 10)
    return LoadBill(number % billers, account_no, f"B{account_no}", 1000 + number * 7919 % AMOUNTS)


def charge(plan: Plan, number: int) -> Charge:
    """The message that charges bill `number` whole."""
    index, account_no, ref, amount_fen = bill(number, len(plan.billers))
    earlier = timedelta(seconds=number * 7919 % (plan.spread_s + 1))
    return Charge(
        serial=scattered(number, 20),
        biller=plan.billers[index],
        account_no=account_no,
        amount_fen=amount_fen,
        lines=[Line(payable=ref, amount_fen=amount_fen)],
        business_day=plan.business_day,
        paid_at=plan.paid_at - earlier,
        operator="T001",
    )


def requests_of(plan: Plan, sent_at: int) -> list[bytes]:
    """Whole HTTP requests, signed, ready for the socket. `sent_at`: epoch seconds."""
    make = {"xml": xml_request, "json": json_request, "tcp": tcp_request}[plan.door]
    numbers = range(plan.first, plan.first + plan.count)
    return [make(plan, charge(plan, number), sent_at) for number in numbers]


def xml_request(plan: Plan, message: Charge, sent_at: int) -> bytes:
    """By the shared secret's digest, key version 1."""
    body = request_bytes(message, partner=plan.partner, key_version=1, key=plan.key, sent_at=sent_at)
    return _whole(plan, body, {"Content-Type": "application/xml"})


def json_request(plan: Plan, message: Charge, sent_at: int) -> bytes:
    """By RFC 9421 with HMAC-SHA-256, key version 2."""
    body, path = json_http.request_body(message), "/json/v1/charge"
    key = Key(partner=plan.partner, version=2, algorithm="hmac-sha256", secret=plan.key)
    return _whole(plan, body, http_signed.sign_request("POST", path, body, key, sent_at, message.serial))


def tcp_request(plan: Plan, message: Charge, sent_at: int) -> bytes:
    """By the line's key of the day; the partner's code is its number there."""
    xml = written(TcpMessage(plan.partner, "BJCEBBCReq", message.serial[:16], {
        "billKey": message.account_no, "companyId": message.biller, "billNo": message.serial,
        "payDate": moment_text(message.paid_at), "payAmount": amount_text(message.amount_fen, False),
        "contractNo": message.lines[0].payable}), "in")  # fmt: skip
    return framed(xml, mac_text(TCP_ALGORITHM, tcp_key(plan), xml))


def tcp_key(plan: Plan) -> bytes:
    return session_key(plan.key[:16], plan.partner, plan.paid_at.astimezone(HUB_ZONE).date())


def _whole(plan: Plan, body: bytes, headers: dict[str, str]) -> bytes:
    head = [f"POST /{plan.door}/v1/charge HTTP/1.1", f"Host: 127.0.0.1:{plan.port}",
            *(f"{name}: {value}" for name, value in headers.items()), f"Content-Length: {len(body)}"]  # fmt: skip
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
