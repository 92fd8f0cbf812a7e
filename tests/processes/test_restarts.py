"""A gateway becomes a new version while it is called: nobody is refused, no answer is lost."""

import asyncio

import pytest

from tests.processes.restarts import restarted
from tests.torture.traffic import committed, owe_many
from tests.world import Database
from yifen.core.facts.settings import FRONTS

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("front", FRONTS)
def test_two_new_versions_under_load_and_one_that_would_not_start(database: Database, front: str) -> None:
    with committed(database) as world:
        bills = owe_many(world, 4000)
    found = asyncio.run(restarted(database, bills, restarts=2, between_s=0.3, tellers=4, front=front))
    assert found["versions"] == ["1", "2"]
    assert found["refused_version"] == "SyntaxError: invalid syntax"
    assert found["codes"] == {"OK": found["sent"]}
    assert (found["no_answer"], found["lost"], found["doubled"], found["not_told"]) == ({}, [], [], 0)
    assert (found["problems"], found["tracebacks"], found["processes_left"]) == ([], 0, 2)
    assert found["figures_by"] == 1  # the first process alone, and no child that would outlive it
