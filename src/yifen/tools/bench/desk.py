"""Charges as the teller's pages make them: the hosted channel, by threads of one process, without HTTP and key."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context
from threading import Lock

from yifen.core.facts.codes import Code
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import Settings
from yifen.core.runtime import data_folder
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.local import LocalHub
from yifen.hub.simulators.load_requests import Plan, charge
from yifen.tools.bench.hub import now_utc


def desk_charges(settings: Settings, url: str, plan: Plan) -> tuple[int, float]:
    """How many were booked, and in how many seconds; by as many tellers as the plan has connections."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_tellers, settings, url, plan).result()


def _tellers(settings: Settings, url: str, plan: Plan) -> tuple[int, float]:
    ring = read_ring(settings.key_ring, data_folder(settings))
    hub = LocalHub(lambda: Hub(settings, url, ring, now_utc))
    messages = [charge(plan, number) for number in range(plan.first, plan.first + plan.count)]
    numbers, next_one = count(), Lock()
    began = time.monotonic()
    end = began + plan.seconds

    def teller() -> int:
        booked = 0
        while time.monotonic() < end:
            with next_one:
                number = next(numbers)
            if number >= len(messages):
                break
            code, _ = hub.charge(plan.partner, messages[number])
            booked += code is Code.OK
        return booked

    try:
        with ThreadPoolExecutor(plan.connections) as tellers:
            found = sum(one.result() for one in [tellers.submit(teller) for _ in range(plan.connections)])
        return found, time.monotonic() - began
    finally:
        hub.stop()
