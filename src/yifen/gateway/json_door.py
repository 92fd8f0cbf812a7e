"""The door of the JSON dialect: RFC 9421 in, reply or RFC 9457 problem out. POST /json/v1/{verb}."""

from typing import NamedTuple

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


def check(hub: Hub, target: str, headers: Headers, body: bytes) -> Partner:
    """Who signed this request. WireFault: 2xxx."""
    now = hub.clock()
    keyids: list[str] = []

    def find(partner: str, version: int) -> Key:
        found = hub.roster.partner(partner, "json")
        keyids.append(found.code)
        return hub.roster.key(partner, version, "json", now)

    key = http_signed.verify("POST", target, headers, body, find, int(now.timestamp()))
    return hub.roster.partners[key.partner]


async def answer(hub: Hub, verb: str, target: str, headers: Headers, body: bytes) -> HttpReply:
    """The reply to one request, signed with the shared secret where the partner has one."""
    partner: Partner | None = None
    language = "en" if headers.get("accept-language", "zh").startswith("en") else "zh"
    content_type = JSON_TYPE
    try:
        partner = check(hub, target, headers, body)
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
    key = hub.roster.signing_key(partner.code, "json", hub.clock()) if partner else None
    if key is None:
        return HttpReply(status, {"content-type": content_type}, content)
    signed = http_signed.sign_reply(
        status, content, key, int(hub.clock().timestamp()), content_type
    )
    return HttpReply(status, signed, content)
