"""Fixtures of the console's tests: the province of tests.web, and a busy one with many payments."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest

from tests.conftest import Clone
from tests.console.busy import Busy, fill
from tests.web import province, site
from tests.web.conftest import place

__all__ = ["busy", "place"]


@pytest.fixture(scope="session")
def busy_once(clone: Clone, migrated_once: Callable[[int], str]) -> Callable[[], Busy]:
    """Two buckets, and payments of known figures in the county of 青溪 (tests.console.busy): what others clone."""

    @cache
    def first() -> Busy:
        database = clone(migrated_once(2), 2)
        with site.on(database):
            return fill(province.build(database))

    return first


@pytest.fixture(scope="module")
def busy(busy_once: Callable[[], Busy], passing: Clone) -> Iterator[Busy]:
    """A busy province of this module's own."""
    made, built = deepcopy(busy_once()), busy_once().place.database
    made.place = replace(made.place, database=passing(built.name, built.buckets))
    with site.on(made.place.database):
        yield made
