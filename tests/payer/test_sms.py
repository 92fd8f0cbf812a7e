"""A real SMS checks a phone: by the company that the operator chose, and what the page says when it fails."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.messages.companies import KEY_ID, SECRET, sms_company
from tests.payer.phone import Phone, text_of
from tests.web import site
from tests.web.province import Province

PHONES = (f"1381234{number:04d}" for number in count(1))
ACCOUNT = {"key_id": KEY_ID, "key_secret": SECRET, "sign_name": "一分", "app_id": "1400", "region": "ap-guangzhou"}


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Phone:
    from yifen.trades.orders.models import Rate

    Rate.objects.all().delete()
    return Phone(address="10.30.0.1")


def set_up(place: Province, code: str, address: str, template: str = "SMS_482") -> None:
    """As two people would have set it up."""
    from yifen.core.notifications.carriers.providers import context
    from yifen.core.notifications.models import MessageCarrier, MessageTemplate
    from yifen.core.ring import key_ring

    sealed = key_ring().seal(json.dumps(ACCOUNT).encode(), context(code))
    with site.as_owner(place.database):
        MessageCarrier.objects.update_or_create(code=code, defaults={
            "sealed": sealed, "base_address": address, "enabled": True, "version": 1})  # fmt: skip
        for language in ("zh", "en"):
            MessageTemplate.objects.update_or_create(key=f"phone_check/sms/{language}", defaults={
                "title": "", "body": "验证码{code}", "provider_id": template, "version": 1})  # fmt: skip


@pytest.fixture
def forget(place: Province) -> Any:
    from yifen.core.notifications.models import MessageCarrier, MessageTemplate

    yield
    with site.as_owner(place.database):
        MessageCarrier.objects.all().delete()
        MessageTemplate.objects.all().delete()


@pytest.mark.parametrize("company", ["aliyun", "tencent"])
def test_a_code_comes_by_the_company_of_the_settings(
    place: Province, phone: Phone, forget: None, monkeypatch: pytest.MonkeyPatch, company: str
) -> None:
    monkeypatch.setenv("YIFEN_SMS", company)
    number = next(PHONES)
    with sms_company("later", "ok", now=datetime.now(UTC)) as (address, side):  # the second try at once
        set_up(place, company, address)
        where = phone.post("/mine/", phone=number)["Location"]
    (sms,) = side.taken
    code = re.search(r"\d{6}", str(sms.values))[0]  # type: ignore[index]
    assert (sms.phone, sms.template) == (number, "SMS_482")
    assert phone.post(where, code=code).status_code == 302
    from yifen.core.notifications.models import Notification

    tries = list(Notification.objects.order_by("-pk").values_list("state", "carrier", "serial")[:2])
    assert tries == [("sent", company, {"aliyun": "B1", "tencent": "S1"}[company]), ("later", company, "")]


@pytest.mark.parametrize(("script", "status", "number"), [
    (("later", "later"), 503, "5125"), (("never",), 409, "5126"), (("lost",), 302, ""), (("down", "down"), 503, "5125"),
], ids=["later", "never", "lost", "down"])  # fmt: skip
def test_the_page_says_what_became_of_it(
    place: Province, phone: Phone, forget: None, monkeypatch: pytest.MonkeyPatch, script: tuple[str, ...],
    status: int, number: str,
) -> None:  # fmt: skip
    from yifen.trades.orders.models import PhoneCheck

    monkeypatch.setenv("YIFEN_SMS", "aliyun")
    before = PhoneCheck.objects.count()
    with sms_company(*script, now=datetime.now(UTC)) as (address, side):
        set_up(place, "aliyun", address)
        answer = phone.post("/mine/", phone=next(PHONES))
    assert (answer.status_code, number in text_of(answer)) == (status, True)
    assert PhoneCheck.objects.count() - before == len(side.taken)  # a code that may have gone out counts
    if status != 302:
        assert phone.post("/mine/", phone="13812349999").status_code == 503  # nobody listens now


def test_a_company_without_keys_or_a_text_without_its_number_sends_nothing(
    place: Province, phone: Phone, forget: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.notifications.models import Notification

    monkeypatch.setenv("YIFEN_SMS", "aliyun")
    before = Notification.objects.count()
    answer = phone.post("/mine/", phone=next(PHONES))
    assert (answer.status_code, "5125" in text_of(answer), Notification.objects.count() - before) == (503, True, 0)
    with sms_company(now=datetime.now(UTC)) as (address, side):
        set_up(place, "aliyun", address, template="")
        assert phone.post("/mine/", phone=next(PHONES)).status_code == 503
    assert side.taken == []
    assert Notification.objects.order_by("-pk").values_list("said", flat=True)[0] == "no template id is set"


def test_limits_stay_and_a_failed_try_counts(place: Province, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIFEN_SMS", "aliyun")
    number = next(PHONES)
    assert [phone.post("/mine/", phone=number).status_code for _ in range(2)] == [503, 429]


def test_a_process_that_dies_while_sending_leaves_a_try_that_says_so(place: Province) -> None:
    from yifen.core.notifications.carriers import LocalOutbox
    from yifen.core.notifications.operations import close_died, opened, put
    from yifen.core.notifications.templates import message
    from yifen.core.ring import key_ring

    now = datetime.now(UTC)
    row = put(key_ring(), message("phone_check/sms/en", "13812340000", {"code": "482913"}, "r"), LocalOutbox(), now)
    close_died(now + timedelta(minutes=9))
    row.refresh_from_db()
    assert row.state == "waiting"
    close_died(now + timedelta(minutes=11))
    row.refresh_from_db()
    assert (row.state, row.said) == ("unsure", "the process died")
    assert opened(key_ring(), row) == (
        "13812340000", "[Yifen] Your code is 482913, valid for 5 minutes. Tell it to nobody.")  # fmt: skip
