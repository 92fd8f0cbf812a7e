"""The end of day, killed anywhere and resumed: the same books as of a night that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.conftest import NetworkIn
from tests.endofday.killing import Killed, Stopped, run_and_die
from tests.endofday.network import DAY, Network
from tests.endofday.test_night import NAMES, ready
from tests.sampling import sampled, stride
from yifen.core.facts.processes import NIGHT
from yifen.night.reports.daily_proof import prove
from yifen.night.runner import Ended


@pytest.fixture(scope="module")
def undisturbed(network_in: NetworkIn, tmp_path_factory: Any) -> dict[str, Any]:
    """The books of a night that nothing happened to."""
    network = ready(network_in(tmp_path_factory.mktemp("inbox")))
    assert run_and_die(network, None)[0] == "closed"
    books = network.books()
    network.close()
    return books


EVERY = stride(3)


def standing(network: Network) -> list[str]:
    """The steps that are done."""
    rows = network.world.rows("SELECT step FROM eod_step WHERE state = 'done'")
    return [step for (step,) in rows]


def begun(network: Network, step: str) -> bool:
    return bool(network.world.rows("SELECT FROM eod_step WHERE step = %s", step))


def test_killed_at_every_round_trip_of_every_step(network: Network, undisturbed):
    """One life of many deaths: each run dies one round trip (three, in a sample) later than the one before, until
    another step is done; then again from the first. So every step is killed before and after each
    of its statements and calls, and goes on from whatever that left."""
    ready(network)
    kills = dict.fromkeys(NAMES, 0)
    state, steps, most = "killed", 0, 0

    def never_two(ended: Ended) -> None:
        if NAMES.index(ended.step) == most and ended.state == "done" and ended.step != NAMES[-1]:
            raise Stopped

    while state == "killed":
        state, _ = run_and_die(network, steps, tell=never_two)
        done, closing = len(standing(network)), begun(network, "close")
        kills["close" if closing else NAMES[done]] += 1
        if closing:  # from now on every run begins at the files again
            steps += 7 * EVERY
        else:
            steps = steps + EVERY if done <= most else 0
        most = max(most, done)
    assert state == "closed"
    assert min(kills.values()) > 5 // EVERY, kills
    assert sum(kills.values()) > 380 // EVERY, kills  # a run of reconciliation is one statement, not many
    assert network.books() == undisturbed
    assert prove(network.conn, 1, DAY).holds


@pytest.mark.parametrize("name", NAMES)
def test_killed_behind_each_step(network: Network, undisturbed, name: str):
    def die(ended: Ended) -> None:
        if ended.step == name:
            raise Killed

    ready(network)
    with network.other() as conn, pytest.raises(Killed):
        network.run(conn=conn, tell=die)
    assert standing(network)[-1] == name
    assert network.run().state == "closed"
    assert network.books() == undisturbed


@pytest.mark.parametrize("seed", sampled(range(4), 3))
def test_killed_anywhere_a_few_times(network: Network, undisturbed, seed: int):
    dice = random.Random(seed)
    ready(network)
    for _ in range(dice.randint(2, 5)):
        run_and_die(network, dice.randint(0, 400))
    assert network.run().state == "closed", f"seed {seed}"
    assert network.books() == undisturbed, f"seed {seed}"


@pytest.mark.parametrize("after", ["files", "repair", "settle"])
def test_the_command_is_killed_by_the_kernel(network: Network, undisturbed, after: str):
    ready(network)
    data = network.inbox.parent / f"data-{after}"
    data.mkdir()
    (data / "inbox").symlink_to(network.inbox)
    command = [sys.executable, "-m", "yifen", "eod", "--day", str(DAY), "--json"]
    env = network.database.environment(NIGHT, YIFEN_DATA=str(data))
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while after not in standing(network):
        assert process.poll() is None
        assert time.monotonic() < deadline
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while True:  # the dead one's session holds the book's lock for a moment
        again = subprocess.run(command, env=env, capture_output=True, text=True)
        if "8501" not in again.stderr or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    assert again.returncode == 0, again.stdout + again.stderr
    assert '"state": "closed"' in again.stdout.splitlines()[-1]
    found = network.books()
    timeless = [name for name in found if name not in ("statements", "payouts")]
    assert {name: found[name] for name in timeless} == {n: undisturbed[n] for n in timeless}
