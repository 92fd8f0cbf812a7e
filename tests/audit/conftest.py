"""Trails that begin with nothing, so that entries count from 1."""

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database


@pytest.fixture(scope="session")
def new_database(new_database: NewDatabase) -> NewDatabase:
    """A database whose trail is empty: it lacks what `yifen migrate` told of the tables."""

    def make(buckets: int = 1) -> Database:
        database = new_database(buckets)
        with psycopg.connect(database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            conn.execute("TRUNCATE audit_entry")
            conn.execute("UPDATE audit_head SET entry_no = 0, hash = sha256('yifen audit')")
        return database

    return make
