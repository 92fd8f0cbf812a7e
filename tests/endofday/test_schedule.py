"""Each book's own hour; the worker's pass; the command."""

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest

from tests.endofday.network import DAY, NIGHT, Network
from tests.endofday.test_night import NAMES
from tests.web import site
from tests.world import CHINA
from yifen.core.facts import processes
from yifen.night import queries, schedule
from yifen.night.runner import Ran

NEXT = DAY + timedelta(days=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def scheduled(network: Network, starts_at: str, automatic: bool = True, book: int = 1) -> None:
    network.world.set_up("INSERT INTO eod_schedule VALUES (%s, %s, %s)", book, starts_at, automatic)


def run_due(network: Network, now: datetime) -> list[Ran]:
    """As the night's process does every minute, which has Django's tables too."""
    site.setup(network.database)
    from yifen.night import jobs

    return jobs.run_due(network.conn, network.outside, lambda: now)


@pytest.mark.parametrize(
    ("starts_at", "too_early", "time"),
    [("23:30", at(23, 23, 29), at(23, 23, 30)), ("02:00", at(24, 1, 59), at(24, 2, 0)),
     ("23:00", at(23, 22, 59), at(23, 23, 0)), ("22:00", at(24, 21, 59), at(24, 22, 0))],
)  # fmt: skip
def test_a_night_is_due_from_its_hour_after_the_cut_off(network, starts_at, too_early, time):
    scheduled(network, starts_at)
    assert schedule.due(network.conn, too_early) == []
    assert schedule.due(network.conn, time) == [(1, DAY)]


def test_every_book_has_its_own_hour_and_only_automatic_ones_run(network: Network):
    network.world.set_up("SELECT ledger_open_book_v1(2, 'court', '法院', '18:00', %s)", DAY)
    network.world.set_up("SELECT ledger_open_book_v1(3, 'hand', '手工', '18:00', %s)", DAY)
    scheduled(network, "23:30")
    scheduled(network, "18:30", book=2)
    scheduled(network, "18:30", automatic=False, book=3)
    assert schedule.due(network.conn, at(23, 19)) == [(2, DAY)]
    assert schedule.due(network.conn, at(23, 23, 45)) == [(1, DAY), (2, DAY)]


def test_a_day_cut_by_hand_still_gets_its_night_and_one_that_waits_is_left_alone(network: Network):
    scheduled(network, "23:30")
    network.cut()
    assert schedule.due(network.conn, NIGHT) == [(1, DAY)]
    network.send_lines(network.faulty())
    [ran] = run_due(network, NIGHT)
    assert ran.state == "waiting"  # POS sent nothing
    assert run_due(network, NIGHT + timedelta(minutes=4)) == []
    network.send_ours("POS")
    [ran] = run_due(network, NIGHT + timedelta(minutes=6))
    assert (ran.state, ran.business_day) == ("closed", DAY)
    assert run_due(network, NIGHT + timedelta(hours=12)) == []


def test_pages_see_steps_reasons_and_figures_of_their_institutions(network: Network):
    network.cut()
    network.send_lines(network.faulty())
    network.run()
    [run] = queries.runs(network.conn)
    assert (run.book, run.business_day, run.step, run.state) == ("hub", DAY, "close", "waiting")
    steps = {step.step: step for step in queries.steps_of(network.conn, run.eod_id)}
    institution = network.world.institution
    whole, mine = steps["reconcile"].sums(None), steps["reconcile"].sums(frozenset({institution}))
    assert whole == mine
    assert (whole["runs"], whole["matched"], whole["differences"]) == (1, 3, 6)
    assert steps["reconcile"].sums(frozenset({institution + 1})) == {}
    assert steps["close"].reasons("zh")[0] == "POS 2026-11-23 未对账"
    assert steps["close"].reasons("en")[0] == "POS 2026-11-23 is not reconciled"
    assert steps["close"].reasons("en", frozenset({institution + 1})) == []
    assert queries.run_of(network.conn, 1, NEXT) is None


def command(network: Network, *words: str) -> subprocess.CompletedProcess[str]:
    data = network.inbox.parent / "data"
    data.mkdir(exist_ok=True)
    if not (data / "inbox").exists():
        (data / "inbox").symlink_to(network.inbox)
    as_owner = {"--early", "--sign"} & {*words}
    env = network.database.environment(processes.OWNER if as_owner else processes.NIGHT, YIFEN_DATA=str(data))
    line = [sys.executable, "-m", "yifen", "eod", *words]
    return subprocess.run(line, env=env, capture_output=True, text=True, timeout=120)


def test_the_command_says_why_a_day_waits_and_who_may_sign(network: Network):
    network.world.run("INSERT INTO access_user (login, name, institution_id, password, is_active,"
                      " must_change_password, session_key, created_at) VALUES"
                      " ('boss', '主管', %s, '', true, false, '', now()),"
                      " ('clerk', '财务', %s, '', true, false, '', now())",
                      network.world.institution, network.world.institution)  # fmt: skip
    for login, role in (("boss", "supervisor"), ("clerk", "finance")):
        network.world.run("INSERT INTO access_user_role (user_id, role)"
                          " SELECT id, %s FROM access_user WHERE login = %s", role, login)  # fmt: skip
    network.cut()
    network.send_lines(network.faulty())
    done = command(network, "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["state"], told["business_day"]) == ("waiting", str(DAY))
    assert "POS 2026-11-23 is not reconciled" in done.stdout
    refused = command(network, "--day", str(DAY), "--sign", "clerk", "--reason", "x")
    assert (refused.returncode, "may not sign" in refused.stderr) == (1, True)
    signed = command(network, "--sign", "boss", "--reason", "POS 明日补送", "--json")
    assert signed.returncode == 0, signed.stderr
    assert json.loads(signed.stdout.splitlines()[-1])["state"] == "closed"
    assert network.books()["nights"] == [(DAY, True, "boss")]
    assert command(network, "--book", "none").stderr == "yifen: 没有账簿 'none' · there is no book 'none'\n"


def test_the_command_closes_a_day_early_when_told_to(network: Network):
    network.world.run("DELETE FROM recon_profile")
    done = command(network, "--early", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["steps"] == dict.fromkeys(NAMES, "done")


def test_the_worker_runs_a_night_that_is_due_and_ends_when_told(network: Network):
    network.world.run("DELETE FROM recon_profile")
    scheduled(network, "02:00")
    network.cut()
    env = network.database.environment(processes.NIGHT, YIFEN_DATA=str(network.inbox.parent))
    line = [sys.executable, "-m", "yifen", "worker", "--night"]
    process = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while network.books()["nights"][:1] != [(DAY, True, None)]:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.terminate()
        assert process.wait(30) == 0
