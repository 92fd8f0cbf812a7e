"""Take a backup: the base by pg_basebackup, proved whole, and only then called a backup."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from yifen import __version__
from yifen.core.embedded.locks import try_lock
from yifen.core.facts.private import make_private
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.tools.backup import manifest, sealing, whole
from yifen.tools.backup.given import versions
from yifen.tools.backup.manifest import BASE, STAMP, UNFINISHED, WAL, Manifest
from yifen.tools.backup.programs import CopySource, Programs, reading

SPARE = 2**30
_SQL = queries(__package__)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """In this folder; what an interrupted one left is removed. EdgeError: another is at it."""
    make_private(folder)
    held = try_lock(folder / "lock")
    if held is None:
        raise EdgeError(f"another backup is being taken into {folder}")
    try:
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        yield
    finally:
        os.close(held)


def take(source: CopySource, folder: Path, tools: Programs, ring: str) -> Path:
    """One more, whole and sealed. EdgeError: there is no room, the server does not let us, or what came is not whole;
    then nothing is left."""
    began, keys = datetime.now(UTC), versions(ring)
    with reading(source.owner_url) as conn:
        version, system, size = _row(conn, "standing")
        buckets, migrations, migration = _row(conn, "facts")
        last, database = last_payment(conn), conn.info.dbname
    _same_cluster(folder, system)
    _roomy(folder, size)
    making = folder / f"{UNFINISHED}{began:{STAMP}}"
    making.mkdir(mode=0o700)
    try:
        _copy(source, making / BASE, tools)
        if found := list(whole.faults(making / BASE, tools)):
            raise EdgeError(f"the backup is not whole: {'; '.join(found[:5])}")
        size_of = whole.extent(making / BASE)
        manifest.write(making, sealing.sealed(Manifest(
            yifen=__version__, postgres=version, system=system, embedded=source.embedded, database=database,
            buckets=buckets, migrations=migrations, migration=migration, began_at=began.isoformat(),
            ended_at=datetime.now(UTC).isoformat(), timeline=size_of.timeline, start_lsn=size_of.start_lsn,
            end_lsn=size_of.end_lsn, first_segment=_first_segment(making / BASE), files=size_of.files,
            bytes=size_of.bytes, keys=keys, last_payment=last, base=whole.digest(making / BASE),
        ), ring))  # fmt: skip
        made = folder / f"{began:{STAMP}}"
        making.rename(made)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    manifest.flush(folder)
    return made


def note_proof(backup: Path, told: Manifest, ring: str, said: dict[str, Any]) -> None:
    """`told` as it was proved; what stands there by now is not sealed anew."""
    manifest.write(backup, sealing.sealed(replace(told, proved=said), ring))


def prune(folder: Path, keep: int) -> list[str]:
    """All but the newest `keep`, and the WAL that none of those needs; the names of what went. The last one stays."""
    there = manifest.backups(folder)
    kept = there[-max(keep, 1) :]
    for old in there[: -len(kept)]:
        going = old.rename(folder / f"{UNFINISHED}{old.name}")  # half of it is never taken for whole
        shutil.rmtree(going)
    first = min(manifest.read(one).first_segment[8:] for one in kept)
    segments = [file for file in sorted((folder / WAL).glob("*")) if _is_segment(file) and file.name[8:24] < first]
    for file in segments:
        file.unlink()
    return [old.name for old in there[: -len(kept)]] + [file.name for file in segments]


def last_payment(conn: psycopg.Connection[Any]) -> dict[str, Any] | None:
    row = conn.execute(_SQL["last_payment"]).fetchone()
    if row is None:
        return None
    bucket, payment_id, serial, booked_at, fen = row
    return {"bucket": bucket, "payment_id": payment_id, "serial": serial, "amount_fen": fen,
            "booked_at": booked_at.astimezone(UTC).isoformat() if booked_at else None}  # fmt: skip


def _row(conn: psycopg.Connection[Any], name: str) -> tuple[Any, ...]:
    try:
        row = conn.execute(_SQL[name]).fetchone()
    except psycopg.errors.UndefinedTable:
        raise EdgeError("this database has no tables of Yifen yet: run ./yifen migrate") from None
    assert row is not None
    return tuple(row)


def _is_segment(file: Path) -> bool:
    return len(file.name.removesuffix(".partial")) == 24


def _same_cluster(folder: Path, system: str) -> None:
    for one in manifest.backups(folder)[-1:]:
        if (other := manifest.read(one).system) != system:
            raise EdgeError(f"{folder} has backups of another cluster ({other}, this is {system}): name another folder")


def _roomy(folder: Path, size: int) -> None:
    """Told before, not in the middle."""
    free, wanted = shutil.disk_usage(folder).free, size + SPARE
    if free < wanted:
        raise EdgeError(f"{folder} has {free / 2**30:.1f} GiB free, this backup needs {wanted / 2**30:.1f}: make room,"
                        " or keep fewer (--keep)")  # fmt: skip


def _copy(source: CopySource, base: Path, tools: Programs) -> None:
    """In a session of its own: it is ended by us, also when we are interrupted."""
    words = (f"--pgdata={base}", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256",
             "--label=yifen")  # fmt: skip
    command, env = source.command(tools.path("pg_basebackup"), *words)
    child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
    try:
        _, said = child.communicate()
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if child.returncode:
        raise EdgeError(f"pg_basebackup: {said.strip()[-600:]}")


def _first_segment(base: Path) -> str:
    """As `backup_label` names it: START WAL LOCATION: 0/2000028 (file 000000010000000000000002)."""
    label = (base / "backup_label").read_text()
    return label.partition("(file ")[2][:24]
