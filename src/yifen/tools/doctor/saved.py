"""What `doctor` looks at of the backups: how old the last whole one is, and whether the WAL is kept since."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.backup import manifest
from yifen.tools.backup.following import SLOT
from yifen.tools.doctor.symptom import Symptom, care, fault, well

BACKUP, WAL = Text("备份", "backup"), Text("WAL 归档", "WAL archive")
OLD, TOO_OLD = timedelta(hours=26), timedelta(days=8)
BEHIND_CARE, BEHIND_FAULT = 64 * 2**20, 2**30
TAKE = Text("运行 ./yifen backup，并设定时任务（ops/systemd）",
            "run ./yifen backup, and let a timer do it (ops/systemd)")
FOLLOW = Text("启动 ./yifen backup --follow，否则上次备份之后的钱会丢",
              "start ./yifen backup --follow: else what came after the last backup is lost with the disk")  # fmt: skip
_SQL = queries(__package__)


def looked_at(named: str, now: datetime) -> Iterator[Symptom]:
    """The folder that YIFEN_BACKUPS names: the last whole backup in it."""
    if not named:
        yield care(BACKUP, "YIFEN_BACKUPS", Text(
            "未指定备份文件夹：设为另一块磁盘上的文件夹；用其他工具备份时，以该工具检查",
            "names no folder: one on another disk; who backs up by another tool looks there"))  # fmt: skip
        return
    there = manifest.backups(Path(named))
    if not there:
        yield fault(BACKUP, f"{named}: -", TAKE)
        return
    try:
        told = manifest.read(there[-1])
    except EdgeError as error:
        yield fault(BACKUP, str(error), TAKE)
        return
    age = now - told.ended
    said = f"{there[-1].name}: {age.total_seconds() / 3600:.1f} h, {told.bytes / 2**30:.1f} GiB"
    if told.proved is not None and not told.proved["ok"]:
        yield fault(BACKUP, f"{said}, verify", Text(
            "演练恢复后验证不通过：按“verify names rows”处理，并立即重做一份",
            "a restore of it was not clean: see `verify` names rows, and take another"))  # fmt: skip
    elif age > TOO_OLD:
        yield fault(BACKUP, said, TAKE)
    elif age > OLD:
        yield care(BACKUP, said, TAKE)
    else:
        yield well(BACKUP, said)


def archive_of(conn: psycopg.Connection[Any]) -> Iterator[Symptom]:
    """How the line of `backup --follow` stands, as the server sees it; nothing where there never was one."""
    row = conn.execute(_SQL["slot"], [SLOT]).fetchone()
    if row is None:
        return
    active, behind, state = row
    said = f"{SLOT}: {(behind or 0) / 2**20:.0f} MiB"
    if state == "lost":
        yield fault(WAL, f"{SLOT}: lost", Text(
            f"WAL 已不保留，归档有缺口：SELECT pg_drop_replication_slot('{SLOT}')，重启 --follow，立即重做备份",
            f"the server keeps its WAL no longer, there is a gap: SELECT pg_drop_replication_slot('{SLOT}'),"
            " start --follow again, take a backup now"))  # fmt: skip
    elif not active:
        yield fault(WAL, f"{said}, -", FOLLOW)
    elif behind > BEHIND_CARE:
        yield (fault if behind > BEHIND_FAULT else care)(WAL, said, Text(
            "归档落后：检查归档磁盘和网络", "it is behind: look at its disk and the network"))  # fmt: skip
    else:
        yield well(WAL, said)
