"""A month's way out, step by step, and back: by the owner, each step one transaction that the trail tells of."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from yifen import __version__
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.archive.files import (
    Archive,
    ArchiveLost,
    End,
    File,
    Word,
    begins,
    write_file,
    write_word,
)
from yifen.hub.payments.archive.months import Month, days
from yifen.hub.payments.archive.proving import aside_altered, digests

_SQL = queries(__package__)
LOCK_TIMEOUT_MS, LOCK_TRIES, BETWEEN_S = 200, 40, 0.5
"""As long, and no longer, does whoever books wait for the tables; then the archive gives way for a while."""
_BESIDE = ("payment_event", "payment_return", "payment_serial")
"""They stay in the database; an archive that is read without it has them too."""


def alone(conn: psycopg.Connection[Any]) -> bool:
    """Nobody else archives, as long as this connection stands."""
    return bool(conn.execute(_SQL["alone"]).fetchall()[0][0])


def freeze(conn: psycopg.Connection[Any], month: Month, now: datetime) -> None:
    """Nothing of it is given back any more; whoever was at it is done when this returns."""
    until_day = days(conn, month)[1]
    with conn.transaction():
        conn.execute(_SQL["freeze"], month.numbers | {"until_day": until_day, "now": now})
    with conn.transaction():
        conn.execute(_SQL["every_head"])


def thaw(conn: psycopg.Connection[Any], month: Month) -> None:
    """It stays after all."""
    with conn.transaction():
        conn.execute(_SQL["thaw"], month.numbers)


def detach(conn: psycopg.Connection[Any], month: Month, now: datetime) -> None:
    """Its tables go out of those that everybody reads, and what has to stay of it is kept; all or nothing.
    LockNotAvailable: somebody reads them for long."""
    with conn.transaction():
        for step in ("keep_payables", "keep_transfers", "keep_ends"):
            conn.execute(_SQL[step], month.numbers)
        kept = Jsonb(digests(conn, month.partition_no))
        conn.execute(_SQL["detached"], month.numbers | {"now": now, "kept": kept})
        tables = _tables(conn)
        conn.execute(_SQL["wait_shortly"], (f"{LOCK_TIMEOUT_MS}ms",))
        _lock(conn, sql.SQL(_SQL["lock"]).format(tables=sql.SQL(", ").join(map(sql.Identifier, tables))))
        for table in tables:
            names = {"whole": sql.Identifier(table), "own": sql.Identifier(f"{table}_{month.partition_no}")}
            conn.execute(sql.SQL(_SQL["detach"]).format(**names))
            conn.execute(sql.SQL(_SQL["stand_aside"]).format(**names))


def _lock(conn: psycopg.Connection[Any], statement: sql.Composed) -> None:
    for tries in range(1, LOCK_TRIES + 1):
        try:
            with conn.transaction():  # what it has of them is given back
                conn.execute(statement)
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if tries == LOCK_TRIES:
                raise
            sleep(BETWEEN_S)


def write(conn: psycopg.Connection[Any], month: Month, folder: Path, ring: KeyRing, now: datetime,
          say: Callable[[str], None]) -> Archive:  # fmt: skip
    """Its files, read back and proved before they count. ArchiveLost, OSError; whatever lay there half goes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if why := aside_altered(conn, month.partition_no):
        raise ArchiveLost(why)
    files: dict[str, File] = {}
    with conn.transaction():
        conn.execute(_SQL["plain_text"])
        for name, statement in _copies(conn, month):
            files[name] = write_file(folder / name, conn, statement.as_bytes(conn))
            say(f"{name} {files[name].rows}")
        word = Word(__version__, conn.execute(_SQL["database"]).fetchall()[0][0], month.partition_no, month.begun_at,
                    month.ended_at or now, month.until_day or now.date(), _ends(conn, month.partition_no - 1),
                    _ends(conn, month.partition_no), files, _accounts(conn))  # fmt: skip
    digest = write_word(folder, word, ring)
    archive = Archive(folder)
    archive.prove(ring)
    with conn.transaction():
        conn.execute(_SQL["written"], month.numbers | {"now": now, "written": digest, "place": str(folder.absolute())})
    return archive


def drop(conn: psycopg.Connection[Any], month: Month, now: datetime) -> None:
    """Its tables, whose files were proved just before."""
    with conn.transaction():
        for table in _tables(conn):
            own = sql.Identifier(f"{table}_{month.partition_no}")
            conn.execute(sql.SQL(_SQL["drop"]).format(own=own))
        conn.execute(_SQL["dropped"], month.numbers | {"now": now})


def bring_back(conn: psycopg.Connection[Any], month: Month, archive: Archive | None) -> None:
    """As it was before it went: from its tables, or from its files where those were dropped. ArchiveLost: the
    files are not those that were written."""
    with conn.transaction():
        if archive is not None and archive.digest != month.written:
            raise ArchiveLost(f"{archive.folder} is not what was written of month {month.partition_no}")
        if archive is not None:
            archive.prove_files()
        for table in _tables(conn):
            own = sql.Identifier(f"{table}_{month.partition_no}")
            if archive is None:
                conn.execute(sql.SQL(_SQL["stand_again"]).format(own=own))
            else:
                conn.execute(_SQL["make"], (table, month.partition_no))
                _fill(conn, table, own, archive)
            conn.execute(_SQL["attach"], (table, month.partition_no))
        for step in ("forget_payables", "forget_transfers", "forget_ends", "forget"):
            conn.execute(_SQL[step], month.numbers)


def _fill(conn: psycopg.Connection[Any], table: str, own: sql.Identifier, archive: Archive) -> None:
    for name in archive.word.files:
        if name.startswith(f"{table}."):
            columns = sql.SQL(", ").join(map(sql.Identifier, archive.columns(name)))
            with conn.cursor() as cursor, cursor.copy(sql.SQL(_SQL["fill"]).format(own=own, columns=columns)) as copy:
                for part in archive.parts(name):
                    copy.write(part)


def _tables(conn: psycopg.Connection[Any]) -> list[str]:
    return [table for (table,) in conn.execute(_SQL["partitioned"]).fetchall()]


def _copies(conn: psycopg.Connection[Any], month: Month) -> Iterator[tuple[str, sql.Composed]]:
    """(file, COPY) of every table and bucket, in the order of their keys."""
    own = [(table, f"archived.{table}_{month.partition_no}") for table in _tables(conn)]
    for (bucket,) in conn.execute(_SQL["buckets"]).fetchall():
        for table, where in own:
            key = {"payment": "payment_id", "ledger_transfer": "transfer_no", "ledger_batch": "batch_no"}[table]
            yield f"{table}.{bucket}.csv.gz", sql.SQL(_SQL["copy"]).format(
                table=sql.Identifier(*where.split(".")), bucket=sql.Literal(bucket), key=sql.Identifier(key))
        for table in _BESIDE:
            yield f"{table}.{bucket}.csv.gz", sql.SQL(_SQL["copy_beside"]).format(
                table=sql.Identifier(table), bucket=sql.Literal(bucket),
                first=sql.Literal(month.numbers["first"]), end=sql.Literal(month.numbers["end"]))


def _ends(conn: psycopg.Connection[Any], partition_no: int) -> dict[int, End]:
    """Of the month before the first: of a chain that begins."""
    found = {bucket: End(batch, transfer, hash_, [tuple(one) for one in balances])
             for bucket, batch, transfer, hash_, balances in conn.execute(_SQL["ends"], (partition_no,)).fetchall()}
    return found or {bucket: begins() for (bucket,) in conn.execute(_SQL["buckets"]).fetchall()}


def _accounts(conn: psycopg.Connection[Any]) -> dict[int, str]:
    return dict(conn.execute(_SQL["accounts"]).fetchall())
