"""The Alipay adapter against a server that checks and makes the real signatures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.checkout.alipay_side import AlipaySide
from tests.checkout.serving import new_key, private_pem, serving
from tests.web.site import setup
from tests.world import Database

ORDER = "0123456789abcdef0123456789abcd"
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def running(shared_database: Database) -> Iterator[tuple[AlipaySide, str]]:
    setup(shared_database)
    side = AlipaySide()
    with serving(side) as address:
        yield side, f"{address}/gateway.do"


@pytest.fixture
def side(running) -> AlipaySide:
    side, side.address = running
    side.orders.clear()
    side.refunds.clear()
    side.given.clear()
    side.lies = side.slow_refund = side.ill = False
    return side


@pytest.fixture
def method(side):
    from yifen.trades.orders.methods.alipay import Alipay

    Alipay.check(side.credentials(), side.address)
    return Alipay(side.credentials(), side.address)


def ask(device: str):
    from yifen.trades.orders.methods import Device, PayRequest

    return PayRequest(ORDER, 12_345, "青溪供电公司 3201000001", NOW + timedelta(minutes=15), Device(device),
               "203.0.113.7", f"https://pay.example.cn/order/{ORDER}/",
               "https://pay.example.cn/notice/alipay/")  # fmt: skip


def test_a_phone_goes_to_wap_pay_with_a_signed_address(method, side):
    goal = method.begin(ask("phone"))
    fields = dict(parse_qsl(urlsplit(goal.text).query, keep_blank_values=True))
    assert goal.text.startswith(f"{side.address}?")
    assert side.is_signed(fields)
    assert fields["method"] == "alipay.trade.wap.pay"
    assert fields["return_url"] == f"https://pay.example.cn/order/{ORDER}/"
    assert '"total_amount":"123.45"' in fields["biz_content"]
    assert '"time_expire":"2026-11-24 19:15:00"' in fields["biz_content"]


def test_a_screen_shows_a_code_and_the_money_is_found(method, side):
    goal = method.begin(ask("screen"))
    assert tuple(goal) == ("qr", "https://qr.alipay.com/bavh4wjlxf12tper3a")
    assert method.query(ORDER).state == "unpaid"
    side.pays(ORDER)
    assert tuple(method.query(ORDER))[:3] == ("paid", 12_345, "2026112422001")


def test_what_it_never_saw_is_absent_and_closed_all_the_same(method, side):
    assert method.query(ORDER).state == "absent"
    assert method.close(ORDER) is True


def test_closing_stops_the_money_but_not_what_came(method, side):
    method.begin(ask("screen"))
    assert method.close(ORDER) is True
    assert method.close(ORDER) is True
    assert method.query(ORDER).state == "closed"
    side.pays(ORDER)
    assert method.close(ORDER) is False


def test_a_refund_is_the_same_refund_again(method, side):
    method.begin(ask("screen"))
    side.pays(ORDER)
    side.slow_refund = True
    assert method.refund(ORDER, f"R{ORDER}", 12_345, 12_345) is None
    side.slow_refund = False
    slow, back = (method.refund(ORDER, f"R{ORDER}", 12_345, 12_345) for _ in range(2))
    assert tuple(slow)[:3] == tuple(back)[:3] == ("returned", 12_345, "2026112422001")
    assert method.read(back.signed) == (ORDER, back)
    assert side.refunds == {f"R{ORDER}": "123.45"}


@pytest.mark.parametrize("fault", ["lies", "ill", "stranger", "nobody"])
def test_no_clear_answer_is_a_fault(method, side, fault):
    from yifen.trades.orders.methods import MethodFault
    from yifen.trades.orders.methods.alipay import Alipay

    method.begin(ask("screen"))
    side.lies, side.ill = fault == "lies", fault == "ill"
    if fault == "stranger":
        method = Alipay(side.credentials(private_key=private_pem(new_key())), side.address)
    if fault == "nobody":
        method = Alipay(side.credentials(), "http://127.0.0.1:9/gateway.do")
    for call in (lambda: method.query(ORDER), lambda: method.close(ORDER),
                 lambda: method.refund(ORDER, "R", 1, 1)):  # fmt: skip
        with pytest.raises(MethodFault):
            call()


def test_a_notice_tells_of_the_money(method, side):
    method.begin(ask("screen"))
    notice = method.notice(side.pays(ORDER), {}, NOW)
    assert (notice.order_no, notice.trade.state, notice.trade.amount_fen) == (ORDER, "paid", 12_345)
    assert method.reply(True).body == "success"
    assert method.reply(False).body == "failure"


@pytest.mark.parametrize("text", ["[" * 20_000, '{"sign":"x","alipay_trade_query_response":' + '{"a":' * 20_000])
def test_an_answer_without_end_is_no_answer(method, monkeypatch, text):
    from yifen.core.wire import outbound
    from yifen.trades.orders.methods import MethodFault

    monkeypatch.setattr(outbound, "call", lambda *_: outbound.Answer(200, {}, text.encode()))
    with pytest.raises(MethodFault):
        method.query(ORDER)


@pytest.mark.parametrize("fault", ["amount", "repeated", "app", "kind", "text", "signature"])
def test_a_notice_that_is_not_whole_is_refused(method, side, fault):
    from yifen.trades.orders.methods import BadNotice

    method.begin(ask("screen"))
    body = side.pays(ORDER)
    match fault:
        case "amount":
            body = body.replace(b"total_amount=123.45", b"total_amount=923.45")
        case "repeated":
            body += b"&total_amount=123.45"
        case "app":
            body = side.notice({"app_id": "2021000000000002", "out_trade_no": ORDER})
        case "kind":
            body = side.notice({"sign_type": "RSA", "out_trade_no": ORDER})
        case "text":
            body = b"\xff\xfe%"
        case "signature":
            body = body[: body.index(b"&sign=")]
    with pytest.raises(BadNotice):
        method.notice(body, {}, NOW)


@pytest.mark.parametrize(
    ("name", "value"), [("app_id", "x"), ("private_key", "none"), ("alipay_public_key", "none")]
)
def test_credentials_that_cannot_work_are_refused(side, name, value):
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.methods.alipay import Alipay

    with pytest.raises(Refused) as refused:
        Alipay.check(side.credentials() | {name: value}, Alipay.BASE_ADDRESS)
    assert refused.value.field == name


def test_plain_http_to_elsewhere_is_refused(side):
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.methods.alipay import Alipay

    with pytest.raises(Refused) as refused:
        Alipay.check(side.credentials(), "http://openapi.alipay.com/gateway.do")
    assert refused.value.field == "base_address"
