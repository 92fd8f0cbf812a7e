"""`yifen backup`: a base backup, proved whole; `--follow` keeps the WAL beside it."""

import argparse
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from yifen.core import runtime
from yifen.core.facts import logs
from yifen.core.facts.settings import Settings
from yifen.core.runtime import EdgeError
from yifen.tools.backup import given, manifest, restoring, taking
from yifen.tools.backup.following import follow
from yifen.tools.backup.manifest import WAL
from yifen.tools.backup.moments import shown
from yifen.tools.backup.programs import Programs, programs, source

KEEP = 7


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="FOLDER", type=Path,
                        help="备份放在哪里（YIFEN_BACKUPS）\n"
                             "where the backups lie (YIFEN_BACKUPS)")  # fmt: skip
    parser.add_argument("--keep", metavar="N", type=int, default=KEEP,
                        help=f"只留最近 N 份（{KEEP}），并清除都不再需要的 WAL\n"
                             f"remove all but the newest N ({KEEP}), and the WAL that none of them needs")  # fmt: skip
    parser.add_argument("--prove", action="store_true",
                        help="在旁边恢复并执行 `verify`；需要再多一份的空间\n"
                             "restore it beside itself and run `verify` there; needs the room for another")  # fmt: skip
    parser.add_argument("--secrets", metavar="FILE", type=Path,
                        help="把密钥环和环境写入该文件，不得在备份旁边\n"
                             "write key ring and environment there: not beside the backups")  # fmt: skip
    parser.add_argument("--follow", action="store_true",
                        help="把 WAL 随写随存入 FOLDER/wal，直至 SIGTERM\n"
                             "keep the WAL in FOLDER/wal as it is written, until SIGTERM")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    logs.configure()
    settings = runtime.settings_of()
    folder, tools = backups_folder(args.to, settings), programs(settings)
    if args.secrets:
        given.keep(settings, args.secrets, folder)
        print(f"key ring and environment are in {args.secrets}: keep it apart from the backups, and closed")
        if _one_disk(args.secrets, folder):
            print(f"note: {args.secrets} is on the disk of the backups; who has that disk has both", file=sys.stderr)
    with source(settings) as found:
        if args.follow:
            return follow(found, folder, tools)
        ring = given.ring_text(settings)
        with taking.alone(folder):
            made = taking.take(found, folder, tools, ring)
            _say(made)
            if args.prove:
                _prove(made, ring, settings, tools)
            if gone := taking.prune(folder, args.keep):
                print(f"removed {len(gone)}: {gone[0]} … {gone[-1]}")
    if not args.secrets:
        print(f"not in it: the key ring (keys {', '.join(map(str, given.versions(ring)))}) and the environment, without"
              " which no sealed name, account or key can be read. Keep them elsewhere: --secrets FILE")  # fmt: skip
    return 0


def backups_folder(named: Path | None, settings: Settings) -> Path:
    """EdgeError: none was named, or it would be lost with what it is for."""
    if named is None and not settings.backups:
        raise EdgeError("name a folder: --to FOLDER, or YIFEN_BACKUPS")
    folder, data = (named or Path(settings.backups)).absolute(), runtime.data_folder(settings).absolute()
    if data == folder or data in folder.parents:
        raise EdgeError(f"{folder} lies in the data folder {data} and is lost with it: name one on another disk")
    if folder.exists() and data.exists() and _one_disk(folder, data):
        print(f"note: {folder} is on the disk of {data}; what breaks that disk takes both", file=sys.stderr)
    return folder


def _one_disk(one: Path, other: Path) -> bool:
    """As far as they are there."""
    found = {os.stat(next(up for up in (path, *path.parents) if up.exists())).st_dev
             for path in (one.absolute(), other.absolute())}  # fmt: skip
    return len(found) == 1


def _say(made: Path) -> None:
    told, free = manifest.read(made), shutil.disk_usage(made).free
    seconds = (told.ended - datetime.fromisoformat(told.began_at)).total_seconds()
    last = told.last_payment
    print(f"{made}: {told.bytes:,} bytes in {seconds:.0f} s, whole; {free / 2**30:.1f} GiB are free")
    print(f"the last payment before it: {last['serial']}, {shown(last['booked_at'])}" if last else "no payment yet")


def _prove(made: Path, ring: str, settings: Settings, tools: Programs) -> None:
    """EdgeError where a restore of it is not clean: it stays, but nobody should trust it."""
    wal = made.parent / WAL
    with restoring.rehearsed(made, ring, settings, tools, wal if wal.is_dir() else None) as found:
        clean = bool(found.verified and found.verified["ok"])
        said = {"at": datetime.now(UTC).isoformat(), "ok": clean, "last_payment": found.last_payment,
                "verify": found.verified}  # fmt: skip
        taking.note_proof(made, found.told, ring, said)
        if not clean:
            what = "could not be verified" if found.verified is None else "is not as it was sealed"
            raise EdgeError(f"{made} was restored, and {what}: {found.said[-600:]}")
    print("restored beside itself: verify is clean")
