"""Two at once close one day: real processes, started together, which race from their first line on."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import psycopg
import pytest

from tests.endofday.network import DAY, Network
from tests.endofday.test_every_day import alone, whole
from yifen.core.facts import processes
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.runtime import age_s
from yifen.night.codes import NightCode
from yifen.night.commands import cut as command

NEXT = DAY + timedelta(days=1)


def at_once(network: Network, *lines: list[str]) -> list[subprocess.CompletedProcess[str]]:
    """These commands, all begun before the first has ended."""
    data = network.inbox.parent / "data"
    data.mkdir(exist_ok=True)
    early = any({"--early", "--sign"} & {*line} for line in lines)
    env = network.database.environment(processes.OWNER if early else processes.NIGHT, YIFEN_DATA=str(data))
    started = [subprocess.Popen([sys.executable, "-m", "yifen", *line], env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE) for line in lines]  # fmt: skip
    said = [process.communicate(timeout=120) for process in started]
    return [subprocess.CompletedProcess(process.args, process.returncode, *words)
            for process, words in zip(started, said, strict=True)]  # fmt: skip


def doubled(network: Network) -> list[object]:
    """Files of a partner and day that are there twice."""
    return network.world.rows("SELECT partner_id, business_day FROM daily_file WHERE version > 1")


@pytest.mark.parametrize("turn", range(3))
def test_of_two_cuts_at_once_one_closes_the_day(network: Network, turn: int):
    ended = at_once(alone(network), ["cut", "--early"], ["cut", "--early"])
    assert sorted(done.returncode for done in ended) == [0, 1], ended
    [refused] = [done for done in ended if done.returncode]
    assert refused.stderr.startswith(f"yifen: 8504 该会计日期已日切 · That business day is closed already. ({DAY}, at ")
    assert "by yifen_owner" in refused.stderr
    assert network.day == NEXT
    assert doubled(network) == []
    assert len(network.books()["balances"]) > 0


@pytest.mark.parametrize("lines", [
    (["eod", "--early", "--json"], ["eod", "--early", "--json"]),
    (["cut", "--early"], ["eod", "--early", "--json"]),
    (["eod", "--early", "--json"], ["cut", "--early"]),
], ids=["eod-eod", "cut-eod", "eod-cut"])  # fmt: skip
def test_of_two_nights_or_a_night_and_a_cut_one_day_is_closed(network: Network, lines):
    ended = at_once(alone(network), *lines)
    assert network.day == NEXT, ended
    assert doubled(network) == []
    network.now += timedelta(days=1)
    assert network.run().state == "closed"
    assert whole(network) == [(DAY, 5, 8, 17)]


def test_the_second_of_two_cuts_in_threads_waits_and_is_refused(network: Network):
    """Both have read the same open day before either has the lock."""
    alone(network)
    blocker = psycopg.connect(network.database.owner_url)
    blocker.execute("SELECT 1 FROM ledger_head FOR UPDATE")  # whoever cuts waits for it
    waiting = """SELECT count(DISTINCT pid), pg_stat_clear_snapshot() FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE datname = current_database() AND NOT granted"""

    def one(_: int) -> str:
        with network.other() as conn:
            try:
                command.cut(conn, "hub", True, network.now)
            except Refused as refused:
                return refused.code.name
        return "cut"

    with ThreadPoolExecutor(2) as pool:
        both = pool.map(one, range(2))
        for _ in range(1000):
            if blocker.execute(waiting).fetchall()[0][0] == 2:
                break
            sleep(0.01)
        blocker.close()
        assert sorted(both) == ["DAY_CUT_ALREADY", "cut"]
    assert network.day == NEXT


def test_a_cut_of_a_named_day_closes_that_day_or_none(network: Network):
    alone(network)
    with pytest.raises(Refused) as ahead:
        command.cut(network.conn, "hub", True, network.now, NEXT)
    command.cut(network.conn, "hub", True, network.now, DAY)
    with pytest.raises(Refused) as again:
        command.cut(network.conn, "hub", True, network.now, DAY)
    assert (ahead.value.code, again.value.code) == (Code.DAY_NOT_OPEN, NightCode.DAY_CUT_ALREADY)
    assert network.day == NEXT
    command.cut(network.conn, "hub", True, network.now)  # of a process that began after that cut
    assert network.day == NEXT + timedelta(days=1)


def test_a_process_knows_its_age():
    line = "import time; time.sleep(0.5); from yifen.core.runtime import age_s; print(age_s())"
    said = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert 0.5 <= float(said.stdout) < 30
    assert age_s() > 0.5


def test_a_night_by_the_clock_and_by_hand_close_one_day(network: Network):
    from tests.endofday.test_schedule import run_due, scheduled

    scheduled(alone(network), "23:30")
    network.cut()

    def by_hand() -> str:
        [done] = at_once(network, ["eod", "--day", str(DAY), "--json"])
        return json.loads(done.stdout.splitlines()[-1])["state"] if done.returncode == 0 else done.stderr

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(by_hand)
        while not told.done():
            run_due(network, network.now)
        assert told.result() == "closed" or "8501" in told.result()
    assert whole(network) == [(DAY, 5, 8, 17)]
    assert doubled(network) == []
