"""WeChat Pay as its API v3 documentation says: checks our signature, signs its answers, seals its
notices. Written from the other side, without the package that the adapter uses."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.checkout.serving import Heard, Said, new_key, private_pem, public_pem

AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="(\w+)",nonce_str="(\w+)",signature="([^"]+)",'
    r'timestamp="(\d+)",serial_no="(\w+)"'
)
APIV3_KEY = "0123456789abcdef0123456789abcdef"
PUBLIC_KEY_ID = "PUB_KEY_ID_0116000000000001"


class WeChatSide:
    """`orders`: out_trade_no → what it knows. `certificates`: whether the merchant is still in the
    mode of platform certificates."""

    def __init__(self, certificates: bool = False) -> None:
        self.merchant, self.certificates = new_key(), certificates
        self.renew()
        self.heard: list[str] = []  # paths that we were asked for
        self.away = False  # /v3/certificates fails
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.lies = False  # answers carry a wrong signature
        self.refund_state = "SUCCESS"

    def renew(self) -> None:
        """A new key of the platform, and its certificate."""
        self.platform = new_key()
        self.certificate = _certificate(self.platform)
        self.serial = f"{self.certificate.serial_number:X}" if self.certificates else PUBLIC_KEY_ID

    def credentials(self, **fields: str) -> dict[str, str]:
        """What the merchant was given."""
        key = "" if self.certificates else public_pem(self.platform)
        return {
            "appid": "wx8888888888888888", "mchid": "1900000001", "cert_serial_no": "5157F09E",
            "private_key": private_pem(self.merchant), "apiv3_key": APIV3_KEY,
            "public_key": key, "public_key_id": "" if self.certificates else PUBLIC_KEY_ID,
            "app_secret": "topsecret", **fields,
        }  # fmt: skip

    def __call__(self, heard: Heard) -> Said:
        self.heard.append(heard.path)
        if self.away and heard.path == "/v3/certificates":
            return Said(503, b"", {})
        if heard.path.startswith("/sns/oauth2/access_token?"):
            known = "secret=topsecret" in heard.path and "code=good" in heard.path
            said = {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"} if known else {"errcode": 40029}
            return Said(200, json.dumps(said).encode(), {"Content-Type": "application/json"})
        if not self._is_ours(heard):
            return self._say(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        return self._answer(heard.path, json.loads(heard.body or b"{}"))

    def _is_ours(self, heard: Heard) -> bool:
        found = AUTHORIZATION.fullmatch(heard.headers.get("Authorization", ""))
        if not found or found[1] != "1900000001" or found[5] != "5157F09E":
            return False
        text = f"{heard.method}\n{heard.path}\n{found[4]}\n{found[2]}\n{heard.body.decode()}\n"
        signed = base64.b64decode(found[3])
        self.merchant.public_key().verify(signed, text.encode(), PKCS1v15(), SHA256())
        return True

    def _answer(self, path: str, said: dict[str, Any]) -> Said:
        if path == "/v3/certificates":
            return self._say(200, {"data": [self._sealed_certificate()]})
        if path in ("/v3/pay/transactions/native", "/v3/pay/transactions/h5",
                    "/v3/pay/transactions/jsapi"):  # fmt: skip
            self.orders.setdefault(said["out_trade_no"], said | {"trade_state": "NOTPAY"})
            kind = path.rpartition("/")[2]
            return self._say(200, {
                "native": {"code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"},
                "h5": {"h5_url": "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1"},
                "jsapi": {"prepay_id": "wx201410272009395522657a690389285100"},
            }[kind])  # fmt: skip
        if path == "/v3/refund/domestic/refunds":
            known = self.refunds.setdefault(said["out_refund_no"], said)
            assert known["amount"] == said["amount"]
            self.orders[said["out_trade_no"]]["trade_state"] = "REFUND"
            return self._say(200, {
                "out_refund_no": said["out_refund_no"], "out_trade_no": said["out_trade_no"],
                "transaction_id": "4200001234202611240123456789", "status": self.refund_state,
                "amount": said["amount"],
            })  # fmt: skip
        return self._order(path)

    def _order(self, path: str) -> Said:
        order_no = path.removeprefix("/v3/pay/transactions/out-trade-no/").split("/")[0]
        order = self.orders.get(order_no.split("?")[0])
        if order is None:
            return self._say(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
        if path.endswith("/close"):
            if order["trade_state"] == "SUCCESS":
                return self._say(400, {"code": "ORDERPAID", "message": "订单已支付"})
            order["trade_state"] = "CLOSED"
            return self._say(204, None)
        return self._say(200, self._shown(order))

    def _shown(self, order: dict[str, Any]) -> dict[str, Any]:
        paid = order["trade_state"] in ("SUCCESS", "REFUND")
        return {
            "appid": order["appid"], "mchid": order["mchid"], "trade_type": "NATIVE",
            "out_trade_no": order["out_trade_no"], "trade_state": order["trade_state"],
            "amount": {"total": order["amount"]["total"], "currency": "CNY"},
        } | ({"transaction_id": "4200001234202611240123456789"} if paid else {})  # fmt: skip

    def pays(self, order_no: str) -> tuple[bytes, dict[str, str]]:
        """The payer pays; the notice as it would come: body and headers."""
        self.orders[order_no]["trade_state"] = "SUCCESS"
        return self.notice(self._shown(self.orders[order_no]))

    def paid_notice(self, order_no: str) -> tuple[bytes, dict[str, str]]:
        """Of an order that nobody began here."""
        self.orders[order_no] = {"appid": "wx8888888888888888", "mchid": "1900000001",
                                 "out_trade_no": order_no, "amount": {"total": 1}}  # fmt: skip
        return self.pays(order_no)

    def notice(self, resource: dict[str, Any], age_s: int = 0) -> tuple[bytes, dict[str, str]]:
        plain, nonce = json.dumps(resource).encode(), token_hex(6)
        sealed = AESGCM(APIV3_KEY.encode()).encrypt(nonce.encode(), plain, b"transaction")
        body = json.dumps({
            "id": token_hex(8), "event_type": "TRANSACTION.SUCCESS",
            "resource_type": "encrypt-resource", "summary": "支付成功",
            "resource": {"algorithm": "AEAD_AES_256_GCM", "nonce": nonce,
                         "associated_data": "transaction", "original_type": "transaction",
                         "ciphertext": base64.b64encode(sealed).decode()},
        }).encode()  # fmt: skip
        return body, self._headers(body, age_s)

    def _say(self, status: int, said: dict[str, Any] | None) -> Said:
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        return Said(status, body, self._headers(body) | {"Content-Type": "application/json"})

    def _headers(self, body: bytes, age_s: int = 0) -> dict[str, str]:
        stamp, nonce = str(int(datetime.now(UTC).timestamp()) - age_s), token_hex(16)
        text = f"{stamp}\n{nonce}\n{body.decode()}\n" + ("lie" if self.lies else "")
        signature = self.platform.sign(text.encode(), PKCS1v15(), SHA256())
        return {
            "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }  # fmt: skip

    def _sealed_certificate(self) -> dict[str, Any]:
        pem, nonce = self.certificate.public_bytes(Encoding.PEM), token_hex(6)
        sealed = AESGCM(APIV3_KEY.encode()).encrypt(nonce.encode(), pem, b"certificate")
        return {
            "serial_no": self.serial, "effective_time": "2026-01-01T00:00:00+08:00",
            "expire_time": "2031-01-01T00:00:00+08:00",
            "encrypt_certificate": {"algorithm": "AEAD_AES_256_GCM", "nonce": nonce,
                                    "associated_data": "certificate",
                                    "ciphertext": base64.b64encode(sealed).decode()},
        }  # fmt: skip


def _certificate(key: Any) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com Root CA")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    return made.sign(key, SHA256())
