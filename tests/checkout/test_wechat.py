"""The WeChat Pay adapter against a server that checks and makes the real signatures."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.checkout.serving import new_key, private_pem, serving
from tests.checkout.wechat_side import WeChatSide
from tests.web.site import setup
from tests.world import Database

ORDER = "0123456789abcdef0123456789abcd"


@pytest.fixture(scope="module")
def sides(shared_database: Database) -> Iterator[dict[bool, tuple[WeChatSide, str]]]:
    """Both modes: the platform's public key, and its certificates."""
    setup(shared_database)
    plain, certified = WeChatSide(), WeChatSide(certificates=True)
    with serving(plain) as one, serving(certified) as two:
        yield {False: (plain, one), True: (certified, two)}


@pytest.fixture(params=[False, True], ids=["public key", "certificates"])
def side(sides, request) -> WeChatSide:
    side, side.address = sides[request.param]
    side.orders.clear()
    side.refunds.clear()
    side.lies, side.refund_state = False, "SUCCESS"
    return side


@pytest.fixture
def method(side):
    from yifen.trades.orders.methods.wechat import WeChat

    WeChat.check(side.credentials(), side.address)
    return WeChat(side.credentials(), side.address)


def ask(device: str, person: str = ""):
    from yifen.trades.orders.methods import Device, PayRequest

    return PayRequest(ORDER, 12_345, "青溪供电公司 3201000001", datetime.now(UTC) + timedelta(minutes=15),
               Device(device), "203.0.113.7", f"https://pay.example.cn/order/{ORDER}/",
               "https://pay.example.cn/notice/wechat/", person)  # fmt: skip


def test_a_screen_shows_a_code_and_the_money_is_found(method, side):
    goal = method.begin(ask("screen"))
    assert (goal.kind, goal.text) == ("qr", "weixin://wxpay/bizpayurl?pr=p4lpSuKzz")
    known = side.orders[ORDER]
    assert known["amount"] == {"total": 12_345, "currency": "CNY"}
    assert known["notify_url"] == "https://pay.example.cn/notice/wechat/"
    assert method.query(ORDER).state == "unpaid"
    side.pays(ORDER)
    assert tuple(method.query(ORDER))[:3] == ("paid", 12_345, "4200001234202611240123456789")


def test_a_phone_goes_to_h5_and_back(method, side):
    goal = method.begin(ask("phone"))
    assert goal.kind == "redirect"
    assert goal.text.endswith(
        f"&redirect_url=https%3A%2F%2Fpay.example.cn%2Forder%2F{ORDER}%2F"
    )
    assert side.orders[ORDER]["scene_info"]["payer_client_ip"] == "203.0.113.7"


def test_inside_wechat_it_asks_who_pays_and_signs_its_own_call(method, side):
    import base64

    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    goal = method.begin(ask("wechat"))
    assert goal.text.startswith(f"{side.address}/connect/oauth2/authorize?appid=wx8888888888888888&")
    person = method.person("good")
    goal = method.begin(ask("wechat", person))
    call = json.loads(goal.text)
    text = f"{call['appId']}\n{call['timeStamp']}\n{call['nonceStr']}\n{call['package']}\n"
    signed = base64.b64decode(call["paySign"])
    side.merchant.public_key().verify(signed, text.encode(), PKCS1v15(), SHA256())
    assert (goal.kind, call["signType"]) == ("bridge", "RSA")
    assert side.orders[ORDER]["payer"] == {"openid": person}


def test_a_code_that_wechat_does_not_know_is_a_fault(method, side):
    from yifen.trades.orders.methods import MethodFault

    with pytest.raises(MethodFault):
        method.person("bad")


def test_what_it_never_saw_is_absent_and_closed_all_the_same(method, side):
    assert method.query(ORDER).state == "absent"
    assert method.close(ORDER) is True


def test_closing_stops_the_money_but_not_what_came(method, side):
    method.begin(ask("screen"))
    assert method.close(ORDER) is True
    assert method.query(ORDER).state == "closed"
    side.pays(ORDER)
    assert method.close(ORDER) is False


def test_a_refund_is_the_same_refund_again(method, side):
    from yifen.trades.orders.methods import MethodFault

    method.begin(ask("screen"))
    side.pays(ORDER)
    side.refund_state = "PROCESSING"
    assert method.refund(ORDER, f"R{ORDER}", 12_345, 12_345) is None
    side.refund_state = "SUCCESS"
    back = method.refund(ORDER, f"R{ORDER}", 12_345, 12_345)
    assert tuple(back)[:3] == ("returned", 12_345, "4200001234202611240123456789")
    assert method.read(back.signed) == (ORDER, back)
    assert list(side.refunds) == [f"R{ORDER}"]
    assert method.query(ORDER).state == "returned"
    side.refund_state = "ABNORMAL"
    with pytest.raises(MethodFault):
        method.refund(ORDER, f"R{ORDER}", 12_345, 12_345)


def test_an_answer_that_wechat_did_not_sign_is_no_answer(method, side):
    from yifen.trades.orders.methods import MethodFault

    method.begin(ask("screen"))
    side.pays(ORDER)
    side.lies = True
    with pytest.raises(MethodFault):
        method.query(ORDER)


def test_an_order_of_somebody_else_s_key_is_refused_there(side):
    from yifen.trades.orders.methods import MethodFault
    from yifen.trades.orders.methods.wechat import WeChat

    stranger = side.credentials(cert_serial_no="00000000")
    with pytest.raises(MethodFault):
        WeChat(stranger, side.address).query(ORDER)


def test_nobody_there_is_a_fault(sides):
    from yifen.trades.orders.methods import MethodFault
    from yifen.trades.orders.methods.wechat import WeChat

    with pytest.raises(MethodFault):
        WeChat(sides[False][0].credentials(), "http://127.0.0.1:9").query(ORDER)


def test_a_notice_tells_of_the_money(method, side):
    method.begin(ask("screen"))
    body, headers = side.pays(ORDER)
    notice = method.notice(body, headers, datetime.now(UTC))
    assert (notice.order_no, notice.trade.state, notice.trade.amount_fen) == (ORDER, "paid", 12_345)
    assert method.reply(True).status == 200
    assert method.reply(False).status == 500


@pytest.mark.parametrize("body", [b"[" * 20_000, b"\xff\xfe", b'{"resource":' + b"[" * 20_000])
@pytest.mark.parametrize("stamp", ["now", "9" * 400, "-" + "9" * 400])
def test_a_hostile_notice_is_refused(method, body, stamp):
    from yifen.trades.orders.methods import BadNotice

    at = datetime.now(UTC)
    headers = {"Wechatpay-Timestamp": str(int(at.timestamp())) if stamp == "now" else stamp}
    with pytest.raises(BadNotice):
        method.notice(body, headers, at)


@pytest.mark.parametrize("fault", ["body", "signature", "age", "seal", "merchant", "serial", "none"])
def test_a_notice_that_is_not_whole_is_refused(method, side, fault):
    from yifen.trades.orders.methods import BadNotice

    method.begin(ask("screen"))
    body, headers = side.pays(ORDER)
    match fault:
        case "body":
            body = body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.SUCCEST")
        case "signature":
            headers["Wechatpay-Signature"] = headers["Wechatpay-Signature"][:-8] + "AAAAAA=="
        case "age":
            body, headers = side.notice({}, age_s=400)
        case "seal":
            body = json.dumps(json.loads(body) | {"resource": {"algorithm": "none"}}).encode()
            headers = side._headers(body)
        case "merchant":
            found = side._shown(side.orders[ORDER]) | {"mchid": "1900000002"}
            body, headers = side.notice(found)
        case "serial":
            headers["Wechatpay-Serial"] = "what is this"
        case "none":
            headers = {}
    with pytest.raises(BadNotice):
        method.notice(body, headers, datetime.now(UTC))


@pytest.mark.parametrize(
    ("name", "value"),
    [("appid", ""), ("mchid", "19 00"), ("private_key", "no key"), ("apiv3_key", "short"),
     ("public_key", "no key"), ("public_key", "")],
)  # fmt: skip
def test_credentials_that_cannot_work_are_refused(sides, name, value):
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.methods.wechat import WeChat

    with pytest.raises(Refused) as refused:
        WeChat.check(sides[False][0].credentials() | {name: value}, WeChat.BASE_ADDRESS)
    assert refused.value.field.startswith(name)


def test_another_merchant_s_key_does_not_fit(sides):
    from yifen.trades.orders.methods import MethodFault
    from yifen.trades.orders.methods.wechat import WeChat

    side, address = sides[False]
    other = side.credentials(private_key=private_pem(new_key()))
    with pytest.raises(MethodFault):
        WeChat(other, address).query(ORDER)


# --- what a stranger's notice costs ------------------------------------------------------------


def fetches(side: WeChatSide) -> int:
    return side.heard.count("/v3/certificates")


def test_a_notice_of_an_unknown_serial_asks_wechat_for_nothing(method, side):
    from yifen.trades.orders.methods import BadNotice

    method.begin(ask("screen"))
    body, headers = side.pays(ORDER)
    method.notice(body, headers, datetime.now(UTC))
    before = len(side.heard)
    for serial in ("5157F09EFDC096DE15EBE81A47057A72", "1", "", "PUB_KEY_ID_0", "0x1", "-1", "zz"):
        with pytest.raises(BadNotice):
            method.notice(body, headers | {"Wechatpay-Serial": serial}, datetime.now(UTC))
    assert len(side.heard) == before
    assert method.notice(body, headers, datetime.now(UTC)).trade.state == "paid"


def test_certificates_are_fetched_once_a_minute_even_when_nothing_comes(sides, monkeypatch):
    from yifen.trades.orders.methods import BadNotice, wechat_line
    from yifen.trades.orders.methods.wechat import WeChat

    side, address = sides[True]
    time = [1000.0]
    monkeypatch.setattr(wechat_line, "monotonic", lambda: time[0])
    method = WeChat(side.credentials(), address)
    side.away, before = True, fetches(side)
    for second in range(120):
        time[0] = 1000.0 + second
        with pytest.raises(BadNotice):
            method.notice(*side.notice({"mchid": "1900000001"}), datetime.now(UTC))
    assert fetches(side) - before == 2
    side.away = False
    time[0] += 60
    assert method.notice(*side.paid_notice(ORDER), datetime.now(UTC)).trade.state == "paid"
    assert fetches(side) - before == 3


def test_an_answer_by_a_new_certificate_is_taken_after_one_fetch(sides, monkeypatch):
    """WeChat changes its certificate: our own call learns of it, and a failed fetch loses nothing."""
    from yifen.trades.orders.methods import MethodFault, wechat_line
    from yifen.trades.orders.methods.wechat import WeChat

    side = WeChatSide(certificates=True)
    time = [1000.0]
    monkeypatch.setattr(wechat_line, "monotonic", lambda: time[0])
    with serving(side) as address:
        method = WeChat(side.credentials(), address)
        method.begin(ask("screen"))
        assert (method.query(ORDER).state, fetches(side)) == ("unpaid", 1)
        side.renew()
        with pytest.raises(MethodFault):  # within the minute
            method.query(ORDER)
        time[0] += 61
        assert (method.query(ORDER).state, fetches(side)) == ("unpaid", 2)
        side.away = True
        time[0] += 61
        with pytest.raises(MethodFault):
            WeChat(side.credentials(), address).query(ORDER)
        side.away = False
        assert method.query(ORDER).state == "unpaid"
