"""The two sides of the simulator tests: the hub's as a door, the biller's as a listener."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime

from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Line
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.door import HubDoor
from yifen.hub.simulators.faults import Faults
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.people import Payer, exact

NOW = datetime.now(HUB_ZONE).replace(microsecond=0)
DAY = date(2026, 11, 30)
SECRET = b"one secret for both sides 123456"
KEY = Key(partner="GAS01", version=1, algorithm="hmac-sha256", secret=SECRET)
PAYERS = (
    Payer("A1", "张三", (exact("202609", "九月", 100, DAY), exact("202610", "十月", 250, DAY))),
    Payer("A2", "李四", (exact("202610", "十月", 300, DAY),)),
)


def clock() -> datetime:
    return NOW


def identity(dialect: str) -> Identity:
    return Identity(partner="GAS01", dialect=dialect, key=KEY, reply_key=KEY)


def charge(serial: str = "1", account_no: str = "A2", **bills: int) -> Charge:
    """`charge("1", "A1", b202610=250)`; without bills what A2 owes."""
    lines = [Line(payable=ref[1:], amount_fen=fen) for ref, fen in bills.items()]
    lines = lines or [Line(payable="202610", amount_fen=300)]
    return Charge(
        serial=serial,
        biller="GAS01",
        account_no=account_no,
        amount_fen=sum(line.amount_fen for line in lines),
        lines=lines,
        paid_at=NOW,
    )


@asynccontextmanager
async def biller(
    faults: Faults | None = None, dialect: str = "xml", late_s: float = 0.3
) -> AsyncIterator[tuple[HubDoor, BillerBooks, SimulatedBiller]]:
    """A biller that listens, and a door to it."""
    books = BillerBooks("GAS01", PAYERS)
    made = SimulatedBiller(
        identity("xml"), books, faults or Faults(), clock, late_s=late_s, down_s=0.3
    )
    port = await made.open()
    door = HubDoor(f"http://127.0.0.1:{port}", identity(dialect), clock)
    try:
        yield door, books, made
    finally:
        await door.close()
        await made.listener.close()
        await asyncio.sleep(0)
