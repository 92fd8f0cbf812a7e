"""Messages that the wire tests share: one of each kind, with every optional field somewhere."""

from datetime import date, datetime

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import (
    Charge,
    Confirm,
    FileRequest,
    Line,
    Query,
    Refund,
    Request,
    Reverse,
)
from yifen.core.wire.moments import HUB_ZONE
from yifen.core.wire.replies import PayableView, PaymentReply, QueryReply, Reply, ReverseReply


def at(day: int, hour: int, minute: int, second: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=HUB_ZONE)


DAY = date(2026, 11, 30)
REQUESTS: dict[str, Request] = {
    "query": Query(biller="WATER01", account_no="0339201206"),
    "charge": Charge(
        serial="S-1",
        biller="WATER01",
        account_no="0339201206",
        amount_fen=15001,
        lines=[Line(payable="B-11", amount_fen=15000), Line(payable="B-12", amount_fen=1)],
        quote="Q1",
        business_day=DAY,
        paid_at=at(30, 9, 30, 15),
        operator="T001",
    ),
    "charge_gb18030": Charge(
        serial="S-2",
        biller="WATER01",
        account_no="㐂𫖯0339",
        amount_fen=15000,
        lines=[Line(payable="电费十一月", amount_fen=15000)],
        paid_at=at(30, 9, 30, 15),
        operator="柜员㐂",
    ),
    "confirm": Confirm(original_serial="S-1"),
    "reverse": Reverse(serial="R-1", original_serial="S-1", amount_fen=15001, reason="柜员录错"),
    "refund": Refund(serial="R-2", original_serial="S-1", amount_fen=15001),
    "file": FileRequest(business_day=DAY),
}
REPLIES: dict[str, tuple[Code, Reply | None]] = {
    "query": (
        Code.OK,
        QueryReply(
            biller="WATER01",
            account_no="0339201206",
            payer_name="张*",
            quote="Q1",
            quote_expires_at=at(1, 0, 0, 0, month=12),
            payables=[
                PayableView(
                    payable="B-11",
                    title="11月水费 <居民> A&B",
                    mode="exact",
                    due_fen=15000,
                    min_fen=15000,
                    max_fen=15000,
                    due_on=date(2026, 12, 15),
                ),
                PayableView(
                    payable="P",
                    title="预存",
                    mode="open",
                    due_fen=0,
                    min_fen=100,
                    max_fen=10**15 - 1,
                ),
            ],
        ),
    ),
    "charge": (
        Code.OK,
        PaymentReply(
            payment_id=2**63 - 1,
            serial="S-1",
            amount_fen=15001,
            business_day=DAY,
            booked_at=at(30, 9, 30, 16),
            payer_state="paid",
            biller_state="booked",
            biller_serial="水-77",
        ),
    ),
    "charge_processing": (
        Code.PROCESSING,
        PaymentReply(
            payment_id=7,
            serial="S-1",
            amount_fen=15001,
            business_day=DAY,
            payer_state="paid",
            biller_state="unknown",
        ),
    ),
    "confirm": (
        Code.OK,
        PaymentReply(
            payment_id=7,
            serial="S-1",
            amount_fen=15001,
            business_day=DAY,
            booked_at=at(30, 9, 30, 16),
            payer_state="paid",
            biller_state="booked",
            result="0000",
        ),
    ),
    "reverse": (
        Code.OK,
        ReverseReply(
            payment_id=7,
            serial="R-1",
            original_serial="S-1",
            amount_fen=15001,
            business_day=DAY,
            booked_at=at(30, 10, 15, 0),
        ),
    ),
    "refund": (
        Code.OK,
        ReverseReply(
            payment_id=7,
            serial="R-2",
            original_serial="S-1",
            amount_fen=15001,
            business_day=date(2026, 12, 1),
            booked_at=at(1, 10, 15, 0, month=12),
        ),
    ),
    "refusal": (Code.AMOUNT_WRONG, None),
}


@pytest.fixture
def requests() -> dict[str, Request]:
    return REQUESTS


@pytest.fixture
def replies() -> dict[str, tuple[Code, Reply | None]]:
    return REPLIES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`request_name` and `reply_name` run a test for each of them."""
    for name, known in (("request_name", REQUESTS), ("reply_name", REPLIES)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, known)
