"""`yifen restore`: a backup to another place, to its end or to a moment, and what it then holds."""

import argparse
import shlex
from datetime import UTC, datetime
from pathlib import Path

from yifen.core import runtime
from yifen.core.facts.days import ZONE
from yifen.core.runtime import EdgeError
from yifen.tools.backup import given, manifest, moments
from yifen.tools.backup.manifest import WAL
from yifen.tools.backup.programs import programs
from yifen.tools.backup.restoring import Restored, restore, segments

NEXT = """接下来 What to do next, in this order; other settings are those of before (the file of --secrets has them):
  1. 网关保持关闭：此后应答过的，合作方有而这里没有；此后的流水号和缴费号会再次发出。
     此后的会话、审批和主数据更改也不在。
     Keep the gateways closed: partners may hold answers that it does not, serials and payment numbers given out after
     that payment are given out again; sessions, approvals and changes of the master data after it are gone too.
  2. {start} ./yifen reconcile FILE --partner P
     取合作方当日的文件比对：它们有而这里没有的，列在差异清单上（docs/operations.zh.md，恢复之后）。
     Each partner's file of that day: what it has and this has not is on the list of differences (docs/operations.md,
     After a restore).
  3. {owner} ./yifen verify --anchor FILE
     如有其后所取的锚点：它说明审计轨迹止于哪一行。
     恢复到的时刻之后所取的锚点，在此报 ALTERED 是预期的；之前所取的必须一致。
     With an anchor taken later, if you kept any: it says at which line the trail ends. ALTERED is expected here for
     anchors taken after the moment that was restored; those taken before it have to agree.
  4. {start} ./yifen worker
     收费单位处未决的由它重新查询，先于网关启动。
     It asks billers anew for what was undecided: before the gateways.
  5. {start} ./yifen serve
     {start} ./yifen web
     先停原来的，或另给 --port；然后才开放。
     Stop the old one first, or give another --port; only then they are opened."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", metavar="BACKUP", type=Path,
                        help="`backup` 所做的文件夹之一\n"
                             "one of the folders that `backup` made")  # fmt: skip
    parser.add_argument("--to", metavar="FOLDER", type=Path,
                        help="尚不存在的文件夹，即新的 YIFEN_DATA；不给则只说明可恢复的时刻\n"
                             "a folder that is not there yet: the new YIFEN_DATA; without it only the moments"
                             " that can be restored are told")  # fmt: skip
    parser.add_argument("--until", metavar="TIME",
                        help="2026-11-29T10:15:00（中国时间，或带 +00:00）：取在那一刻之前提交的\n"
                             "2026-11-29T10:15:00 (China's time, or with +00:00):"
                        " what was committed until then")  # fmt: skip
    parser.add_argument("--wal", metavar="FOLDER", type=Path,
                        help="所留的 WAL（默认在备份旁边）\n"
                             "the WAL that was kept (beside the backup)")  # fmt: skip
    parser.add_argument("--secrets", metavar="FILE", type=Path,
                        help="`backup --secrets` 所写的文件，或 key-ring；否则取 YIFEN_KEY_RING\n"
                             "what `backup --secrets` wrote, or a key-ring; else YIFEN_KEY_RING")  # fmt: skip
    parser.add_argument("--unproved", action="store_true",
                        help="未由此密钥环封存的也恢复：它可能执行他人放入的东西\n"
                             "also one that this key ring did not seal: it may run what others put there")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    told, beside = manifest.read(args.backup), args.wal or args.backup.absolute().parent / WAL
    wal = beside if beside.is_dir() else None
    possible = moments.span(told, segments(wal, told.first_segment) if wal else [], settings)
    print(moments.lines_of(possible, told.ended_at), flush=True)
    if args.to is None:
        print("只作说明，未恢复；--to 指明目标 nothing was restored: name a folder by --to")
        return 0
    ring = given.ring_in(args.secrets) if args.secrets else settings.key_ring
    if not ring:
        raise EdgeError("the key ring is needed: --secrets FILE, or YIFEN_KEY_RING; it was never in the backup")
    if lacking := set(told.keys) - set(given.versions(ring)):
        raise EdgeError(f"this key ring lacks the keys {sorted(lacking)} that the backup was sealed with")
    until, began = _moment(args.until), datetime.now(UTC)
    if until and not (possible and until <= possible.last):
        raise EdgeError(f"--until {args.until} 晚于所留的 WAL is after the WAL that was kept: without --until all of it"
                        " is restored")  # fmt: skip
    found = restore(args.backup, args.to, until, wal, ring, settings, programs(settings), unproved=args.unproved)
    seconds = (datetime.now(UTC) - began).total_seconds()
    print(f"restored in {seconds:.0f} s: {args.to}, from the backup that ended at {moments.shown(told.ended_at)}"
          + (f", until {moments.shown(until)}" if until else ""))  # fmt: skip
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
          f" booked {moments.shown(last['booked_at'])}" if last else "there is no payment in it")  # fmt: skip
    if found.doubt:
        print(f"NOT PROVED: {found.doubt}. Who could write there may have put anything into it but money that verify"
              " proves: do not let it serve before users, rights and functions were looked at")  # fmt: skip
    if found.archived:
        print(f"{found.archived} files of WAL after the base have no seal: of what came by them verify proves the books"
              " and the audit trail, nothing proves the rest")  # fmt: skip
    clean = bool(found.verified and found.verified["ok"])
    said = f"NOT verified: {found.said}" if found.verified is None else "\n".join(found.said.splitlines()[:-1])
    print(f"verify: {said}" + ("" if clean else "\n先查明原因，不要开放 find out why first, and open nothing on it"))
    if not found.told.embedded:
        print(f"The cluster is {found.home / 'data'}: give it your server's configuration, its roles are as they were")
    ours = f"YIFEN_DATA={shlex.quote(str(to.absolute()))}" if found.told.embedded else ""
    start, owner = (f"{ours or where} YIFEN_BUCKETS={found.told.buckets}"
                    for where in ("YIFEN_DATABASE_URL=…", "YIFEN_OWNER_URL=…"))  # fmt: skip
    print(NEXT.format(start=start, owner=owner))
    return 0 if clean else 1
