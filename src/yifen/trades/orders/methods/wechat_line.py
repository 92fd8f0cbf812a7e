"""The line to WeChat Pay: the wechatpayv3 package signs, verifies and unseals; calls go our one way out.

The platform's certificates are fetched by need and by age, at most once a minute. A notice may come
from anybody, so its serial alone never makes us ask WeChat for anything.
"""

import json
from collections.abc import Mapping
from copy import copy
from threading import Lock
from time import monotonic
from typing import Any

from wechatpayv3.core import Core, RequestType
from wechatpayv3.utils import build_authorization

from yifen.core.wire import outbound
from yifen.core.wire.decoding import decoded_any

TIMEOUT_S = 10.0
FETCH_S_LEAST = 60.0  # between two fetches, also after one that failed
CERTIFICATES_S_MAX = 12 * 3600.0  # WeChat's own advice


class WeChatLine(Core):  # type: ignore[misc]
    """The package's core at an address of our choice: a sandbox, a proxy."""

    def __init__(self, address: str, *args: Any, **fields: Any) -> None:
        self._address, self._lock = address, Lock()
        self._certificates: list[Any]
        self._asked_at = self._fetched_at = float("-inf")
        super().__init__(*args, **fields)

    def _init_certificates(self) -> None:
        """The package fetches at once; ours are fetched when a signature needs them."""

    def _update_certificates(self) -> None:
        """Asked by the package for a serial that it does not know; a fetch that fails leaves what we
        have."""
        with self._lock:
            if monotonic() - self._asked_at < FETCH_S_LEAST:
                return
            self._asked_at = monotonic()
        fresh = copy(self)
        fresh._certificates = []
        Core._update_certificates(fresh)
        if fresh._certificates:
            self._certificates, self._fetched_at = fresh._certificates, monotonic()

    def _knows(self, serial: str) -> bool:
        """Whether we hold the key of this serial, without asking for it."""
        if self._public_key_id is not None and serial == self._public_key_id:
            return True
        try:
            number = int(serial, 16)
        except ValueError:
            return False
        if self._public_key_id is None and monotonic() - self._fetched_at > CERTIFICATES_S_MAX:
            self._update_certificates()  # by their age, whatever the notice says
        return any(number == held.serial_number for held in self._certificates)

    def callback(self, headers: Mapping[str, str], body: str) -> Any:
        """What a notice holds; None for one that is not WeChat's."""
        if not self._knows(headers.get("Wechatpay-Serial", "")):
            return None
        return super().callback(headers, body)

    def answered(self, headers: Mapping[str, str], body: str) -> Any:
        """What an answer holds that came before; None for one that is not WeChat's."""
        return decoded_any(body) if self._verify_signature(headers, body) else None

    def request(
        self, path: str, method: RequestType = RequestType.GET, data: Any = None,
        skip_verify: bool = False, **_: Any,
    ) -> tuple[int, str]:  # fmt: skip
        """(status, text), as the package asks for certificates."""
        answer = self.heard(path, method, data, skip_verify)
        return answer.status, answer.body.decode()

    def heard(
        self, path: str, method: RequestType, data: Any = None, skip_verify: bool = False
    ) -> outbound.Answer:
        """NoReply, or Exception for an answer that WeChat did not sign."""
        body = json.dumps(data) if data else ""
        headers = {
            "Content-Type": "application/json",
            "Accept-Language": "zh-CN",
            "Authorization": build_authorization(
                path, method.value, self._mchid, self._cert_serial_no, self._private_key, data=body
            ),
        }
        if self._public_key_id:
            headers["Wechatpay-Serial"] = self._public_key_id
        answer = outbound.call(
            method.value, self._address + path, headers, body.encode(), TIMEOUT_S
        )
        must_fit = 200 <= answer.status < 300 and not skip_verify
        if must_fit and not self._verify_signature(answer.headers, answer.body.decode()):
            raise ValueError("the answer is not signed by WeChat")
        return answer
