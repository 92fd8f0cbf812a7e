"""A webhook to the operator's own app, signed the Standard Webhooks way: the app knows a message by its id."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.notifications.carriers import (
    WAIT_S,
    Medium,
    Outgoing,
    SendOutcome,
    SendVerdict,
    said,
)
from yifen.core.wire import outbound

GONE = 410


class AppWebhook:
    """`secret`: `whsec_…`, base 64 of 24 to 64 bytes. Its address is `base_address`."""

    code, channel, repeatable = "app", Medium.APP, True
    CREDENTIALS, SECRET, OPTIONAL = ("secret",), frozenset({"secret"}), frozenset[str]()
    BASE_ADDRESS = ""

    def __init__(self, credentials: Mapping[str, str], base_address: str) -> None:
        self._key, self._address = key_of(credentials["secret"]), base_address

    def carry(self, message: Outgoing, now: datetime) -> SendOutcome:
        body = json.dumps({
            "type": f"message.{message.kind}", "timestamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "data": {"phone": message.to, "title": message.title, "text": message.text, "url": message.url,
                     "values": dict(message.values)},
        }, ensure_ascii=False).encode()  # fmt: skip
        stamp = str(int(now.timestamp()))
        headers = {"Content-Type": "application/json", "webhook-id": message.ref, "webhook-timestamp": stamp,
                   "webhook-signature": signature(self._key, message.ref, stamp, body)}  # fmt: skip
        try:
            status = outbound.call("POST", self._address, headers, body, WAIT_S).status
        except outbound.NoReply as error:
            return SendOutcome(SendVerdict.LATER, said=said(error))  # it would know it by its id
        if 200 <= status < 300:
            return SendOutcome(SendVerdict.TAKEN)
        return SendOutcome(SendVerdict.NEVER if status == GONE else SendVerdict.LATER, said=str(status))


def key_of(secret: str) -> bytes:
    """Refused: INPUT_INVALID."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise Refused(Code.INPUT_INVALID, "secret")
    return key


def signature(key: bytes, ref: str, stamp: str, body: bytes) -> str:
    """The header `webhook-signature`."""
    return Webhook(key).sign(ref, datetime.fromtimestamp(int(stamp), UTC), body.decode())
