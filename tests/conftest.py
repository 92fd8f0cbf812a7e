"""What every suite stands on: one PostgreSQL, databases cloned from a migrated template, gateways.

`./yifen test` shares the files out to a worker a core; the workers share the server and its templates.
"""

import base64
import gc
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from tests import near
from tests.cluster import database_of, fast, migrated, without_newer
from tests.endofday.network import Network
from tests.repair.bench import Bench
from tests.running import Gateway
from tests.sampling import rest
from tests.web import province, site
from tests.web.province import Province
from tests.world import Database, World
from yifen.core.embedded.cluster import SUPERUSER
from yifen.core.embedded.locks import locked
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import GATEWAY, OWNER

ROOT = Path(__file__).resolve().parents[1]
RING = "1:" + base64.b64encode(bytes(range(32))).decode()
WORKERS_MAX = 8
MORE_BUCKETS = "SELECT ledger_open_buckets_v1(%s), payments_open_buckets_v1(%s)"
COPIED = f"CREATE DATABASE {{}} OWNER {OWNER} TEMPLATE {{}} STRATEGY FILE_COPY"  # half of the time
UNOWNED = "DELETE FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %s)"
LONGEST = (
    "web/test_hostile.py", "test_embedded.py", "test_demo.py", "test_launcher.py",
    "web/test_doors.py", "torture/test_kill.py", "endofday/test_killed.py",
    "browser/test_sign_in.py", "desk/test_reversal.py", "desk/test_collection.py",
    "remote/test_charge.py", "test_tidy.py",
)  # fmt: skip
"""Files that are begun first, by what they take."""
SHARED = pytest.StashKey[Path]()
Clone = Callable[[str, int], Database]
NewDatabase = Callable[..., Database]
NewGateway = Callable[..., Gateway]
NewProvince = Callable[[], Province]
NewBench = Callable[[], Bench]
NetworkIn = Callable[[Path], Network]


settings.register_profile(  # a busy machine is slow, and a database is as good behind each example
    "yifen", suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("yifen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--near", action="store_true", help="only the tests near what has changed")


def pytest_configure() -> None:
    """Everything the tests start by themselves seals with this ring, never with a user's."""
    os.environ["YIFEN_KEY_RING"] = RING
    os.environ["YIFEN_OUTBOUND_ALLOW"] = "127.0.0.0/8"  # where the other sides are


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One for each core; none for chosen files or tests, which a single process ends sooner."""
    if config.option.keyword or not any(map(os.path.isdir, config.args)):
        return 0
    return min(max(os.cpu_count() or 1, 2), WORKERS_MAX)


def pytest_configure_node(node: Any) -> None:
    """Before a worker starts: it is told where the server is that all of them share."""
    config = node.config
    if SHARED not in config.stash:
        running = ExitStack()
        config.add_cleanup(running.close)
        config.stash[SHARED] = running.enter_context(fast()).home
    node.workerinput["cluster"] = str(config.stash[SHARED])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only what is near, where that was asked for; of long files a part of the cases, unless they are named; the
    longest first, so that the workers end together."""
    if config.getoption("near") and (names := near.near(near.changed())) is not None:
        beginnings = tuple(f"{ROOT}/tests/{name}" for name in names)
        far = {item for item in items if not str(item.path).startswith(beginnings)}
        config.hook.pytest_deselected(items=list(far))
        items[:] = [item for item in items if item not in far]
    if not config.option.keyword and any(map(os.path.isdir, config.args)) and (left := rest(items, ROOT / "tests")):
        config.hook.pytest_deselected(items=left)
        out = set(left)
        items[:] = [item for item in items if item not in out]
    if hasattr(config, "workerinput"):
        places = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected stays to the end: nobody looks through half a million objects for garbage again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[EmbeddedPostgres]:
    """One server for the whole run."""
    if shared := getattr(request.config, "workerinput", {}).get("cluster"):
        server = EmbeddedPostgres(Path(shared))
        server.start()
        yield server  # the controller stops it
    else:
        with fast() as server:
            yield server


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """Of this process: gw0, gw1 …; `main` where there are no workers."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def beside(cluster: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    """The connection on which this worker makes its databases and drops them."""
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="session")
def clone(cluster: EmbeddedPostgres, worker: str, beside: psycopg.Connection[Any]) -> Clone:
    """Makes a database from another one: `clone(template, buckets)`."""
    count = itertools.count(1)

    def make(template: str, buckets: int) -> Database:
        name = f"test_{worker}_{next(count)}"
        beside.execute(COPIED.format(name, template))
        beside.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")  # no clone has that
        return database_of(cluster, name, buckets)

    return make


@pytest.fixture(scope="session")
def migrated_once(cluster: EmbeddedPostgres, beside: psycopg.Connection[Any]) -> Callable[[int], str]:
    """The name of a migrated database, which the first worker to ask makes for all. That its objects belong to
    somebody is not told to the cluster, which would write four thousand rows more for each clone."""

    def make(buckets: int) -> str:
        name = f"template_{buckets}"
        with locked(cluster.home / f"{name}.lock"):
            if not beside.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall():
                if buckets == 1:
                    beside.execute(f"CREATE DATABASE {name}_new OWNER {OWNER}")
                    migrated(cluster, f"{name}_new", buckets)
                    without_newer(cluster, f"{name}_new")
                    beside.execute(UNOWNED, [f"{name}_new"])
                else:  # what `migrate` does last where a new database is to have more of them
                    beside.execute(COPIED.format(f"{name}_new", once(1)))
                    with psycopg.connect(cluster.url("yifen_owner", f"{name}_new")) as made:
                        made.execute(MORE_BUCKETS, [buckets, buckets])
                beside.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
        return name

    once = cache(make)
    return once


@pytest.fixture(scope="session")
def unswept() -> ExitStack:
    """What ends with the module that runs."""
    return ExitStack()


@pytest.fixture(scope="module", autouse=True)
def swept(unswept: ExitStack) -> Iterator[None]:
    """A module's databases go with it, so that the run needs little room."""
    yield
    unswept.close()


@pytest.fixture(scope="session")
def passing(clone: Clone, beside: psycopg.Connection[Any], unswept: ExitStack) -> Clone:
    """Makes a database for the module that runs."""

    def make(template: str, buckets: int) -> Database:
        made = clone(template, buckets)
        unswept.callback(beside.execute, f"DROP DATABASE {made.name} WITH (FORCE)")
        return made

    return make


@pytest.fixture(scope="session")
def new_database(passing: Clone, migrated_once: Callable[[int], str]) -> NewDatabase:
    """Makes a database with no rows but the buckets: `new_database(buckets=1)`."""

    def make(buckets: int = 1) -> Database:
        return passing(migrated_once(buckets), buckets)

    return make


@pytest.fixture(scope="session")
def new_province(clone: Clone, migrated_once: Callable[[int], str], passing: Clone) -> NewProvince:
    """Makes small provinces, each with a database of its own: built once a worker, then cloned."""

    @cache
    def first() -> Province:
        database = clone(migrated_once(1), 1)
        with site.on(database):
            return province.build(database)

    def make() -> Province:
        built = first().database
        return replace(deepcopy(first()), database=passing(built.name, built.buckets))

    return make


@pytest.fixture(scope="session")
def new_bench(clone: Clone, migrated_once: Callable[[int], str], passing: Clone) -> NewBench:
    """Makes benches, each with a database of its own: built once a worker, then cloned."""

    @cache
    def first() -> Bench:
        with closing(Bench(clone(migrated_once(1), 1))) as built:
            return built

    def make() -> Bench:
        return Bench(passing(first().database.name, 1), first())

    return make


@pytest.fixture(scope="session")
def network_in(
    clone: Clone, migrated_once: Callable[[int], str], passing: Clone, tmp_path_factory: pytest.TempPathFactory,
) -> NetworkIn:  # fmt: skip
    """Makes networks of an inbox, each with a database of its own: built once a worker, then cloned."""

    @cache
    def first() -> Network:
        with closing(Network(clone(migrated_once(1), 1), tmp_path_factory.mktemp("inbox"))) as built:
            return built

    def make(inbox: Path) -> Network:
        return Network(passing(first().database.name, 1), inbox, first())

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
            Gateway(database.environment(GATEWAY, **settings), workers)
        )
