"""Stops and starts: taken, inspected, decided by two people; each refusal from both sides."""

from datetime import date, datetime

import pytest

from tests.heating.service import SEASON, HeatTown


def test_a_stop_is_asked_for_inspected_agreed_to_and_pays_a_fifth(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    request = heat.asked(flat, season)
    assert heat.visits() == [("inspect", f"R{request}", date(2026, 9, 11))]
    assert heat.request(request) == ("open", None, None, None)
    assert heat.decided(request) == "NOT_INSPECTED"
    heat.seen(f"R{request}")
    assert heat.request(request)[0] == "seen"
    assert heat.decided(request) == "OK"
    assert heat.request(request) == ("agreed", 200, 54_031, f"TG2026-{request:06d}")
    assert heat.stops(flat) == [(*SEASON, 200)]
    ((_, _, fen),) = heat.town.bills(heat.town.made(heat.fee, *SEASON))
    assert fen == 54_031
    assert heat.decided(request) == "REQUEST_UNKNOWN"  # once
    assert heat.visits() == []


def test_what_was_found_otherwise_is_not_agreed_to_and_is_seen_again(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    request = heat.asked(flat, season)
    heat.seen(f"R{request}", "differs")
    assert heat.decided(request) == "INSPECTION_DIFFERS"
    assert heat.stops(flat) == []
    heat.town.on(date(2026, 9, 20))  # the answer is overdue: somebody goes there today
    assert heat.code("SELECT heating_again_v1('maker01', %s, %s)", request, heat.world.now) == "OK"
    assert heat.visits() == [("inspect", f"R{request}", date(2026, 9, 20))]
    assert heat.request(request)[0] == "open"
    assert heat.decided(request) == "NOT_INSPECTED"  # what was seen before does not count while somebody goes there
    heat.seen(f"R{request}")
    assert heat.decided(request) == "OK"


def test_a_refusal_needs_no_inspection_and_leaves_the_fee_whole(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    request = heat.asked(flat, season)
    assert heat.decided(request, agree=False) == "OK"
    assert (heat.request(request), heat.stops(flat), heat.visits()) == (("refused", None, None, None), [], [])
    assert heat.ask(flat, season)[0] == "OK"  # he may ask again


def test_one_that_is_open_is_alone_until_it_is_taken_back(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    request = heat.asked(flat, season)
    assert heat.ask(flat, season) == ("REQUEST_OPEN", None)
    assert heat.code("SELECT heating_withdraw_v1('maker01', %s, %s)", request, heat.world.now) == "OK"
    assert heat.visits() == []
    assert heat.code("SELECT heating_withdraw_v1('maker01', %s, %s)", request, heat.world.now) == "REQUEST_UNKNOWN"
    assert heat.decided(request) == "REQUEST_UNKNOWN"
    assert heat.ask(flat, season)[0] == "OK"


@pytest.mark.parametrize(("day", "code"), [(date(2026, 10, 15), "OK"), (date(2026, 10, 16), "ASKED_LATE")])
def test_a_stop_is_asked_for_until_the_last_day(heat: HeatTown, day: date, code: str):
    season, flat = heat.season(), heat.flat("A")
    heat.town.on(day)
    assert heat.ask(flat, season)[0] == code


def test_what_was_asked_in_time_is_agreed_to_behind_the_last_day(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    heat.town.on(date(2026, 10, 15))
    request = heat.asked(flat, season)
    heat.town.on(date(2026, 10, 20))
    heat.seen(f"R{request}")
    assert heat.decided(request) == "OK"


def test_a_flat_that_is_not_separate_is_not_stopped_until_the_mark_ends(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    assert heat.mark(flat, "not_separate") == "OK"
    assert heat.mark(flat, "not_separate") == heat.mark(flat, "not_separate", SEASON[0]) == "MARK_WRONG"
    assert heat.ask(flat, season) == ("NOT_SEPARATE", None)
    assert heat.ask(heat.flat("B"), season)[0] == "OK"  # another flat
    assert heat.mark(flat, "not_separate", ends=True) == "OK"
    assert heat.mark(flat, "not_separate", ends=True) == heat.mark(flat, "damp") == "MARK_WRONG"
    assert heat.ask(flat, season)[0] == "OK"
    assert heat.mark(999_000, "not_separate") == "SERVICE_UNKNOWN"


def test_a_warranty_counts_up_to_its_last_day(heat: HeatTown):
    season, flat, other = heat.season(), heat.flat("A"), heat.flat("B")
    assert heat.mark(flat, "warranty") == "MARK_WRONG"
    assert heat.mark(flat, "warranty", SEASON[0]) == "OK"
    assert heat.mark(other, "warranty", date(2026, 11, 14)) == "OK"
    assert heat.ask(flat, season) == ("IN_WARRANTY", None)
    assert heat.ask(other, season)[0] == "OK"


def test_who_owes_what_is_overdue_pays_first_where_the_season_says_so(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    town = heat.town
    assert town.published(town.made(heat.fee, date(2025, 11, 15), date(2026, 3, 15))) == ["OK"]  # due on 20 December
    assert heat.ask(flat, season)[0] == "OK"
    late = heat.flat("B")
    other = town.fee("prop", name="物业费", unit="m²", metered=False, cycle="none")
    town.price(other, [("物业费", "area", 0, "1")], [])
    customer = heat.world.value("SELECT customer_id FROM billing_service WHERE service_id = %s", late)
    town.service(customer, other, area_milli=10_000)
    run = town.made(other, date(2026, 1, 1), date(2026, 1, 31))
    assert town.published(run) == ["OK"]
    with heat.world.as_owner():
        heat.world.run("UPDATE payable SET due_on = '2026-08-31' WHERE account_no = 'B' AND balance_fen IS NULL")
    assert heat.ask(late, season) == ("ARREARS_FIRST", None)
    with heat.world.as_owner():
        heat.world.run("UPDATE payable SET due_on = '2026-09-01' WHERE account_no = 'B' AND balance_fen IS NULL")
    assert heat.ask(late, season)[0] == "OK"  # due today is not overdue


def test_a_season_that_counts_whole_is_stopped_and_started_whole(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    assert heat.ask(flat, season, "start") == ("NOT_STOPPED", None)
    heat.stopped(flat, season)
    assert heat.ask(flat, season) == ("STOPPED_ALREADY", None)
    heat.town.on(date(2026, 12, 20))  # in the middle: all of it is to be paid
    start = heat.asked(flat, season, "start")
    heat.seen(f"R{start}")
    assert heat.decided(start) == "OK"
    assert (heat.stops(flat), heat.request(start)) == ([], ("agreed", None, None, None))
    assert heat.visits() == [("restore", f"R{start}", date(2026, 12, 20))]
    ((_, _, fen),) = heat.town.bills(heat.town.made(heat.fee, *SEASON))
    assert fen == 270_156


def test_a_day_that_a_whole_season_does_not_begin_on_is_refused_not_changed(heat: HeatTown):
    season, flat = heat.season(), heat.flat("A")
    assert heat.ask(flat, season, from_on=date(2026, 12, 15)) == ("DAY_OUTSIDE", None)
    assert heat.ask(flat, season, "repair") == ("INPUT_INVALID", None)
    assert heat.ask(flat, season, from_on=SEASON[0])[0] == "OK"


def test_a_season_by_days_stops_and_starts_from_a_day(heat: HeatTown):
    season, flat = heat.season(by_days=True, ask_until="2027-03-15"), heat.flat("A")
    heat.town.on(date(2026, 12, 1))
    for outside in (None, date(2026, 11, 30), date(2027, 3, 16)):
        assert heat.ask(flat, season, from_on=outside) == ("DAY_OUTSIDE", None)
    stop = heat.stopped(flat, season, date(2026, 12, 5))
    assert heat.request(stop)[2] == 89_754  # 20 days whole, 101 by 0.2: 2701.56 × 40.2 ÷ 121
    heat.town.on(date(2027, 1, 10))
    start = heat.asked(flat, season, "start", date(2027, 1, 15))
    heat.seen(f"R{start}")
    assert heat.decided(start) == "OK"
    assert heat.stops(flat) == [(date(2026, 12, 5), date(2027, 1, 14), 200)]
    ((_, _, fen),) = heat.town.bills(heat.town.made(heat.fee, *SEASON))
    assert fen == 196_924  # 20 and 60 days whole, 41 by 0.2: 2701.56 × 88.2 ÷ 121


def test_a_season_that_is_billed_is_cancelled_first(heat: HeatTown):
    season, flat, town = heat.season(), heat.flat("A"), heat.town
    request = heat.asked(flat, season)
    heat.seen(f"R{request}")
    run = town.made(heat.fee, *SEASON)
    assert town.published(run) == ["OK"]
    assert heat.decided(request) == "SHARE_BILLED"
    ((bill, _, fen),) = town.bills(run)
    assert fen == 270_156
    _, cancel = town.cancelled(bill)
    assert cancel is not None
    assert town.published(cancel) == ["OK"]
    assert heat.decided(request) == "OK"
    run = town.made(heat.fee, *SEASON, flat)
    assert town.published(run) == ["OK"]
    assert [one[2] for one in town.bills(run)] == [54_031]
    assert town.books() == {"1123": 54_031, "6001": -54_031}
    assert town.wrong() == []


def test_terms_go_by_class_then_region(heat: HeatTown):
    terms = [("", "", 200), ("", "北区", 250), ("business", "", 400), ("business", "北区", 500)]
    season = heat.season(terms=[{"class": one, "region": two, "permille": part} for one, two, part in terms])
    assert [heat.world.value("SELECT heating_permille_v1(%s, %s, %s)", season, *pair) for pair in (
        ("residential", ""), ("residential", "北区"), ("business", "南区"), ("business", "北区"),
    )] == [200, 250, 400, 500]  # fmt: skip


@pytest.mark.parametrize(("fields", "code"), [
    ({"to_on": "2026-11-15", "heated_to": "2026-11-15"}, "SEASON_WRONG"),
    ({"heated_from": "2026-11-16"}, "SEASON_WRONG"), ({"heated_to": "2027-03-14"}, "SEASON_WRONG"),
    ({"heated_from": "2026-11-01", "heated_to": "2027-03-20"}, "OK"),
    ({"ask_until": "2027-03-16"}, "SEASON_WRONG"), ({"answer_days": 0}, "SEASON_WRONG"),
    ({"terms": []}, "SEASON_WRONG"), ({"terms": [{"class": "x", "region": "", "permille": 1}]}, "SEASON_WRONG"),
    ({"terms": [{"class": "", "region": "", "permille": 1000}]}, "SEASON_WRONG"),
    ({"terms": [{"class": "", "region": "", "permille": 1}] * 2}, "SEASON_WRONG"), ({"fee_id": 0}, "FEE_UNKNOWN"),
])  # fmt: skip
def test_a_season_whose_days_or_terms_do_not_fit_is_refused(heat: HeatTown, fields: dict[str, object], code: str):
    assert heat.put_season(**fields) == code
    assert heat.world.value("SELECT count(*) FROM heating_season") == (code == "OK")


def test_two_seasons_of_a_fee_have_no_day_in_common_and_one_that_is_used_stays(heat: HeatTown):
    season = heat.season()
    assert heat.put_season(from_on="2027-03-15", heated_from="2027-03-15", to_on="2027-12-01",
                           heated_to="2027-12-01") == "SEASON_TAKEN"  # fmt: skip
    assert heat.put_season(season_id=season, name="另名", terms=[{"class": "", "region": "", "permille": 300}]) == "OK"
    assert heat.world.rows("SELECT name, permille FROM heating_season JOIN heating_term USING (season_id)") == [
        ("另名", 300)]  # fmt: skip
    heat.asked(heat.flat("A"), season)
    assert heat.put_season(season_id=season) == "SEASON_USED"
    assert heat.put_season(season_id=season + 1) in ("SEASON_TAKEN", "SEASON_UNKNOWN")


def test_who_may_not_ask_does_not_and_a_word_of_nobody_does_nothing(heat: HeatTown):
    season, flat, world = heat.season(), heat.flat("A"), heat.world
    with world.as_owner():  # he sees it, and no more
        world.run("DELETE FROM access_user_role r USING access_user u WHERE u.id = r.user_id AND u.login = 'checker01'"
                  " AND r.role = 'finance'")  # fmt: skip
    for session in ("checker01", "nobody", ""):
        code = heat.code("SELECT code FROM heating_ask_v1(%s, %s, %s, 'stop', NULL, 'holder', 'P1', '', %s)",
                         session, flat, season, world.now)  # fmt: skip
        assert code == "PERMISSION_MISSING"
        assert heat.code("SELECT heating_mark_v1(%s, %s, 'not_separate', NULL, '', false, %s)", session, flat,
                         world.now) == "PERMISSION_MISSING"  # fmt: skip
    assert world.value("SELECT count(*) FROM heating_request") == 0
    world.run("INSERT INTO access_user_role (user_id, role) SELECT id, 'finance' FROM access_user"
              " WHERE login = 'checker01'")  # fmt: skip
    request = heat.asked(flat, season)
    heat.seen(f"R{request}")
    foreign = world.two_people("heating.decide", str(request), {"request": request, "agree": True},
                               world.biller("OTHER"))  # fmt: skip
    undecided = world.proposed("heating.decide", "other", {"request": request, "agree": True}, heat.town.biller)
    for proposal in (foreign, undecided, 0):
        assert heat.code("SELECT heating_decide_v1(%s, %s)", proposal, world.now) == "HEATING_NOT_AGREED"
    assert heat.stops(flat) == []


@pytest.mark.parametrize(("moment", "wanted"), [("2999-01-01", max), ("1999-01-01", min)])
def test_a_time_that_is_passed_in_counts_within_the_days_of_clock_and_open_day(heat: HeatTown, moment: str, wanted):
    season, flat = heat.season(ask_until=str(SEASON[1])), heat.flat("A")
    heat.world.now = datetime.fromisoformat(f"{moment} 12:00+08:00")
    days = heat.world.rows("SELECT (clock_timestamp() AT TIME ZONE time_zone)::date, current_day FROM ledger_book")[0]
    request = heat.asked(flat, season)
    local = "SELECT ({} AT TIME ZONE 'Asia/Shanghai')::date FROM heating_request WHERE request_id = %s"
    assert heat.world.value(local.format("asked_at"), request) == wanted(days)
    heat.seen(f"R{request}")
    assert heat.decided(request) == "OK"
    assert heat.world.value(local.format("decided_at"), request) == wanted(days)
