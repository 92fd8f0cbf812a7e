"""`yifen reseal`: after a new key was put in front of the key ring, everything that an older one sealed is
sealed by the new one. What is sealed, the plugs say (`Table.sealed`)."""

import argparse
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from yifen.core import runtime
from yifen.core.audit.record import act
from yifen.core.facts.plug import SealedColumn
from yifen.core.facts.processes import OWNER
from yifen.core.facts.secrets import KeyRing, KeyRingError, read_ring
from yifen.core.plugs import called, plugs

# By place in the table: a row that was sealed anew moves on, and is passed over by its version.
_OLD = sql.SQL("""
SELECT r.ctid::text, r.{column}, {context} FROM {table} r
WHERE r.ctid > %s::tid AND {when} AND substring(r.{column} FROM 1 FOR 2) <> %s
ORDER BY r.ctid LIMIT %s FOR UPDATE OF r""")
_OLD_TEXT = sql.SQL("""
SELECT r.ctid::text, r.{column}::text, {context} FROM {table} r
WHERE r.ctid > %s::tid AND {when} AND r.{column}::text ~ %s
ORDER BY r.ctid LIMIT %s FOR UPDATE OF r""")
_NEW = sql.SQL("UPDATE {table} SET {column} = %s WHERE ctid = %s::tid")
_FOUND_BY = sql.SQL("UPDATE {table} SET {column} = %s, {lookup} = %s WHERE ctid = %s::tid")


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    ring = read_ring(settings.key_ring, runtime.data_folder(settings))
    unread = []
    with runtime.database(settings, OWNER) as found:
        runtime.require_migrated(settings, found, OWNER)
        with psycopg.connect(found.url) as conn:
            for columns in _groups():
                with _at_once(conn, columns):
                    for table, column in columns:
                        count, wrong = reseal(conn, ring, table, column)
                        print(f"{table}.{column.column}: {count} sealed anew by key {ring.version}")
                        unread += wrong
    for sentence in unread:
        print(f"NOT READ: {sentence}")
    return 1 if unread else 0


def sealed_columns() -> Iterator[tuple[str, SealedColumn]]:
    """(table, column) of everything that the ring seals."""
    for table in (table for plug in plugs() for table in plug.tables):
        for column in table.sealed:
            yield table.name, column


def _groups() -> Iterator[list[tuple[str, SealedColumn]]]:
    """Columns that are compared with each other go together, every other one by itself."""
    groups: dict[str, list[tuple[str, SealedColumn]]] = {}
    for table, column in sealed_columns():
        groups.setdefault(column.together or f"{table}.{column.column}", []).append((table, column))
    yield from groups.values()


@contextmanager
def _at_once(conn: psycopg.Connection[Any], columns: list[tuple[str, SealedColumn]]) -> Iterator[None]:
    """Several columns in one transaction that nobody else sees or reads into; one commits as it goes."""
    if len(columns) == 1:
        yield
        return
    with conn.transaction():
        tables = sql.SQL(", ").join(sql.Identifier(table) for table, _ in columns)
        conn.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        yield


def reseal(
    conn: psycopg.Connection[Any], ring: KeyRing, table: str, column: SealedColumn
) -> tuple[int, list[str]]:
    """How many were sealed anew, and a sentence for each that no key of the ring opens; those stay as
    they are. Commits as it goes, unless a transaction is open."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column.column)}
    old = (_OLD_TEXT if column.again else _OLD).format(
        **names, context=sql.SQL(column.context), when=sql.SQL(column.when)
    )
    done: Any = f"~(?!{ring.version}~)[0-9]+~" if column.again else ring.version.to_bytes(2)
    new, place, count, unread = _NEW.format(**names), "(0,0)", 0, []
    if column.lookup:
        new = _FOUND_BY.format(**names, lookup=sql.Identifier(column.lookup[0]))
    while True:
        with conn.transaction():
            rows = conn.execute(old, (place, done, column.at_once)).fetchall()
            changed = []
            for place, sealed, context in rows:
                try:
                    changed.append((*_anew(ring, column, sealed, context), place))
                except KeyRingError as error:
                    unread.append(f"{table}, {context}: {error}")
            conn.cursor().executemany(new, changed)
            count += len(changed)
            if changed:
                act(conn, "resealed", table, column.column,
                    after={"rows": len(changed), "key": ring.version})  # fmt: skip
        if len(rows) < column.at_once:
            return count, unread


def _anew(ring: KeyRing, column: SealedColumn, sealed: Any, context: str) -> tuple[Any, ...]:
    """What the row holds from now on. KeyRingError: no key opens it."""
    if column.again:
        return (called(column.again)(ring, sealed, context),)
    plain = ring.open(sealed, context)
    return ring.seal(plain, context), *_lookup(ring, column, plain)


def _lookup(ring: KeyRing, column: SealedColumn, plain: bytes) -> tuple[str, ...]:
    """How the row is found from now on."""
    if column.lookup is None:
        return ()
    return (hmac.digest(ring.derive(column.lookup[1]), plain, "sha256").hex(),)
