"""Alipay's open gateway as its documentation says: RSA2 over sorted fields, answers signed as written.
Written from the other side, without the adapter's own code."""

import base64
import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.checkout.serving import Heard, Said, new_key, private_pem, public_pem

APP_ID = "2021000000000001"


class AlipaySide:
    """`orders`: out_trade_no → what it knows."""

    def __init__(self) -> None:
        self.merchant, self.own = new_key(), new_key()
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, str] = {}
        self.given: dict[str, dict[str, Decimal]] = {}  # of each trade, by the refund's number
        self.lies = self.slow_refund = self.ill = False

    def credentials(self, **fields: str) -> dict[str, str]:
        """What the merchant was given: keys as Alipay's tool shows them, without PEM's lines."""
        bare = "".join(public_pem(self.own).splitlines()[1:-1])
        return {"app_id": APP_ID, "private_key": private_pem(self.merchant),
                "alipay_public_key": bare, **fields}  # fmt: skip

    def __call__(self, heard: Heard) -> Said:
        fields = dict(parse_qsl(heard.body.decode(), keep_blank_values=True))
        node = f"{fields['method'].replace('.', '_')}_response"
        if self.ill:
            return self._say(node, {"code": "20000", "sub_code": "isp.unknow-error"})
        if not self.is_signed(fields):
            return self._say("error_response", {"code": "40002", "sub_code": "isv.invalid-signature"})
        return self._say(node, self._answer(fields["method"], json.loads(fields["biz_content"])))

    def is_signed(self, fields: dict[str, str]) -> bool:
        text = "&".join(f"{k}={v}" for k, v in sorted(fields.items()) if k != "sign" and v)
        try:
            self.merchant.public_key().verify(
                base64.b64decode(fields["sign"]), text.encode(), PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return False
        return fields["app_id"] == APP_ID and fields["sign_type"] == "RSA2"

    def _answer(self, method: str, said: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.get(said["out_trade_no"])
        if method == "alipay.trade.precreate":
            self.orders[said["out_trade_no"]] = said | {"trade_status": "WAIT_BUYER_PAY"}
            return {"code": "10000", "out_trade_no": said["out_trade_no"],
                    "qr_code": "https://qr.alipay.com/bavh4wjlxf12tper3a"}  # fmt: skip
        if order is None:
            return {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "交易不存在"}
        match method:
            case "alipay.trade.query":
                return {"code": "10000", "msg": "Success", **self._shown(order)}
            case "alipay.trade.close":
                if order["trade_status"] != "WAIT_BUYER_PAY":
                    return {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
                order["trade_status"] = "TRADE_CLOSED"
                return {"code": "10000", "out_trade_no": said["out_trade_no"]}
            case "alipay.trade.refund":
                return self._refund(order, said)
        done = said["out_request_no"] in self.refunds and not self.slow_refund
        return {"code": "10000", **({
            "refund_status": "REFUND_SUCCESS", "out_trade_no": said["out_trade_no"], "trade_no": "2026112422001",
            "out_request_no": said["out_request_no"], "refund_amount": self.refunds[said["out_request_no"]],
        } if done else {})}  # fmt: skip

    def _refund(self, order: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        """`refund_fee` is what went back of the trade so far, whichever refund was asked for."""
        given = self.given.setdefault(said["out_trade_no"], {})
        new = said["out_request_no"] not in given
        if not new and given[said["out_request_no"]] != Decimal(said["refund_amount"]):
            return {"code": "40004", "sub_code": "ACQ.DISCORDANT_REPEAT_REQUEST"}
        if new and sum(given.values()) + Decimal(said["refund_amount"]) > Decimal(order["total_amount"]):
            return {"code": "40004", "sub_code": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
        given[said["out_request_no"]] = Decimal(said["refund_amount"])
        self.refunds[said["out_request_no"]] = said["refund_amount"]
        if sum(given.values()) == Decimal(order["total_amount"]):
            order["trade_status"] = "TRADE_CLOSED"
        return {"code": "10000", "fund_change": "Y" if new and not self.slow_refund else "N",
                "out_trade_no": said["out_trade_no"], "trade_no": "2026112422001",
                "refund_fee": f"{sum(given.values()):.2f}"}  # fmt: skip

    def _shown(self, order: dict[str, Any]) -> dict[str, Any]:
        return {"out_trade_no": order["out_trade_no"], "trade_no": "2026112422001",
                "trade_status": order["trade_status"], "total_amount": order["total_amount"],
                "buyer_logon_id": "159****5620", "subject": "a \"quoted\" {brace"}  # fmt: skip

    def pays(self, order_no: str) -> bytes:
        """The payer pays; the notice as it would come."""
        self.orders[order_no]["trade_status"] = "TRADE_SUCCESS"
        return self.notice(self._shown(self.orders[order_no]))

    def notice(self, fields: dict[str, Any]) -> bytes:
        told = {"app_id": APP_ID, "notify_type": "trade_status_sync", "charset": "utf-8",
                "version": "1.0", "sign_type": "RSA2"} | fields  # fmt: skip
        text = "&".join(f"{k}={v}" for k, v in sorted(told.items()) if k != "sign_type" and v)
        return urlencode(told | {"sign": self._sign(text)}).encode()

    def _say(self, node: str, said: dict[str, Any]) -> Said:
        raw = json.dumps(said, ensure_ascii=False).replace("/", "\\/")  # signed as it is written
        text = f'{{"{node}":{raw},"sign":"{self._sign(raw)}"}}'
        return Said(200, text.encode(), {"Content-Type": "text/html;charset=utf-8"})

    def _sign(self, text: str) -> str:
        text += "lie" if self.lies else ""
        return base64.b64encode(self.own.sign(text.encode(), PKCS1v15(), SHA256())).decode()
