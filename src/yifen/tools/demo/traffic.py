"""The demo's traffic: four channel simulators pay through the real gateway, all at once."""

import asyncio
import time
from datetime import datetime
from itertools import islice

from yifen.core.runtime import EdgeError
from yifen.core.wire.moments import HUB_ZONE
from yifen.hub.simulators.channel import SimulatedChannel
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.settling import StillUndecided
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.screen import DemoScreen

AT_ONCE = 16  # payments a channel has under way
DRAW_S = 0.2


def clock() -> datetime:
    """The one place where the demo's simulators read the time."""
    return datetime.now(HUB_ZONE)


def shares(payments: int, parts: int) -> list[int]:
    """As even as it can be."""
    return [payments // parts + (part < payments % parts) for part in range(parts)]


async def pay(
    network: SampleNetwork, base_url: str, payments: int, seed: int, screen: DemoScreen
) -> list[SimulatedChannel]:
    """Until this many payments are booked. Every channel serves payers of its own."""
    channels = [
        SimulatedChannel(HubDoor(base_url, member.identity, clock), clock, seed)
        for member in network.channels
    ]
    names = [member.name for member in network.channels]
    counters = [channel.counters for channel in channels]
    began = time.monotonic()

    async def draw() -> None:
        while True:
            screen.traffic(names, counters, time.monotonic() - began)
            await asyncio.sleep(DRAW_S)

    drawing = asyncio.create_task(draw())
    try:
        async with asyncio.TaskGroup() as running:
            for number, share in enumerate(shares(payments, len(channels))):
                mine = islice(network.orders, number, None, len(channels))
                running.create_task(channels[number].run(mine, share, AT_ONCE))
    finally:
        for channel in channels:
            await channel.door.close()
        drawing.cancel()
        screen.traffic_ends(names, counters, time.monotonic() - began)
    return channels


def run(
    network: SampleNetwork, base_url: str, payments: int, seed: int, screen: DemoScreen
) -> list[SimulatedChannel]:
    """`pay`, to its end. EdgeError when the hub does not answer any more."""
    try:
        return asyncio.run(pay(network, base_url, payments, seed, screen))
    except BaseExceptionGroup as group:
        found = group.subgroup((Lost, StillUndecided))
        if found is None:
            raise
        raise EdgeError(f"the traffic stopped: {first_of(found)}") from None


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first plain exception in a group of groups."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
