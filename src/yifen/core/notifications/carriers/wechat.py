"""WeChat subscription messages 订阅消息: to who paid inside WeChat and allowed it there.

The access token is the stable one (`/cgi-bin/stable_token`): every process that asks gets the same, so none
takes another's away and it needs no table; it is kept until five minutes before its end.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from yifen.core.notifications.carriers import Medium, Outgoing, SendOutcome, SendVerdict, said
from yifen.core.notifications.carriers.calling import heard

NEVER = frozenset({40003, 43101})  # no such person; he does not want it
STALE = frozenset({40001, 40014, 42001})  # of tokens
PATHS = {"service": "/cgi-bin/message/subscribe/bizsend", "mini": "/cgi-bin/message/subscribe/send"}
EARLY = timedelta(minutes=5)
JSON = {"Content-Type": "application/json; charset=utf-8"}


class WeChatMessages:
    """One account. `account_kind`: "service" 服务号, "mini" 小程序."""

    code, channel, repeatable = "wechat", Medium.WECHAT, False
    CREDENTIALS = ("appid", "app_secret", "account_kind")
    SECRET, OPTIONAL = frozenset({"app_secret"}), frozenset[str]()
    BASE_ADDRESS = "https://api.weixin.qq.com"

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._of, self._address, self._lock = credentials, base_address, Lock()
        self._token: tuple[str, datetime] | None = None

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        body = json.dumps({
            "touser": message.to, "template_id": message.template,
            "data": {name: {"value": value} for name, value in message.values.items()},
            **({"page": message.url} if message.url else {}),
        }, ensure_ascii=False).encode()  # fmt: skip
        outcome, code = self._once(body, now)
        if code in STALE:
            self._token = None
            outcome, code = self._once(body, now)
        return outcome

    def _once(self, body: bytes, now: datetime) -> tuple[SendOutcome, int]:
        token = self._taken(now)
        if isinstance(token, SendOutcome):
            return token, -1
        path = PATHS[self._of["account_kind"]]
        answer = heard("POST", f"{self._address}{path}?access_token={token}", JSON, body)
        if isinstance(answer, SendOutcome):
            return answer, -1
        code = _code(answer[1])
        if code == 0:
            return SendOutcome(SendVerdict.TAKEN, str(answer[1].get("msgid", ""))[:64]), 0
        verdict = SendVerdict.NEVER if code in NEVER else SendVerdict.LATER
        return SendOutcome(verdict, said=said(f"{code} {answer[1].get('errmsg', '')}")), code

    def _taken(self, now: datetime) -> str | SendOutcome:
        """The token, asked for once by however many threads. A try that got none sent nothing: LATER."""
        with self._lock:
            if self._token and now < self._token[1]:
                return self._token[0]
            body = json.dumps({"grant_type": "client_credential", "appid": self._of["appid"],
                               "secret": self._of["app_secret"]}).encode()  # fmt: skip
            answer = heard("POST", f"{self._address}/cgi-bin/stable_token", JSON, body)
            if isinstance(answer, SendOutcome):
                return SendOutcome(SendVerdict.LATER, said=answer.said)
            token, lasts = answer[1].get("access_token"), answer[1].get("expires_in")
            if not isinstance(token, str) or type(lasts) is not int:
                why = said(f"token: {_code(answer[1])} {answer[1].get('errmsg', '')}")
                return SendOutcome(SendVerdict.LATER, said=why)
            self._token = token, now + timedelta(seconds=lasts) - EARLY
            return token


def _code(answer: Mapping[str, Any]) -> int:
    code = answer.get("errcode", 0 if "msgid" in answer else -2)
    return code if type(code) is int else -2
