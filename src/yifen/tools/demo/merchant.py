"""A UnionPay file made into a network: one merchant, one POS channel, a payable for every sale."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.days import DayError, parse_day
from yifen.core.runtime import EdgeError
from yifen.hub.payments.payables import (
    PAYABLES_SQL,
    PAYERS_SQL,
    NewPayable,
    pack_payables,
    pack_payers,
)
from yifen.hub.sample import Member, Registry
from yifen.tools.demo.stage import Stage
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.readers.unionpay_name import day_of_name
from yifen.trades.reconciliation.readers.unionpay_zm import CUT_OFF, open_zm
from yifen.trades.reconciliation.rows import FileError, Row

BOOK = (1, "hub", "银联商户账簿")
CHANNEL = ("UPPOS", "银联商务 POS")


class MerchantBook(NamedTuple):
    """The file as read, and the two partners that it becomes."""

    path: Path
    day: date
    merchant: str
    rows: list[Row]

    @property
    def sales(self) -> list[Row]:
        return [row for row in self.rows if row.kind == "sale"]


def read(path: Path, day_text: str | None) -> MerchantBook:
    """The whole file, before anything is started. EdgeError names line and column."""
    try:
        day = parse_day(day_text) if day_text else day_of_name(path.name)
    except (DayError, FileError) as error:
        raise EdgeError(f"{path.name}: {error}; name the business day with --day") from None
    try:
        with path.open("rb") as stream:
            rows = list(open_zm(stream, Hints(day=day)))
    except OSError as error:
        raise EdgeError(f"{path}: {error.strerror}") from None
    except FileError as error:
        raise EdgeError(f"{path.name}: {error}") from None
    if not rows:
        raise EdgeError(f"{path.name}: the file is empty")
    return MerchantBook(path, day, rows[0].batch, rows)


def set_up(found: Stage, book: MerchantBook) -> tuple[Member, Member]:
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
    with psycopg.connect(found.database.url) as conn:
        payer = [(merchant.id, book.merchant, merchant.name)]
        conn.execute(PAYERS_SQL, pack_payers(found.ring(), bucket, payer))
        conn.execute(PAYABLES_SQL, pack_payables(bucket, due))
    return pos, merchant


def register(registry: Registry, book: MerchantBook) -> tuple[Member, Member]:
    """The book with UnionPay's cut-off, the POS channel and its file, the merchant."""
    from yifen.core.directory.models import Institution
    from yifen.core.partners import operations
    from yifen.trades.reconciliation.models import Profile

    operations.open_book(*BOOK, CUT_OFF, book.day.isoformat())
    seat = Institution.objects.create(level="union", code="96", name="云川省农村信用社联合社")
    channel, pos = registry.enrol(seat, *CHANNEL, "ed25519", json=True)
    partner, merchant = registry.enrol(
        seat, book.merchant, f"商户 {book.merchant}", "hmac-sha256", json=True
    )
    Profile.objects.create(partner=channel, party="channel", truth="theirs", format="unionpay_zm",
                           owner=book.merchant, cut_off=CUT_OFF)  # fmt: skip
    operations.admit(operations.make_channel(channel), operations.make_biller(partner, "merchant"))
    return pos, merchant
