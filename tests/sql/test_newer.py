"""The tests' databases have no function that the oldest supported PostgreSQL lacks."""

import psycopg
import pytest

from tests.cluster import NEWER
from tests.world import Database


def test_what_came_later_is_not_found(shared_database: Database) -> None:
    with psycopg.connect(shared_database.app_url, autocommit=True) as conn:
        ((found, renamed),) = conn.execute(
            "SELECT count(to_regprocedure(name)), count(to_regprocedure('newer_' || name))"
            " FROM unnest(%s::text[]) name", [NEWER]).fetchall()  # fmt: skip
        assert (found, renamed) == (0, len(NEWER) if conn.info.server_version >= 180000 else renamed)
        with pytest.raises(psycopg.errors.UndefinedFunction, match=r"min\(bytea\)"):
            conn.execute("SELECT min(name) FROM (VALUES ('a'::bytea)) given (name)")
