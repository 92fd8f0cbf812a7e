"""WeChat Pay 微信支付 (API v3) by the wechatpayv3 package: a code on a screen, H5 on a phone, WeChat's
own call inside WeChat. Signatures both ways; notices are sealed by AES-256-GCM besides."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _
from wechatpayv3.core import RequestType

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire import outbound
from yifen.core.wire.decoding import decoded_any
from yifen.trades.orders.methods import (
    BadNotice,
    Device,
    Goal,
    MethodFault,
    Notice,
    NoticeReply,
    PayRequest,
    Signed,
    Trade,
)
from yifen.trades.orders.methods import credentials as read
from yifen.trades.orders.methods.wechat_line import TIMEOUT_S, WeChatLine

NOTICE_AGE_S_MAX = 300
STATES = {"SUCCESS": "paid", "REFUND": "returned", "NOTPAY": "unpaid", "USERPAYING": "unpaid",
          "PAYERROR": "unpaid", "ACCEPT": "unpaid", "CLOSED": "closed",
          "REVOKED": "closed"}  # fmt: skip
NOTICE, QUERY, REFUND = "notice", "query", "refund"
SIGNED_BY = tuple(f"Wechatpay-{name}" for name in ("Timestamp", "Nonce", "Serial", "Signature", "Signature-Type"))
ABSENT = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
OPEN_PLATFORM = "https://open.weixin.qq.com"
API = "https://api.weixin.qq.com"


class WeChat:
    """One merchant's account. `credentials`: see CREDENTIALS. Without a platform public key the
    platform's certificates are fetched; without an app secret it is not offered inside WeChat."""

    code, title = "wechat", _("微信支付")
    CREDENTIALS = ("appid", "mchid", "cert_serial_no", "private_key", "apiv3_key", "public_key_id",
                   "public_key", "app_secret")  # fmt: skip
    BASE_ADDRESS = "https://api.mch.weixin.qq.com"

    @classmethod
    def check(cls, credentials: Mapping[str, str], base_address: str) -> None:
        """Refused: INPUT_INVALID naming what is missing or unusable."""
        for name in ("appid", "mchid", "cert_serial_no"):
            if not credentials[name].isalnum():
                raise Refused(Code.INPUT_INVALID, name)
        read.private_key(credentials["private_key"], "private_key")
        if len(credentials["apiv3_key"].encode()) != 32:
            raise Refused(Code.INPUT_INVALID, "apiv3_key")
        if bool(credentials["public_key"]) != bool(credentials["public_key_id"]):
            raise Refused(Code.INPUT_INVALID, "public_key_id")
        if credentials["public_key"]:
            read.public_key(credentials["public_key"], "public_key")
        read.check_address(base_address)

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._of, self._address = dict(credentials), base_address
        own_api = base_address == self.BASE_ADDRESS
        self._api = API if own_api else base_address
        self._open_platform = OPEN_PLATFORM if own_api else base_address

    def offered_on(self, device: Device) -> bool:
        if device is Device.WECHAT:
            return bool(self._of["app_secret"])
        return device is not Device.ALIPAY

    def begin(self, ask: PayRequest) -> Goal:
        order = {
            "appid": self._of["appid"],
            "mchid": self._of["mchid"],
            "description": ask.title[:40],
            "out_trade_no": ask.order_no,
            "time_expire": ask.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "notify_url": ask.notify_url,
            "amount": {"total": ask.amount_fen, "currency": "CNY"},
        }
        match ask.device:
            case Device.WECHAT:
                return self._begin_bridge(order, ask)
            case Device.PHONE:
                scene = {"payer_client_ip": ask.address, "h5_info": {"type": "Wap"}}
                answer = self._post("/v3/pay/transactions/h5", order | {"scene_info": scene})
                back = quote(ask.return_url, safe="")
                return Goal("redirect", f"{answer['h5_url']}&redirect_url={back}")
        return Goal("qr", str(self._post("/v3/pay/transactions/native", order)["code_url"]))

    def _begin_bridge(self, order: dict[str, Any], ask: PayRequest) -> Goal:
        if not ask.person:  # first learn who it is, then come back with him
            return Goal("redirect", self._person_url(ask.return_url))
        answer = self._post("/v3/pay/transactions/jsapi", order | {"payer": {"openid": ask.person}})
        stamp, nonce = str(int(read.now().timestamp())), read.nonce()
        package = f"prepay_id={answer['prepay_id']}"
        sign = self._line.sign([self._of["appid"], stamp, nonce, package])
        call = {"appId": self._of["appid"], "timeStamp": stamp, "nonceStr": nonce,
                "package": package, "signType": "RSA", "paySign": sign}  # fmt: skip
        return Goal("bridge", json.dumps(call))

    def query(self, order_no: str) -> Trade:
        path = f"/v3/pay/transactions/out-trade-no/{order_no}?mchid={self._of['mchid']}"
        status, answer, signed = self._ask(path, call=QUERY)
        if status == 404 and answer.get("code") in ABSENT:
            return Trade("absent")
        return self._trade(self._done(status, answer), order_no, signed)

    def close(self, order_no: str) -> bool:
        path = f"/v3/pay/transactions/out-trade-no/{order_no}/close"
        status, answer, _signed = self._ask(path, {"mchid": self._of["mchid"]})
        if answer.get("code") == "ORDERPAID":
            return False
        if answer.get("code") in ABSENT | {"ORDER_CLOSED"}:
            return True
        self._done(status, answer)
        return True

    def refund(self, order_no: str, refund_no: str, amount_fen: int, total_fen: int) -> Trade | None:
        amount = {"refund": amount_fen, "total": total_fen, "currency": "CNY"}
        names = {"out_trade_no": order_no, "out_refund_no": refund_no}
        status, answer, signed = self._ask("/v3/refund/domestic/refunds", names | {"amount": amount}, REFUND)
        state = self._done(status, answer).get("status")
        if state not in ("SUCCESS", "PROCESSING"):
            raise MethodFault(self.code, f"refund is {state}")
        return self._returned(answer, order_no, signed) if state == "SUCCESS" else None

    def notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        try:
            stamp = int(headers.get("Wechatpay-Timestamp", ""))
            text = body.decode()
        except ValueError:
            raise BadNotice("no timestamp, or not text") from None
        if abs(int(now.timestamp()) - stamp) > NOTICE_AGE_S_MAX:  # whole: no number is too large
            raise BadNotice("too old")
        return self.read(Signed(NOTICE, {name: headers.get(name, "") for name in SIGNED_BY}, text))

    def read(self, signed: Signed) -> Notice:
        try:
            if signed.call == NOTICE:
                found = (self._line.callback(signed.headers, signed.body) or {}).get("resource")
            else:
                found = self._line.answered(signed.headers, signed.body)
        except Exception as error:  # the package raises plain ones for what it cannot read
            raise BadNotice(repr(error)[:200]) from None
        ours = signed.call == REFUND or (isinstance(found, dict) and found.get("mchid") == self._of["mchid"])
        if not isinstance(found, dict) or not ours:
            raise BadNotice("signature, seal or merchant")
        try:
            order_no = str(found.get("out_trade_no", ""))
            read = self._returned if signed.call == REFUND else self._trade
            return Notice(order_no, read(found, order_no, signed))
        except MethodFault as fault:
            raise BadNotice(fault.why) from None

    def reply(self, taken: bool) -> NoticeReply:
        body = {"code": "SUCCESS"} if taken else {"code": "FAIL", "message": "try again"}
        return NoticeReply(200 if taken else 500, "application/json", json.dumps(body))

    # --- inside WeChat: who is it? -------------------------------------------------------------

    def _person_url(self, return_url: str) -> str:
        fields = {"appid": self._of["appid"], "redirect_uri": f"{return_url}go/",
                  "response_type": "code", "scope": "snsapi_base", "state": "pay"}  # fmt: skip
        return f"{self._open_platform}/connect/oauth2/authorize?{urlencode(fields)}#wechat_redirect"

    def person(self, code: str) -> str:
        """The payer's openid, for the code that WeChat sent him back with. MethodFault."""
        fields = {"appid": self._of["appid"], "secret": self._of["app_secret"], "code": code,
                  "grant_type": "authorization_code"}  # fmt: skip
        try:
            url = f"{self._api}/sns/oauth2/access_token?{urlencode(fields)}"
            return str(decoded_any(outbound.call("GET", url, {}, b"", TIMEOUT_S).body)["openid"])
        except (outbound.NoReply, ValueError, KeyError, TypeError) as error:
            raise MethodFault(self.code, f"who pays: {type(error).__name__}") from None

    # --- the line ------------------------------------------------------------------------------

    @cached_property
    def _line(self) -> WeChatLine:
        of = self._of
        return WeChatLine(
            self._address, of["mchid"], of["cert_serial_no"], of["private_key"], of["apiv3_key"],
            public_key=of["public_key"] or None, public_key_id=of["public_key_id"] or None,
        )  # fmt: skip

    def _trade(self, found: Mapping[str, Any], order_no: str, signed: Signed) -> Trade:
        state, total = STATES.get(str(found.get("trade_state"))), _amount(found, "total", 0)
        if state is None or found.get("out_trade_no") != order_no or type(total) is not int:
            raise MethodFault(self.code, f"unclear: {found.get('trade_state')}")
        return Trade(state, total, str(found.get("transaction_id", "")), signed)  # type: ignore[arg-type]

    def _returned(self, found: Mapping[str, Any], order_no: str, signed: Signed) -> Trade:
        back = _amount(found, "refund", None)
        if found.get("status") != "SUCCESS" or found.get("out_trade_no") != order_no or type(back) is not int:
            raise MethodFault(self.code, f"unclear refund: {found.get('status')}")
        number = str(found.get("out_refund_no", ""))
        return Trade("returned", back, str(found.get("transaction_id", "")), signed, number)

    def _post(self, path: str, message: Mapping[str, Any]) -> dict[str, Any]:
        status, answer, _signed = self._ask(path, message)
        return self._done(status, answer)

    def _done(self, status: int, answer: dict[str, Any]) -> dict[str, Any]:
        if not 200 <= status < 300:
            raise MethodFault(self.code, f"{status} {answer.get('code')} {answer.get('message')}")
        return answer

    def _ask(
        self, path: str, message: Mapping[str, Any] | None = None, call: str = ""
    ) -> tuple[int, dict[str, Any], Signed]:
        """One call; an answer that WeChat did not sign is none."""
        method = RequestType.GET if message is None else RequestType.POST
        try:
            heard = self._line.heard(path, method, message)
            text = heard.body.decode()
            answer = decoded_any(text) if text else {}
        except Exception as error:  # the package raises plain ones
            raise MethodFault(self.code, repr(error)) from None
        signed = Signed(call, {name: heard.headers.get(name.lower(), "") for name in SIGNED_BY}, text)
        return heard.status, answer if isinstance(answer, dict) else {}, signed


def _amount(found: Mapping[str, Any], name: str, absent: int | None) -> Any:
    amount = found.get("amount") or {}
    return amount.get(name, absent) if isinstance(amount, dict) else None
