"""Collecting at the desk: each step, each error on its field, and one payment whatever is clicked."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.desk.standing import Desk, errors, focused, hidden, text, ticked
from tests.web import site
from tests.world import CHINA

TAKEN = ("taken", "booked")


def result(desk: Desk, entry: Any) -> str:
    return text(desk.client.get(f"/desk/entry/{entry.pk}/"))


# --- the way -----------------------------------------------------------------------------------


def test_the_whole_way_of_a_cash_payment(open_desk: Desk):
    shown = open_desk.look_up()
    assert "**小明" in text(shown)
    assert "欧阳" not in text(shown)
    assert (ticked(shown), focused(shown)) == (["take_0", "take_1"], "tendered")
    entry = open_desk.draft()
    confirm = text(open_desk.client.get(f"/desk/entry/{entry.pk}/"))
    assert "人民币壹佰贰拾叁元肆角伍分" in confirm
    assert open_desk.payments() == []
    assert open_desk.confirm(entry)["Location"] == f"/desk/entry/{entry.pk}/"
    assert open_desk.payments() == [(12_345, *TAKEN)]
    entry.refresh_from_db()
    assert (entry.tendered_fen, entry.change_fen) == (20_000, 7_655)
    shown = result(open_desk, entry)
    assert "收款成功" in shown
    assert str(entry.payment_id) in shown


@pytest.mark.parametrize(
    ("kind", "account", "kept"),
    [("personal", "6222 0012 3456 7890", "6222********7890"), ("cheque", "90104170001", "9010***0001"),
     ("corporate", "９０１０４１７０００１", "9010***0001")],
)  # fmt: skip
def test_what_is_not_cash_names_the_account(open_desk: Desk, kind, account, kept):
    entry = open_desk.paid(pay_kind=kind, from_account=account, tendered="")
    assert (entry.state, entry.from_account, entry.tendered_fen) == ("booked", kept, None)


def test_one_bill_of_two_may_be_paid(open_desk: Desk):
    assert open_desk.paid(take_1=None, tendered="100").amount_fen == 10_000


def test_an_open_bill_is_paid_with_what_the_payer_says(open_desk: Desk):
    open_desk.owe(mode="open", min_fen=1_000, max_fen=5_000, TOPUP=0)
    names = ticked(open_desk.look_up())
    assert names == ["take_0", "take_1"]  # nothing is due of the open one
    entry = open_desk.paid(take_0=None, take_1=None, take_2="on", amount_2="４０．５０")
    assert (entry.state, entry.amount_fen) == ("booked", 4_050)


def test_one_amount_is_spread_over_the_bills_from_the_oldest_on(open_desk: Desk):
    entry = open_desk.paid(take_0=None, take_1=None, spread="100", tendered="100")
    assert (entry.state, entry.amount_fen, len(entry.lines)) == ("booked", 10_000, 1)


@pytest.mark.parametrize(("typed", "fits"), [("99.99", "0.00"), ("123.46", "123.45"), ("101", "100.00")])
def test_an_amount_that_cannot_be_spread_is_refused_on_the_field(open_desk: Desk, typed: str, fits: str):
    answer = open_desk.post("4623", **open_desk.form(spread=typed, tendered="1000"))
    assert errors(answer) == [f"5011 只能分配 {fits} 元"]
    assert (focused(answer), entries(open_desk)) == ("spread", 0)


@pytest.mark.parametrize(("limit", "code"), [("payment_fen_max", "6001"), ("day_fen_max", "6002")])
def test_a_limit_that_refuses_is_told_with_whose_it_is_and_how_much(open_desk: Desk, limit: str, code: str):
    from yifen.core.partners.models import Channel

    entry, of = open_desk.draft(), Channel.objects.filter(partner__code="DESK")
    of.update(**{limit: 12_344})
    try:
        open_desk.confirm(entry)
        shown = result(open_desk, entry)
    finally:
        of.update(**{limit: None})
    assert code in shown
    assert "本渠道 this channel · ≤ 123.44 元 yuan" in shown
    assert open_desk.payments() == []


def test_full_width_digits_and_blanks_are_read(open_desk: Desk):
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    shown = open_desk.look_up(account_no=f" {open_desk.account_no.translate(wide)} ")
    assert hidden(shown, "serial")["serial"] == open_desk.serial()
    assert open_desk.paid(tendered="１２３．４５").change_fen == 0


def test_with_several_billers_the_teller_chooses(open_desk: Desk):
    open_desk.remote_biller()
    shown = open_desk.get("4600")
    assert '<select name="biller"' in shown.content.decode()
    assert focused(shown) == "biller"
    assert focused(open_desk.get("4623")) == "account_no"


def test_without_an_admitted_biller_the_screen_says_so(open_desk: Desk):
    assert "没有可代收的单位" in text(open_desk.get("4614"))


# --- on the field ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account_no", "number"),
    [("", "2111"), ("99999999", "5001"), ("1" * 41, "2111"), ("12\x0034", "2111"),
     ("<script>alert(1)</script>", "5001"), ("欧阳", "5001")],
)  # fmt: skip
def test_an_account_number_that_is_none_is_refused_on_the_field(open_desk: Desk, account_no, number):
    biller = open_desk.place.own.biller_code
    shown = open_desk.get("4623", biller=biller, account_no=account_no)
    assert [error[:4] for error in errors(shown)] == [number]
    assert focused(shown) == "account_no"
    assert "<script>alert" not in shown.content.decode()


def test_an_outage_says_why_and_until_when(open_desk: Desk):
    now = datetime.now(CHINA).replace(microsecond=0)
    ends_at = now + timedelta(hours=2)
    place = open_desk.place
    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:
        conn.execute("INSERT INTO biller_outage (biller_id, starts_at, ends_at, reason)"
                     " VALUES (%s, %s, %s, '线路检修')",
                     (place.own.biller, now - timedelta(hours=1), ends_at))  # fmt: skip
        try:
            shown = open_desk.look_up()
            assert f"3004 收费单位停机维护 (线路检修 · 至 until {ends_at.isoformat()})" in text(shown)
            assert "隐藏字段" not in text(shown)  # the one biller is a field that nobody sees
        finally:
            conn.execute("DELETE FROM biller_outage")


def test_a_biller_that_is_not_offered_is_refused(open_desk: Desk):
    shown = open_desk.get("4600", biller="POWER02", account_no="1")
    assert "没有" not in errors(shown)
    assert open_desk.place.foreign.account_no not in text(shown)


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "1.234", "1e9", "10000000000000", "１２ａ", "NaN", "0x10", "+3"]
)
def test_cash_that_is_no_amount_is_refused_on_the_field(open_desk: Desk, typed):
    answer = open_desk.post("4623", **open_desk.form(tendered=typed))
    assert [error[:4] for error in errors(answer)] == ["2111"]
    assert focused(answer) == "tendered"
    assert entries(open_desk) == 0


def test_too_little_cash_is_refused_on_the_field(open_desk: Desk):
    answer = open_desk.post("4623", **open_desk.form(tendered="123.44"))
    assert errors(answer) == ["3111 收款金额少于应收金额"]
    assert focused(answer) == "tendered"
    assert hidden(answer, "serial")["serial"] == open_desk.serial()


@pytest.mark.parametrize("account", ["", "12", "<b>", "1" * 33])
def test_an_account_to_pay_from_that_is_none_is_refused_on_the_field(open_desk: Desk, account):
    form = open_desk.form(pay_kind="personal", from_account=account)
    answer = open_desk.post("4623", **form)
    assert [error[:4] for error in errors(answer)] == ["2111"]
    assert focused(answer) == "from_account"


def test_nothing_chosen_is_refused_on_the_bills(open_desk: Desk):
    answer = open_desk.post("4623", **open_desk.form(take_0=None, take_1=None))
    assert errors(answer) == ["5101 请选择要缴的项目"]


@pytest.mark.parametrize(
    ("amount", "number"),
    [("9.99", "5011"), ("50.01", "5011"), ("", "5011"), ("0", "5011"), ("-20", "2111"), ("x", "2111")],
)
def test_an_amount_that_a_bill_does_not_take_is_refused_beside_it(open_desk: Desk, amount, number):
    open_desk.owe(mode="open", min_fen=1_000, max_fen=5_000, TOPUP=0)
    answer = open_desk.post("4623", **open_desk.form(take_2="on", amount_2=amount))
    assert [error[:4] for error in errors(answer)] == [number]
    assert focused(answer) == "amount_2"


def test_a_form_that_is_not_ours_is_refused(open_desk: Desk):
    told = hidden(open_desk.look_up(), "told")["told"]
    answer = open_desk.post("4623", **open_desk.form(told=told[:-3] + "abc"))
    assert answer["Location"] == "/desk/4623/"
    assert "2112" in text(open_desk.get("4623"))
    assert entries(open_desk) == 0


def entries(desk: Desk) -> int:
    from yifen.trades.counter.models import Entry

    return Entry.objects.filter(teller=desk.teller).count()


def test_names_of_payers_are_text(open_desk: Desk):
    open_desk.account_no = f"XSS{open_desk.number:05d}"
    open_desk.owe(name="<img src=x onerror=alert(1)>" + "龘" * 60, X1=100)
    for page in (open_desk.look_up(),
                 open_desk.client.get(f"/desk/entry/{open_desk.draft().pk}/")):  # fmt: skip
        assert "<img" not in page.content.decode()
        assert "龘" in text(page)


# --- one payment -------------------------------------------------------------------------------


def test_a_double_click_on_step_two_is_one_draft(open_desk: Desk):
    form = open_desk.form()
    first, second = (open_desk.post("4623", **form)["Location"] for _ in range(2))
    assert first == second


def test_eight_confirmations_at_once_are_one_payment(open_desk: Desk):
    entry = open_desk.draft()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: in_thread(open_desk, entry), range(8)))
    entry.refresh_from_db()
    assert (entry.state, open_desk.payments()) == ("booked", [(12_345, *TAKEN)])


def in_thread(desk: Desk, entry: Any) -> Any:
    from django.db import connection

    browser = site.browser()
    browser.cookies = desk.client.cookies
    try:
        return desk.confirm(entry, client=browser)
    finally:
        connection.close()


def test_the_old_form_sent_again_after_paying_shows_the_payment(open_desk: Desk):
    form = open_desk.form()
    entry = open_desk.entry(open_desk.post("4623", **form))
    open_desk.confirm(entry)
    again = open_desk.entry(open_desk.post("4623", **form))
    open_desk.confirm(again)
    assert again.pk == entry.pk
    assert open_desk.payments() == [(12_345, *TAKEN)]


def test_the_bills_looked_up_again_after_paying_are_gone(open_desk: Desk):
    open_desk.paid()
    assert [error[:4] for error in errors(open_desk.look_up())] == ["5101"]


def test_after_the_session_ended_the_draft_is_still_there(open_desk: Desk):
    entry = open_desk.draft()
    open_desk.client.cookies.clear()
    assert open_desk.confirm(entry)["Location"].startswith("/sign-in/")
    open_desk.client = site.client_of(open_desk.teller)
    menu = open_desk.client.get("/desk/")
    assert f"/desk/entry/{entry.pk}/" in menu.content.decode()
    open_desk.confirm(entry)
    assert open_desk.payments() == [(12_345, *TAKEN)]


def test_a_draft_that_was_given_up_for_the_next_customer_is_not_called_unfinished(open_desk: Desk):
    entry = open_desk.draft()
    open_desk.paid(take_1=None)
    assert f"/desk/entry/{entry.pk}/" not in open_desk.client.get("/desk/").content.decode()


# --- unknown -----------------------------------------------------------------------------------


def test_an_unknown_result_is_said_calmly_and_found_by_looking(open_desk: Desk):
    code = open_desk.remote_biller()
    entry = open_desk.unknown(code)
    page = open_desk.client.get(f"/desk/entry/{entry.pk}/")
    assert "结果还不知道" in text(page)
    assert 'hx-trigger="every' in page.content.decode()
    assert f"/desk/4625/?number={entry.serial}" in page.content.decode()
    assert f"/desk/entry/{entry.pk}/" in open_desk.get("4623").content.decode()
    open_desk.decide(entry.payment_id, "booked")
    assert "收款成功" in result(open_desk, entry)


def test_a_poll_answers_nothing_until_there_is_news(open_desk: Desk):
    entry = open_desk.unknown(open_desk.remote_biller())
    poll = {"act": "find", "state": "unknown"}
    quiet = open_desk.client.post(f"/desk/entry/{entry.pk}/", poll, headers={"HX-Request": "true"})
    assert (quiet.status_code, "HX-Refresh" in quiet) == (204, False)
    open_desk.decide(entry.payment_id, "rejected")
    news = open_desk.client.post(f"/desk/entry/{entry.pk}/", poll, headers={"HX-Request": "true"})
    assert (news.status_code, news["HX-Refresh"]) == (204, "true")
    assert "未入账，把款项退还付款人" in result(open_desk, entry)


def test_what_never_arrived_is_sent_again_from_the_screen(open_desk: Desk):
    entry = open_desk.draft()
    entry.state, entry.sent_at = "unknown", entry.at  # as a crash between the two commits leaves it
    entry.save()
    assert "4003" in result(open_desk, entry)
    open_desk.confirm(entry)
    assert open_desk.payments() == [(12_345, *TAKEN)]


def test_a_colleagues_draft_is_not_confirmed(open_desk: Desk, place):
    entry = open_desk.draft()
    other = Desk(place)
    page = other.client.get(f"/desk/entry/{entry.pk}/")
    assert 'value="send"' not in page.content.decode()
    other.confirm(entry)
    entry.refresh_from_db()
    assert (entry.state, open_desk.payments()) == ("draft", [])


# --- not now -----------------------------------------------------------------------------------


def test_without_a_shift_every_transaction_that_needs_one_leads_to_opening_it(desk: Desk):
    for code in ("4623", "4625", "4641"):
        page = desk.get(code)
        assert "3103" in text(page)
        assert 'href="/desk/4640/" autofocus' in page.content.decode()
    assert desk.post("4623", told="x").status_code == 200


def test_a_shift_of_a_day_that_is_over_leads_to_balancing(open_desk: Desk):
    from tests.counter.standing import day_before
    from yifen.trades.counter import queries

    shift = queries.open_shift_of(open_desk.teller)
    assert shift is not None
    day_before(open_desk.place, shift)
    assert "3105" in text(open_desk.get("4623"))
    assert "清点现金" in text(open_desk.get("4641"))


def test_the_ways_to_pay_are_told_in_the_readers_language(open_desk: Desk):
    assert "1 现金" in text(open_desk.look_up())
    open_desk.client.cookies["django_language"] = "en"
    page = text(open_desk.look_up())
    assert "1 Cash" in page
    assert "现金" not in page


def test_the_status_bar_says_when_the_screen_was_made(desk: Desk):
    assert re.search(r"本屏时间\s*\d\d:\d\d:\d\d", text(desk.client.get("/desk/")))
