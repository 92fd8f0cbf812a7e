"""A file that was no evidence is withdrawn by two people: what rested on it is undone, or told."""

import argparse
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.reconciliation.day import LATE, NIGHT, Day, Line
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation import runs
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.profile import read_profile

NEXT = DAY + timedelta(days=1)


def withdraw(day: Day, file_id: int) -> int:
    day.world.two_people("recon.withdraw", str(file_id), {"file": file_id})
    return int(day.world.value("SELECT recon_withdraw_v1(%s, %s)", file_id, NIGHT))


def again(day: Day, on: Any = DAY) -> Any:
    return runs.reconcile(day.world.conn, read_profile(day.world.conn, "WX"), on, NIGHT)


def counting(day: Day) -> list[int]:
    return [row[0] for row in day.world.rows("SELECT file_id FROM recon_file_counting ORDER BY 1")]


def rests(day: Day, file_id: int) -> dict[str, tuple[int, int]]:
    return {standing: (n, fen) for standing, n, fen in day.world.rows(
        "SELECT standing, count(*), sum(fen)::bigint FROM recon_rests_v1(%s) GROUP BY 1", file_id)}  # fmt: skip


def compared(day: Day) -> tuple[Any, ...]:
    return day.world.rows("SELECT recon_compared_v1(%s, %s), recon_day_whole_v1(%s, %s)",
                          day.world.ids["WX"], DAY, day.world.ids["WX"], DAY)[0]  # fmt: skip


WRONG = Line("X1", "sale", 500, 0, LATE.replace(hour=9), "A9")


def test_a_closed_day_is_compared_anew_by_its_own_files_once_two_people_withdrew_one(day: Day):
    """By page, command or job, it is the same function that refuses; the folder's night asks for no such run."""
    from yifen.trades.reconciliation import command

    taken = day.take_in(day.lines)
    again(day)
    again(day)  # while the day is open as often as you like
    night = "INSERT INTO eod_run (book_id, business_day, started_at, ended_at) VALUES (1, %s, now(), %s)"
    day.world.set_up(night, DAY, None)
    again(day)
    day.world.set_up("UPDATE eod_run SET ended_at = now() WHERE business_day = %s", DAY)
    kept = day.world.rows("SELECT count(*), max(run_id) FROM recon_run")
    with pytest.raises(Refused) as caught:
        again(day)
    assert (caught.value.code, caught.value.detail) == (RepairCode.DAY_COMPARED, f"WX {DAY}")
    asked = argparse.Namespace(partner="WX", day=str(DAY), format="", file=Path("WX.txt"), replaces_all=False)
    body = io.BytesIO("".join(line.text() for line in day.lines).encode())
    with pytest.raises(Refused) as caught:
        command.reconcile(day.world.conn, asked, body)
    assert caught.value.code is RepairCode.DAY_COMPARED
    with pytest.raises(Refused):
        runs.check_again(day.world.conn, day.world.ids["WX"], DAY)
    assert day.world.rows("SELECT count(*), max(run_id) FROM recon_run") == kept
    asked_of_night = queries("yifen.trades.reconciliation")["files_waiting"]
    assert day.world.conn.execute(asked_of_night.encode(), {"day": DAY, "book": 1}).fetchall() == []
    assert withdraw(day, taken.file_id) == 0
    day.world.two_people("recon.file", str(taken.file_id), {"file": taken.file_id})
    again(day)
    assert compared(day) == (True, True)


def test_the_day_is_unproved_and_its_open_differences_are_gone(day: Day):
    taken = day.take_in([*day.lines[1:], WRONG])
    again(day)
    assert day.items("open") == [("ours_only", "W000", 1, 1000, None, "open"),
                                 ("theirs_only", "X1", 1, None, 500, "open")]  # fmt: skip
    assert compared(day) == (True, True)
    assert rests(day, taken.file_id) == {"open": (2, 1500)}
    assert withdraw(day, taken.file_id) == 0
    assert (counting(day), day.items("open"), compared(day)) == ([], [], (False, False))
    assert day.world.rows("SELECT closed_by FROM recon_item") == [("gone",), ("gone",)]
    assert day.world.rows("SELECT void_at FROM recon_run") == [(NIGHT,)]
    assert rests(day, taken.file_id) == {"gone": (2, 1500)}
    day.reconcile(day.lines)  # the right one
    assert (day.items("open"), compared(day)) == ([], (True, True))


def test_the_file_whose_place_it_took_counts_again(day: Day):
    first = day.take_in(day.lines)
    again(day)
    second = day.take_in(day.lines[1:])
    again(day)
    assert counting(day) == [second.file_id]
    assert len(day.items("open")) == 1
    withdraw(day, second.file_id)
    assert (counting(day), day.items("open"), compared(day)) == ([first.file_id], [], (False, False))
    again(day)
    assert (day.items("open"), compared(day)) == ([], (True, True))


def test_what_it_explained_on_another_day_is_found_anew(day: Day):
    day.reconcile(day.lines[:-1])
    late = day.lines[-1]
    waits = ("ours_only", late.serial, 1, late.fen, None, "waiting")
    assert day.items("waiting") == [waits]
    taken = day.take_in([late], NEXT)
    again(day, NEXT)
    assert day.items("waiting", "open") == []
    assert rests(day, taken.file_id) == {"explained": (2, 2 * late.fen)}
    withdraw(day, taken.file_id)
    assert compared(day) == (False, False)  # the day whose line it explained, too
    again(day)
    assert [row[:5] for row in day.items("waiting", "open")] == [waits[:5]]


def test_money_that_moved_stays_and_is_told(day: Day):
    taken = day.take_in([*day.lines, day.lines[0]])
    again(day)
    (item,) = day.world.rows("UPDATE recon_item SET state = 'doing', action = 'suspend' WHERE class = 'duplicate'"
                             " RETURNING item_id")[0]  # fmt: skip
    assert day.world.value("SELECT recon_suspend_v1(%s, %s)", item, NIGHT) == 0
    day.world.run("UPDATE recon_item SET state = 'closed', closed_at = %s, closed_by = 'repair' WHERE item_id = %s",
                  NIGHT, item)  # fmt: skip
    assert rests(day, taken.file_id) == {"moved": (1, 1000)}
    withdraw(day, taken.file_id)
    assert rests(day, taken.file_id) == {"moved": (1, 1000)}
    assert day.world.value("SELECT count(*) FROM recon_suspense WHERE item_id = %s", item) == 1


def test_nobody_withdraws_alone_or_by_a_call(day: Day):
    taken = day.take_in(day.lines[1:])
    again(day)
    day.world.proposed("recon.withdraw", str(taken.file_id), {"file": taken.file_id})
    before = day.items(), counting(day), compared(day)
    assert day.world.value("SELECT recon_withdraw_v1(%s, %s)", taken.file_id, NIGHT) == Code.AUTHORISATION_INVALID
    assert (day.items(), counting(day), compared(day)) == before
    nothing = day.world.proposed("recon.withdraw", "0", {"file": 0})
    assert day.world.decided(nothing) == Code.PROPOSAL_UNREADABLE
    assert day.world.value("SELECT recon_withdraw_v1(%s, %s)", taken.file_id, NIGHT) == Code.AUTHORISATION_INVALID
    assert (day.items(), counting(day), compared(day)) == before


def test_a_closed_difference_of_people_is_not_opened_by_it(day: Day):
    taken = day.take_in(day.lines[1:])
    again(day)
    day.world.run("UPDATE recon_item SET state = 'closed', closed_at = %s, closed_by = 'checker01'", NIGHT)
    withdraw(day, taken.file_id)
    assert day.world.rows("SELECT closed_by FROM recon_item") == [("checker01",)]
    with pytest.raises(psycopg.errors.RestrictViolation), day.world.conn.transaction():
        day.world.run("UPDATE recon_item SET closed_by = 'gone'")


def test_the_same_bytes_again_count_only_when_two_people_agree_anew(day: Day):
    taken = day.take_in(day.lines)
    again(day)
    withdraw(day, taken.file_id)
    same = day.take_in(day.lines)
    assert (same.known, same.file_id, counting(day)) == (True, taken.file_id, [])
    day.world.two_people("recon.file", str(taken.file_id), {"file": taken.file_id})
    assert counting(day) == [taken.file_id]
    withdraw(day, taken.file_id)
    assert counting(day) == []


def test_nothing_is_withdrawn_twice(day: Day):
    taken = day.take_in(day.lines[1:])
    again(day)
    assert withdraw(day, taken.file_id) == 0
    gone = day.world.rows("SELECT item_id, closed_by, closed_at FROM recon_item")
    assert withdraw(day, taken.file_id) == RepairCode.FILE_MISSING
    assert day.world.rows("SELECT item_id, closed_by, closed_at FROM recon_item") == gone
    nothing = day.world.proposed("recon.withdraw", str(10**12), {"file": 10**12})
    assert day.world.decided(nothing) == Code.PROPOSAL_UNREADABLE


def test_what_was_proposed_for_a_difference_that_is_gone_is_taken_back(day: Day):
    taken = day.take_in([*day.lines[1:], WRONG])
    again(day)
    asked, begun = (row[0] for row in day.world.rows("SELECT item_id FROM recon_item ORDER BY serial"))
    proposal = day.world.proposed("repair", str(asked), {"item": asked, "action": "tell"}, day.world.ids["WX"])
    agreed = day.world.proposed("repair", str(begun), {"item": begun, "action": "book"}, day.world.ids["WX"])
    assert day.world.decided(agreed) == 0  # and not yet carried out
    assert day.items("proposed", "doing") == [("ours_only", "W000", 1, 1000, None, "proposed"),
                                              ("theirs_only", "X1", 1, None, 500, "doing")]  # fmt: skip
    assert withdraw(day, taken.file_id) == 0
    assert day.world.rows("SELECT state::text, closed_by FROM recon_item") == [("closed", "gone")] * 2
    assert day.world.rows("SELECT granted, checker_id, decided_at FROM access_authorisation WHERE id = %s",
                          proposal) == [(False, None, NIGHT)]  # fmt: skip
    assert day.world.decided(proposal) == Code.PROPOSAL_LAPSED


def test_a_repair_that_is_on_its_way_stays_and_is_told(day: Day):
    taken = day.take_in(day.lines[1:])
    again(day)
    day.world.run("UPDATE recon_item SET state = 'doing', action = 'refund', plan = '{}'")
    assert withdraw(day, taken.file_id) == 0
    assert day.items() == [("ours_only", "W000", 1, 1000, None, "doing")]
    assert rests(day, taken.file_id) == {"moving": (1, 1000)}


def test_a_difference_that_people_closed_is_seen_again_if_the_right_file_has_it(day: Day):
    taken = day.take_in(day.lines[1:])
    again(day)
    day.world.run("UPDATE recon_item SET state = 'closed', closed_at = %s, closed_by = 'checker01'", NIGHT)
    again(day)
    assert day.items("open") == []  # not while the file counts
    withdraw(day, taken.file_id)
    day.reconcile([*day.lines[1:], WRONG])
    assert day.items("open") == [("ours_only", "W000", 1, 1000, None, "open"),
                                 ("theirs_only", "X1", 1, None, 500, "open")]  # fmt: skip


def test_what_a_later_file_explained_of_its_day_is_found_anew_there_too(day: Day):
    first = day.take_in(day.lines[:-1])
    again(day)
    late = day.lines[-1]
    day.reconcile([late], NEXT)
    assert rests(day, first.file_id) == {"explained": (2, 2 * late.fen)}
    withdraw(day, first.file_id)
    assert day.world.rows("SELECT DISTINCT business_day FROM recon_run WHERE void_at = %s ORDER BY 1", NIGHT) == [
        (DAY,), (NEXT,)]  # fmt: skip
    day.reconcile(day.lines)
    again(day, NEXT)
    assert day.items("open", "waiting") == [("duplicate", late.serial, 0, None, late.fen, "open")]
