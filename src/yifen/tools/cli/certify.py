"""`yifen certify`: the conformance set against a biller's system, or over a channel's record."""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace
from rich.console import Console
from rich.progress import Progress

from yifen.core.facts.addresses import EVERYWHERE
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.runtime import EdgeError
from yifen.core.wire.decoding import decoded
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.certify import biller, channel
from yifen.hub.certify.console import last_words, plain, table_of
from yifen.hub.certify.html import html_page
from yifen.hub.certify.http_line import HttpLine
from yifen.hub.certify.record import ChannelExchange, ChannelTerms
from yifen.hub.certify.report import Finding, Report, json_line
from yifen.hub.certify.target import Target, Timing
from yifen.tools.cli import given_keys

CODECS = {"UTF-8": "utf-8", "GB18030": "gb18030"}
WIDTH = 120  # of the table where there is no terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    meaning = "像本系统那样调用收费单位的系统\ncall a biller's own system as the hub would"
    tested = kinds.add_parser("biller", help=meaning)
    add = tested.add_argument
    add("--url", required=True,
        help="其接口地址，例如 http://127.0.0.1:8470\n"
             "its endpoint, for example http://127.0.0.1:8470")  # fmt: skip
    add("--partner", required=True, help="收费单位的合作方代码\nthe biller's partner code")
    add("--dialect", choices=["xml", "json"], required=True, help="其报文方式\nwhat it speaks")
    given_keys.arguments(tested, Text("收费单位", "the biller's"))
    add("--account", required=True, help="沙箱中有欠费的账号\na sandbox account number that owes something")
    add("--encoding", type=str.upper, choices=list(CODECS), default="UTF-8", help="XML 的编码\nof XML")
    add("--unit", choices=["fen", "yuan"], default="fen",
        help="XML 中金额的单位（默认 fen，分）\n"
             "of amounts in XML (default fen)")  # fmt: skip
    add("--timeout-s", type=float, default=5.0,
        help="应答最长等待秒数（默认 5）\n"
             "how long an answer may take (default 5)")  # fmt: skip
    judged = kinds.add_parser("channel", help="由录下的往来判定渠道\njudge what a channel did, from recorded exchanges")
    add = judged.add_argument
    add("--partner", required=True, help="渠道的合作方代码\nthe channel's partner code")
    add("--exchanges", type=Path, required=True, help="JSON 文件：往来的列表\na JSON file: a list of exchanges")
    add("--dialect", choices=["xml", "json"], action="append", help="约定的报文方式（默认两种）\nagreed (default both)")
    add("--encoding", type=str.upper, choices=list(CODECS), default="UTF-8", help="XML 的编码\nof XML")
    table = kinds.add_parser("db", help="按映射文件试收费单位自己的（测试）数据库\n"
                                       "try a mapping on the utility's own (test) database")  # fmt: skip
    add = table.add_argument
    add("mapping", type=Path, help="映射文件\nthe mapping, a TOML file")
    add("--url", required=True,
        help="测试库地址和查询账号，例如 mysql://reader:secret@10.1.2.3/water；SQLite 为 sqlite:///FILE\n"
             "where it is and who reads: mysql://reader:secret@10.1.2.3/water; sqlite:///FILE")  # fmt: skip
    add("--write-url", default="", help="写入账号，例如 mysql://writer:secret@\nwho writes: mysql://writer:secret@")
    add("--account", required=True, help="有多张欠费的户号\nan account that owes several bills")
    for sub in (tested, judged, table):
        sub.add_argument("--html", type=Path, help="报告另写入此文件\nwrite the report to this file too")
        sub.add_argument("--json", action="store_true",
                         help="末行以 JSON 输出报告\n"
                              "the report as JSON in the last line")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    width = None if Console().is_terminal else WIDTH
    console = Console(width=width)
    report = {"biller": of_biller, "db": of_database, "channel": of_channel}[args.kind](args, console)
    console.print(table_of(report))
    console.print(last_words(report), highlight=False, soft_wrap=True)
    if args.html is not None:
        write(args.html, html_page(report))
        console.print(f"{args.html}", soft_wrap=True)
    if args.json:
        print(json_line(report))
    return 0 if report.ok else 1


def of_biller(args: argparse.Namespace, console: Console) -> Report:
    """Runs the set, telling of each clause. EdgeError."""
    target = target_of(args)
    timing = Timing(lambda: datetime.now(HUB_ZONE), time.monotonic, time.sleep)
    run_word = f"C{time.time_ns() // 1000}.{os.getpid() % 1000}"
    line = HttpLine(EVERYWHERE)  # who types the address decides
    with progress(console) as told:
        return biller.certify(target, line, timing, run_word, told)


@contextmanager
def progress(console: Console) -> Iterator[Callable[[int, int, Finding], None]]:
    """A bar, or a line for each clause where there is no terminal."""
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(done: int, total: int, finding: Finding) -> None:
            bar.update(task, total=total, completed=done, description=finding.title_zh)
            if not console.is_terminal:
                print(plain(done, total, finding), flush=True)

        yield told


def of_database(args: argparse.Namespace, console: Console) -> Report:
    """Tries the mapping; who types the address decides where it is called. EdgeError."""
    from yifen.trades.connector import certifying
    from yifen.trades.connector.address import address_of
    from yifen.trades.connector.database import UtilityDatabase
    from yifen.trades.connector.mapping import mapping_of

    try:
        mapping = mapping_of(args.mapping.read_text(encoding="utf-8"))
        address, folder = address_of(args.url, args.write_url), Path()
        if address.kind == "sqlite":
            path = Path(urlsplit(args.url).path.removeprefix("/")).resolve()
            address, folder = replace(address, database=path.name, host="", port=0), path.parent
        address.check_shape()
    except OSError as error:
        raise EdgeError(f"{args.mapping}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise EdgeError(f"{args.mapping}: {error}") from None
    except Refused as refused:
        raise EdgeError(refused.text("en")) from None
    database = UtilityDatabase(address, mapping.limits, folder, EVERYWHERE)
    run = certifying.DatabaseRun(database, mapping, args.account, lambda: datetime.now(HUB_ZONE))
    try:
        with progress(console) as told:
            return certifying.certify(run, args.mapping.name, told)
    except Refused as refused:
        raise EdgeError(refused.text("en")) from None
    finally:
        database.close()


def target_of(args: argparse.Namespace) -> Target:
    """Whom the arguments name. EdgeError."""
    parts = urlsplit(args.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EdgeError(f"--url {args.url}: http://HOST:PORT or https://HOST is needed")
    if args.timeout_s <= 0:
        raise EdgeError("--timeout-s must be more than 0")
    key, reply_key = given_keys.pair_of(args, args.partner)
    return Target(
        url=args.url, partner=args.partner, dialect=args.dialect, key=key, account_no=args.account,
        encoding=CODECS[args.encoding], unit=args.unit, timeout_s=args.timeout_s,
        settle_s=min(1.0, args.timeout_s), reply_key=reply_key,
    )  # fmt: skip


def of_channel(args: argparse.Namespace, console: Console) -> Report:
    """Judges a record. EdgeError when it cannot be read."""
    terms = ChannelTerms(channel=args.partner, encoding=args.encoding,
                  dialects=tuple(args.dialect or ("xml", "json")))  # fmt: skip
    try:
        exchanges = decoded(args.exchanges.read_bytes(), list[ChannelExchange])
    except OSError as error:
        raise EdgeError(f"{args.exchanges}: {error.strerror}") from None
    except ValueError as error:
        raise EdgeError(f"{args.exchanges}: {error}") from None
    return channel.certify(exchanges, terms, datetime.now(HUB_ZONE))


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EdgeError(f"{path}: {error.strerror}") from None
