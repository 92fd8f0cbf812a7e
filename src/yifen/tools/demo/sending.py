"""The file's sales, charged through the gateway in the file's order."""

import asyncio
from collections.abc import Iterator

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.runtime import EdgeError
from yifen.core.wire.messages import Charge, Line
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.sample import Member
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.tools.demo.merchant import MerchantBook
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.traffic import clock
from yifen.trades.reconciliation.rows import Row

AT_ONCE = 32
TRIES_MAX = 20
PAUSE_S = 0.25
AGAIN = (Code.BUSY, Code.UNAVAILABLE, Code.FAULT)


async def charge_all(
    base_url: str, pos: Member, book: MerchantBook, screen: DemoScreen
) -> list[str]:
    """Every sale, sent in the file's order, some at once. Answers what was refused."""
    door = HubDoor(base_url, pos.identity, clock)
    rows: Iterator[Row] = iter(book.sales)
    refused: list[str] = []
    with screen.progress("charges 销账", len(book.sales)) as advance:

        async def sender() -> None:
            for row in rows:
                code = await settle(door, charge_of(row, book))
                if code is not Code.OK:
                    refused.append(f"line {row.line_no}, {row.serial}: {code.name}")
                advance()

        try:
            async with asyncio.TaskGroup() as senders:
                for _ in range(AT_ONCE):
                    senders.create_task(sender())
        except BaseExceptionGroup as group:
            if group.subgroup(Lost) is None:
                raise
            raise EdgeError(f"the gateway does not answer: {group.exceptions[0]}") from None
    await door.close()
    return refused


def charge_of(row: Row, book: MerchantBook) -> Charge:
    """One sale as a charge of its payable; its serial is the order id."""
    assert row.at is not None  # a UnionPay file has every row's time
    return Charge(
        serial=row.serial,
        biller=book.merchant,
        account_no=book.merchant,
        amount_fen=row.amount_fen,
        lines=[Line(payable=row.serial, amount_fen=row.amount_fen)],
        business_day=book.day,
        paid_at=row.at.replace(tzinfo=HUB_ZONE),
    )


async def settle(door: HubDoor, charge: Charge) -> ResultCode:
    """The code of a charge; the same serial is sent again while nobody answers."""
    for last in (n == TRIES_MAX for n in range(1, TRIES_MAX + 1)):
        try:
            code = (await door.ask(charge)).code
            if code not in AGAIN or last:
                return code
        except Lost:
            if last:
                raise
        await asyncio.sleep(PAUSE_S)
    raise AssertionError("the last try ends the loop")
