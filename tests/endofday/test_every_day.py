"""No night is skipped: each day that was cut gets its files, its run, its statements and its proof, in order."""

import json
from datetime import date, timedelta

from tests.endofday.network import DAY, NIGHT, Network
from tests.endofday.test_schedule import command, run_due, scheduled
from yifen.night import schedule

NEXT, THIRD = DAY + timedelta(days=1), DAY + timedelta(days=2)


def alone(network: Network) -> Network:
    """Nobody sends a file: a day needs nothing to close."""
    network.world.run("DELETE FROM recon_profile")
    return network


def whole(network: Network) -> list[tuple[date, int, int, int]]:
    """A row a day: its files, statements, and steps that are done."""
    return network.world.rows(
        "SELECT r.business_day, (SELECT count(*) FROM daily_file f WHERE f.business_day = r.business_day),"
        " (SELECT count(*) FROM daily_statement s WHERE s.business_day = r.business_day),"
        " (SELECT count(*) FROM eod_step s WHERE s.eod_id = r.eod_id AND s.state = 'done')"
        " FROM eod_run r WHERE r.ended_at IS NOT NULL ORDER BY r.eod_id"
    )


def test_two_first_days_cut_by_hand_both_get_their_night(network: Network):
    scheduled(alone(network), "23:30")
    network.cut(DAY)
    network.cut(NEXT)
    network.now = NIGHT + timedelta(days=1)
    assert schedule.unfinished(network.conn, 1) == [DAY, NEXT]
    assert [ran.state for ran in run_due(network, network.now)] == ["closed", "closed"]
    assert whole(network) == [(DAY, 5, 8, 17), (NEXT, 5, 8, 17)]


def test_a_day_left_out_before_a_closed_one_still_gets_its_night(network: Network):
    """As a version before this one left it."""
    scheduled(alone(network), "23:30")
    network.cut(DAY)
    network.cut(NEXT)
    network.cut(THIRD)
    network.now = NIGHT + timedelta(days=2)
    network.world.run("INSERT INTO eod_run (book_id, business_day, started_at, ended_at)"
                      " VALUES (1, %s, now(), now())", NEXT)  # fmt: skip
    assert schedule.unfinished(network.conn, 1) == [DAY, THIRD]


def test_a_later_day_waits_while_an_earlier_one_never_began(network: Network):
    network = alone(network)
    network.cut(DAY)
    network.cut(NEXT)
    ran = network.run(NEXT)
    assert (ran.state, ran.steps) == ("waiting", {})
    assert [(reason["kind"], reason["day"]) for reason in ran.reasons] == [("earlier_day", str(DAY))]
    assert network.world.rows("SELECT * FROM eod_run") == []
    assert network.run(DAY).state == "closed"
    assert network.run(NEXT).state == "closed"
    assert whole(network) == [(DAY, 5, 8, 17), (NEXT, 5, 8, 17)]


def test_the_command_runs_the_earlier_days_first_and_says_so(network: Network):
    alone(network)
    for day in (DAY, NEXT, THIRD):
        network.cut(day)
    done = command(network, "--day", str(THIRD), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{DAY} 在先 comes first" in done.stdout
    assert f"{NEXT} 在先 comes first" in done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["business_day"] == str(THIRD)
    assert [row[0] for row in whole(network)] == [DAY, NEXT, THIRD]
    assert {row[1:] for row in whole(network)} == {(5, 8, 17)}
