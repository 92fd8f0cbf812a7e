"""Which moments a backup can be restored to, and how a moment is told 可恢复到的时刻."""

import re
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from yifen.core.embedded.account import Account, account_for
from yifen.core.embedded.binaries import Binaries, find_binaries
from yifen.core.embedded.cluster import environment
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.facts.days import ZONE
from yifen.core.facts.settings import Settings
from yifen.core.runtime import EdgeError
from yifen.tools.backup.copying import copy_file
from yifen.tools.backup.manifest import Manifest

_ENDED = re.compile(r"desc: (?:COMMIT|ABORT)\S* .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")


class Span(NamedTuple):
    """Both are moments for `--until`. The last transaction itself comes with all of the WAL alone, without it: at a
    moment PostgreSQL stops only where it sees a later one."""

    first: datetime
    last: datetime


def span(told: Manifest, archive: list[Path], settings: Settings) -> Span | None:
    """Of this backup with this WAL; None: its own moment alone. EdgeError: PostgreSQL's programs are not there."""
    segments = [file for file in archive if not file.name.endswith(".history")]
    with tempfile.TemporaryDirectory(prefix="yifen-wal-") as name:
        account = account_for(Path(name) / "none")  # as a server would run: who could write there may have written WAL
        binaries = _binaries(account, settings)
        account.own(Path(name))
        for file in reversed(segments):
            if ends := _ends(file, Path(name), account, binaries):
                last = max(ends) - timedelta(microseconds=1)
                return Span(told.ended, last) if last >= told.ended else None
    return None


def _binaries(account: Account, settings: Settings) -> Binaries:
    try:
        return find_binaries(account, Path(settings.pg_bin) if settings.pg_bin else None)
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def _ends(file: Path, folder: Path, account: Account, binaries: Binaries) -> list[datetime]:
    """When the transactions of a segment ended, as it says."""
    one = folder / file.name.removesuffix(".partial")
    copy_file(file, one)
    account.own(one)
    done = subprocess.run([binaries.program("pg_waldump"), "--rmgr=Transaction", str(one)], cwd="/", text=True,
                          env=environment(), capture_output=True, errors="replace", **account.popen())  # fmt: skip
    one.unlink()
    return [datetime.fromisoformat(found).replace(tzinfo=UTC) for found in _ENDED.findall(done.stdout)]


def shown(at: datetime | str) -> str:
    """In China's time, as `--until` takes it, and in UTC."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    here, there = (at.astimezone(zone).replace(tzinfo=None).isoformat() for zone in (ZONE, UTC))
    return f"{here} 中国时间 China's time ({there}Z)"


def lines_of(found: Span | None, ended_at: str) -> str:
    """What can be asked for, in words."""
    if found is None:
        return (f"没有其后的 WAL，只能恢复到备份本身的时刻 no WAL after it: its own moment alone can be restored,"
                f" {shown(ended_at)}")  # fmt: skip
    return ("可恢复的时刻 what --until can be (without it: all that was kept):\n"
            f"  最早 first  {shown(found.first)}\n  最晚 last   {shown(found.last)}")  # fmt: skip
