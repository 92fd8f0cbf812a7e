"""Bring a database up to this version: Django's migrations, the views and functions, the grants.

Tables change by migrations; views and functions are code and are installed whole every time, in the
same transaction as their grants. A migration that changes a column under a view drops the view. The
roles of processes read money and call functions; they write none of it.
"""

import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yifen.core import bounds, grants, held_up, starting
from yifen.core.access import walls
from yifen.core.audit import installed, watch
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.sqlfiles import queries, read_sql
from yifen.core.plugs import plugs, result_codes

_SQL = queries(__package__)
MIGRATE_OPTIONS = (
    "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
    f" -c application_name={held_up.NAME}"
)
ASK_EVERY_S = 0.2
_VIEW = re.compile(r"CREATE OR REPLACE VIEW\s+(\w+)")


class BucketsChanged(RuntimeError):
    """The number of buckets is fixed when a database is made."""


def function_files() -> list[tuple[str, str]]:
    """(name, text) of every versioned file of views and functions, the lowest app first."""
    found = []
    for app in (app for plug in plugs() for app in plug.apps):
        with resources.as_file(resources.files(app)) as path:
            for file in sorted(path.glob("sql/*_v[0-9]*.sql"), key=_views_first):
                found.append((f"{app}/{file.name}", read_sql(file, result_codes())))
    return found


def _views_first(file: Path) -> tuple[bool, str]:
    """Functions read views; views stand on tables alone."""
    return not file.name.startswith("views_"), file.name


def install_functions(
    owner_url: str, buckets: int, before: Mapping[str, str] | None = None, as_it_stands: bool = False
) -> None:
    """Functions, buckets and grants, all or none; safe to repeat. Told to the trail is what stands otherwise
    than `before` (None: than now), or all, `as_it_stands`."""
    with psycopg.connect(owner_url, options=MIGRATE_OPTIONS) as conn:
        before = installed.standing(conn) if before is None else before
        _install_chart(conn)
        _install_returns(conn)
        files = [text for _, text in function_files()]
        for place, text in enumerate(files):
            _install(conn, text, files[place:])
        _install_fresh(conn)
        starting.check_tables(conn)
        for (path_named,) in conn.execute(_SQL["open_paths"]).fetchall():
            conn.execute(path_named)
        have = conn.execute("SELECT count(*) FROM ledger_head").fetchone()
        if have and have[0] not in (0, buckets):
            raise BucketsChanged(BUCKETS_CHANGED.format(have=have[0], want=buckets))
        conn.execute(
            "SELECT ledger_open_buckets_v1(%s), payments_open_buckets_v1(%s)", (buckets, buckets)
        )
        grants.grant_all(conn)
        bounds.install(conn)
        watch.install(conn)
        walls.install(conn)
        installed.tell(conn, before, as_it_stands)


def _install(conn: psycopg.Connection[Any], text: str, to_come: Sequence[str]) -> None:
    """A view whose columns are no longer what they were cannot be replaced: it goes first, and before it those of
    the files `to_come`, which may stand on it and are made anew."""
    try:
        with conn.transaction():
            conn.execute(text.encode())
    except psycopg.errors.InvalidTableDefinition:
        for view in [name for file in to_come for name in _VIEW.findall(file)][::-1]:
            conn.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(view)))
        conn.execute(text.encode())


def _install_chart(conn: psycopg.Connection[Any]) -> None:
    """The chart of accounts, first: functions in SQL look for it when they are made."""
    rows = ", ".join(
        _SQL["chart_row"].format(**{name: sql.Literal(word).as_string(conn) for name, word in (
            ("kind", one.kind), ("number", one.number), ("title", one.title.zh), ("side", one.side),
            ("limited", one.limited))})
        for plug in plugs() for one in plug.accounts)  # fmt: skip
    conn.execute(_SQL["chart"].format(rows=rows).encode())


def _install_returns(conn: psycopg.Connection[Any]) -> None:
    """Who asked for a return, who gives its money, which may not be, who may not charge, what a core is asked,
    which teller stays; before views stand on it. What they call they look for when they are called."""
    asked = "".join(_SQL["asked_call"].format(function=name) for plug in plugs() for name in plug.asked)
    conn.execute(_SQL["asked"].format(calls=asked).encode())
    gives = "".join(_SQL["gives_call"].format(function=name) for plug in plugs() for name in plug.gives)
    conn.execute(_SQL["gives"].format(calls=gives).encode())
    held = " ".join(_SQL["held_call"].format(function=name) for plug in plugs() for name in plug.held)
    conn.execute(_SQL["held"].format(calls=held).encode())
    keeps = " ".join(_SQL["keeps_call"].format(function=name) for plug in plugs() for name in plug.keeps)
    conn.execute(_SQL["keeps"].format(calls=keeps).encode())
    refuses = "".join(_SQL["refuses_call"].format(function=name) for plug in plugs() for name in plug.refuses)
    conn.execute(_SQL["refuses"].format(calls=refuses).encode())
    sole = "".join(_SQL["sole_call"].format(function=name) for plug in plugs() for name in plug.sole)
    conn.execute(_SQL["sole"].format(calls=sole).encode())
    moves = "".join(_SQL["moves_call"].format(function=name) for plug in plugs() for name in plug.moves)
    conn.execute(_SQL["moves"].format(calls=moves).encode())
    stays = "".join(_SQL["stays_call"].format(function=name) for plug in plugs() for name in plug.stays)
    conn.execute(_SQL["stays"].format(calls=stays).encode())
    cash = " ".join(_SQL["cash_call"].format(function=name) for plug in plugs() for name in plug.cash)
    conn.execute(_SQL["cash"].format(calls=cash).encode())


def _install_fresh(conn: psycopg.Connection[Any]) -> None:
    """The functions by which the hub has every trade bring an account up to date, and say what left a payable."""
    calls = [_SQL["fresh_call"].format(function=name) for plug in plugs() for name in plug.fresh]
    conn.execute(_SQL["fresh"].format(calls=" ".join(calls)).encode())
    moved = "".join(_SQL["moved_call"].format(function=name) for plug in plugs() for name in plug.moved)
    conn.execute(_SQL["moved_before"].encode())
    conn.execute(_SQL["moved"].format(calls=moved).encode())
    back = [_SQL["moved_back_call"].format(function=name) for plug in plugs() for name in plug.moved_back]
    conn.execute(_SQL["moved_back"].format(calls=" ".join(back)).encode())


def _without_time_outs() -> None:
    """Indexes of large tables take their time, and those made beside payments wait for every older
    reader: the pages' time-outs, or the role's, would break them off half made."""
    from django.db import connection

    connection.settings_dict["OPTIONS"] |= {"options": MIGRATE_OPTIONS}
    connection.close()


def migrate(owner_url: str, buckets: int, as_it_stands: bool = False) -> None:
    """Everything: tables, functions, grants. The Django settings must point at `owner_url`. What others
    installed beside it is told the trail only when it is to be, `as_it_stands`."""
    from django.core.management import call_command

    def bring_up() -> None:
        _without_time_outs()
        call_command("migrate", verbosity=0, interactive=False)
        install_functions(owner_url, buckets, before, as_it_stands)

    with psycopg.connect(owner_url, autocommit=True) as conn, _alone(conn):
        grants.require_roles(conn)
        starting.set_up()
        before = installed.standing(conn)
        held_up.in_nobodys_way(owner_url, bring_up)


@contextmanager
def _alone(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """One migration at a time; the lock ends with the session. Who waits asks again and again: waiting
    inside a statement he would hold a snapshot, for which an index that is made concurrently waits."""
    said = False
    while conn.execute(_SQL["lock_migrate"]).fetchone() != (True,):
        if not said:
            sys.stderr.write("another migration is running: waiting for it\n")
            said = True
        time.sleep(ASK_EVERY_S)
    yield
