"""A closed day and the next, once a module, in several buckets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NewDatabase
from tests.endofday.network import DAY, Network

NEXT = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def network(new_database: NewDatabase, tmp_path_factory: Any) -> Iterator[Network]:
    """DAY was closed by its night; the next day has payments and a return, and is cut."""
    made = Network(new_database(buckets=3), tmp_path_factory.mktemp("inbox"))
    made.cut()
    made.send_lines(made.faulty())
    made.send_ours("POS")
    ran = made.run()
    assert ran.state == "closed", ran
    made.now += timedelta(days=1)
    made.pay("POS", "N1", "WATER", 5_000)
    made.pay("POS", "N2", "HEAT", 6_000)
    made.pay("POS", "N3", "WATER", 700)
    assert made.world.reverse("NR", "N3", 700, channel="POS").code == 0
    made.cut(NEXT)
    yield made
    made.close()
