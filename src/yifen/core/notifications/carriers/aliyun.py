"""SMS by Alibaba Cloud 阿里云短信服务: SendSms (dysmsapi, 2017-05-25), signed by ACS3-HMAC-SHA256."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from yifen.core.notifications.carriers import Medium, Outgoing, SendOutcome, SendVerdict, said
from yifen.core.notifications.carriers.calling import heard
from yifen.core.wire import acs3

NEVER = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.OUT_OF_SERVICE_NUMBER", "isv.BLACKLIST"})


class Aliyun:
    """One account. `sign_name`: the signature 短信签名 that stands before each text."""

    code, channel, repeatable = "aliyun", Medium.SMS, False
    CREDENTIALS, SECRET, OPTIONAL = ("key_id", "key_secret", "sign_name"), frozenset({"key_secret"}), frozenset[str]()
    BASE_ADDRESS = "https://dysmsapi.aliyuncs.com"

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._of, self._address = credentials, base_address

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        query = acs3.query_of({
            "PhoneNumbers": message.to, "SignName": self._of["sign_name"], "TemplateCode": message.template,
            "TemplateParam": json.dumps(dict(message.values), ensure_ascii=False), "OutId": message.ref,
        })  # fmt: skip
        headers = {
            "host": urlsplit(self._address).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": token_hex(16),
            "x-acs-content-sha256": sha256(b"").hexdigest(),
        }
        key_id, secret = self._of["key_id"], self._of["key_secret"]
        signed = headers | {"Authorization": acs3.authorization(key_id, secret, "POST", query, headers)}
        answer = heard("POST", f"{self._address}/?{query}", signed, b"")
        if isinstance(answer, SendOutcome):
            return answer
        code = str(answer[1].get("Code", ""))
        if code == "OK":
            return SendOutcome(SendVerdict.TAKEN, str(answer[1].get("BizId", ""))[:64])
        verdict = SendVerdict.NEVER if code in NEVER else SendVerdict.LATER
        return SendOutcome(verdict, said=said(f"{answer[0]} {code} {answer[1].get('Message', '')}"))
