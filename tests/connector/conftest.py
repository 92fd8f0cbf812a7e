"""One utility of each kind a module, and the hub over it."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.connector.bench import ConnectorBench
from tests.connector.utilities import (
    MariaServer,
    MariaUtility,
    PostgresUtility,
    SqliteUtility,
    Utility,
    has_maria,
)

KINDS = ("sqlite", "postgresql", "mysql")
NAMES = count(1)


@pytest.fixture(scope="session")
def maria() -> Iterator[Callable[[], MariaServer]]:
    """Begun for who asks first. Skips where Debian's mariadb-server is not installed."""
    begun: list[MariaServer] = []

    def server() -> MariaServer:
        if not has_maria():
            pytest.skip("mariadb-server is not installed: apt install mariadb-server")
        if not begun:
            begun.append(MariaServer())
        return begun[0]

    yield server
    for one in begun:
        one.close()


@pytest.fixture(scope="module", params=KINDS)
def utility(
    request: pytest.FixtureRequest, maria: Callable[[], MariaServer], beside: psycopg.Connection[Any], worker: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Utility]:  # fmt: skip
    name = f"util_{worker}_{next(NAMES)}"
    made: Utility
    if request.param == "sqlite":
        made = SqliteUtility(tmp_path_factory.mktemp("sqlite"))
    elif request.param == "postgresql":
        made = PostgresUtility(beside, name)
    else:
        made = MariaUtility(maria(), name)
    yield made
    made.close()


@pytest.fixture(scope="module")
def bench(utility: Utility, new_database: NewDatabase) -> Iterator[ConnectorBench]:
    folder = utility.file.parent if isinstance(utility, SqliteUtility) else Path("/nowhere")
    made = ConnectorBench(new_database(), utility, folder)
    yield made
    made.close()
