"""4640 and 4641: the drawer opened, counted, and what differs signed by a supervisor."""

import pytest

from tests.desk.standing import Desk, errors, focused, text
from tests.web import site


def shift_of(desk: Desk):
    from yifen.trades.counter.models import Shift

    return Shift.objects.filter(teller=desk.teller).latest("pk")


def test_the_shift_opens_with_what_is_in_the_drawer(desk: Desk):
    assert focused(desk.get("4640")) == "opening"
    assert "3115" in text(desk.post("4640", opening="５００"))  # cash that nobody left in it
    assert desk.post("4640", opening="５００", **desk.signed(reason="领用现金"))["Location"] == "/desk/"
    shift = shift_of(desk)
    assert (shift.state, shift.left_fen, shift.opening_fen) == ("open", 0, 50_000)
    assert shift.opening_authorisation.checker == desk.supervisor
    assert "已开班" in text(desk.client.get("/desk/"))


@pytest.mark.parametrize("typed", ["", "x", "-1", "0.001", "99999999999999999"])
def test_an_opening_that_is_no_amount_is_refused_on_the_field(desk: Desk, typed):
    answer = desk.post("4640", opening=typed)
    assert [error[:4] for error in errors(answer)] == ["2111"]
    assert focused(answer) == "opening"


def test_a_second_shift_is_refused(open_desk: Desk):
    assert errors(open_desk.post("4640", opening="0")) == ["3104 已经开班"]


def test_the_count_comes_before_the_figure_that_it_is_compared_with(open_desk: Desk):
    open_desk.paid()
    assert "623.45" not in text(open_desk.get("4641"))
    empty = open_desk.post("4641")
    assert [error[:4] for error in errors(empty)] == ["2111"]
    assert "623.45" not in text(empty)
    assert "623.45" in text(open_desk.post("4641", pieces_10000="0"))


def test_a_drawer_that_agrees_closes_at_once(open_desk: Desk):
    open_desk.paid()
    answer = open_desk.post("4641", pieces_10000="6", pieces_1000="2", pieces_100="3",
                            pieces_10="４", pieces_5="1")  # fmt: skip
    shift = shift_of(open_desk)
    assert answer["Location"] == f"/desk/shift/{shift.pk}/"
    assert (shift.state, shift.counted_fen, shift.difference_fen) == ("closed", 62_345, 0)
    page = text(open_desk.client.get(answer["Location"]))
    assert "已轧账" in page
    assert "4623" in page


@pytest.mark.parametrize("typed", ["x", "-1", "1.5", "1000001"])
def test_pieces_that_are_no_number_are_refused_on_the_field(open_desk: Desk, typed):
    answer = open_desk.post("4641", pieces_5000=typed)
    assert [error[:4] for error in errors(answer)] == ["2111"]
    assert focused(answer) == "pieces_5000"
    assert shift_of(open_desk).state == "open"


def test_a_difference_asks_for_a_reason_and_a_supervisor_and_keeps_the_count(open_desk: Desk):
    answer = open_desk.post("4641", pieces_10000="4")
    page = text(answer)
    assert "短款" in page
    assert "3106 实点现金或重空与账面不符，须说明原因并经主管授权 (-100.00)" in page
    assert "500.00" in page
    assert 'value="4"' in answer.content.decode()
    assert focused(answer) == "reason"
    assert shift_of(open_desk).state == "open"
    done = open_desk.post("4641", pieces_10000="4", **open_desk.signed(reason="找零差错"))
    shift = shift_of(open_desk)
    assert done["Location"] == f"/desk/shift/{shift.pk}/"
    assert (shift.state, shift.difference_fen, shift.reason) == ("closed", -10_000, "找零差错")
    assert shift.authorisation.checker == open_desk.supervisor


def test_a_wrong_supervisor_leaves_the_shift_open(open_desk: Desk, place):
    foreign = site.user(f"sd{open_desk.number}", place.foreign.county, "supervisor")
    for form in (open_desk.signed(foreign), open_desk.signed(open_desk.with_password())):
        answer = open_desk.post("4641", pieces_10000="6", **form)
        assert focused(answer) == "supervisor"
        assert shift_of(open_desk).state == "open"


def test_a_recount_that_agrees_needs_no_supervisor_after_all(open_desk: Desk):
    open_desk.post("4641", pieces_10000="4")
    blank = dict.fromkeys(("reason", "supervisor", "supervisor_password", "supervisor_code"), "")
    open_desk.post("4641", pieces_10000="5", **blank)
    assert (shift_of(open_desk).state, shift_of(open_desk).authorisation) == ("closed", None)


def test_an_unknown_result_keeps_the_shift_open(open_desk: Desk):
    entry = open_desk.unknown(open_desk.remote_biller())
    answer = open_desk.post("4641", pieces_10000="5")
    assert [error[:4] for error in errors(answer)] == ["3107"]
    assert f"/desk/entry/{entry.pk}/" in answer.content.decode()
    assert shift_of(open_desk).state == "open"


def test_a_drawer_that_opens_with_other_cash_than_was_left_wants_a_supervisor(open_desk: Desk):
    from yifen.trades.counter import queries

    open_desk.post("4641", pieces_10000="5")
    answer = open_desk.post("4640", opening="200.00")
    assert "3115" in text(answer)
    assert "500.00" in text(answer)
    assert queries.open_shift_of(open_desk.teller) is None
    open_desk.post("4640", opening="200.00", **open_desk.signed(reason="上缴现金"))
    shift = queries.open_shift_of(open_desk.teller)
    assert shift is not None
    assert (shift.left_fen, shift.opening_fen) == (50_000, 20_000)
