"""Clocks of case money: who is told when, by when it is paid out, what stops the clock; against a model in Python."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cases.court import Court
from tests.cases.paying import PayingCourt
from tests.world import CHINA, DAY, World
from yifen.trades.cases.clock import proof


def clocks(court: Court, case: int, today: date = DAY) -> list[tuple[Any, ...]]:
    """(part, fen, since's day, start, due, state), the oldest first."""
    return court.world.rows(
        "SELECT k.part, k.fen, (k.since AT TIME ZONE 'Asia/Shanghai')::date, k.start_on, k.due_on, CASE WHEN"
        " k.paused @> %s THEN 'paused' ELSE cases_colour_v1(k.due_on, k.payout_days, %s) END FROM court_clock k"
        " WHERE case_id = %s ORDER BY document_id DESC, part", today, today, case)  # fmt: skip


@pytest.fixture
def court(world: World) -> PayingCourt:
    return PayingCourt(world)


def paid(court: PayingCourt, case: int, fen: int) -> int:
    """By an application of its judge, and all who agree."""
    court.world.set_up("UPDATE court_case SET judge = 'judge01' WHERE case_id = %s", case)
    return court.paid(case, court.payee(case, "applicant"), fen)


def pause(court: Court, case: int, first: date, last: date, entry: int | None = None, fen: int | None = None) -> int:
    """As two people agreed to one."""
    return int(court.world.made(
        "INSERT INTO court_pause (case_id, entry_id, amount_fen, reason, words, from_on, until_on, proposal_id,"
        " made_at) VALUES (%s, %s, %s, 'held', '裁定书', %s, %s, 1, now()) RETURNING pause_id",
        case, entry, fen, first, last))  # fmt: skip


def told(court: Court, entry: int, at: datetime, login: str = "maker01", party: int | None = None) -> str:
    return court.code("SELECT cases_served_v1(%s, %s, %s, 'letter', %s, '第 1 号', %s)", login, entry, party, at,
                      court.world.now)  # fmt: skip


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def test_money_that_nobody_is_told_of_is_paid_out_from_the_day_on_which_he_should_have_been(court: Court):
    case, account = court.case()
    (entry,) = court.booked(court.line(1_000, account))
    assert clocks(court, case) == [("all", 1_000, DAY, later(3), later(35), "green")]
    states = [clocks(court, case, later(days))[0][-1] for days in (28, 29, 35, 36)]
    assert states == ["green", "amber", "amber", "red"]  # a fifth of 30 days: the last six, which end on a Monday
    assert told(court, entry, court.world.now) == "OK"
    assert clocks(court, case) == [("all", 1_000, DAY, DAY, later(30), "green")]


def test_what_is_paid_out_takes_the_oldest_and_what_comes_back_begins_anew(court: PayingCourt):
    case, account = court.case()
    court.booked(court.line(1_000, account), court.line(500, account))
    application = paid(court, case, 1_100)
    assert [(part, fen) for part, fen, *_ in clocks(court, case)] == [("all", 400)]
    assert court.told(application, "returned", back="BACK1") == "OK"
    assert [(part, fen) for part, fen, *_ in clocks(court, case)] == [("all", 400), ("all", 1_100)]
    assert court.world.rows("SELECT since = at FROM court_lot WHERE kind = 'returned'") == [(True,)]


def test_what_was_itself_taken_back_is_gone_first(court: Court):
    case, account = court.case()
    old, new = court.booked(court.line(1_000, account), court.line(1_000, account))
    assert court.unclaim(new) == "OK"
    assert court.world.rows("SELECT document_id, left_fen FROM court_lot WHERE case_id = %s", case) == [(old, 1_000)]


def test_a_pause_stops_the_clock_of_its_money_alone_and_heals_nothing_that_is_late(court: PayingCourt):
    case, account = court.case()
    first, _ = court.booked(court.line(1_000, account), court.line(500, account))
    pause(court, case, later(10), later(19), first, 300)
    assert clocks(court, case, later(15)) == [
        ("paused", 300, DAY, later(3), later(43), "paused"), ("rest", 700, DAY, later(3), later(35), "green"),
        ("all", 500, DAY, later(3), later(35), "green")]  # fmt: skip
    pause(court, case, later(34), later(60))
    assert [due for *_, due, _ in clocks(court, case, later(61))] == [later(43 + 27), later(35), later(35)]
    paid(court, case, 1_250)  # the rest of the oldest goes before what is paused
    assert [(part, fen) for part, fen, *_ in clocks(court, case)] == [("all", 250)]


def test_a_pause_that_is_ended_counts_its_other_days_again(court: Court):
    case, account = court.case()
    court.booked(court.line(1_000, account))
    today = court.world.value("SELECT cases_today_v1(%s, now())", court.id)
    stop = pause(court, case, today, today + timedelta(days=9))
    assert court.code("SELECT cases_pause_end_v1('checker01', %s, now())", stop) == "OK"
    assert court.code("SELECT cases_pause_end_v1('checker01', %s, now())", stop) == "PAUSE_OVER"
    assert court.code("SELECT cases_pause_end_v1('checker01', 0, now())") == "PAUSE_OVER"
    assert clocks(court, case)[0][4] == later(35)


def test_a_pause_is_the_judges_and_of_money_that_is_there(court: Court):
    case, account = court.case()
    (entry,) = court.booked(court.line(1_000, account))
    court.world.set_up("INSERT INTO access_user_role (user_id, role) SELECT id, 'court_judge' FROM access_user"
                       " WHERE login = 'maker01'")  # fmt: skip
    today = court.world.value("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    asked = {"case_id": case, "entry_id": entry, "amount_fen": 400, "reason": "held", "words": "裁定书",
             "from_on": str(today), "until_on": str(today + timedelta(days=9))}  # fmt: skip

    def ask(**other: Any) -> str:
        return court.agreed("cases.pause", "cases_pause_v1", **asked | other)

    assert [ask(amount_fen=1_001), ask(entry_id=None), ask(entry_id=0)] == ["PAUSE_MONEY"] * 3
    assert [ask(reason="none"), ask(words=" "), ask(until_on=str(today - timedelta(days=1))),
            ask(until_on=str(today + timedelta(days=400))), ask(from_on=str(today - timedelta(days=1)))] == [
                "PAUSE_WRONG"] * 5  # fmt: skip
    court.world.set_up("UPDATE court_case SET judge = 'judge01' WHERE case_id = %s", case)
    assert ask() == "PAUSE_NOT_MINE"
    court.world.set_up("UPDATE court_case SET judge = 'maker01' WHERE case_id = %s", case)
    other = court.world.biller("OTHER")
    proposal = court.world.two_people("cases.pause", "x", asked, other)
    assert court.code("SELECT cases_pause_v1(%s, %s)", proposal, court.world.now) == "CASE_NOT_AGREED"
    assert ask() == "OK"
    assert court.world.rows("SELECT amount_fen, from_on FROM court_pause") == [(400, today)]
    with court.world.as_owner():
        assert proof.altered(court.world.conn) == []
        court.world.run("ALTER TABLE court_pause DISABLE TRIGGER append_only")
        number = court.world.made("UPDATE court_pause SET until_on = until_on + 1 RETURNING pause_id")
        assert proof.altered(court.world.conn) == [f"court_pause {number} is another one than was agreed to"]


def test_merging_a_case_wins_its_money_no_time(court: Court):
    (case, account), (into, _) = court.case(), court.case()
    court.booked(court.line(1_000, account))
    court.world.now += timedelta(hours=5)
    assert court.merge(case, into) == "OK"
    assert clocks(court, case) == []
    assert clocks(court, into) == [("all", 1_000, DAY, DAY, later(30), "green")]
    since, came = court.world.rows("SELECT k.since, e.came_at FROM court_clock k, court_entry e"
                                   " WHERE e.kind = 'transfer'")[0]  # fmt: skip
    assert since == came


def test_judges_are_told_by_the_worker_once_and_parties_by_people(court: Court):
    case, account = court.case()
    court.world.set_up("UPDATE court_case SET judge = 'seer01' WHERE case_id = %s", case)
    nobody, other = court.case()
    (entry, foreign) = court.booked(court.line(1_000, account), court.line(500, other))
    notify = lambda: court.world.value("SELECT cases_notify_v1(%s, %s)", court.id, court.world.now)  # noqa: E731
    assert [notify(), notify()] == [1, 0]
    assert court.world.rows("SELECT entry_id, kind, channel, told_by FROM court_notice") == [
        (entry, "arrival", "page", "")]  # fmt: skip
    party = court.world.value("SELECT party_id FROM court_party WHERE case_id = %s", case)
    stranger = court.world.value("SELECT party_id FROM court_party WHERE case_id = %s", nobody)
    now = court.world.now
    assert told(court, entry, now, "seer01", party) == "PERMISSION_MISSING"
    assert told(court, entry, now, party=stranger) == "NOTICE_WRONG"
    assert told(court, entry, now + timedelta(minutes=1), party=party) == "NOTICE_TIME"
    assert told(court, entry, datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=CHINA), party=party) == "NOTICE_TIME"
    assert (told(court, entry, now, party=party), told(court, 0, now)) == ("OK", "NOTICE_WRONG")
    asked = "SELECT role, told_at IS NOT NULL FROM court_telling WHERE document_id = %s ORDER BY role"
    assert court.world.rows(asked, entry) == [("debtor", True), ("judge", True)]
    assert court.world.rows(asked, foreign) == [("debtor", False), ("judge", False)]


def test_working_days_and_pauses_of_them(court: Court):
    due = "SELECT cases_due_but_v1(%s, %s, %s, %s::datemultirange)"
    monday = date(2026, 11, 2)
    assert court.world.value(due, monday, 10, True, "{}") == date(2026, 11, 16)
    assert court.world.value(due, monday, 10, True, "{[2026-11-05,2026-11-07)}") == date(2026, 11, 18)
    assert court.world.value(due, monday, 10, False, "{[2026-11-05,2026-11-07)}") == date(2026, 11, 16)
    with court.world.as_owner():
        court.world.run("INSERT INTO calendar_day (day, kind, name) VALUES ('2026-11-16', 'holiday', ''),"
                        " ('2026-11-15', 'make_up', '')")  # fmt: skip
    due_all = "SELECT cases_due_v1(%s, %s, %s)"
    assert court.world.value(due_all, monday, 12, False) == date(2026, 11, 15)  # a Sunday that is worked 调休
    assert court.world.value(due_all, monday, 14, False) == date(2026, 11, 17)
    assert court.world.value(due_all, monday, 0, False) == monday
    assert court.world.value(due, monday, 11, False, "{[2026-11-05,2026-11-07)}") == date(2026, 11, 15)
    assert court.world.value(due, monday, 0, False, "{[2026-11-01,2026-11-09)}") == monday


@pytest.mark.parametrize("seed", [44])
def test_after_any_acts_the_pieces_are_the_balance_and_those_of_the_model(court: PayingCourt, seed: int):
    chance, (case, account) = random.Random(seed), court.case()
    lots: list[list[int]] = []  # [document, what of it is left after undoing], the oldest first
    gone = 0
    for _ in range(40):
        fen = chance.randint(1, 500)
        act = chance.choice(("in", "in", "out", "back"))
        left = sum(one for _, one in lots) - gone
        if act == "in":
            lots.append([court.booked(court.line(fen, account))[0], fen])
        elif act == "out" and left >= fen:
            paid(court, case, fen)
            gone += fen
        elif act == "back" and lots and left >= lots[-1][1] and lots[-1][1]:
            assert court.unclaim(lots[-1][0]) == "OK"
            lots[-1][1] = 0
    rest, model = gone, []
    for document, fen in lots:
        taken = min(rest, fen)
        rest -= taken
        model += [(document, fen - taken)] if fen > taken else []
    found = court.world.rows("SELECT document_id, left_fen FROM court_lot WHERE case_id = %s ORDER BY document_id DESC",
                             case)  # fmt: skip
    assert found == model, seed
    assert sum(fen for _, fen in found) == court.balance(account)
