"""From a backup to a server of another place: copied, recovered, and asked what it holds."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
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
from yifen.tools.backup import manifest, whole
from yifen.tools.backup.aside import PORT, Aside, aside, recovery
from yifen.tools.backup.manifest import BASE, WAL, Manifest
from yifen.tools.backup.programs import Programs
from yifen.tools.backup.taking import SPARE, last_payment


@dataclass(frozen=True)
class Restored:
    """`verified`: what `verify` said of it as its last line; None where it could not be asked, and `said` why."""

    home: Path
    last_payment: Mapping[str, Any] | None
    verified: Mapping[str, Any] | None
    said: str


def restore(
    backup: Path, to: Path, until: datetime | None, wal: Path | None, ring: str, settings: Settings, tools: Programs
) -> Restored:
    """Into `to`, which becomes a data folder. EdgeError: it is there already, the backup is not whole, nothing of it
    is of that moment, the disk is too small, or PostgreSQL does not take it."""
    told = manifest.read(backup)
    archive = [] if wal is None else segments(wal, told.first_segment)
    _possible(told, to, until, archive)
    if found := list(whole.faults(backup / BASE, tools)):
        raise EdgeError(f"{backup} is not whole: {'; '.join(found[:5])}")
    make_private(to)
    write_private(to / "key-ring", f"{ring}\n")
    try:
        cluster = cluster_in(to / "postgres")
        bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
        return _recovered(told, backup, to, cluster, find_binaries(cluster.account, bin_dir), until, archive)
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def segments(wal: Path, first: str) -> list[Path]:
    """Those of the archive that a base needs which begins at this one, the last one in part, and the histories of
    timelines."""
    found = []
    for file in sorted(wal.iterdir() if wal.is_dir() else ()):
        name = file.name.removesuffix(".partial")
        wanted = name.endswith(".history") or (len(name) == 24 and name[8:] >= first[8:])
        if wanted and (file.name == name or not file.with_name(name).exists()):
            found.append(file)
    return found


def _possible(told: Manifest, to: Path, until: datetime | None, archive: list[Path]) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise EdgeError(f"{to} is there already: a restore never writes over anything, name a folder that is not")
    if until and until < told.ended:
        raise EdgeError(f"this backup ended at {told.ended_at}, after that moment: take an older one")
    if until and not archive:
        raise EdgeError("there is no WAL beside this backup: only its own moment can be restored (without --until)")
    there = to.absolute()
    while not there.exists():
        there = there.parent
    wanted = told.bytes + sum(file.stat().st_size for file in archive) + SPARE
    if (free := shutil.disk_usage(there).free) < wanted:
        raise EdgeError(f"{to} has {free / 2**30:.1f} GiB free, the restore needs {wanted / 2**30:.1f}: make room")


def _recovered(
    told: Manifest, backup: Path, to: Path, cluster: Cluster, binaries: Binaries, until: datetime | None,
    archive: list[Path],
) -> Restored:  # fmt: skip
    """The data appear under their name once all is done, as at a first start."""
    if binaries.major != told.postgres // 10_000:
        raise EdgeError(f"the backup is of PostgreSQL {told.postgres // 10_000}, {binaries.folder} of {binaries.major}:"
                        " set YIFEN_PG_BIN")  # fmt: skip
    new, wal = cluster.home / "data.new", cluster.home / WAL
    if cluster.data.exists() or new.exists():
        raise EdgeError(f"{cluster.home} holds a database already: a restore never writes over anything")
    shutil.copytree(backup / BASE, new, symlinks=True)
    settings = {}
    if archive:
        wal.mkdir()
        for file in archive:
            shutil.copyfile(file, wal / file.name.removesuffix(".partial"))
        (new / "recovery.signal").touch()
        settings = recovery(wal, until.isoformat(sep=" ") if until else "")
    for path in (new, *new.rglob("*"), *((wal, *wal.rglob("*")) if archive else ())):
        cluster.account.own(path)
    words = {role: secrets.token_hex(16) for role in (SUPERUSER, OWNER, *EVERYONE)} if told.embedded else {}
    with aside(new, cluster.account, binaries, told.database, settings, cluster.log) as server:
        if words:
            _give_passwords(server, words)
        verified, said = _verified(told, to, server)
        with psycopg.connect(server.url(OWNER)) as conn:
            last = last_payment(conn)
    if words:
        cluster.keep_passwords(words)
    new.rename(cluster.data)
    shutil.rmtree(wal, ignore_errors=True)
    return Restored(cluster.home, last, verified, said)


def _give_passwords(server: Aside, words: Mapping[str, str]) -> None:
    """Those of before lay beside the data that are lost."""
    with psycopg.connect(server.url(SUPERUSER)) as conn:
        for role, word in words.items():
            conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(word)))


def _verified(told: Manifest, to: Path, server: Aside) -> tuple[Mapping[str, Any] | None, str]:
    """By the command, with nothing of this installation's but the copy's ring."""
    ours = {name for name in os.environ if name.startswith("YIFEN_")} - {"YIFEN_TRADES"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    url = f"postgresql://{OWNER}@/{server.database}?host={quote(str(server.folder), safe='')}&port={PORT}"
    env = kept | {"YIFEN_DATA": str(to.absolute()), "YIFEN_OWNER_URL": url,
                  "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), kept.get("PYTHONPATH")))),
                  "YIFEN_BUCKETS": str(told.buckets)}  # fmt: skip
    done = subprocess.run([sys.executable, "-m", "yifen", "verify", "--json"], env=env, capture_output=True, text=True)
    try:
        return json.loads(done.stdout.splitlines()[-1]), done.stdout
    except (ValueError, IndexError):
        return None, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


@contextmanager
def rehearsed(backup: Path, ring: str, settings: Settings, tools: Programs, wal: Path | None) -> Iterator[Restored]:
    """Restored beside the backup, looked at, and removed."""
    to = backup.with_name(f"{manifest.UNFINISHED}rehearsal")
    try:
        yield restore(backup, to, None, wal, ring, settings, tools)
    finally:
        _remove(to)


def _remove(to: Path) -> None:
    """As root the data may lie elsewhere."""
    location = to / "postgres" / "location"
    if location.is_file():
        shutil.rmtree(location.read_text().strip(), ignore_errors=True)
    shutil.rmtree(to, ignore_errors=True)
