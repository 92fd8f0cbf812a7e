"""From a backup to a server of another place: copied, recovered, and asked what it holds."""

import json
import os
import re
import secrets
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

from yifen.core.embedded.binaries import Binaries, find_binaries
from yifen.core.embedded.cluster import SUPERUSER, Cluster, cluster_in, write_private
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.facts.private import make_private
from yifen.core.facts.processes import EVERYONE, OWNER
from yifen.core.facts.settings import ROOT, Settings
from yifen.core.runtime import EdgeError
from yifen.tools.backup import manifest, sealing, whole
from yifen.tools.backup.aside import PORT, Aside, aside, recovery, wait_s_max
from yifen.tools.backup.copying import copy_file, copy_folder
from yifen.tools.backup.manifest import BASE, WAL, Manifest
from yifen.tools.backup.moments import shown
from yifen.tools.backup.programs import Programs
from yifen.tools.backup.taking import SPARE, last_payment

_ARCHIVED = re.compile(r"[0-9A-F]{24}(\.partial)?|[0-9A-F]{8}\.history")
_TELLING = ("standby.signal", "recovery.signal")


@dataclass(frozen=True)
class Restored:
    """`verified`: what `verify` said of it as its last line; None where it could not be asked, and `said` why.
    `doubt`: why the backup is not proved to be ours, or empty; `archived`: files of WAL beside it, without a seal."""

    told: Manifest
    home: Path
    last_payment: Mapping[str, Any] | None
    verified: Mapping[str, Any] | None
    said: str
    doubt: str
    archived: int


class _Plan(NamedTuple):
    """What is asked, and where it goes; asked once, for others may write where the backup lies."""

    told: Manifest
    base: Path
    to: Path
    until: datetime | None
    archive: list[Path]
    doubt: str
    cluster: Cluster
    made: bool


def restore(
    backup: Path, to: Path, until: datetime | None, wal: Path | None, ring: str, settings: Settings, tools: Programs,
    *, unproved: bool = False,
) -> Restored:  # fmt: skip
    """Into `to`, which becomes a data folder. EdgeError: it is there already, the backup is not whole or not sealed by
    this ring (`unproved`: that is told, and no refusal), nothing of it is of that moment, the disk is too small, or
    PostgreSQL does not take it."""
    plan = _planned(backup, to, until, wal, ring, unproved)
    try:
        write_private(to / "key-ring", f"{ring}\n")  # before the data: without it they would get another one
        return _recovered(plan, ring, settings, tools)
    except BaseException:
        _remove(plan)
        raise


def _planned(
    backup: Path, to: Path, until: datetime | None, wal: Path | None, ring: str, unproved: bool
) -> _Plan:
    told = manifest.read(backup)
    doubt = sealing.doubt(told, ring)
    if doubt and not unproved:
        raise EdgeError(f"{backup} is not proved to be as it was taken: {doubt}. What was put into it may run on this"
                        " machine. One that was taken before there were seals, or with another ring, and that nobody"
                        " could have altered, is restored by --unproved")  # fmt: skip
    archive = [] if wal is None else segments(wal, told.first_segment)
    _possible(told, to, until, archive)
    made = not to.exists()
    try:
        make_private(to)
        cluster = cluster_in(to / "postgres")
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None
    if cluster.data.exists() or cluster.restoring.exists():
        raise EdgeError(f"{cluster.home} holds a database already: a restore never writes over anything")
    return _Plan(told, backup / BASE, to, until, archive, doubt, cluster, made)


def segments(wal: Path, first: str) -> list[Path]:
    """Those of the archive that a base needs which begins at this one, the last one in part, and the histories of
    timelines; plain files alone."""
    found = []
    for file in sorted(wal.iterdir() if wal.is_dir() else ()):
        if not _ARCHIVED.fullmatch(file.name) or not stat.S_ISREG(file.lstat().st_mode):
            continue
        name = file.name.removesuffix(".partial")
        wanted = name.endswith(".history") or name[8:] >= first[8:]
        if wanted and (file.name == name or not file.with_name(name).exists()):
            found.append(file)
    return found


def _possible(told: Manifest, to: Path, until: datetime | None, archive: list[Path]) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise EdgeError(f"{to} is there already: a restore never writes over anything, name a folder that is not")
    if until and until < told.ended:
        raise EdgeError(f"this backup ended at {shown(told.ended_at)}, after that moment: take an older one")
    if until and not archive:
        raise EdgeError("there is no WAL beside this backup: only its own moment can be restored (without --until)")
    there = to.absolute()
    while not there.exists():
        there = there.parent
    wanted = _size(told, archive) + SPARE
    if (free := shutil.disk_usage(there).free) < wanted:
        raise EdgeError(f"{to} has {free / 2**30:.1f} GiB free, the restore needs {wanted / 2**30:.1f}: make room")


def _recovered(plan: _Plan, ring: str, settings: Settings, tools: Programs) -> Restored:
    """The data appear under their name once all is done, as at a first start; of what fails nothing stays, and what
    is killed on the way stays as `restoring`, which no command takes for a database or makes one over."""
    told, cluster, archive = plan.told, plan.cluster, plan.archive
    binaries = _binaries(cluster, settings)
    if binaries.major != told.postgres // 10_000:
        raise EdgeError(f"the backup is of PostgreSQL {told.postgres // 10_000}, {binaries.folder} of {binaries.major}:"
                        " set YIFEN_PG_BIN")  # fmt: skip
    new, wal = cluster.restoring, cluster.home / WAL
    _copied(plan, new, tools)
    target = {}
    if archive:
        wal.mkdir()
        for file in archive:
            copy_file(file, wal / file.name.removesuffix(".partial"))
        (new / "recovery.signal").touch()
        target = recovery(wal, plan.until.isoformat(sep=" ") if plan.until else "")
    for path in (new, *new.rglob("*"), *((wal, *wal.rglob("*")) if archive else ())):
        cluster.account.own(path)
    words = {role: secrets.token_hex(16) for role in (SUPERUSER, OWNER, *EVERYONE)} if told.embedded else {}
    with aside(new, cluster.account, binaries, told.database, target, cluster.log,
               wait_s_max(_size(told, archive))) as server:  # fmt: skip
        if words:
            _give_passwords(server, words)
        verified, said = _verified(told, plan.to, ring, server)
        with psycopg.connect(server.url(OWNER)) as conn:
            last = last_payment(conn)
    if words:
        cluster.keep_passwords(words)
    new.rename(cluster.data)
    shutil.rmtree(wal, ignore_errors=True)
    return Restored(told, cluster.home, last, verified, said, plan.doubt, len(archive))


def _binaries(cluster: Cluster, settings: Settings) -> Binaries:
    try:
        return find_binaries(cluster.account, Path(settings.pg_bin) if settings.pg_bin else None)
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def _copied(plan: _Plan, new: Path, tools: Programs) -> None:
    """It is the copy that is compared: nobody else writes there. Nothing that came with it tells the server what to run
    or whom to follow. EdgeError: it is not whole."""
    copy_folder(plan.base, new)
    if not plan.doubt and whole.digest(new) != plan.told.base:
        raise EdgeError(f"{plan.base} is not whole: {whole.MANIFEST} or the WAL in it was altered")
    if found := list(whole.faults(new, tools)):
        raise EdgeError(f"{plan.base} is not whole: {'; '.join(found[:5])}")
    for name in _TELLING:
        (new / name).unlink(missing_ok=True)
    (new / "postgresql.auto.conf").write_text("")


def _size(told: Manifest, archive: list[Path]) -> int:
    return told.bytes + sum(file.lstat().st_size for file in archive)


def _give_passwords(server: Aside, words: Mapping[str, str]) -> None:
    """Those of before lay beside the data that are lost."""
    with psycopg.connect(server.url(SUPERUSER)) as conn:
        for role, word in words.items():
            conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(word)))


def _verified(told: Manifest, to: Path, ring: str, server: Aside) -> tuple[Mapping[str, Any] | None, str]:
    """By the command, with nothing of this installation's but the copy's ring."""
    ours = {name for name in os.environ if name.startswith("YIFEN_")} - {"YIFEN_TRADES"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    database, folder = (quote(str(part), safe="") for part in (server.database, server.folder))
    url = f"postgresql://{OWNER}@/{database}?host={folder}&port={PORT}"
    env = kept | {"YIFEN_DATA": str(to.absolute()), "YIFEN_OWNER_URL": url, "YIFEN_KEY_RING": ring,
                  "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), kept.get("PYTHONPATH")))),
                  "YIFEN_BUCKETS": str(told.buckets)}  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "yifen", "verify", "--json"], env=env, capture_output=True, text=True)
    try:
        return json.loads(done.stdout.splitlines()[-1]), done.stdout
    except (ValueError, IndexError):
        return None, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


@contextmanager
def rehearsed(backup: Path, ring: str, settings: Settings, tools: Programs, wal: Path | None) -> Iterator[Restored]:
    """Restored beside the backup, looked at, and removed; its ring is never written there."""
    to = backup.with_name(f"{manifest.UNFINISHED}rehearsal")
    plan = _planned(backup, to, None, wal, ring, unproved=False)
    try:
        yield _recovered(plan, ring, settings, tools)
    finally:
        _remove(plan)


def _remove(plan: _Plan) -> None:
    """As root the data may lie elsewhere: where we put them, not where a file says that others may write. An empty
    folder that somebody gave us stays his."""
    shutil.rmtree(plan.cluster.home, ignore_errors=True)
    if plan.made:
        shutil.rmtree(plan.to, ignore_errors=True)
        return
    for one in plan.to.iterdir():
        shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()
