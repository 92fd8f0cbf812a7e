"""How a process stands before the database: as its own role, on tables of this version."""

from collections.abc import Callable
from typing import Any

import psycopg

from yifen.core.connecting import LINE
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.processes import OWNER
from yifen.core.facts.sqlfiles import queries

NOT_MIGRATED = "the database is not of this version yet: run ./yifen migrate"
_SQL = queries(__package__)
_STANDING, _OWNS = _SQL["standing_of_role"], _SQL["owns"]


class EdgeError(Exception):
    """Something around the program is not as it must be; the message says what to do."""


class Unreachable(EdgeError):
    """The database is away: a process that stays waits for it."""


def check_standing(
    url: str, role: str, buckets: int, check_more: Callable[[psycopg.Connection[Any]], None] | None = None
) -> None:
    """EdgeError when the tables are not there, or were made with another number of buckets, or when
    the process comes as somebody else than its role; Unreachable."""
    try:
        with psycopg.connect(url, **LINE) as conn:  # type: ignore[arg-type]
            if role == OWNER:
                _require_owner(conn)
            else:
                _require_role(conn, role)
            conn.execute("SELECT version FROM master_version")
            row = conn.execute("SELECT count(*) FROM ledger_head").fetchone()
            if check_more is not None:
                check_more(conn)
        if row is not None and row[0] != buckets:
            raise EdgeError(BUCKETS_CHANGED.format(have=row[0], want=buckets))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        raise EdgeError(NOT_MIGRATED) from None
    except psycopg.OperationalError as error:
        raise Unreachable(f"the database cannot be reached: {error}") from error


def _require_role(conn: psycopg.Connection[Any], role: str) -> None:
    """Each process its own role, and nothing besides."""
    row = conn.execute(_STANDING, {"role": role}).fetchone()
    assert row is not None
    login, is_super, makes, owns, member = row
    why = (
        "it is a superuser" if is_super
        else "it owns tables" if owns
        else "it may make roles or databases, or pass by what guards rows" if makes
        else f"it is a member of {member}" if member
        else "" if login == role else f"this process works as {role} alone"
    )  # fmt: skip
    if why:
        raise EdgeError(f"YIFEN_DATABASE_URL comes as {login}: {why}; "
                        f"give this process the address of {role} (docs/operations.md)")  # fmt: skip


def _require_owner(conn: psycopg.Connection[Any]) -> None:
    """Who owns the tables, or may all the same."""
    row = conn.execute(_OWNS).fetchone()
    if row is not None and not row[1]:
        raise EdgeError(f"{row[0]} does not own the tables: this is the owner's work, give it YIFEN_OWNER_URL "
                        "(docs/operations.md)")  # fmt: skip
