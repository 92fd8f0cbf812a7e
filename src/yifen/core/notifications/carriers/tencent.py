"""SMS by Tencent Cloud 腾讯云短信: SendSms (sms, 2021-01-11), signed by TC3-HMAC-SHA256."""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from yifen.core.notifications.carriers import Medium, Outgoing, SendOutcome, SendVerdict, said
from yifen.core.notifications.carriers.calling import heard
from yifen.core.wire import tc3

NEVER = frozenset({"InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist",
                   "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber"})  # fmt: skip
JSON = "application/json; charset=utf-8"


class Tencent:
    """One account. `app_id`: SmsSdkAppId; `sign_name`: the signature that stands before each text; `region`:
    ap-guangzhou and the like."""

    code, channel, repeatable = "tencent", Medium.SMS, False
    CREDENTIALS = ("key_id", "key_secret", "app_id", "sign_name", "region")
    SECRET, OPTIONAL = frozenset({"key_secret"}), frozenset[str]()
    BASE_ADDRESS = "https://sms.tencentcloudapi.com"

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._of, self._address = credentials, base_address

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        body = json.dumps({
            "PhoneNumberSet": [f"+86{message.to}"], "SmsSdkAppId": self._of["app_id"],
            "SignName": self._of["sign_name"], "TemplateId": message.template,
            "TemplateParamSet": list(message.values.values()), "SessionContext": message.ref,
        }).encode()  # fmt: skip
        stamp = int(now.timestamp())
        headers = {"content-type": JSON, "host": urlsplit(self._address).netloc, "x-tc-action": "SendSms"}
        key_id, secret = self._of["key_id"], self._of["key_secret"]
        signed = headers | {
            "Authorization": tc3.authorization(key_id, secret, "sms", headers, body, stamp),
            "X-TC-Timestamp": str(stamp), "X-TC-Version": "2021-01-11", "X-TC-Region": self._of["region"],
        }  # fmt: skip
        answer = heard("POST", self._address, signed, body)
        return answer if isinstance(answer, SendOutcome) else _read(answer[1])


def _read(answer: Mapping[str, object]) -> SendOutcome:
    """Tencent answers 200 with an Error for the call, or a code for each number."""
    found = answer.get("Response")
    whole = found if isinstance(found, dict) else {}
    error, each = whole.get("Error"), whole.get("SendStatusSet")
    one = error if isinstance(error, dict) else each[0] if isinstance(each, list) and each else {}
    code = str(one.get("Code", "")) if isinstance(one, dict) else ""
    if code == "Ok":
        return SendOutcome(SendVerdict.TAKEN, str(one.get("SerialNo", ""))[:64])
    verdict = SendVerdict.NEVER if code in NEVER else SendVerdict.LATER if code else SendVerdict.UNSURE
    return SendOutcome(verdict, said=said(f"{code} {one.get('Message', '') if isinstance(one, dict) else ''}"))
