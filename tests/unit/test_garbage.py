"""What a process has when it begins to serve is never walked through again."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest

from yifen.core import garbage
from yifen.hub.doors.app import Gateway


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_there_is_is_frozen_and_what_comes_is_looked_at_seldom() -> None:
    garbage.settle()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == (50_000, 20, 50)
    ring: list[Any] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1  # what goes in rings is still found


def test_a_gateway_settles_once_its_hub_has_started() -> None:
    class Hub:
        async def start(self) -> None:
            assert gc.get_threshold() != garbage.THRESHOLDS

    async def opened() -> None:
        gateway: Any = Gateway(Hub, None, lambda: None, None)  # type: ignore[arg-type]
        gateway._hub = Hub()
        await gateway._open()

    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # whatever ran in this process before
    try:
        asyncio.run(opened())
        assert gc.get_threshold() == garbage.THRESHOLDS
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
