"""The door of the JSON dialect: RFC 9421 in, reply or RFC 9457 problem out. POST /json/v1/{verb}."""

import asyncio
from base64 import b64encode
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import json

from yifen.gateway.verbs import run
from yifen.kernel.codes import MEANINGS, Code
from yifen.partners.roster import Partner
from yifen.payments.hub import Hub
from yifen.wire import http_signed, json_http
from yifen.wire.components import Headers
from yifen.wire.keys import Key
from yifen.wire.messages import FileRequest, WireFault

FILE_TYPES = {True: "text/plain", False: "application/jsonl"}  # a partner with XML has text files
JSON_TYPE = "application/json"


class HttpReply(NamedTuple):
    """What goes back."""

    status: int
    headers: dict[str, str]
    body: bytes


class SlowKey(Exception):
    """The signature needs so much arithmetic that it must not hold up the event loop."""


def check(
    hub: Hub,
    target: str,
    headers: Headers,
    body: bytes,
    window_s: int,
    slow: frozenset[str] = frozenset(),
) -> Partner:
    """Who signed this request. WireFault: 2xxx. SlowKey: its algorithm is one of `slow`."""
    now = hub.clock()

    def find(partner: str, version: int) -> Key:
        hub.roster.partner(partner, "json")
        key = hub.roster.key(partner, version, "json", now)
        if key.algorithm in slow:
            raise SlowKey
        return key

    key = http_signed.verify(
        "POST", target, headers, body, find, int(now.timestamp()), window_s=window_s
    )
    return hub.roster.partners[key.partner]


async def check_aside(
    hub: Hub, target: str, headers: Headers, body: bytes, window_s: int
) -> Partner:
    """As `check`; SM2, which takes some 30 ms in pure Python, is done in a thread."""
    try:
        return check(hub, target, headers, body, window_s, frozenset({"sm2-sm3"}))
    except SlowKey:
        return await asyncio.to_thread(check, hub, target, headers, body, window_s)


def keys_body(hub: Hub) -> bytes:
    """The public key with which replies are signed to partners without a shared secret."""
    own = hub.own_key
    public = Ed25519PrivateKey.from_private_bytes(own.secret).public_key().public_bytes_raw()
    key = {"keyid": own.keyid, "algorithm": own.algorithm, "public": b64encode(public).decode()}
    return json.encode({"keys": [key]})


async def answer(
    hub: Hub, verb: str, target: str, headers: Headers, body: bytes, window_s: int
) -> HttpReply:
    """The reply to one request, signed with the secret we share with the partner, else with the
    hub's own key."""
    partner: Partner | None = None
    language = "en" if headers.get("accept-language", "zh").startswith("en") else "zh"
    content_type = JSON_TYPE
    try:
        partner = await check_aside(hub, target, headers, body, window_s)
        message = json_http.read_message(verb, body, headers.get("idempotency-key"))
        if isinstance(message, FileRequest):
            parts = await hub.file(partner, message)
            content, code = b"".join([part async for part in parts]), Code.OK
            content_type = FILE_TYPES[partner.xml]
        else:
            code, reply = await run(hub, partner, message)
            if code not in (Code.OK, Code.PROCESSING):
                raise WireFault(code)
            text = MEANINGS[code].en if language == "en" else MEANINGS[code].zh
            content = json_http.reply_body(code, reply, text)
    except WireFault as fault:
        code, content_type = fault.code, json_http.PROBLEM_TYPE
        content = json_http.problem_body(code, fault.field, fault.detail, language)  # type: ignore[arg-type]
    status = MEANINGS[code].status
    if partner is None:  # nobody proved who they are: nothing to sign for
        return HttpReply(status, {"content-type": content_type}, content)
    key = hub.roster.signing_key(partner.code, "json", hub.clock()) or hub.own_key
    now = int(hub.clock().timestamp())
    return HttpReply(
        status, http_signed.sign_reply(status, content, key, now, content_type), content
    )
