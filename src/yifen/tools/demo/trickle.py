"""A little traffic while the demo stays up, so that the screens have a day to show."""

import asyncio
from collections.abc import Callable
from itertools import islice
from threading import Thread

from yifen.hub.simulators.channel import SimulatedChannel
from yifen.hub.simulators.door import HubDoor, Lost
from yifen.hub.simulators.settling import StillUndecided
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.traffic import clock

PAUSE_S = 0.4
LEFT_ALONE = 2_000  # payers that nobody pays for: whoever looks around may
FIRST = 200  # payments at once, so that charts are not empty
AT_ONCE = 8


def start(network: SampleNetwork, base_url: str, seed: int, ended: Callable[[], bool]) -> Thread:
    """In a thread of its own; its payers are those that did not come during the day."""
    thread = Thread(target=lambda: asyncio.run(_pay(network, base_url, seed, ended)), daemon=True)
    thread.start()
    return thread


async def _pay(network: SampleNetwork, base_url: str, seed: int, ended: Callable[[], bool]) -> None:
    channels = [
        SimulatedChannel(HubDoor(base_url, member.identity, clock), clock, seed + 1, "live")
        for member in network.channels
    ]
    late_comers = islice(reversed(network.orders), LEFT_ALONE, None)
    try:
        await asyncio.gather(
            *(channel.run(late_comers, FIRST // len(channels), AT_ONCE) for channel in channels)
        )
        for number, order in enumerate(late_comers):
            if ended():
                break
            await channels[number % len(channels)].serve(order)
            await asyncio.sleep(PAUSE_S)
    except (Lost, StillUndecided):
        return  # the demo is ending
    finally:
        for channel in channels:
            await channel.door.close()
