"""My accounts: a phone is checked, accounts are kept, nobody sees another one's."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.payer.phone import Phone, text_of
from tests.payer.rows import order, owe
from tests.web import site
from tests.web.province import Province

PHONES = (f"1391234{number:04d}" for number in count(1))
ADDRESSES = (f"10.20.0.{number}" for number in count(1))


@pytest.fixture
def phone() -> Phone:
    return Phone(address=next(ADDRESSES))


def code_sent() -> str:
    from yifen.core.notifications.models import Notification
    from yifen.core.notifications.operations import opened
    from yifen.core.ring import key_ring

    row = Notification.objects.order_by("-pk").first()
    assert row.state == "sent"
    return re.search(r"\d{6}", opened(key_ring(), row)[1])[0]


def ask_code(phone: Phone, number: str) -> str:
    answer = phone.post("/mine/", phone=number)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"]


def enter(phone: Phone, number: str = "") -> str:
    """The phone is checked; its number."""
    number = number or next(PHONES)
    where = ask_code(phone, number)
    assert phone.post(where, code=code_sent()).status_code == 302
    return number


def test_a_person_keeps_several_accounts_and_sees_what_is_due(place: Province, phone: Phone):
    biller = place.own.biller_code
    one, ref = owe(place, 1000)
    owe(place, 250, account_no=one)
    two, _ = owe(place, 70)
    assert phone.get(f"/bind/{biller}/{one}")["Location"].startswith("/mine/?next=")
    number = enter(phone)
    for account_no, alias in ((one, "我家"), (two, "<b>父母</b>")):
        assert phone.post(f"/bind/{biller}/{account_no}", alias=alias).status_code == 302
    page = phone.get("/mine/")
    assert {"我家", one, two} <= set(text_of(page).split())
    assert "<b>父母</b>" not in page.content.decode()
    assert f"{number[:3]}****{number[-4:]}" in text_of(page)
    due = re.findall(r'hx-get="(/mine/\d+/due/)"', page.content.decode())
    assert [text_of(phone.get(path)) for path in due] == ["12.50", "0.70"]
    order_no = phone.start(biller, one, ref)
    phone.at_cashier(order_no, "pay")
    phone.look(order_no)
    assert order(order_no).holder_id is not None


def test_what_others_paid_on_a_kept_account_is_history_since_it_is_kept(place, phone: Phone):
    biller = place.own.biller_code
    account_no, ref = owe(place, 1111)
    _, later = owe(place, 2222, account_no=account_no)
    child = Phone(address=next(ADDRESSES))
    child.start(biller, account_no, ref)
    child.post(f"/order/{child.start(biller, account_no, ref)}/cancel/")
    enter(phone)
    phone.post(f"/bind/{biller}/{account_no}", alias="")
    child.start(biller, account_no, later)
    page = text_of(phone.get("/history/"))
    assert ("22.22" in page, "11.11" in page) == (True, False)


def test_what_a_counter_took_on_a_kept_account_is_history_too(place: Province, phone: Phone):
    import psycopg

    from tests.payer.rows import world_on

    biller, own = place.own.biller_code, place.own
    account_no, before = owe(place, 3333)
    _, after = owe(place, 4444, account_no=account_no)

    def at_counter(ref: str, fen: int, now: datetime) -> None:
        with psycopg.connect(place.database.app_url) as conn:
            world = world_on(place, conn)
            world.now = now
            assert world.charge(f"C{ref}", {ref: fen}, channel=own.channel_code, biller=biller,
                                account_no=account_no).code == 0  # fmt: skip

    at_counter(before, 3333, datetime.now(UTC))
    enter(phone)
    phone.post(f"/bind/{biller}/{account_no}", alias="")
    at_counter(after, 4444, datetime.now(UTC))
    page = text_of(phone.get("/history/"))
    assert ("44.44" in page, "33.33" in page) == (True, False)
    assert "单位WX01" in page


def test_the_history_turns_its_pages_by_time(place: Province, phone: Phone):
    refs = [owe(place, 100 + n) for n in range(22)]
    for account_no, ref in refs:
        phone.start(place.own.biller_code, account_no, ref)
    first = phone.get("/history/")
    older = re.search(r'href="(\?before=[^"]+)"', first.content.decode())[1]
    second = phone.get(f"/history/{older}")
    seen = [account for account, _ in refs if account in text_of(first)]
    rest = [account for account, _ in refs if account in text_of(second)]
    assert (len(seen), len(rest)) == (20, 2)
    assert not set(seen) & set(rest)
    assert phone.get("/history/?before=nonsense").status_code == 200


def test_another_phone_s_accounts_are_not_there(place: Province, phone: Phone):
    account_no, _ = owe(place)
    enter(phone)
    phone.post(f"/bind/{place.own.biller_code}/{account_no}", alias="")
    binding = re.search(r"/mine/(\d+)/due/", phone.get("/mine/").content.decode())[1]
    stranger = Phone(address=next(ADDRESSES))
    assert stranger.get(f"/mine/{binding}/due/").status_code == 404
    enter(stranger)
    assert stranger.get(f"/mine/{binding}/due/").status_code == 404
    stranger.post(f"/mine/{binding}/remove/")
    assert account_no in text_of(phone.get("/mine/"))
    phone.post(f"/mine/{binding}/remove/")
    assert account_no not in text_of(phone.get("/mine/"))


def test_the_same_phone_elsewhere_finds_its_accounts(place: Province, phone: Phone):
    account_no, _ = owe(place)
    number = enter(phone)
    phone.post(f"/bind/{place.own.biller_code}/{account_no}", alias="")
    from yifen.trades.orders.models import Rate

    Rate.objects.all().delete()  # a minute later
    other = Phone(address=next(ADDRESSES))
    enter(other, f"+86 {number[:3]} {number[3:]}")
    assert account_no in text_of(other.get("/mine/"))
    phone.post("/mine/forget/")
    assert account_no not in text_of(phone.get("/mine/"))


def test_ten_accounts_are_the_most(place: Province, phone: Phone):
    enter(phone)
    for _ in range(10):
        phone.post(f"/bind/{place.own.biller_code}/{owe(place)[0]}", alias="")
    eleventh = phone.post(f"/bind/{place.own.biller_code}/{owe(place)[0]}", alias="")
    assert (eleventh.status_code, "5124" in text_of(eleventh)) == (409, True)


def test_an_account_that_nobody_has_cannot_be_kept(place: Province, phone: Phone):
    enter(phone)
    answer = phone.post(f"/bind/{place.own.biller_code}/NONE77", alias="")
    assert (answer.status_code, "5001" in text_of(answer)) == (404, True)


@pytest.mark.parametrize("number", ["", "12345678901", "1391234567", "139123456789", "+1 202 555 0100"])
def test_what_is_no_mobile_number_gets_no_code(place: Province, phone: Phone, number):
    answer = phone.post("/mine/", phone=number)
    assert (answer.status_code, "5122" in text_of(answer)) == (400, True)


def test_five_wrong_codes_and_the_right_one_no_longer_helps(place: Province, phone: Phone):
    where = ask_code(phone, next(PHONES))
    right = code_sent()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answers = [phone.post(where, code=code) for code in [wrong] * 5 + [right]]
    assert [answer.status_code for answer in answers] == [400] * 6
    assert all("5123 验证码有误或已失效，可重新发送" in text_of(answer) for answer in answers)


def test_another_code_goes_to_the_same_phone_at_the_pace_of_all_codes(place: Province, phone: Phone):
    from yifen.core.notifications.models import Notification
    from yifen.core.notifications.operations import opened
    from yifen.core.ring import key_ring
    from yifen.trades.orders.models import Rate

    number = next(PHONES)
    where = phone.post("/mine/?next=/history/", phone=number)["Location"]
    path, _, after = where.partition("?")
    assert f'action="{path}again/"' in phone.get(where).content.decode()
    soon = phone.post(f"{path}again/", next="/history/")
    assert (soon["Location"], "5121" in text_of(phone.get(where))) == (where, True)
    Rate.objects.all().delete()  # a minute later
    again = phone.post(f"{path}again/", next="/history/")["Location"]
    last = Notification.objects.order_by("-pk").first()
    assert (again != where, again.endswith(f"?{after}"), opened(key_ring(), last)[0]) == (True, True, number)
    assert phone.post(again, code=code_sent(), next="/history/")["Location"] == "/history/"
    count = Notification.objects.count()
    assert phone.post(f"/mine/code/{'0' * 32}/again/").status_code == 302
    assert Notification.objects.count() == count


def test_a_code_works_once_and_for_five_minutes(place: Province, phone: Phone):
    from yifen.trades.orders.models import PhoneCheck

    where = ask_code(phone, next(PHONES))
    right = code_sent()
    assert phone.post(where, code=f" {right[:3]} {right[3:]} ").status_code == 302
    assert phone.post(where, code=right).status_code == 400
    other = Phone(address=next(ADDRESSES))
    late = ask_code(other, next(PHONES))
    PhoneCheck.objects.filter(pk=late.split("/")[3]).update(
        expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )
    assert other.post(late, code=code_sent()).status_code == 400
    assert other.post(f"/mine/code/{'0' * 32}/", code=right).status_code == 400


def test_a_phone_gets_one_code_a_minute_and_an_address_not_too_many(place: Province, phone: Phone):
    number = next(PHONES)
    ask_code(phone, number)
    assert phone.post("/mine/", phone=number).status_code == 429
    codes = [phone.post("/mine/", phone=next(PHONES)).status_code for _ in range(19)]
    assert codes == [302] * 18 + [429]


def test_neither_number_nor_code_stands_in_the_database(place: Province, phone: Phone):
    import psycopg

    number = enter(phone)
    with psycopg.connect(place.database.app_url) as conn:
        text = "".join(
            str(conn.execute(f"SELECT array_agg(t::text) FROM {table} t").fetchone())
            for table in ("checkout_holder", "checkout_phone_check", "notification", "checkout_rate")
        )
    assert number not in text
    assert number.encode().hex() not in text


def test_who_tries_out_sees_the_message_and_nobody_else(place: Province, phone: Phone):
    from django.test import override_settings

    where = ask_code(phone, next(PHONES))
    assert code_sent() in text_of(phone.get(where))
    with override_settings(YIFEN_PAY_METHODS=("wechat",)):
        assert code_sent() not in text_of(phone.get(where))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_after_the_check_it_goes_nowhere_else(place: Province, phone: Phone, target):
    where = ask_code(phone, next(PHONES)).split("?")[0]
    assert phone.post(where, code=code_sent(), next=target)["Location"] == "/mine/"


def test_payments_of_one_moment_are_all_in_the_history_once(place: Province, phone: Phone):
    from yifen.trades.orders import queries
    from yifen.trades.orders.models import Order

    refs = [owe(place, 300 + n) for n in range(45)]
    for account_no, ref in refs:
        phone.start(place.own.biller_code, account_no, ref)
    mine = Order.objects.filter(account_no__in=[account for account, _ in refs])
    with site.as_owner(place.database):
        mine.update(created_at=mine.order_by("created_at")[0].created_at)
    browser, place_, seen = mine[0].browser, None, []
    while True:
        found = queries.history(browser, None, place_)
        seen += [row.order_no for row in found[: queries.PAGE]]
        if len(found) <= queries.PAGE:
            break
        place_ = queries.read_place(found[queries.PAGE - 1].place.text)
    assert len(seen) == len(set(seen)) == 45
    wrong = ("", "x~1~2", "2026-01-01~1~2", "2026-01-01T00:00:00Z~0~x")
    assert [queries.read_place(text) for text in wrong] == [None] * 4
