"""`yifen demo --replay FILE`: a real UnionPay merchant file as the day's traffic, and the match.

Each sale of the file becomes a payable, is charged through the gateway at its own time and in the
file's order; then the engine takes the file in and matches it with the day's payments.
"""

import argparse
import asyncio
from datetime import UTC, datetime

import psycopg

from yifen.core.facts.money import format_yuan
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.hub.sample import Member
from yifen.tools.demo import closing, finish, merchant
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.merchant import MerchantBook
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.sending import charge_all
from yifen.tools.demo.serving import linger
from yifen.tools.demo.stage import stage
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.readers.unionpay_zm import CUT_OFF
from yifen.trades.reconciliation.runs import RunOutcome

ITEMS_SQL = queries(__package__)["differences"]


def run(args: argparse.Namespace, settings: Settings, screen: DemoScreen) -> int:
    """Exit code 0 only if every row matched and the ledger is proved."""
    book = merchant.read(args.replay, args.day)
    screen.say(
        f"{args.replay.name}: {len(book.sales):,} sales of merchant {book.merchant}, business day "
        f"{book.day} (cut-off {CUT_OFF:%H:%M})"
    )
    with stage(settings) as found:
        pos, _ = merchant.set_up(found, book)
        found.start_gateway()
        found.wait()
        pos = pos.knowing(found.hub_key())
        screen.say(f"the gateway listens on {found.base_url}; the sales follow in file order")
        refused = asyncio.run(charge_all(found.base_url, pos, book, screen))
        with psycopg.connect(found.database.url, autocommit=True) as conn:
            result = close(found.base_url, pos, book, conn, refused, screen)
        code = finish(args, screen, result)
        if not args.once:
            linger(found, screen)
    return code


def close(
    base_url: str,
    pos: Member,
    book: MerchantBook,
    conn: Conn,
    refused: list[str],
    screen: DemoScreen,
) -> Result:
    """Cut the day, fetch the hub's file, reconcile UnionPay's."""
    closing.cut(conn, merchant.BOOK[0], book.day)
    screen.say(f"business day {book.day} is closed; reconciling UnionPay's file")
    _, problems = asyncio.run(closing.fetch(base_url, pos, book.day))
    found = reconciled(conn, book)
    agreed, left = found.matched, sum(found.differences.values()) + found.waiting
    screen.table("reconciliation 对账: the hub's payments against UnionPay's file",
                 ("matched 勾对", "differences 差异", "amount 金额 (yuan)", "fees 手续费 (yuan)"),
                 [(f"{agreed.count:,}", str(left), format_yuan(agreed.amount_fen),
                   format_yuan(agreed.fee_fen))])  # fmt: skip
    problems += [f"refused: {line}" for line in refused]
    problems += [explained(*row) for row in conn.execute(ITEMS_SQL).fetchall()]
    proved = closing.prove(conn, problems, screen)
    totals = closing.totals(conn, book.day)
    totals.pop("amount_fen")
    return {
        "matched": agreed.count,
        "differences": left,
        "amount_fen": agreed.amount_fen,
        "fee_fen": agreed.fee_fen,
        **totals,
        **proved,
    }


def reconciled(conn: Conn, book: MerchantBook) -> RunOutcome:
    """UnionPay's file taken in and matched, as `yifen reconcile` does it."""
    profile, now = read_profile(conn, merchant.CHANNEL[0]), datetime.now(UTC)
    with book.path.open("rb") as stream:
        files.take_in(conn, profile, stream, book.path.name, "demo", now, book.day)
    return runs.reconcile(conn, profile, book.day, now)


def explained(serial: str, name: str, kind: str | None, line_no: int | None) -> str:
    """One difference in words; a void or refund in the file was not played."""
    return f"{serial}: {name}" + (f" ({kind}, line {line_no})" if kind else "")
