"""Alipay 支付宝 by its open gateway: wap.pay on a phone, a code to scan on a screen; RSA2 both ways."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext_lazy as _

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
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
from yifen.trades.orders.methods.rsa2 import (
    answer_node,
    signature,
    signed_text,
    signed_text_of_notice,
    verified,
)

TIMEOUT_S = 10.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DONE, ABSENT, WRONG_STATE = "10000", "ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_STATUS_ERROR"
REFUND, REFUND_QUERY = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
RETURNS = {REFUND: "refund_fee", REFUND_QUERY: "refund_amount"}
"""The calls whose answer says that money is back, and where it says how much: the first of the whole trade so far,
the second of the refund that it names. Only the second is kept; the first was, of refunds in whole."""
NOTICE = "notice"
STATES = {"WAIT_BUYER_PAY": "unpaid", "TRADE_CLOSED": "closed", "TRADE_SUCCESS": "paid",
          "TRADE_FINISHED": "paid"}  # fmt: skip


class Alipay:
    """One merchant's account. `credentials`: see CREDENTIALS; the base address may be a sandbox's."""

    code, title = "alipay", _("支付宝")
    CREDENTIALS = ("app_id", "private_key", "alipay_public_key")
    BASE_ADDRESS = "https://openapi.alipay.com/gateway.do"

    @classmethod
    def check(cls, credentials: Mapping[str, str], base_address: str) -> None:
        """Refused: INPUT_INVALID naming what is missing or unusable."""
        if not credentials["app_id"].isdigit():
            raise Refused(Code.INPUT_INVALID, "app_id")
        read.check_address(base_address)
        cls(credentials, base_address)

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._app_id, self._address = credentials["app_id"], base_address
        self._own = read.private_key(credentials["private_key"], "private_key")
        self._theirs = read.public_key(credentials["alipay_public_key"], "alipay_public_key")

    def offered_on(self, device: Device) -> bool:
        return device is not Device.WECHAT

    def begin(self, ask: PayRequest) -> Goal:
        order = {
            "out_trade_no": ask.order_no,
            "total_amount": format_yuan(ask.amount_fen),
            "subject": ask.title[:80],
            "time_expire": _local(ask.expires_at),
        }
        urls = {"notify_url": ask.notify_url, "return_url": ask.return_url}
        if ask.device is Device.SCREEN:
            answer, _signed = self._call("alipay.trade.precreate", order, notify_url=ask.notify_url)
            return Goal("qr", self._done(answer)["qr_code"])
        order |= {"product_code": "QUICK_WAP_WAY", "quit_url": ask.return_url}
        fields = self._signed("alipay.trade.wap.pay", order, **urls)
        return Goal("redirect", f"{self._address}?{urlencode(fields)}")

    def query(self, order_no: str) -> Trade:
        answer, signed = self._call("alipay.trade.query", {"out_trade_no": order_no})
        if answer.get("sub_code") == ABSENT:
            return Trade("absent")
        return self._trade(self._done(answer), order_no, signed)

    def close(self, order_no: str) -> bool:
        answer, _signed = self._call("alipay.trade.close", {"out_trade_no": order_no})
        if answer.get("sub_code") == ABSENT:  # never opened there; its own end still holds
            return True
        if answer.get("sub_code") == WRONG_STATE:
            return self.query(order_no).state in ("closed", "absent")
        return bool(self._done(answer))

    def refund(self, order_no: str, refund_no: str, amount_fen: int, total_fen: int) -> Trade | None:
        names = {"out_trade_no": order_no, "out_request_no": refund_no}
        answer, _signed = self._call(REFUND, names | {"refund_amount": format_yuan(amount_fen)})
        self._done(answer)
        answer, signed = self._call(REFUND_QUERY, names)
        if self._done(answer).get("refund_status") != "REFUND_SUCCESS":
            return None
        return self._returned(answer, order_no, signed)

    def notice(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Notice:
        try:
            return self.read(Signed(NOTICE, {}, body.decode()))
        except ValueError:
            raise BadNotice("not text") from None

    def read(self, signed: Signed) -> Notice:
        try:
            if signed.call == NOTICE:
                found = self._noticed(signed.body)
            else:
                found = self._done(self._opened(signed.body, signed.call))
            order_no = str(found.get("out_trade_no", ""))
            read = self._returned if signed.call in RETURNS else self._trade
            return Notice(order_no, read(found, order_no, signed))
        except MethodFault as fault:
            raise BadNotice(fault.why) from None

    def _noticed(self, body: str) -> dict[str, str]:
        try:
            pairs = parse_qsl(body, True, True, "utf-8", "strict", 100)
        except ValueError:
            raise BadNotice("not a form") from None
        fields = dict(pairs)
        sign = fields.get("sign", "")
        if len(fields) < len(pairs) or fields.get("sign_type") != "RSA2":
            raise BadNotice("fields repeated, or not RSA2")
        if not verified(self._theirs, signed_text_of_notice(fields), sign):
            raise BadNotice("signature")
        if fields.get("app_id") != self._app_id:
            raise BadNotice("of another app")
        return fields

    def reply(self, taken: bool) -> NoticeReply:
        return NoticeReply(200, "text/plain", "success" if taken else "failure")

    # --- the gateway ---------------------------------------------------------------------------

    def _trade(self, found: Mapping[str, Any], order_no: str, signed: Signed) -> Trade:
        state = STATES.get(str(found.get("trade_status")))
        if state is None or found.get("out_trade_no") != order_no:
            raise MethodFault(self.code, f"unclear: {found.get('trade_status')}")
        return Trade(state, self._fen(found, "total_amount"), str(found.get("trade_no", "")), signed)  # type: ignore[arg-type]

    def _returned(self, found: Mapping[str, Any], order_no: str, signed: Signed) -> Trade:
        done = found.get("fund_change") == "Y" or found.get("refund_status") == "REFUND_SUCCESS"
        if not done or found.get("out_trade_no") != order_no:
            raise MethodFault(self.code, "unclear refund")
        fen = self._fen(found, RETURNS.get(signed.call, ""))
        number = str(found.get("out_request_no", "")) if signed.call == REFUND_QUERY else ""
        return Trade("returned", fen, str(found.get("trade_no", "")), signed, number)

    def _fen(self, found: Mapping[str, Any], name: str) -> int:
        try:
            return parse_yuan(str(found.get(name)))
        except AmountError:
            raise MethodFault(self.code, f"unclear {name}") from None

    def _done(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("code") != DONE:
            raise MethodFault(self.code, f"{answer.get('sub_code')} {answer.get('sub_msg')}")
        return answer

    def _signed(self, method: str, content: Mapping[str, Any], **urls: str) -> dict[str, str]:
        fields = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": _local(read.now()),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **urls,
        }
        return fields | {"sign": signature(self._own, signed_text(fields))}

    def _call(self, method: str, content: Mapping[str, Any], **urls: str) -> tuple[dict[str, Any], Signed]:
        """One call; its answer must carry Alipay's signature."""
        fields = self._signed(method, content, **urls)
        try:
            answer = outbound.call("POST", self._address, FORM, urlencode(fields).encode(), TIMEOUT_S)
            text = answer.body.decode() if answer.status == 200 else ""
        except (outbound.NoReply, ValueError) as error:
            raise MethodFault(self.code, repr(error)) from None
        return self._opened(text, method), Signed(method, {}, text)

    def _opened(self, text: str, method: str) -> dict[str, Any]:
        """What it answered to the call."""
        try:
            sign = str(decoded_any(text).get("sign", ""))
        except (ValueError, AttributeError) as error:
            raise MethodFault(self.code, repr(error)) from None
        node = answer_node(text, method.replace(".", "_") + "_response")
        if not node or not verified(self._theirs, node, sign):
            raise MethodFault(self.code, "the answer is not signed by Alipay")
        found = decoded_any(node)
        return found if isinstance(found, dict) else {}


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
