"""The door of the JSON dialect: RFC 9421 in, reply or RFC 9457 problem out. POST /json/v1/{verb}."""

import asyncio
from base64 import b64encode
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import json

from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire import http_signed, json_http
from yifen.core.wire.components import Headers
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import FileRequest, WireFault
from yifen.hub.doors.verbs import run
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.wirelog_queue import Exchange

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
    exchange: Exchange,
    target: str,
    headers: Headers,
    window_s: int,
    slow: frozenset[str] = frozenset(),
) -> RosterPartner:
    """Who signed this request. WireFault: 2xxx. SlowKey: its algorithm is one of `slow`."""

    def find(partner: str, version: int) -> Key:
        exchange.partner = hub.roster.partners.get(partner)
        hub.roster.partner(partner, "json")
        key = hub.roster.key(partner, version, "json", exchange.at)
        if key.algorithm in slow:
            raise SlowKey
        return key

    now = int(exchange.at.timestamp())
    key = http_signed.verify("POST", target, headers, exchange.body, find, now, window_s=window_s)
    return hub.roster.partners[key.partner]


async def check_aside(
    hub: Hub, exchange: Exchange, target: str, headers: Headers, window_s: int
) -> RosterPartner:
    """As `check`; SM2, which takes some 30 ms in pure Python, is done in a thread."""
    try:
        return check(hub, exchange, target, headers, window_s, frozenset({"sm2-sm3"}))
    except SlowKey:
        return await asyncio.to_thread(check, hub, exchange, target, headers, window_s)


def keys_body(hub: Hub) -> bytes:
    """The public key with which replies are signed to partners without a shared secret."""
    own = hub.own_key
    public = Ed25519PrivateKey.from_private_bytes(own.secret).public_key().public_bytes_raw()
    key = {"keyid": own.keyid, "algorithm": own.algorithm, "public": b64encode(public).decode()}
    return json.encode({"keys": [key]})


async def answer(
    hub: Hub, exchange: Exchange, target: str, headers: Headers, window_s: int
) -> HttpReply:
    """The reply to one request, signed with the secret we share with the partner, else with the
    hub's own key. What is learned of the request is written into `exchange`."""
    partner: RosterPartner | None = None
    language = "en" if headers.get("accept-language", "zh").startswith("en") else "zh"
    content_type = JSON_TYPE
    exchange.serial = headers.get("idempotency-key")
    try:
        partner = await check_aside(hub, exchange, target, headers, window_s)
        exchange.proved = True
        message = json_http.read_message(exchange.verb, exchange.body, exchange.serial)
        exchange.message = message
        if isinstance(message, FileRequest):
            parts = await hub.file(partner, message)
            content = b"".join([part async for part in parts])
            content_type = FILE_TYPES[partner.xml]
        else:
            exchange.code, reply = await run(hub, partner, message)
            exchange.result = getattr(reply, "result", None)
            if exchange.code not in (Code.OK, Code.PROCESSING):
                raise WireFault(exchange.code)
            meaning = exchange.code.meaning
            text = meaning.en if language == "en" else meaning.zh
            content = json_http.reply_body(exchange.code, reply, text)
    except WireFault as fault:
        exchange.code, content_type = fault.code, json_http.PROBLEM_TYPE
        content = json_http.problem_body(fault.code, fault.field, fault.detail, language)  # type: ignore[arg-type]
    return signed(hub, partner, exchange.code, content, content_type)


def signed(
    hub: Hub, partner: RosterPartner | None, code: Code, content: bytes, content_type: str
) -> HttpReply:
    """The reply with its signature; without, while nobody has proved who they are."""
    status = code.meaning.status
    if partner is None:
        return HttpReply(status, {"content-type": content_type}, content)
    key = hub.roster.signing_key(partner.code, "json", hub.clock()) or hub.own_key
    now = int(hub.clock().timestamp())
    return HttpReply(
        status, http_signed.sign_reply(status, content, key, now, content_type), content
    )
