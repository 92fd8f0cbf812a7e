"""`yifen restore`: a backup to another place, to its end or to a moment, and what it then holds."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from yifen.core import runtime
from yifen.core.facts.days import ZONE
from yifen.core.runtime import EdgeError
from yifen.tools.backup import given, manifest
from yifen.tools.backup.manifest import WAL
from yifen.tools.backup.programs import programs
from yifen.tools.backup.restoring import Restored, restore

AFTER = """Before a gateway opens on it:
  1. partners may hold answers that it does not: nothing that was answered after that payment is in it.
     Compare their files, and take what they have to the tellers (docs/operations.md, After a restore);
  2. serials and payment numbers given out after it are given out again: let no old paper be taken for a new one;
  3. sessions, approvals and changes of the master data after it are gone too."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", metavar="BACKUP", type=Path, help="one of the folders that `backup` made")
    parser.add_argument("--to", metavar="FOLDER", type=Path, required=True,
                        help="a folder that is not there yet: the new YIFEN_DATA")  # fmt: skip
    parser.add_argument("--until", metavar="TIME", help="2026-11-29T10:15:00 (China's time, or with +00:00):"
                        " what was committed until then")  # fmt: skip
    parser.add_argument("--wal", metavar="FOLDER", type=Path, help="the WAL that was kept (beside the backup)")
    parser.add_argument("--secrets", metavar="FILE", type=Path,
                        help="what `backup --secrets` wrote, or a key-ring; else YIFEN_KEY_RING")  # fmt: skip
    parser.add_argument("--unproved", action="store_true",
                        help="also one that this key ring did not seal: it may run what others put there")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    told, wal = manifest.read(args.backup), args.wal or args.backup.absolute().parent / WAL
    ring = given.ring_in(args.secrets) if args.secrets else settings.key_ring
    if not ring:
        raise EdgeError("the key ring is needed: --secrets FILE, or YIFEN_KEY_RING; it was never in the backup")
    if lacking := set(told.keys) - set(given.versions(ring)):
        raise EdgeError(f"this key ring lacks the keys {sorted(lacking)} that the backup was sealed with")
    began = datetime.now(UTC)
    found = restore(args.backup, args.to, _moment(args.until), wal if wal.is_dir() else None, ring, settings,
                    programs(settings), unproved=args.unproved)  # fmt: skip
    seconds = (datetime.now(UTC) - began).total_seconds()
    print(f"restored in {seconds:.0f} s: {args.to}, from the backup that ended at {found.told.ended_at}")
    return _told(found, args.to)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise EdgeError(f"--until {text} is no time: write it as 2026-11-29T10:15:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _told(found: Restored, to: Path) -> int:
    last = found.last_payment
    print(f"the last payment in it: {last['serial']} of {last['amount_fen'] / 100:.2f} yuan,"
          f" booked {last['booked_at']}" if last else "there is no payment in it")  # fmt: skip
    if found.doubt:
        print(f"NOT PROVED: {found.doubt}. Who could write there may have put anything into it but money that verify"
              " proves: do not let it serve before users, rights and functions were looked at")  # fmt: skip
    if found.archived:
        print(f"{found.archived} files of WAL after the base have no seal: of what came by them verify proves the books"
              " and the audit trail, nothing proves the rest")  # fmt: skip
    print(AFTER)
    print(f"It is started by YIFEN_DATA={to}" if found.told.embedded else
          f"The cluster is {found.home / 'data'}: give it your server's configuration, its roles are as they were")
    if found.verified is None:
        print(f"NOT verified: {found.said}")
        return 1
    print(found.said.splitlines()[-2])
    return 0 if found.verified["ok"] else 1
