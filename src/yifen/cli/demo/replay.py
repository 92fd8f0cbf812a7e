"""`yifen demo --replay FILE`: a real UnionPay merchant file as the day's traffic, and the match.

Each sale of the file becomes a payable, is charged through the gateway at its own time and in the
file's order; then the hub's own daily file is matched to the UnionPay file.
"""

import argparse
import asyncio
import io

import psycopg

from yifen.cli.demo import closing, finish, merchant
from yifen.cli.demo.closing import Conn, Result
from yifen.cli.demo.merchant import Book
from yifen.cli.demo.screen import Screen
from yifen.cli.demo.sending import charge_all
from yifen.cli.demo.serving import linger
from yifen.cli.demo.stage import stage
from yifen.cli.sample_partners import Member
from yifen.kernel.money import format_yuan
from yifen.kernel.settings import Settings
from yifen.reconciliation.match import Difference, MatchResult, match
from yifen.reconciliation.readers.hub_file import open_hub_file
from yifen.reconciliation.readers.reading import Hints
from yifen.reconciliation.readers.unionpay_zm import CUT_OFF


def run(args: argparse.Namespace, settings: Settings, screen: Screen) -> int:
    """Exit code 0 only if every row matched and the ledger is proved."""
    book = merchant.read(args.replay, args.day)
    screen.say(
        f"{args.replay.name}: {len(book.sales):,} sales of merchant {book.merchant}, business day "
        f"{book.day} (cut-off {CUT_OFF:%H:%M})"
    )
    with stage(settings) as found:
        pos, _ = merchant.set_up(found, book)
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


def close(
    base_url: str, pos: Member, book: Book, conn: Conn, refused: list[str], screen: Screen
) -> Result:
    """Cut the day, fetch the hub's file, match it to UnionPay's."""
    closing.cut(conn, merchant.BOOK[0], book.day)
    screen.say(f"business day {book.day} is closed; matching the hub's daily file")
    content, problems = asyncio.run(closing.fetch(base_url, pos, book.day))
    found = match(open_hub_file(io.BytesIO(content), Hints()) if content else [], book.rows)
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
