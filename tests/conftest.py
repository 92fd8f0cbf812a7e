"""What every suite stands on: one PostgreSQL, databases cloned from a migrated template, gateways."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.running import Gateway
from tests.web import province, site
from tests.web.province import Province
from tests.world import Database, World
from yifen.core.embedded.errors import NotRunning
from yifen.core.embedded.server import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
RING = "1:" + base64.b64encode(bytes(range(32))).decode()
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200",
        "max_wal_size": "256MB"}  # fmt: skip
NewDatabase = Callable[..., Database]
NewGateway = Callable[..., Gateway]
NewProvince = Callable[[], Province]


def pytest_configure() -> None:
    """Everything the tests start by themselves seals with this ring, never with a user's."""
    os.environ["YIFEN_KEY_RING"] = RING


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedPostgres]:
    """One server for the whole run; without fsync, for nothing here pulls its plug."""
    with cluster_of(FAST) as server:
        yield server


class cluster_of:
    """A PostgreSQL of its own in a folder that vanishes with it."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yifen-test-"))
        self.folder.chmod(0o755)  # as root the server runs as nobody
        self.server = EmbeddedPostgres(self.folder, settings=settings)

    def __enter__(self) -> EmbeddedPostgres:
        self.server.start()
        return self.server

    def __exit__(self, *error: object) -> None:
        with suppress(NotRunning):  # by a test that failed
            self.server.kill()  # at once: nothing of it is kept
        shutil.rmtree(self.folder)


def migrated(server: EmbeddedPostgres, name: str, buckets: int) -> Database:
    """A database of this version, brought up by the command that operators use."""
    database = Database(
        server.url("yifen_app", name),
        server.url("yifen_owner", name),
        server.url("postgres", name),
        buckets,
    )
    done = subprocess.run(
        [sys.executable, "-m", "yifen", "migrate"],
        env=database.environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n"), done.stderr
    return database


@pytest.fixture(scope="session")
def new_database(cluster: EmbeddedPostgres) -> NewDatabase:
    """Makes a database with no rows but the buckets: `new_database(buckets=1)`."""
    templates: dict[int, str] = {}
    count = 0

    def make(buckets: int = 1) -> Database:
        nonlocal count
        count += 1
        name = f"test_{count}"
        with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
            if buckets not in templates:
                conn.execute(f"CREATE DATABASE template_{buckets}")
                migrated(cluster, f"template_{buckets}", buckets)
                templates[buckets] = f"template_{buckets}"
            conn.execute(f"CREATE DATABASE {name} TEMPLATE {templates[buckets]}")
        return Database(
            cluster.url("yifen_app", name),
            cluster.url("yifen_owner", name),
            cluster.url("postgres", name),
            buckets,
        )

    return make


@pytest.fixture(scope="session")
def new_province(cluster: EmbeddedPostgres, new_database: NewDatabase) -> NewProvince:
    """Makes small provinces, each with a database of its own: built once, then cloned."""
    built: list[Province] = []

    def make() -> Province:
        if not built:
            database = new_database()
            with site.on(database):
                built.append(province.build(database))
        name = f"province_{len(built)}"
        template = built[0].database
        with psycopg.connect(cluster.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE {template.name}")
        database = Database(
            cluster.url("yifen_app", name), cluster.url("yifen_owner", name),
            cluster.url("postgres", name), template.buckets,
        )  # fmt: skip
        built.append(replace(deepcopy(built[0]), database=database))
        return built[-1]

    return make


@pytest.fixture
def database(new_database: NewDatabase) -> Database:
    """A database of one bucket for one test."""
    return new_database()


@pytest.fixture(scope="module")
def shared_database(new_database: NewDatabase) -> Database:
    """A database for the tests of one module that roll back what they do."""
    return new_database()


@pytest.fixture(scope="module")
def rolled_back(shared_database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """One connection as the app role for a module; nothing on it is ever committed."""
    with psycopg.connect(shared_database.app_url) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def world(rolled_back: psycopg.Connection[tuple[object, ...]]) -> Iterator[World]:
    """An empty book, for one test."""
    yield World(rolled_back)
    rolled_back.rollback()


@pytest.fixture(scope="module")
def new_gateway() -> Iterator[NewGateway]:
    """Starts the real gateway as a process: `new_gateway(database, workers=1, YIFEN_…=…)`."""
    with ExitStack() as running:
        yield lambda database, workers=1, **settings: running.enter_context(
            Gateway(database.environment(**settings), workers)
        )
