"""The network that the payment functions are called in."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database, World, with_steps
from yifen.core.facts.codes import Code

Refused = Callable[..., Code]


@pytest.fixture(scope="module")
def shared_database(new_database: NewDatabase) -> Database:
    """The steps inside the verbs are tried alone here, which the app role may not do elsewhere."""
    return with_steps(new_database())


@pytest.fixture(scope="module")
def network(rolled_back: psycopg.Connection[Any]) -> World:
    """Made once a module, in the transaction that is never committed."""
    return World(rolled_back).network()


@pytest.fixture
def hub(network: World) -> Iterator[World]:
    """The network, for one test."""
    own = copy.copy(network)
    own.ids = dict(network.ids)
    own.run("SAVEPOINT test")
    yield own
    own.run("ROLLBACK TO test")
    own.run("RELEASE test")


@pytest.fixture
def refused(hub: World) -> Refused:
    """Calls one verb and answers its code, having proved that it changed no money, that a final
    refusal is kept with its serial and answered again, and that a retryable one left nothing."""

    def call(
        verb: str, serial: str, *content: object, channel: str = "WX", **fields: object
    ) -> Code:
        before, serials = hub.money(), hub.serials(channel)
        do = {"charge": hub.charge, "reverse": hub.reverse, "refund": hub.refund}[verb]
        booked = do(serial, *content, channel=channel, **fields)
        assert not booked.repeated
        assert hub.money() == before
        final = not booked.code.meaning.retryable
        serials |= {serial: (verb, booked.code)} if final else {}
        if booked.code is Code.ORIGINAL_UNKNOWN_BLOCKED:
            serials.setdefault(str(content[0]), ("tombstone", Code.REVERSED_BEFORE_CHARGE))
        assert hub.serials(channel) == serials
        again = do(serial, *content, channel=channel, **fields)
        assert (again.code, again.repeated) == (booked.code, final)
        assert (hub.money(), hub.serials(channel)) == (before, serials)
        return booked.code

    return call
