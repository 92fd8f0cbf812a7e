"""The door of the JSON dialect: RFC 9421 in, reply or RFC 9457 problem out. POST /json/v1/{verb}."""

import asyncio
from hashlib import sha256
from typing import NamedTuple

from msgspec import json

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http
from yifen.core.wire.components import Headers
from yifen.core.wire.keys import SLOW, Key
from yifen.core.wire.messages import FileRequest, WireFault
from yifen.core.wire.signatures import digest_text
from yifen.hub.doors import explaining
from yifen.hub.doors.unproved import told
from yifen.hub.doors.verbs import run
from yifen.hub.payments.files import StoredFile
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.wirelog_queue import Exchange

FILE_TYPES = {True: "text/plain", False: "application/jsonl"}  # a partner with XML has text files
JSON_TYPE = "application/json"


class HttpReply(NamedTuple):
    """What goes back; a daily file in parts, behind a head that was signed by its kept digest."""

    status: int
    headers: dict[str, str]
    body: bytes | StoredFile


class SlowKey(Exception):
    """The signature needs so much arithmetic that it must not hold up the event loop."""


def check(
    hub: Hub,
    exchange: Exchange,
    target: str,
    headers: Headers,
    window_s: int,
    slow: frozenset[str] = frozenset(),
) -> Key:
    """The key that signed this request; its mark goes into `exchange`. WireFault: 2xxx, of which only
    MESSAGE_STALE was proved. SlowKey: its algorithm is one of `slow`."""

    def find(partner: str, version: int) -> Key:
        exchange.partner = hub.roster.known(partner)
        key = hub.roster.key(partner, version, "json", exchange.at)
        if key.algorithm in slow:
            raise SlowKey
        return key

    now = int(exchange.at.timestamp())
    try:
        key, exchange.mark = http_signed.prove(
            "POST", target, headers, exchange.body, find, now, window_s=window_s
        )
    except WireFault as fault:
        exchange.proved = fault.code is Code.MESSAGE_STALE  # the time is judged behind the signature
        raise
    return key


async def check_aside(
    hub: Hub, exchange: Exchange, target: str, headers: Headers, window_s: int
) -> Key:
    """As `check`; SM2, which takes some 30 ms in pure Python, is done in a thread."""
    try:
        return check(hub, exchange, target, headers, window_s, SLOW)
    except SlowKey:
        return await asyncio.to_thread(check, hub, exchange, target, headers, window_s)


def keys_body(hub: Hub) -> bytes:
    """The public keys with which replies are signed to partners without a shared secret."""
    return json.encode({"keys": hub.own_keys.published()})


async def answer(
    hub: Hub, exchange: Exchange, target: str, headers: Headers, window_s: int
) -> HttpReply:
    """The reply to one request, signed as `reply_key` says. What is learned of the request is
    written into `exchange`."""
    key: Key | None = None
    language = "en" if headers.get("accept-language", "zh").startswith("en") else "zh"
    content: bytes | StoredFile
    content_type = JSON_TYPE
    exchange.serial = headers.get("idempotency-key")
    try:
        key = await check_aside(hub, exchange, target, headers, window_s)
        partner = hub.roster.partners[key.partner]
        exchange.proved = True
        hub.roster.partner(partner.code, "json")
        message = json_http.read_message(exchange.verb, exchange.body, exchange.serial)
        exchange.message = message
        if isinstance(message, FileRequest):
            content = await hub.file(partner, message)
            content_type = FILE_TYPES[partner.xml]
        else:
            exchange.code, reply = await run(hub, partner, message, exchange.mark)
            exchange.result = getattr(reply, "result", None)
            if exchange.code not in (Code.OK, Code.PROCESSING):
                raise WireFault(exchange.code)
            meaning = exchange.code.meaning
            text = meaning.en if language == "en" else meaning.zh
            content = json_http.reply_body(exchange.code, reply, text)
    except WireFault as fault:
        exchange.code, content_type = fault.code, json_http.PROBLEM_TYPE
        real, fault = fault, told(exchange, fault)
        exchange.fault = explaining.of_json(hub.roster, exchange, real, target, headers)
        content = json_http.problem_body(fault.code, fault.field, fault.detail, language)  # type: ignore[arg-type]
        return await signed_aside(hub, key, fault.code, content, content_type)
    return await signed_aside(hub, key, exchange.code, content, content_type)


def reply_key(hub: Hub, asked: Key) -> Key:
    """With which a request by this key is answered: SM2 by our own SM2 key, whatever else the
    partner has; else the secret that we share with it, else our own Ed25519 key."""
    if asked.algorithm == "sm2-sm3":
        return hub.own_keys.sm2
    return hub.roster.signing_key(asked.partner, "json", hub.clock()) or hub.own_keys.ed25519


async def signed_aside(
    hub: Hub, asked: Key | None, code: Code, content: bytes | StoredFile, content_type: str
) -> HttpReply:
    """As `signed`; what is slow in a thread."""
    if asked is not None and reply_key(hub, asked).algorithm in SLOW:
        return await asyncio.to_thread(signed, hub, asked, code, content, content_type)
    return signed(hub, asked, code, content, content_type)


def signed(
    hub: Hub, asked: Key | None, code: Code, content: bytes | StoredFile, content_type: str
) -> HttpReply:
    """The reply with its signature; without, while nobody has proved who they are."""
    status = code.meaning.status
    if asked is None:
        return HttpReply(status, {"content-type": content_type}, content)
    key, now = reply_key(hub, asked), int(hub.clock().timestamp())
    kept = content.sha256 if isinstance(content, StoredFile) else sha256(content).digest()
    headers = http_signed.sign_digest(status, digest_text(kept), key, now, content_type)
    return HttpReply(status, headers, content)
