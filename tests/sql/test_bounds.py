"""Who has a process's password writes no moment that nobody can read, in any table that it writes."""

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database, World
from yifen.core import bounds
from yifen.core.facts.processes import WEB

BOUNDED = "SELECT count(*) FROM pg_constraint WHERE conname LIKE 'within\\_%' AND contype = 'c'"


@pytest.fixture(scope="module")
def made(new_database: NewDatabase) -> Database:
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        World(conn).network()
    return database


@pytest.mark.parametrize(("moment", "is_taken"), [
    ("infinity", False), ("-infinity", False), ("9999-12-31T20:00Z", False), ("0001-01-01T00:00+14:00", False),
    ("2199-12-31", True), ("1970-01-02", True),
])  # fmt: skip
def test_a_moment_is_one_that_a_clock_has(made: Database, moment: str, is_taken: bool) -> None:
    row = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', %s)"
    with psycopg.connect(made.url(WEB), autocommit=True) as conn:
        if is_taken:
            assert conn.execute(row, (moment, moment)).rowcount == 1
            return
        with pytest.raises(psycopg.errors.CheckViolation, match="within_expire_date"):
            conn.execute(row, (moment, moment))


def test_every_column_that_a_process_writes_is_bounded_and_once(made: Database) -> None:
    with psycopg.connect(made.owner_url) as owner:
        (found,) = owner.execute(BOUNDED).fetchone() or (0,)
        assert found > 100
        bounds.install(owner)
        assert owner.execute(BOUNDED).fetchone() == (found,)
        owner.execute("CREATE TABLE thing (at timestamptz, on_day date, text text)")
        owner.execute("GRANT INSERT (at, on_day) ON thing TO yifen_web")
        bounds.install(owner)
        assert owner.execute(BOUNDED).fetchone() == (found + 2,)
        owner.rollback()
