"""`yifen demo --replay FILE`: a real UnionPay merchant file as the day's traffic, and the match.

Each sale of the file becomes a payable, is charged through the gateway at its own time and in the
file's order; then the hub's own daily file is matched to the UnionPay file.
"""

import argparse
import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from yifen.cli.demo import closing, finish
from yifen.cli.demo.closing import Conn, Result
from yifen.cli.demo.screen import Screen
from yifen.cli.demo.serving import linger
from yifen.cli.demo.stage import Stage, stage
from yifen.cli.demo.traffic import clock
from yifen.cli.runtime import EdgeError
from yifen.cli.sample_partners import Member, Registry
from yifen.kernel.buckets import account_bucket
from yifen.kernel.codes import Code
from yifen.kernel.days import DayError, parse_day
from yifen.kernel.money import format_yuan
from yifen.kernel.settings import Settings
from yifen.payments.payables import (
    PAYABLES_SQL,
    PAYERS_SQL,
    NewPayable,
    pack_payables,
    pack_payers,
)
from yifen.reconciliation.match import Difference, MatchResult, match
from yifen.reconciliation.readers.hub_file import read_hub_file
from yifen.reconciliation.readers.unionpay_zm import CUT_OFF, day_of_name, read_zm
from yifen.reconciliation.rows import FileError, Row
from yifen.simulators.door import Door, Lost
from yifen.wire.messages import Charge, Line
from yifen.wire.moments import HUB_ZONE

BOOK = (1, "hub", "银联商户账簿")
CHANNEL = ("UPPOS", "银联商务 POS")
AT_ONCE = 32
TRIES_MAX = 20
PAUSE_S = 0.25
AGAIN = (Code.BUSY, Code.UNAVAILABLE, Code.FAULT)
SHOWN = 10


class Book(NamedTuple):
    """The file as read, and the two partners that it becomes."""

    day: date
    merchant: str
    rows: list[Row]

    @property
    def sales(self) -> list[Row]:
        return [row for row in self.rows if row.kind == "sale"]


def run(args: argparse.Namespace, settings: Settings, screen: Screen) -> int:
    """Exit code 0 only if every row matched and the ledger is proved."""
    book = read(args.replay, args.day)
    screen.say(
        f"{args.replay.name}: {len(book.sales):,} sales of merchant {book.merchant}, business day "
        f"{book.day} (cut-off {CUT_OFF:%H:%M})"
    )
    with stage(settings) as found:
        pos, merchant = set_up(found, book)
        found.start_gateway()
        pos = pos.knowing(found.hub_key())
        screen.say(f"the gateway listens on {found.base_url}; the sales follow in file order")
        refused = asyncio.run(charge_all(found.base_url, pos, book, screen))
        with psycopg.connect(found.database.app_url, autocommit=True) as conn:
            result = close(found.base_url, pos, book, conn, refused, screen)
        code = finish(args, screen, result)
        if not args.once:
            linger(found, screen)
    return code


def read(path: Path, day_text: str | None) -> Book:
    """The whole file, before anything is started. EdgeError names line and column."""
    try:
        day = parse_day(day_text) if day_text else day_of_name(path.name)
    except (DayError, FileError) as error:
        raise EdgeError(f"{path.name}: {error}; name the business day with --day") from None
    try:
        with path.open("rb") as stream:
            rows = list(read_zm(stream, day))
    except OSError as error:
        raise EdgeError(f"{path}: {error.strerror}") from None
    except FileError as error:
        raise EdgeError(f"{path.name}: {error}") from None
    if not rows:
        raise EdgeError(f"{path.name}: the file is empty")
    return Book(day, rows[0].extra["merchant_id"], rows)


def set_up(found: Stage, book: Book) -> tuple[Member, Member]:
    """One channel, one merchant as biller, and a payable for every sale."""
    from django.db import transaction

    with transaction.atomic():
        pos, merchant = register(Registry(found.ring(), BOOK[0], datetime.now(UTC)), book)
    bucket = account_bucket(merchant.id, book.merchant, found.settings.buckets)
    due = [
        NewPayable(merchant.id, book.merchant, row.serial, f"刷卡消费 {row.line_no}", "exact",
                   row.amount_fen, None)
        for row in book.sales
    ]  # fmt: skip
    with psycopg.connect(found.database.app_url) as conn:
        payer = [(merchant.id, book.merchant, merchant.name)]
        conn.execute(PAYERS_SQL, pack_payers(bucket, payer))
        conn.execute(PAYABLES_SQL, pack_payables(bucket, due))
    return pos, merchant


def register(registry: Registry, book: Book) -> tuple[Member, Member]:
    """The book with UnionPay's cut-off, the POS channel, the merchant."""
    from yifen.directory.models import Institution
    from yifen.partners import operations

    operations.open_book(*BOOK, CUT_OFF, book.day.isoformat())
    seat = Institution.objects.create(level="union", code="96", name="云川省农村信用社联合社")
    channel, pos = registry.enrol(seat, *CHANNEL, "ed25519", json=True)
    partner, merchant = registry.enrol(
        seat, book.merchant, f"商户 {book.merchant}", "hmac-sha256", json=True
    )
    operations.admit(operations.make_channel(channel), operations.make_biller(partner, "merchant"))
    return pos, merchant


async def charge_all(base_url: str, pos: Member, book: Book, screen: Screen) -> list[str]:
    """Every sale, sent in the file's order, some at once. Answers what was refused."""
    door = Door(base_url, pos.identity, clock)
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
        except* Lost as group:
            raise EdgeError(f"the gateway does not answer: {group.exceptions[0]}") from None
    await door.close()
    return refused


def charge_of(row: Row, book: Book) -> Charge:
    """One sale as a charge of its payable; its serial is the order id."""
    return Charge(
        serial=row.serial,
        biller=book.merchant,
        account_no=book.merchant,
        amount_fen=row.amount_fen,
        lines=[Line(payable=row.serial, amount_fen=row.amount_fen)],
        business_day=book.day,
        paid_at=row.at.replace(tzinfo=HUB_ZONE),
        operator=row.extra["terminal_id"] or None,
    )


async def settle(door: Door, charge: Charge) -> Code:
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


def close(
    base_url: str, pos: Member, book: Book, conn: Conn, refused: list[str], screen: Screen
) -> Result:
    """Cut the day, fetch the hub's file, match it to UnionPay's."""
    closing.cut(conn, BOOK[0], book.day)
    screen.say(f"business day {book.day} is closed; matching the hub's daily file")
    content, problems = asyncio.run(closing.fetch(base_url, pos, book.day))
    found = match(read_hub_file(io.BytesIO(content)) if content else [], book.rows)
    screen.table("reconciliation 对账: the hub's daily file against UnionPay's",
                 ("matched 勾对", "differences 差异", "amount 金额 (yuan)", "fees 手续费 (yuan)"),
                 [matched(found)])  # fmt: skip
    problems += [f"refused: {line}" for line in refused]
    problems += [explained(difference) for difference in found.differences]
    proved = closing.prove(conn, problems, screen)
    totals = closing.totals(conn)
    totals.pop("amount_fen")
    return {
        "matched": found.count,
        "differences": len(found.differences),
        "amount_fen": found.amount_fen,
        "fee_fen": found.fee_fen,
        **totals,
        **proved,
    }


def matched(found: MatchResult) -> tuple[str, str, str, str]:
    return (
        f"{found.count:,}",
        str(len(found.differences)),
        format_yuan(found.amount_fen),
        format_yuan(found.fee_fen),
    )


def explained(difference: Difference) -> str:
    """One difference in words; a void or refund in the file was not played."""
    theirs = difference.theirs
    kind = f" ({theirs.kind}, line {theirs.line_no})" if theirs else ""
    return f"{difference.serial}: {difference.difference_class}{kind}"
