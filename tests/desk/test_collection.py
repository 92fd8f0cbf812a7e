"""Collecting at the desk: each step, each error on its field, and one payment whatever is clicked."""

from tests.desk.standing import Desk, errors, focused, text

TAKEN = ("taken", "booked")


def test_the_whole_way_of_a_cash_payment(open_desk: Desk):
    shown = open_desk.look_up()
    assert "**小明" in text(shown)
    assert focused(shown) == "tendered"
    entry = open_desk.draft()
    confirm = open_desk.client.get(f"/desk/entry/{entry.pk}/")
    assert "人民币壹佰贰拾叁元肆角伍分" in text(confirm)
    assert open_desk.payments() == []
    assert open_desk.confirm(entry)["Location"] == f"/desk/entry/{entry.pk}/"
    assert open_desk.payments() == [(12_345, *TAKEN)]
    result = text(open_desk.client.get(f"/desk/entry/{entry.pk}/"))
    entry.refresh_from_db()
    assert "收款成功" in result
    assert str(entry.payment_id) in result
    assert errors(shown) == []
