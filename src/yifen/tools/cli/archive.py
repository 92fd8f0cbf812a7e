"""`yifen archive`: months that are long over leave the database for files that prove themselves, and come back."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from yifen.core import runtime
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import OWNER
from yifen.core.facts.secrets import read_ring
from yifen.core.runtime import EdgeError
from yifen.hub.payments.archive import moving
from yifen.hub.payments.archive.files import NAME, Archive, ArchiveLost
from yifen.hub.payments.archive.months import KEEP_MONTHS, Month, hindrances, months
from yifen.hub.payments.verify import verify


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", type=int, metavar="NUMBER",
                        help="月份编号，见列表\nof a month, as the list says it")  # fmt: skip
    parser.add_argument("--to", metavar="FOLDER", type=Path,
                        help="归档所在的文件夹；该月写入 FOLDER/month-NUMBER\n"
                             "where archives lie: the month's files go to FOLDER/month-NUMBER")  # fmt: skip
    parser.add_argument("--drop", action="store_true",
                        help="核对文件后删除其表\nand drop its tables, once its files are proved")  # fmt: skip
    parser.add_argument("--back", action="store_true",
                        help="恢复最后归档的月份\nthe last one that went comes back")  # fmt: skip
    parser.add_argument("--prove", metavar="FOLDER", type=Path, nargs="+",
                        help="核对归档是否如写入时一样，只需密钥环，不用数据库\n"
                             "are these archives as they were written? Needs the key ring, no database")  # fmt: skip
    parser.add_argument("--keep", metavar="MONTHS", type=int, default=KEEP_MONTHS,
                        help=f"至少保留的整月数（{KEEP_MONTHS}）\n"
                             f"whole months that stay at least ({KEEP_MONTHS})")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    if args.keep < 1:
        raise EdgeError("--keep: 至少保留一个月 · one month stays at least")
    if args.month is None and not args.prove and (args.drop or args.back or args.to):
        raise EdgeError("archive: 请给出月份编号 · give the month's NUMBER; without one it only lists")
    if args.drop and args.back:
        raise EdgeError("archive: --drop 与 --back 只能用一个 · one of --drop and --back")
    try:
        if args.prove:
            return _prove(args.prove, settings)
        with runtime.database(settings, OWNER) as found:
            runtime.require_migrated(settings, found, OWNER)
            with psycopg.connect(found.url, autocommit=True) as conn:
                if args.month is None:
                    return _list(conn, args)
                if not moving.alone(conn):
                    raise EdgeError("archive: 另一个归档正在进行 · another one is at work")
                return _back(conn, args) if args.back else _archive(conn, args, settings)
    except ArchiveLost as lost:
        raise EdgeError(f"archive: {lost}") from None
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        raise EdgeError("archive: somebody reads the tables for long (an export, `verify`, a backup);"
                        " ask again, it goes on where it stopped") from None  # fmt: skip
    except OSError as error:
        raise EdgeError(f"archive: {error.filename}: {error.strerror}") from None


def _list(conn: psycopg.Connection[Any], args: argparse.Namespace) -> int:
    now, found, told = datetime.now(UTC), months(conn), []
    for month in found:
        why = [] if month.detached_at else hindrances(conn, found, month, now, args.keep)
        until = month.ended_at.astimezone(ZONE).date().isoformat() if month.ended_at else "…"
        state = f"{month.state.zh} {month.state.en}" if month.frozen_at or why else "可归档 may go"
        since = month.begun_at.astimezone(ZONE).date()
        print(f"{month.partition_no:>4}  {since} – {until:<10}  {month.bytes:>15,} B  {state}")
        if month.place and month.written:
            print(f"      {month.place}, {NAME} SHA-256 {month.written.hex()}")
        for text in why:
            print(f"      {text.zh}\n      {text.en}")
        told.append({"month": month.partition_no, "state": month.state.en, "bytes": month.bytes,
                     "why": [text.en for text in why]})  # fmt: skip
    if args.json:
        print(json.dumps({"ok": True, "months": told}, ensure_ascii=False))
    return 0


def _archive(conn: psycopg.Connection[Any], args: argparse.Namespace, settings: Any) -> int:
    if args.to is None:
        raise EdgeError("archive: --to FOLDER, where the files go: on another disk than the database's")
    ring, folder = read_ring(settings.key_ring, runtime.data_folder(settings)), args.to / f"month-{args.month}"
    month = _month(conn, args.month)
    if month.detached_at is None:
        _detach(conn, month, args.keep)
    month = _month(conn, args.month)
    if month.written_at is None:
        archive = moving.write(conn, month, folder, ring, datetime.now(UTC), lambda line: print(f"  {line}"))
    else:
        archive = _proved(folder, month, ring)
        print(f"written before, as it stands in {folder}")
    size = sum(file.bytes for file in archive.word.files.values())
    print(f"month {args.month} is in {folder}: {len(archive.word.files)} files, {size:,} bytes, proved")
    if args.drop and month.dropped_at is None:
        moving.drop(conn, month, datetime.now(UTC))
        print(f"its tables are dropped: {folder} and its copies are all there is of it")
    elif month.dropped_at:
        print("its tables were dropped before")
    else:
        print(f"its tables stand aside still: copy {folder} to where it is kept, then ask again with --drop")
    if args.json:
        print(json.dumps({"ok": True, "month": args.month, "folder": str(folder), "bytes": size,
                          "dropped": args.drop or month.dropped_at is not None}))  # fmt: skip
    return 0


def _detach(conn: psycopg.Connection[Any], month: Month, keep: int) -> None:
    """EdgeError: it cannot go yet; nothing has changed then."""
    now = datetime.now(UTC)
    _refuse(hindrances(conn, months(conn), month, now, keep), month)
    if problems := verify(conn).problems:
        raise EdgeError(f"archive: nothing leaves a database that was altered: {problems[0]}")
    moving.freeze(conn, month, now)
    try:  # what came in before it was frozen
        _refuse(hindrances(conn, months(conn), month, now, keep), month)
        moving.detach(conn, month, now)
    except EdgeError:
        moving.thaw(conn, month)
        raise
    print(f"month {month.partition_no} is out of the tables; what it left is kept")


def _back(conn: psycopg.Connection[Any], args: argparse.Namespace) -> int:
    month = _month(conn, args.month)
    if month.frozen_at is None:
        raise EdgeError(f"archive: month {args.month} is here")
    if any(one.partition_no > args.month and one.frozen_at for one in months(conn)):
        raise EdgeError("archive: only the last one that went comes back")
    if month.detached_at is None:
        moving.thaw(conn, month)
    elif month.dropped_at is None:
        moving.bring_back(conn, month, None)
    else:
        if args.to is None:
            raise EdgeError("archive: --to FOLDER, where its files lie")
        moving.bring_back(conn, month, Archive(args.to / f"month-{args.month}"))
    print(f"month {args.month} is back; `./yifen verify` reads it again")
    return 0


def _prove(folders: list[Path], settings: Any) -> int:
    if not settings.key_ring and not (runtime.data_folder(settings) / "key-ring").exists():
        raise EdgeError(f"archive: {runtime.data_folder(settings)} 中没有密钥环：设 YIFEN_DATA 或 YIFEN_KEY_RING ·"
                        " there is no key ring: set YIFEN_DATA or YIFEN_KEY_RING")  # fmt: skip
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    for folder in folders:
        archive = Archive(folder)
        archive.prove(ring)
        word = archive.word
        print(f"{folder}: month {word.partition_no} up to {word.until_day}, as it was written;"
              f" {NAME} has SHA-256 {archive.digest.hex()}")  # fmt: skip
    return 0


def _proved(folder: Path, month: Month, ring: Any) -> Archive:
    try:
        archive = Archive(folder)
    except ArchiveLost as lost:
        raise ArchiveLost(f"{lost}; month {month.partition_no} was written to {month.place}") from None
    if archive.digest != month.written:
        raise ArchiveLost(f"{folder} is not what was written of month {month.partition_no}, to {month.place}")
    archive.prove(ring)
    return archive


def _month(conn: psycopg.Connection[Any], number: int) -> Month:
    found = [month for month in months(conn) if month.partition_no == number]
    if not found:
        raise EdgeError(f"archive: there is no month {number}; `./yifen archive` lists them")
    return found[0]


def _refuse(why: list[Any], month: Month) -> None:
    if why:
        said = "; ".join(f"{text.zh} {text.en}" for text in why)
        raise EdgeError(f"archive: month {month.partition_no} stays: {said}")
