"""`yifen eod`: a book's end of day, step by step, until its day is closed or something waits."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from rich.console import Console
from rich.markup import escape

from yifen.core import runtime
from yifen.core.access.roles import Role, permissions_of
from yifen.core.documents.figures import plain
from yifen.core.facts import logs
from yifen.core.facts.days import DayError, parse_day
from yifen.core.facts.processes import NIGHT, OWNER
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.hub.gaps import DayGap, gaps, standing, sums
from yifen.hub.landing import INBOX
from yifen.hub.night import Connection, NightOutside
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.night import runner
from yifen.night.commands.saying import both, no_book, said
from yifen.night.cutting import is_over, last_cut, require_had
from yifen.night.runner import Ended, Ran
from yifen.night.schedule import unfinished
from yifen.night.words import figures_text, lines_of, reason_text, step_text
from yifen.trades.settlement.port import port_of

_SQL = queries(__package__)
_BOOK = _SQL["book"]
_SIGNER = _SQL["roles_of"]
COLOURS = {"done": "green", "not all": "yellow", "waiting": "yellow", "failed": "red"}


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--book", default="hub", help="账簿代码（默认 hub）\ncode of the book (default: hub)")
    add("--day",
        help="会计日期，yyyy-MM-dd（默认最早未关闭的一天）\n"
             "business day, yyyy-MM-dd (default: the oldest that is not closed)")  # fmt: skip
    add("--early", action="store_true",
        help="以属主身份，关闭账簿当前的会计日期，尚未结束或尚未开始都可\n"
             "close the book's open day as the owner, be it not over or not even begun")  # fmt: skip
    add("--sign", metavar="WHO",
        help="以属主身份，资金未能全部证明时签字关闭者的账号\n"
             "login of who closes it although its money is not proved, as the owner")  # fmt: skip
    add("--reason", default="", help="签字的理由，与 --sign 同用\nwhy, with --sign")
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    """0: the day is closed; 1: it waits, failed, or is not proved."""
    logs.configure()
    settings, console, told = runtime.settings_of(), Console(), set[str]()
    role = OWNER if args.early or args.sign else NIGHT
    with runtime.database(settings, role) as found:
        runtime.require_migrated(settings, found, role)
        with psycopg.connect(found.url, autocommit=True) as conn:
            try:
                ran = _ran(conn, args, settings, found, console, told)
            except (Refused, DayError) as error:
                raise EdgeError(said(error)) from None
            lacks = gaps(conn, ran.book_id, ran.business_day)
    _tell(console, ran, told)
    tell_gaps(console, lacks, told)
    if args.json:
        result = msgspec.to_builtins(ran) | {"gaps": msgspec.to_builtins(lacks)}
        print(json.dumps(result, ensure_ascii=False))
    return 0 if ran.state == "closed" else 1


def _ran(
    conn: Connection, args: argparse.Namespace, settings: Settings, found: runtime.Database,
    console: Console, told: set[str],
) -> Ran:  # fmt: skip
    """`told` becomes what was said: no reason is said twice."""
    now = _now()
    book_id, day = day_of(conn, args.book, parse_day(args.day) if args.day else None, args.early,
                          now, runtime.age_s())  # fmt: skip

    def tell(ended: Ended) -> None:
        state = "not all" if ended.state == "done" and ended.result.get("failed") else ended.state
        colour, took = COLOURS[state], ended.took.total_seconds()
        name, counted = f"{step_text(ended.step, 'zh')} {ended.step}", ended.result.get("sums", {})
        figures = ended.error or "  ".join(figures_text(counted, tongue) for tongue in ("zh", "en")).strip()
        console.print(f"[{colour}]{state:8}[/{colour}] {took:7.2f} s  {name}  {escape(figures)}", soft_wrap=True)
        _say(console, lines_of(ended.result | {"reasons": []}), told)  # for what it waits is told at the end

    if args.sign:
        may_sign(conn, args.sign)
        return runner.sign(conn, book_id, day, args.sign, args.reason, now, tell)
    with outside(settings, found.url) as around:
        for earlier in (one for one in unfinished(conn, book_id) if one < day):
            console.print(f"[bold]日终 end of day {args.book} {earlier} 在先 comes first[/bold]")
            _tell(console, runner.run(conn, book_id, earlier, around, _now(), tell=tell), told)
        console.print(f"[bold]日终 end of day {args.book} {day}[/bold]")
        return runner.run(conn, book_id, day, around, _now(), early=args.early, tell=tell)


def day_of(
    conn: Connection, book: str, day: date | None, early: bool, now: datetime, age_s: float = 0
) -> tuple[int, date]:
    """The book, and the day that was asked for: else the oldest that is not closed, else the open
    one if it is over, else the last that was cut. Of two at once, which began `age_s` seconds ago, the
    second finds the day that the first has just closed. EdgeError: no such book. Refused: DAY_NEVER_WAS."""
    row = conn.execute(_BOOK, (book,)).fetchone()
    if row is None:
        raise no_book(book)
    book_id, current, cut_off, zone = row
    if day is not None:
        require_had(conn, book_id, day)
        return book_id, day
    left = unfinished(conn, book_id)
    if left:
        return book_id, left[0]
    last = last_cut(conn, book_id, age_s)
    if last is None:
        return book_id, current
    is_due = early or is_over(current, cut_off, zone, now)
    return book_id, current if is_due and not last.fresh else last.day


def may_sign(conn: Connection, login: str) -> None:
    """EdgeError unless this is an active user who may sign. Who is at the keyboard is a matter of
    the machine; the console asks for password and six digits."""
    row = conn.execute(_SIGNER, (login,)).fetchone()
    roles = frozenset(Role(role) for role in (row[0] if row and row[0] else ()))
    if "day_end.sign" not in permissions_of(roles):
        raise EdgeError(both(f"{login!r} 无权签字关闭日终", f"{login!r} may not sign an end of day"))


@contextmanager
def outside(settings: Settings, url: str) -> Iterator[NightOutside]:
    """What stands around a night on this machine: the hub, the inbox, the banks' ports."""
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    hub = LocalHub(lambda: Hub(settings, url, ring, _now))
    try:
        yield around(hub, runtime.data_folder(settings), ring)
    finally:
        hub.stop()


def around(hub: LocalHub, data: Path, ring: KeyRing) -> NightOutside:
    """The same with a hub that somebody else stops."""
    return NightOutside(hub, data / INBOX, lambda conn, bank_id: port_of(conn, ring, bank_id, _now),
                        clock=_now)  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(console: Console, ran: Ran, told: set[str]) -> None:
    if ran.state == "closed":
        console.print(f"[green]{ran.business_day} 已关闭 closed[/green]")
        return
    if ran.error:
        console.print(f"[red]{escape(plain(ran.error))}[/red]")
    _say(console, ran.reasons, told)
    stays = both(f"{ran.business_day} 未关闭：上列各项办妥后，再运行 ./yifen eod",
                 f"{ran.business_day} stays open: mend the above and run ./yifen eod again")  # fmt: skip
    console.print(f"[yellow]{stays}[/yellow]", soft_wrap=True, highlight=False)


def tell_gaps(console: Console, found: list[DayGap], told: set[str]) -> None:
    """How the day stands with others' books, and why it is not one with them: the sum of each kind, and a line
    a reason that was not told before."""
    colour = "yellow" if found else "green"
    console.print(f"[{colour}]{both(*standing(found))}[/]", highlight=False)
    if found:
        console.print(f"  [yellow]{both(*sums(found))}[/yellow]", soft_wrap=True, highlight=False)
    _once(console, [f"{gap.text('zh')}  ·  {gap.text('en')}" for gap in found], told)


def _say(console: Console, reasons: list[dict[str, Any]], told: set[str]) -> None:
    _once(console, [f"{reason_text(reason, 'zh')}  ·  {reason_text(reason, 'en')}" for reason in reasons], told)


def _once(console: Console, lines: list[str], told: set[str]) -> None:
    for line in lines:
        if line not in told:
            told.add(line)
            console.print(f"  {escape(plain(line))}", soft_wrap=True, highlight=False)
