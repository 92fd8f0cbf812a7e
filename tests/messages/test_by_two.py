"""Carriers and texts are set up by two people; secrets are shown to nobody, a wrong place is refused."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.messages.companies import SECRET
from tests.messages.proposals import ALIYUN, _checker
from tests.onboarding.test_way_in import decided
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.facts.refused import Refused

__all__ = ["place"]
PAGE, TEXT = "/console/messages/carriers/aliyun/", "/console/messages/texts/phone_check/sms/zh/"


@pytest.fixture
def two(place: Province) -> tuple[Any, Any]:
    from yifen.core.access.models import User

    return site.client_of(place.users["platform_admin"]), site.client_of(User.objects.get(login="checker96"))


def test_a_carrier_is_kept_sealed_used_and_shut(place: Province, two: tuple[Any, Any], monkeypatch: Any) -> None:
    from yifen.core.notifications.carriers import Medium
    from yifen.core.notifications.carriers.providers import carrier_of
    from yifen.core.notifications.models import MessageCarrier
    from yifen.core.ring import key_ring

    maker, checker = two
    assert carrier_of(key_ring(), Medium.SMS).code == "local"  # type: ignore[union-attr]
    monkeypatch.setenv("YIFEN_SMS", "aliyun")
    assert carrier_of(key_ring(), Medium.SMS) is None
    with site.as_process(WEB):
        shown = maker.post(PAGE, ALIYUN | {"enabled": "on"}).url
        assert not MessageCarrier.objects.exists()
        changes = Page(checker, shown).table()
        assert [cells[0] for cells in changes] == ["密钥编号", "密钥", "短信签名", "接口地址", "使用"]
        assert (changes[0][2], changes[1][2].startswith("SHA-256 ")) == ("AKIDexample", True)
        decided(checker, shown, "yes")
    assert carrier_of(key_ring(), Medium.SMS).code == "aliyun"  # type: ignore[union-attr]
    assert [cells[1] for cells in Page(maker, "/console/messages/").table()][:4] == ["使用中", *["未使用"] * 3]
    decided(checker, maker.post(PAGE, {"base_address": ""}).url, "yes")  # shut, with the keys of before
    assert carrier_of(key_ring(), Medium.SMS) is None
    assert list(MessageCarrier.objects.values_list("version", "enabled", "base_address")) == [
        (2, False, "https://dysmsapi.aliyuncs.com")]  # fmt: skip
    with psycopg.connect(place.database.app_url) as conn:
        for table in ("audit_entry", "access_authorisation", "message_carrier"):
            (everything,) = conn.execute(f"SELECT string_agg(x::text, '') FROM {table} x").fetchone()  # type: ignore
            assert SECRET not in everything
            assert SECRET.encode().hex() not in everything
    assert SECRET not in Page(maker, PAGE).text


def test_plain_sql_of_a_process_neither_reads_nor_changes_a_carrier(place: Province) -> None:
    for process in (GATEWAY, NIGHT):
        with psycopg.connect(place.database.url(process)) as conn, \
                pytest.raises(psycopg.errors.InsufficientPrivilege):  # fmt: skip
            conn.execute("SELECT sealed FROM message_carrier")
    for process in (WEB, WORKER):
        for change in ("UPDATE message_carrier SET base_address = 'https://127.0.0.1'", "DELETE FROM message_carrier",
                       "INSERT INTO message_template VALUES ('a', '', '', '', 1)"):  # fmt: skip
            with psycopg.connect(place.database.url(process)) as conn, \
                    pytest.raises(psycopg.errors.InsufficientPrivilege):  # fmt: skip
                conn.execute(change)
    with psycopg.connect(place.database.url(WEB)) as conn:
        (code,) = conn.execute("SELECT notifications_carrier_v1('tencent')").fetchone()  # type: ignore[misc]
    from yifen.core.facts.codes import Code

    assert code == Code.AUTHORISATION_INVALID


@pytest.mark.parametrize("change", [{"key_secret": ""}, {"base_address": "http://example.com"},
                                    {"base_address": "https://10.0.0.1"}],
                         ids=["missing", "http", "inside"])  # fmt: skip
def test_what_cannot_be_used_is_refused(place: Province, two: tuple[Any, Any], change: dict[str, str]) -> None:
    answer = two[0].post("/console/messages/carriers/app/", {"secret": "short", "base_address": "https://a.cn"})
    assert (answer.status_code, "2111" in answer.content.decode()) == (200, True)
    assert two[0].post("/console/messages/carriers/tencent/", ALIYUN | change).status_code == 200
    assert two[0].get("/console/messages/carriers/other/").status_code == 404
    assert two[0].get("/console/messages/texts/other/sms/zh/").status_code == 404
    assert site.client_of(place.users["finance"]).get(PAGE).status_code == 403


def test_a_text_is_looked_at_before_two_people_change_it(place: Province, two: tuple[Any, Any]) -> None:
    from yifen.core.notifications import templates

    maker, checker = two
    assert "验证码 482913，5 分钟内有效" in Page(maker, TEXT).text
    seen = maker.post(TEXT, {"body": "码 {code}", "provider_id": "SMS_1", "preview": "1"})
    assert (seen.status_code, "码 482913" in seen.content.decode()) == (200, True)
    odd = ("码 {code} {name}", "{code} {0}", "{code} { code }", "{code} {Code}", "{{code}} {code}", "{code} }")
    for wrong in ("没有", *odd):  # what it needs is missing; a place that nobody fills
        answer = maker.post(TEXT, {"body": wrong})
        assert (answer.status_code, "2111" in answer.content.decode()) == (200, True)
    assert templates.template("phone_check/sms/zh").provider_id == ""
    shown = maker.post(TEXT, {"body": "码 {code}", "provider_id": "SMS_1"}).url
    assert "手机验证码 · 短信 · 中文" in Page(checker, "/console/proposals/").column("对象")
    assert Page(checker, shown).table()[-1] == [
        "试看", "【一分】验证码 482913，5 分钟内有效。请勿告诉他人。", "码 482913"]  # fmt: skip
    decided(checker, shown, "yes")
    found = templates.message("phone_check/sms/zh", "13912345678", {"code": "000111"}, "r")
    assert (found.text, found.template, found.values) == ("码 000111", "SMS_1", {"code": "000111"})


@pytest.mark.parametrize(("key", "wrong", "said", "right"), [
    ("reminder_new/mail/zh", "{biller} {amount} 元", "正文须写明怎么退订：{stop_url}", "{amount} {stop_url}"),
    ("reminder_new/sms/zh", "{amount} 元 STD", "正文须写明怎么退订：TD | 退订 | STOP", "{amount} 元，回TD退订"),
    ("reminder_new/sms/en", "{amount} yuan", "正文须写明怎么退订：TD | 退订 | STOP", "{amount} Reply TD."),
    ("phone_check/sms/zh", "{code} {nobody}", "没有这个位置：{nobody}", "{code}"),
], ids=["mail", "sms", "english", "place"])  # fmt: skip
def test_a_text_says_how_to_stop_it_and_what_is_wrong_is_said(
    place: Province, two: tuple[Any, Any], key: str, wrong: str, said: str, right: str
) -> None:
    from yifen.core.notifications.templates import TemplateText
    from yifen.face.messages import texts

    for more in ({}, {"preview": "1"}):
        answer = two[0].post(f"/console/messages/texts/{key}/", {"body": wrong, "title": "t"} | more)
        assert (answer.status_code, f"2111 输入有误 ({said})" in unescape(answer.content.decode())) == (200, True)
    with pytest.raises(Refused) as caught:  # whoever decides one that was proposed before
        texts.view({"template": TemplateText(key, "t", wrong)._asdict()})
    assert caught.value.code == 2111
    texts.check(TemplateText(key, "t", right))


def test_today_tells_of_a_carrier_that_fails_until_it_takes_messages_again(place: Province) -> None:
    from yifen.core.access.edge import Access, now
    from yifen.core.notifications.models import Notification
    from yifen.face.messages.waiting import what_waits

    at, access = now(), Access(place.users["platform_admin"])

    def tried(state: str, ago: int) -> None:
        Notification.objects.create(kind="k", carrier="tencent", to_sealed=b"x", text_sealed=b"x", state=state,
                                    created_at=at - timedelta(minutes=ago),
                                    sent_at=at if state == "sent" else None)  # fmt: skip

    assert what_waits(access, at) == []
    tried("later", 180)
    assert what_waits(access, at) == []  # long ago
    tried("later", 5)
    tried("unsure", 4)
    (line,) = what_waits(access, at)
    assert (line.title.zh, line.title.en, line.number) == (
        "腾讯云短信发不出消息", "Tencent Cloud SMS does not take messages", 2)  # fmt: skip
    assert what_waits(Access(place.users["finance"]), at) == []
    for _ in range(3):
        tried("sent", 1)
    assert what_waits(access, at) == []


def test_the_credentials_there_are_go_to_no_other_address(
    place: Province, two: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.access import edge, second
    from yifen.core.access.models import Authorisation
    from yifen.core.notifications.models import MessageCarrier
    from yifen.core.ring import key_ring
    from yifen.face.messages import carriers

    maker, _ = two
    sealed = key_ring().seal(json.dumps(ALIYUN).encode(), carriers.context("aliyun"))
    with site.as_owner(place.database):
        MessageCarrier.objects.update_or_create(code="aliyun", defaults={
            "sealed": sealed, "base_address": "https://dysmsapi.aliyuncs.com", "enabled": False,
            "version": 1})  # fmt: skip
    said = maker.post(PAGE, {"base_address": "https://evil.example.cn"}).content.decode()
    assert "须重新填写凭据" in said
    shown = maker.post(PAGE, {"base_address": "", "enabled": "on"}).url
    made = Authorisation.objects.get(pk=int(shown.split("/")[-2]))
    with site.as_owner(place.database):  # since it was proposed, it is at another address
        MessageCarrier.objects.update(base_address="https://old.example.cn")
    with pytest.raises(Refused) as refused:
        carriers.view(made.content)
    assert (refused.value.code.name, refused.value.field) == ("INPUT_INVALID", "key_secret")
    monkeypatch.setattr(second, "digest_now", lambda row: bytes(row.shown))  # the database alone
    with site.as_process(WEB), pytest.raises(Refused) as refused:
        second.decide(site.access(_checker()), made.pk, seen=bytes(made.shown or b"").hex(), yes=True, now=edge.now())
    assert refused.value.code.name == "AUTHORISATION_INVALID"
    decided(maker, shown, "withdraw")
