"""30 at once for a daily file of 25 MB: each gets every byte, and the gateway stays small."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import psycopg
import pytest

from tests.conftest import NewDatabase, NewGateway
from tests.journeys.clients import Partner
from tests.journeys.conftest import open_network, programs
from tests.running import Gateway
from tests.world import World
from yifen.core.facts.settings import FRONTS

DAY, PART, PARTS, CALLERS = date(2026, 11, 24), 1 << 20, 25, 30
GROWTH_MAX = 250 << 20


def part_of(number: int) -> bytes:
    line = b"H|" if number == 0 else b"D|"
    return line + hashlib.sha256(bytes([number])).digest() * (PART // 32 - 1) + bytes(30)


CONTENT = b"".join(part_of(number) for number in range(PARTS))


@pytest.fixture(scope="module", params=FRONTS)
def gateway(request: pytest.FixtureRequest, new_database: NewDatabase, new_gateway: NewGateway) -> Gateway:
    """With either front."""
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn, database.buckets)
        open_network(world)
        for file_id, code in enumerate(("XML", "JSON"), 1):
            for number in range(PARTS):
                conn.execute("SELECT payments_add_file_part_v1(%s, %s, %s)",
                             (file_id, number, part_of(number)))  # fmt: skip
            conn.execute("SELECT payments_close_file_v1(%s, %s, %s, 0, 0, %s, now())",
                         (file_id, world.ids[code], DAY, hashlib.sha256(CONTENT).digest()))  # fmt: skip
    return new_gateway(database, YIFEN_FRONT=request.param)


def memory_of(gateway: Gateway, field: str) -> int:
    """Bytes of the process that serves: the largest in the session."""
    assert gateway.process is not None
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if fields["PPid"].strip() == str(gateway.process.pid) and field in fields:
            found.append(int(fields[field].split()[0]) * 1024)
    return max(found)


@pytest.mark.parametrize("dialect", ["XML", "JSON"])
def test_thirty_at_once_get_it_whole_and_the_gateway_stays_small(gateway: Gateway, dialect: str):
    def fetch(_number: int) -> bytes:
        partner: Partner = programs(gateway.url)[dialect]
        body = partner.file(DAY)  # seal, or digest and signature, are checked
        return hashlib.sha256(body).digest()

    idle = memory_of(gateway, "VmRSS")
    with ThreadPoolExecutor(CALLERS) as pool:
        found = set(pool.map(fetch, range(CALLERS)))
    assert found == {hashlib.sha256(CONTENT).digest()}
    assert memory_of(gateway, "VmHWM") - idle < GROWTH_MAX


def test_who_does_not_read_on_costs_little(gateway: Gateway):
    """Slow readers: the file waits in the database, not in the gateway."""
    partner = programs(gateway.url)["JSON"]
    idle = memory_of(gateway, "VmRSS")
    prepared = partner.prepare("file", business_day=DAY)
    held = [partner.session.send(prepared, stream=True, timeout=30) for _ in range(CALLERS)]
    assert {one.status_code for one in held} == {200}
    assert memory_of(gateway, "VmRSS") - idle < GROWTH_MAX
    for one in held:
        one.close()
