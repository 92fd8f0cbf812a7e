"""Processes that start, and stay, while the database is away; what they say meanwhile."""

import asyncio
import json
import os
import signal
import time
from http.client import HTTPConnection

import pytest

from tests.jobs.running import worker
from tests.processes.states import away, read_only
from tests.processes.test_loops import until_it_works
from tests.running import Gateway
from tests.world import Database
from yifen.core.embedded.processes import children
from yifen.core.facts.processes import GATEWAY

pytestmark = pytest.mark.timeout(120)


def asked(gateway: Gateway, path: str) -> tuple[int, str]:
    asking = HTTPConnection("127.0.0.1", gateway.port, timeout=5)
    try:
        asking.request("GET", path)
        answer = asking.getresponse()
        return answer.status, answer.read().decode()
    finally:
        asking.close()


def wait_for(gateway: Gateway, path: str, status: int, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while asked(gateway, path)[0] != status:
        assert time.monotonic() < until, gateway.log()
        time.sleep(0.05)


def charge_code(gateway: Gateway) -> str:
    asking = HTTPConnection("127.0.0.1", gateway.port, timeout=15)
    asking.request("POST", "/json/v1/query", b"{}")
    answer = json.loads(asking.getresponse().read())
    asking.close()
    return str(answer["code"])


def test_a_gateway_starts_and_stays_without_the_database_and_is_ready_with_it(database: Database):
    with away(database):
        gateway = Gateway(database.environment(GATEWAY))
        gateway.start()  # it answers /health
        assert asked(gateway, "/ready") == (503, "数据库不可用或不可写 · the database is away\n")
        assert charge_code(gateway) == "9002"
    try:
        wait_for(gateway, "/ready", 200, 4)
        assert charge_code(gateway) == "2005"
        with away(database):
            wait_for(gateway, "/ready", 503)
            assert asked(gateway, "/health") == (200, "ok\n")
        wait_for(gateway, "/ready", 200, 4)
        with read_only(database):
            wait_for(gateway, "/ready", 503)
        wait_for(gateway, "/ready", 200, 4)
    finally:
        assert gateway.stop() == 0
        gateway.__exit__()


def test_a_gateway_goes_on_though_a_process_of_it_dies_again_and_again(database: Database):
    with Gateway(database.environment(GATEWAY)) as gateway:
        assert gateway.process is not None
        for _ in range(3):
            wait_for(gateway, "/ready", 200)
            for child in children(gateway.process.pid):
                os.kill(child, signal.SIGKILL)
            until = time.monotonic() + 20
            while not gateway.answers():
                assert time.monotonic() < until
                assert gateway.process.poll() is None, gateway.log()
                time.sleep(0.1)


def test_a_worker_waits_for_the_database(database: Database):
    with away(database):
        waiting = worker(database)
        process = waiting.__enter__()
        time.sleep(4)
        assert process.poll() is None
    try:
        asyncio.run(until_it_works(database))
        process.terminate()
        assert process.wait(30) == 0
    finally:
        waiting.__exit__(None, None, None)
