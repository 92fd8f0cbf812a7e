"""An SMS company's door as an HTTP server: SendSms as Alibaba Cloud and as Tencent Cloud have it, each signature
checked by the company's own algorithm. What it takes stays in `taken`.

| fault | taken? | what the hub sees |
|---|---|---|
| lost | yes | the connection closes without an answer |
| later | no | the company's word for "too many now" |
| never | no | its word for a number that is none |
| down | no | 503, nothing readable |
"""

import hmac
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from yifen.core.wire import acs3, tc3
from yifen.core.wire.decoding import decoded_any
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply

FAULTS = frozenset({"ok", "lost", "later", "never", "down"})
ALIYUN, TENCENT = "aliyun", "tencent"
WORDS = {
    (ALIYUN, "later"): "isv.BUSINESS_LIMIT_CONTROL", (ALIYUN, "never"): "isv.MOBILE_NUMBER_ILLEGAL",
    (TENCENT, "later"): "LimitExceeded.PhoneNumberThirtySecondLimit",
    (TENCENT, "never"): "InvalidParameterValue.IncorrectPhoneNumber",
}  # fmt: skip
_SIGNED = re.compile(r"SignedHeaders=([a-z0-9;-]+)")
AGE_S_MAX = {ALIYUN: 900, TENCENT: 300}


class TakenSms(NamedTuple):
    """One message as it was asked for."""

    phone: str
    sign_name: str
    template: str
    values: Any  # by name, or in order
    ref: str


class SimulatedSms:
    """One account at both companies."""

    def __init__(
        self, key_id: str, secret: str, clock: Callable[[], datetime], script: Iterable[str] = (),
        told: Callable[[TakenSms], None] = lambda sms: None,
    ) -> None:  # fmt: skip
        self._key_id, self._secret, self._clock, self._told = key_id, secret, clock, told
        self.script, self.taken, self._nonces = deque(script), list[TakenSms](), set[str]()
        self.listener: Listener

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; answers the port."""
        self.listener = Listener(self.answer, host, port)
        await self.listener.open()
        return self.listener.port

    async def answer(self, call: ListenerCall) -> ListenerReply:
        """One request of either company's interface."""
        if call.headers.get("x-acs-action") == "SendSms":
            why, sms, kind = self._acs3(call), _of_aliyun(call), ALIYUN
        elif call.headers.get("x-tc-action") == "SendSms":
            why, sms, kind = self._tc3(call), _of_tencent(call), TENCENT
        else:
            return ListenerReply(404)
        if why:
            return _reply(kind, why, 400)
        fault = self.script.popleft() if self.script else "ok"
        if fault == "down":
            return ListenerReply(503, body=b"<html>")
        if fault in ("later", "never"):
            return _reply(kind, WORDS[kind, fault], 200)
        self.taken.append(sms)
        self._told(sms)
        return ListenerReply(times=0) if fault == "lost" else _reply(kind, "", 200, len(self.taken))

    def _acs3(self, call: ListenerCall) -> str:
        """What is wrong, in the company's words."""
        try:
            at = datetime.strptime(call.headers.get("x-acs-date", ""), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return "InvalidTimeStamp.Format"
        nonce = call.headers.get("x-acs-signature-nonce", "")
        if abs((self._clock() - at).total_seconds()) > AGE_S_MAX[ALIYUN]:
            return "InvalidTimeStamp.Expired"
        query = acs3.query_of(dict(parse_qsl(urlsplit(call.path).query, keep_blank_values=True)))
        right = acs3.authorization(self._key_id, self._secret, call.method, query, _signed(call), call.body)
        if not hmac.compare_digest(call.headers.get("authorization", ""), right):
            return "SignatureDoesNotMatch"
        if nonce in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(nonce)
        return ""

    def _tc3(self, call: ListenerCall) -> str:
        stamp = call.headers.get("x-tc-timestamp", "")
        if not stamp.isdigit() or abs(self._clock().timestamp() - int(stamp)) > AGE_S_MAX[TENCENT]:
            return "AuthFailure.SignatureExpire"
        right = tc3.authorization(self._key_id, self._secret, "sms", _signed(call), call.body, int(stamp))
        same = hmac.compare_digest(call.headers.get("authorization", ""), right)
        return "" if same else "AuthFailure.SignatureFailure"


def _signed(call: ListenerCall) -> Mapping[str, str]:
    found = _SIGNED.search(call.headers.get("authorization", ""))
    return {name: call.headers.get(name, "") for name in found[1].split(";")} if found else {}


def _of_aliyun(call: ListenerCall) -> TakenSms:
    asked = dict(parse_qsl(urlsplit(call.path).query))
    return TakenSms(asked.get("PhoneNumbers", ""), asked.get("SignName", ""), asked.get("TemplateCode", ""),
                    json.loads(asked.get("TemplateParam") or "{}"), asked.get("OutId", ""))  # fmt: skip


def _of_tencent(call: ListenerCall) -> TakenSms:
    asked = decoded_any(call.body)
    return TakenSms(asked["PhoneNumberSet"][0].removeprefix("+86"), asked["SignName"], asked["TemplateId"],
                    asked["TemplateParamSet"], asked["SessionContext"])  # fmt: skip


def _reply(kind: str, code: str, status: int, number: int = 0) -> ListenerReply:
    """As the company words it; "": taken."""
    body: dict[str, Any]
    if kind == ALIYUN:
        body = {"Code": code or "OK", "Message": code or "OK", "RequestId": f"R{number}", "BizId": f"B{number}"}
    elif status != 200:
        body = {"Response": {"Error": {"Code": code, "Message": code}, "RequestId": "R"}}
        status = 200
    else:
        one = {"Code": code or "Ok", "Message": code or "send success", "SerialNo": f"S{number}"}
        body = {"Response": {"SendStatusSet": [one], "RequestId": "R"}}
    return ListenerReply(status, (("content-type", "application/json"),), json.dumps(body).encode())
