"""Django on a database of its own, and the runner with the tasks of `trying` only."""

from collections.abc import Iterator

import pytest

from tests.conftest import NewDatabase
from tests.jobs import trying
from tests.web import site
from tests.world import Database


@pytest.fixture
def queue(new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    database = new_database()
    with site.on(database):
        from yifen.core.jobs import defer, keeping

        for module in (defer, keeping):
            monkeypatch.setattr(module, "tasks", lambda: {task.name: task for task in trying.TASKS})
        trying.DONE.clear()
        yield database
