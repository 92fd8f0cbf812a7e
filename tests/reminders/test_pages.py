"""The payer's switch, his mail address, an end to it by word, link and page; the console's list and counts."""

import json
import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.console.pages import Page
from tests.payer.phone import Phone, hidden, text_of
from tests.payer.rows import owe
from tests.payer.test_mine import code_sent, enter
from tests.reminders.rows import NINE, Payer, a_pass
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province

__all__ = ["place"]
ADDRESSES = (f"10.40.0.{number}" for number in count(1))
MAILS = (f"wang.wu{number}@example.cn" for number in count(1))


@pytest.fixture
def phone(place: Province) -> Any:
    """Somebody with one bound account, at its page."""
    from django.test import override_settings

    from yifen.trades.orders.models import Rate

    Rate.objects.all().delete()
    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        made = Phone(address=next(ADDRESSES))
        enter(made)
        account_no, _ref = owe(place, 128_640)
        made.post(f"/bind/{place.own.biller_code}/{account_no}", alias="我家")
        page = made.get("/mine/reminders/").content.decode()
        made.choice = re.search(r"/mine/reminders/(\d+)/", page)[0]  # type: ignore[attr-defined, index]
        yield made


def chooses(phone: Any, **wish: Any) -> Any:
    """On the form as it is shown now."""
    return phone.post(phone.choice, seen=hidden(phone.get(phone.choice), "seen"), **wish)


def choices() -> list[tuple[Any, ...]]:
    from yifen.trades.reminders.models import ReminderChoice

    last = ReminderChoice.objects.order_by("-pk")
    return list(last.values_list("channel", "tell_new", "soon_days", "tell_overdue", "hours", "end_why"))


def test_nothing_is_on_until_it_is_chosen_and_all_can_be_ended(place: Province, phone: Any) -> None:
    before = len(choices())
    assert "未打开" in text_of(phone.get("/mine/reminders/"))
    assert "缴费提醒" in text_of(phone.get("/mine/"))
    answer = chooses(phone, channels=["sms"], tell_new="on", soon_days="3", hours=["9", "18"])
    assert answer["Location"] == "/mine/reminders/"
    assert choices()[0] == ("sms", True, 3, False, [9, 18], "")
    assert "短信 · 9:00、18:00" in text_of(phone.get("/mine/reminders/"))
    chooses(phone, channels=["sms"], tell_overdue="on", hours=["20"])
    assert choices()[0] == ("sms", False, None, True, [20], "")
    chooses(phone, hours=["9"])  # nothing ticked
    assert choices()[0][-1] == "off"
    chooses(phone, channels=["sms"], tell_new="on", hours=["9"])
    phone.post("/mine/reminders/stop/")
    assert (choices()[0][-1], len(choices()) - before) == ("page", 2)


@pytest.mark.parametrize("wrong", [
    {"hours": []}, {"hours": ["22"]}, {"hours": ["8", "9", "10", "11", "12", "13", "14"]},
    {"channels": ["mail"]}, {"channels": ["wechat"]}, {"soon_days": "4"},
], ids=str)  # fmt: skip
def test_what_cannot_be_wished_is_refused_and_nothing_is_kept(phone: Any, wrong: dict[str, Any]) -> None:
    before = choices()
    wish: dict[str, Any] = {"channels": ["sms"], "tell_new": "on", "hours": ["9"]}
    assert chooses(phone, **wish | wrong).status_code == 400
    assert choices() == before


def test_the_operation_refuses_what_the_form_never_lets_through(place: Province) -> None:
    from yifen.core.facts.refused import Refused

    payer = Payer(place)
    account = payer.bind()
    for more, number in (({"hours": ()}, 5201), ({"hours": (22,)}, 5201), ({"soon": 16}, 5208)):
        with pytest.raises(Refused) as caught:
            payer.wants(account, "sms", **more)  # type: ignore[arg-type]
        assert caught.value.code == number
    with pytest.raises(Refused) as caught:
        payer.wants(account, "wechat")
    assert caught.value.code == 5202


def test_nobody_sees_or_changes_another_one_s(place: Province, phone: Any) -> None:
    chooses(phone, channels=["sms"], tell_new="on", hours=["9"])
    stranger = Phone(address=next(ADDRESSES))
    assert stranger.get("/mine/reminders/")["Location"] == "/mine/?next=%2Fmine%2Freminders%2F"
    assert stranger.post("/mine/reminders/stop/").status_code == 302
    enter(stranger)
    assert stranger.get(phone.choice)["Location"] == "/mine/reminders/"
    stranger.post(phone.choice, seen=hidden(phone.get(phone.choice), "seen"), hours=["9"])
    assert choices()[0][-1] == ""


def test_a_mail_address_is_confirmed_by_its_code(place: Province, phone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from yifen.trades.reminders.models import ReminderMailCheck, ReminderPerson

    nobody = phone.post("/mine/reminders/mail/", mail=next(MAILS))  # brings mail
    assert (nobody.status_code, "5205" in text_of(nobody)) == (503, True)
    monkeypatch.setenv("YIFEN_PAY_METHODS", "simulated")
    said = phone.post("/mine/reminders/mail/", mail="a@b")
    field = re.search(r'<input id="mail".*?</ul>', said.content.decode(), re.DOTALL)[0]  # type: ignore[index]
    assert (said.status_code, 'value="a@b"' in field, "5203 请输入邮箱地址" in field) == (400, True, True)
    assert phone.get("/mine/reminders/mail/")["Location"] == "/mine/reminders/"  # as after a change of the language
    mail = next(MAILS)
    where = phone.post("/mine/reminders/mail/", mail=mail)["Location"]
    code = code_sent()
    assert code in text_of(phone.get(where))
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [phone.post(where, code=wrong).status_code for _ in range(4)] == [400] * 4
    other = Phone(address=next(ADDRESSES))
    from yifen.trades.orders.models import Rate

    Rate.objects.all().delete()
    enter(other)
    assert (code in text_of(other.get(where)), other.post(where, code=code).status_code) == (False, 400)  # not his
    assert phone.post(where, code=code).status_code == 302
    assert phone.post(where, code=code).status_code == 400  # once
    page = text_of(phone.get("/mine/reminders/"))
    assert (f"w****@{mail.partition('@')[2]}" in page, mail in page) == (True, False)
    chooses(phone, channels=["mail"], tell_new="on", hours=["9"])
    assert choices()[0][0] == "mail"
    rows = [bytes(row.mail_sealed) for model in (ReminderPerson, ReminderMailCheck) for row in model.objects.all()]
    assert not any(mail.encode() in row for row in rows)
    late = phone.post("/mine/reminders/mail/", mail=mail)["Location"]
    right = code_sent()
    with site.as_owner(place.database):
        from django.db.models import F

        ReminderMailCheck.objects.update(created_at=F("created_at") - timedelta(hours=1))
    assert phone.post(late, code=right).status_code == 400
    sent = [phone.post("/mine/reminders/mail/", mail=next(MAILS)).status_code for _ in range(6)]
    assert sent == [302] * 5 + [429]  # five an hour


def test_another_code_goes_to_the_same_mail_and_to_nobody_else_s(place: Province, phone: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("YIFEN_PAY_METHODS", "simulated")
    where = phone.post("/mine/reminders/mail/", mail=next(MAILS))["Location"]
    first = code_sent()
    assert "可重新发送" in text_of(phone.post(where, code=f"{(int(first) + 1) % 10**6:06d}"))
    assert f'action="{where}again/"' in phone.get(where).content.decode()
    again = phone.post(f"{where}again/")["Location"]
    assert (again != where, phone.post(again, code=code_sent()).status_code) == (True, 302)
    other = Phone(address=next(ADDRESSES))
    from yifen.trades.orders.models import Rate

    Rate.objects.all().delete()
    enter(other)
    assert other.post(f"{where}again/")["Location"] == where  # with 5204 above, and nothing was sent
    assert "5204" in text_of(other.get(where))


def test_two_tabs_do_not_overwrite_each_other(place: Province, phone: Any) -> None:
    seen = hidden(phone.get(phone.choice), "seen")
    wish: dict[str, Any] = {"channels": ["sms"], "tell_new": "on", "hours": ["9"]}
    assert phone.post(phone.choice, seen=seen, **wish)["Location"] == "/mine/reminders/"
    before = choices()
    for stale in ({"seen": seen}, {}):
        late = phone.post(phone.choice, **stale, **wish | {"hours": ["20"]})
        assert (late["Location"], choices()) == (phone.choice, before)
        page = phone.get(phone.choice)
        assert "5209 提醒设置已在别处改过；下面是现在的设置，请核对后再保存" in text_of(page)
    assert phone.post(phone.choice, seen=hidden(page, "seen"), **wish | {"hours": ["20"]}).status_code == 302
    assert choices()[0][4] == [20]


def test_lists_and_numbers_of_days_are_english_for_who_reads_english(place: Province, phone: Any) -> None:
    chooses(phone, channels=["sms"], tell_new="on", soon_days="1", hours=["16", "17"])
    phone.client.cookies["django_language"] = "en"
    assert "SMS · 16:00, 17:00" in text_of(phone.get("/mine/reminders/"))
    options = re.findall(r"<option[^>]*>\s*([^<]*?)\s*</option>", phone.get(phone.choice).content.decode())
    assert options[:3] == ["No reminder", "1 day before", "2 days before"]


def test_a_link_of_a_message_ends_it_by_one_click_without_a_sign_in(place: Province) -> None:
    from yifen.core.notifications.carriers import Medium
    from yifen.core.ring import key_ring
    from yifen.trades.reminders.stopping import token

    payer, anybody = Payer(place), Phone(address=next(ADDRESSES))
    payer.wants(payer.bind(), "sms", now=NINE)
    path = f"/stop/{token(key_ring(), payer.holder.pk, Medium.SMS)}/"
    page = anybody.get(path)  # as a mail program looks at links
    assert ("不再通过短信发缴费提醒" in text_of(page), choices()[0][-1]) == (True, "")
    for wrong in (path.replace("-s-", "-m-"), path[:-2] + "/", f"/stop/{payer.holder.pk + 1:x}{path[len('/stop/x'):]}",
                  "/stop/x/", "/stop/--/"):  # fmt: skip
        if wrong != path:
            assert anybody.get(wrong).status_code == 404, wrong
            assert anybody.post(wrong).status_code == 404
    assert choices()[0][-1] == ""
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})  # RFC 8058
    assert (answer.status_code, choices()[0][-1]) == (200, "link")
    from yifen.trades.reminders.models import ReminderChoice

    ReminderChoice.objects.filter(person_id=payer.holder.pk).update(ended_at=NINE)
    again = text_of(anybody.get(path))
    assert ("短信提醒自 2026-11-24 09:00 起已停止" in again, "不再通过短信" in again) == (True, False)
    a_pass(NINE)
    assert payer.got() == []


@pytest.mark.parametrize(("company", "said", "stops"), [
    ("aliyun", "退订", True), ("tencent", "td。", True), ("aliyun", " ＴＤ ", True), ("tencent", "STOP", True),
    ("aliyun", "谢谢", False), ("tencent", "", False),
], ids=str)  # fmt: skip
def test_a_stop_word_ends_what_comes_by_sms(place: Province, company: str, said: str, stops: bool) -> None:
    from yifen.core.ring import key_ring
    from yifen.trades.reminders.stopping import replies_secret

    payer = Payer(place)
    payer.wants(payer.bind(), "sms")
    one: Any = {"aliyun": [{"phone_number": payer.number, "content": said}, {"x": 1}, 7],
                "tencent": {"mobile": payer.number, "nationcode": "86", "text": said}}[company]  # fmt: skip
    path = f"/replies/{company}/{replies_secret(key_ring())}/"
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    assert client.post(path.replace(path[-8:-1], "0000000"), json.dumps(one), "application/json").status_code == 404
    assert client.post(path, "{", "application/json").status_code == 400
    assert choices()[0][-1] == ""
    answer = client.post(path, json.dumps(one), "application/json")
    assert answer.json() == {"aliyun": {"code": 0, "msg": "OK"}, "tencent": {"result": 0, "errmsg": "OK"}}[company]
    assert choices()[0][-1] == ("word" if stops else "")
    if not stops:
        a_pass(NINE)


def test_the_console_tells_each_reminder_masked_and_counts_them(place: Province) -> None:
    from yifen.trades.reminders.models import Reminder

    payer = Payer(place)
    account = payer.bind(128_640)
    payer.wants(account, "sms")
    a_pass(NINE)
    admin = site.client_of(place.users["platform_admin"])
    masked = "*" * (len(account.account_no) - 4) + account.account_no[-4:]
    table = Page(admin, "/console/reminders/?since=2026-11-24&until=2026-11-24").table()
    (row,) = [row for row in table if row[3] == masked]
    assert (row[2:6], row[7]) == ([account.biller_name, masked, "新账单", "短信"], "已发")
    assert row[9] == "本机发件箱"
    page = Page(admin, f"/console/reminders/{row[0]}/")
    assert ("共1286.40元" in page.text, account.account_no in page.text, payer.number in page.text,
            f"*******{payer.number[-4:]}" in page.text) == (True, False, False, True)  # fmt: skip
    assert site.client_of(place.users["teller"]).get(f"/console/reminders/{row[0]}/").status_code == 403
    from yifen.trades.reminders.pages import console

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console, "now", lambda: NINE)
        counts = Page(admin, "/console/reminders/counts/")
    found = Reminder.objects.filter(state="sent", found_at__date="2026-11-24").count()
    assert counts.table()[0][:2] == ["2026-11-24", str(found)]
    assert "/replies/aliyun/" in counts.text
    assert "数的是提醒，一条消息可含几项" in counts.text
    assert "每人每天的上限按消息计" in Page(admin, "/console/reminders/").text


def test_wechat_is_offered_to_who_paid_inside_it_and_it_is_told_there(place: Province) -> None:
    from tests.checkout.serving import serving
    from tests.messages.companies import WeChatSide
    from yifen.core.notifications.carriers.wechat import WeChatMessages
    from yifen.core.notifications.models import MessageCarrier, MessageTemplate
    from yifen.core.ring import key_ring
    from yifen.trades.orders.bound import BOUND, know_person
    from yifen.trades.reminders.choosing import offered

    payer, ring, side = Payer(place), key_ring(), WeChatSide()
    account = payer.bind(128_640)
    know_person(ring, payer.holder.pk, "oABC123")
    assert offered(ring, BOUND, payer.holder.pk) == ["sms"]  # nobody serves it
    sealed = ring.seal(b'{"appid": "wx1", "app_secret": "s", "account_kind": "mini"}', "message_carrier:wechat")
    with serving(side.answer) as address:
        with site.as_owner(place.database):
            MessageCarrier.objects.create(code="wechat", sealed=sealed, base_address=address, enabled=True, version=1)
        assert offered(ring, BOUND, payer.holder.pk) == ["sms", "wechat"]
        assert offered(ring, BOUND, Payer(place).holder.pk) == ["sms"]  # he never paid there
        payer.wants(account, "wechat")
        carrier = WeChatMessages({"appid": "wx1", "app_secret": "s", "account_kind": "mini"}, address)
        a_pass(NINE, {"wechat": carrier})
        assert payer.rows()[0] == ("new", "planned", "no template id is set")
        with site.as_owner(place.database):
            MessageTemplate.objects.create(key="reminder_new/wechat/zh", title="", version=1, provider_id="TPL",
                                           body="thing1={biller}\namount3={amount}元")  # fmt: skip
        a_pass(NINE + timedelta(minutes=1), {"wechat": carrier})
        side.codes.append(43101)  # he took it back inside WeChat
        payer.owes(account, 500)
        a_pass(NINE + timedelta(minutes=20), {"wechat": carrier})
        assert (payer.rows()[-1], choices()[0][-1]) == (("new", "failed", "43101 x"), "wechat")
        payer.owes(account, 700)
        a_pass(NINE + timedelta(minutes=40), {"wechat": carrier})
        assert len(payer.rows()) == 2  # nothing more is planned by it
    with site.as_owner(place.database):
        MessageCarrier.objects.all().delete()
    ((path, body),) = side.sent
    assert (path, body["touser"], body["template_id"]) == ("/cgi-bin/message/subscribe/send", "oABC123", "TPL")
    assert body["data"] == {"thing1": {"value": account.biller_name}, "amount3": {"value": "1286.40元"}}
    assert b"oABC123" not in bytes(payer.holder.__class__.objects.get(pk=payer.holder.pk).person_sealed)
