"""`yifen verify`: replay the chains and the balances offline; name every altered row."""

import argparse
import json
import time
from itertools import starmap
from pathlib import Path
from typing import Any

import psycopg

from yifen.core import runtime
from yifen.core.facts.plug import Text
from yifen.core.facts.processes import OWNER, WORKER
from yifen.core.ledger.archived import archived
from yifen.hub.payments.archive.files import Archive, ArchiveLost
from yifen.hub.payments.archive.proving import opened
from yifen.hub.payments.figures.counted import proved
from yifen.hub.payments.proof import anchors
from yifen.hub.payments.proof.odd_accounts import odd_accounts
from yifen.hub.payments.verify import Verified, verify


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anchor", metavar="FILE", type=Path,
                        help="`yifen anchor --to FILE` 所存的，须仍在原处\n"
                             "what `yifen anchor --to FILE` kept must stand there still")  # fmt: skip
    parser.add_argument("--archive", metavar="FOLDER", type=Path, nargs="+", default=[],
                        help="从这些归档中最早的一个重放起，须一直接到库中\n"
                             "replay from the first of these archives on; they must reach to the database")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)  # as the worker, which sees less


def run(args: argparse.Namespace) -> int:
    settings, role = runtime.settings_of(), WORKER if args.worker else OWNER
    with runtime.database(settings, role) as found:
        runtime.require_migrated(settings, found, role)
        start = time.monotonic()
        with psycopg.connect(found.url, options="-c default_transaction_read_only=on") as conn:
            report = verified(conn, args.archive)
            if args.anchor is not None:
                report.problems.extend(anchored(conn, args.anchor))
            odd, counted = odd_accounts(conn), list(proved(conn))
            out = archived(conn)
    seconds = time.monotonic() - start
    for problem in report.problems:
        print(f"ALTERED: {problem}")
    for row in odd:
        print(f"NOTE: account {row.account_no} of {row.biller_code} is not in the one form, {row.plain}")
    state = "the books are as they were sealed" if report.ok else "the books were altered"
    print(f"{report.transfers} transfers in {report.batches} batches,"
          f" {report.audit_entries} audit entries, {seconds:.1f} s: {state}")  # fmt: skip
    if out.below and not args.archive:
        print(f"截至 {out.until_day} 的部分月份已归档，从归档之后重放；连同归档请加 --archive ·"
              f" months up to {out.until_day} are archived: replayed behind them; with them by --archive")  # fmt: skip
    for one in counted:
        print(f"{one.trade}: {'; '.join(starmap(_counted, one.rows))}")
    if args.json:
        print(json.dumps({"ok": report.ok, "transfers": report.transfers,
                          "batches": report.batches,
                          "audit_entries": report.audit_entries, "problems": report.problems,
                          "proved": {one.trade: {text.en: [count, fen] for text, count, fen in one.rows}
                                     for one in counted},
                          "odd_accounts": [row._asdict() for row in odd],
                          "seconds": round(seconds, 3)}, ensure_ascii=False))  # fmt: skip
    return 0 if report.ok else 1


def _counted(text: Text, count: int, fen: int | None) -> str:
    """So many of what, and their sum."""
    return f"{count} {text.zh} {text.en}" + ("" if fen is None else f", {fen} fen")


def verified(conn: psycopg.Connection[Any], folders: list[Path]) -> Verified:
    """With the archives in these folders, oldest first. EdgeError: one of them is none."""
    try:
        archives = sorted(map(Archive, folders), key=lambda archive: archive.partition_no)
        wrong = opened(conn, archives)
        report = verify(conn, () if wrong else archives)
    except ArchiveLost as lost:
        raise runtime.EdgeError(f"verify: {lost}") from None
    return report._replace(problems=wrong + report.problems)


def anchored(conn: psycopg.Connection[Any], file: Path) -> list[str]:
    """The first anchor that no longer holds. EdgeError: there is no such file."""
    try:
        return anchors.altered(conn, anchors.read(file))
    except anchors.AnchorLost as lost:
        raise runtime.EdgeError(f"verify: {lost}") from None
