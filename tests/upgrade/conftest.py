"""One database of the version before, brought up to this version by the command."""

import os
from collections import Counter
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.cluster import database_of
from tests.upgrade.before import columns_of, restore, rows_of, verified, yifen
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres

# The demo's people kept no recovery codes; one had, it would look like this.
RECOVERY_SQL = """
WITH device AS (
    INSERT INTO otp_static_staticdevice (name, confirmed, user_id, throttling_failure_count)
    SELECT 'recovery', true, id, 0 FROM access_user WHERE login = 'finance' RETURNING id
)
INSERT INTO otp_static_statictoken (device_id, token) SELECT id, 'abcd2345' FROM device;
UPDATE access_user SET session_key = repeat('k', 32) WHERE login = 'finance'"""


class Upgraded(NamedTuple):
    """The rows by table before `yifen migrate` and after it, and what `yifen verify` said then."""

    database: Database
    before: dict[str, Counter[str]]
    after: dict[str, Counter[str]]
    verified: dict[str, Any]


@pytest.fixture(scope="session")
def upgraded(cluster: EmbeddedPostgres) -> Upgraded:
    name = f"upgraded_{os.getpid()}"  # workers share the server
    database = database_of(cluster, name, buckets=1)
    with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(database.owner_url) as conn:
        restore(conn)
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(RECOVERY_SQL)
        conn.commit()
        columns = columns_of(conn)
        before = rows_of(conn, columns)
    done = yifen(database, "migrate")
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr
    with psycopg.connect(database.owner_url) as conn:
        still = columns_of(conn)
        after = rows_of(conn, {name: columns[name] for name in columns if name in still})
    return Upgraded(database, before, after, verified(database))
