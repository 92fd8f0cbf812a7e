"""What stood in a watched table before its changes were entries is told once, by `yifen migrate`.

A table is told when it is watched for the first time, a column when it is new: what a mark names
already is told by changes alone, so that nothing that somebody put in becomes true by a migration.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from yifen.core.audit.told import ACTIONS, BASELINE, MARK, Retelling, Row, Watched, decoded
from yifen.core.facts.plug import Table
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_SHAPES, _ROWS, _AS_TRIGGERS = _SQL["shapes"], _SQL["rows_now"], _SQL["as_triggers"]
_TOLD, _MARKS, _DRAFT = _SQL["changes_told"], _SQL["marks_told"], _SQL["draft"]


def shapes(conn: psycopg.Connection[Any], tables: list[Table]) -> dict[str, Watched]:
    """The watched tables that are there, as they stand, as far as this role may read them."""
    found = {}
    by_name = {table.name: table.watch for table in tables if table.watch is not None}
    for name, key, columns in conn.execute(_SHAPES, (list(by_name),)).fetchall():
        if not set(key) <= (columns or {}).keys():
            continue
        watch = by_name[name]
        kept = {column: kind for column, kind in columns.items()
                if column not in watch.ignored and (not watch.only or column in watch.only)}  # fmt: skip
        found[name] = Watched(tuple(key), kept, frozenset(watch.secret), not watch.only)
    return found


def rows_now(
    conn: psycopg.Connection[Any], name: str, table: Watched
) -> Iterator[tuple[str, Row]]:
    """Each row of a table as (key, what is watched of it), secrets as they are."""
    listed = sql.SQL(", ")
    names = [*table.columns, *(column for column in table.key if column not in table.columns)]
    statement = sql.SQL(_ROWS).format(
        columns=listed.join(map(sql.Identifier, names)), table=sql.Identifier(name),
    )  # fmt: skip
    conn.execute(_AS_TRIGGERS)
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for (text,) in copy.rows():
            row = decoded(text)
            yield table.key_of(row), {column: row[column] for column in table.columns}


def tell(conn: psycopg.Connection[Any], tables: list[Table]) -> None:
    """Writes what the trail does not know yet, and the mark of it; in the caller's transaction. Safe to
    repeat: a mark that names a table's columns as they are leaves nothing to tell."""
    watched = shapes(conn, tables)
    told = Retelling(watched)
    for (after,) in conn.execute(_MARKS, (MARK, BASELINE)).fetchall():
        told.take(BASELINE, MARK, "", after)
    due = {name: table for name, table in watched.items() if told.marks.get(name) != table.described}
    if not due:
        return
    for entry in conn.execute(_TOLD, (list(due), list(ACTIONS))).fetchall():
        told.take(*entry)
    for name in due:
        rows = _unknown(conn, told, name)
        if rows:
            conn.execute(_DRAFT, (BASELINE, name, json.dumps(rows)))
    marks = {name: table.described for name, table in due.items()}
    conn.execute(_DRAFT, (BASELINE, MARK, json.dumps(marks)))


def _unknown(conn: psycopg.Connection[Any], told: Retelling, name: str) -> Mapping[str, Row]:
    """By key: the columns of a table that no mark names, where nothing was told of them."""
    table, marked = told.tables[name], told.marks.get(name)
    known = () if marked is None else marked.split(", ")
    new = {column for column, kind in table.columns.items() if f"{column} {kind}" not in known}
    found = {}
    for key, row in rows_now(conn, name, table):
        if marked is not None:
            if table.inserts and key not in told.rows[name]:
                continue  # it was put in behind the trail: no migration makes it true
            for column in new:  # it may have another type now
                told.rows[name].get(key, {}).pop(column, None)
        lacks = told.lacks(name, key, {column: row[column] for column in row if column in new})
        if lacks:
            found[key] = lacks
    return found
