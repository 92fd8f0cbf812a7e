"""Carriers: the documented signatures, and what each answer of a provider means."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests.checkout.serving import serving
from tests.messages.companies import KEY_ID, NOW, SECRET, WeChatSide, app, sms_company
from yifen.core.notifications.carriers import Medium, Outgoing, SendOutcome
from yifen.core.notifications.carriers import SendVerdict as V
from yifen.core.notifications.carriers.aliyun import Aliyun
from yifen.core.notifications.carriers.app import AppWebhook, key_of, signature
from yifen.core.notifications.carriers.tencent import Tencent
from yifen.core.notifications.carriers.wechat import WeChatMessages
from yifen.core.wire import acs3, tc3

ACCOUNT = {"key_id": KEY_ID, "key_secret": SECRET, "sign_name": "一分", "app_id": "1400", "region": "ap-guangzhou"}
SMS = Outgoing(Medium.SMS, "phone_check", "13912345678", "", "…", {"biller": "云川 供热+1", "code": "482913"}, "SMS_1",
              "r1")  # fmt: skip
WORDS = {
    Aliyun: ("isv.BUSINESS_LIMIT_CONTROL", "isv.MOBILE_NUMBER_ILLEGAL", "SignatureDoesNotMatch",
             "InvalidTimeStamp.Expired", "B1", {"biller": "云川 供热+1", "code": "482913"}),
    Tencent: ("LimitExceeded.PhoneNumberThirtySecondLimit", "InvalidParameterValue.IncorrectPhoneNumber",
              "AuthFailure.SignatureFailure", "AuthFailure.SignatureExpire", "S1", ["云川 供热+1", "482913"]),
}  # fmt: skip


def test_alibaba_s_signature_is_that_of_its_documentation() -> None:
    query = acs3.query_of({"RegionId": "cn-shanghai",
                           "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"})  # fmt: skip
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances",
        "x-acs-content-sha256": sha256(b"").hexdigest(), "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d", "x-acs-version": "2014-05-26",
    }  # fmt: skip
    assert acs3.authorization("YourAccessKeyId", "YourAccessKeySecret", "POST", query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")  # fmt: skip
    assert acs3.query_of({"b": "一 +*~", "a": ""}) == "a=&b=%E4%B8%80%20%2B%2A~"


def test_tencent_s_signature_is_that_of_its_documentation() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com",
               "x-tc-action": "DescribeInstances"}  # fmt: skip
    assert tc3.authorization("AKID" + "*" * 32, "*" * 32, "cvm", headers, body, 1551113065) == (
        f"TC3-HMAC-SHA256 Credential=AKID{'*' * 32}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f")  # fmt: skip


def test_a_webhook_s_signature_is_that_of_its_specification() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}') == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")  # fmt: skip


@pytest.mark.parametrize("company", [Aliyun, Tencent])
def test_each_answer_of_an_sms_company_is_told_apart(company: Any) -> None:
    later, never, forged, old, serial, values = WORDS[company]
    with sms_company("ok", "later", "never", "lost", "down", "ok") as (address, side):
        carrier = company(ACCOUNT, address)
        found = [carrier.carry(SMS, NOW) for _ in range(5)]
        assert [one.verdict for one in found] == [V.TAKEN, V.LATER, V.NEVER, V.UNSURE,
                                                  V.LATER]  # fmt: skip
        assert (found[0].serial, later in found[1].said, never in found[2].said) == (serial, True, True)
        assert found[4].said == "503, unreadable"
        assert [(one.phone, one.sign_name, one.template, one.values, one.ref) for one in side.taken] == [
            ("13912345678", "一分", "SMS_1", values, "r1")] * 2  # taken, and taken with its answer lost
        wrong = company(ACCOUNT | {"key_secret": "another"}, address).carry(SMS, NOW)
        assert (wrong.verdict, forged in wrong.said) == (V.LATER, True)
        late = carrier.carry(SMS, NOW - timedelta(minutes=16))
        assert (late.verdict, old in late.said) == (V.LATER, True)
        assert len(side.taken) == 2
    gone = carrier.carry(SMS, NOW)
    assert gone.verdict is V.LATER  # nobody there: it was not sent


def test_what_a_provider_says_is_kept_without_numbers() -> None:
    from yifen.core.notifications.carriers import said

    assert said("13912345678 is 1234567, 99") == "*******5678 is ***4567, 99"


def test_wechat_s_token_is_kept_and_renewed() -> None:
    side = WeChatSide(0, 0, 43101, 45009, 42001, 0)
    message = SMS._replace(channel=Medium.WECHAT, to="oABC", values={"thing1": "供热", "amount2": "12.00元"},
                           template="TPL", url="https://pay.example.cn/mine/")  # fmt: skip
    with serving(side.answer) as address:
        carrier = WeChatMessages({"appid": "wx1", "app_secret": "s", "account_kind": "service"}, address)
        assert carrier.carry(message, NOW) == SendOutcome(V.TAKEN, "77")
        assert carrier.carry(message, NOW + timedelta(minutes=114)).verdict is V.TAKEN
        assert side.tokens == 1
        assert carrier.carry(message, NOW + timedelta(minutes=116)) == SendOutcome(V.NEVER, said="43101 x")
        assert side.tokens == 2  # five minutes before its end
        assert carrier.carry(message, NOW + timedelta(minutes=117)).verdict is V.LATER
        side.tokens = 5  # another process renewed it
        assert carrier.carry(message, NOW + timedelta(minutes=118)).verdict is V.LATER  # 42001 twice is enough
        assert carrier.carry(message, NOW + timedelta(minutes=119)).verdict is V.TAKEN
    assert side.sent[0] == ("/cgi-bin/message/subscribe/bizsend", {
        "touser": "oABC", "template_id": "TPL", "page": "https://pay.example.cn/mine/",
        "data": {"thing1": {"value": "供热"}, "amount2": {"value": "12.00元"}}})  # fmt: skip


def test_an_app_hears_a_signed_webhook_and_may_hear_it_twice() -> None:
    secret, answers = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", [204, 500, 410]
    message = SMS._replace(channel=Medium.APP, kind="reminder.due", title="新账单", text="供热 12.00 元", ref="m7")
    with app(lambda: answers.pop(0)) as (address, calls):
        carrier = AppWebhook({"secret": secret}, address + "/hook")
        assert [carrier.carry(message, NOW).verdict for _ in range(3)] == [V.TAKEN, V.LATER, V.NEVER]
    heard = calls[0]
    headers = {name.lower(): value for name, value in heard.headers.items()}
    assert headers["webhook-signature"] == signature(key_of(secret), "m7", str(int(NOW.timestamp())), heard.body)
    assert (headers["webhook-id"], {call.headers["webhook-id"] for call in calls}) == ("m7", {"m7"})
    assert json.loads(heard.body)["data"]["text"] == "供热 12.00 元"


def test_no_carrier_goes_round_the_outbound_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIFEN_OUTBOUND_ALLOW", "")
    with sms_company() as (address, side):
        found = Aliyun(ACCOUNT, address).carry(SMS, NOW)
        assert (found.verdict, "not allowed" in found.said, side.taken) == (V.LATER, True, [])


def test_a_mail_carries_how_to_end_such_mails_and_its_refusals_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.mail.serving import Mails, mail_server
    from yifen.core.notifications.carriers.mail import MailCarrier

    mail = SMS._replace(channel=Medium.MAIL, to="wang.wu@example.cn", title="供热有新账单", text="12.00 元",
                        ref="reminder-7", stop_url="https://pay.example.cn/stop/1-m-0/")  # fmt: skip
    side = Mails()
    with mail_server(side) as port:
        monkeypatch.setenv("YIFEN_MAIL_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("YIFEN_MAIL_FROM", "一分 <bills@example.cn>")
        found = [MailCarrier().carry(mail, NOW)]
        for side.rcpt in ("550 nobody", "451 busy"):
            found.append(MailCarrier().carry(mail, NOW))
    found.append(MailCarrier().carry(mail, NOW))
    assert [one.verdict for one in found] == [V.TAKEN, V.NEVER, V.LATER, V.LATER]
    (got,) = side.mails
    assert (got["To"], got["Subject"], got["Message-ID"]) == (
        "wang.wu@example.cn", "供热有新账单", "<reminder-7@example.cn>")  # fmt: skip
    assert (got["List-Unsubscribe"], got["List-Unsubscribe-Post"]) == (
        "<https://pay.example.cn/stop/1-m-0/>", "List-Unsubscribe=One-Click")  # fmt: skip
    assert got.get_content().strip() == "12.00 元"
