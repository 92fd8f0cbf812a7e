"""The door of the XML + SHA-1 dialect: bytes in, signed bytes out. POST /xml/v1/{verb}."""

from collections.abc import AsyncIterator
from datetime import datetime

from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import FileRequest, WireFault
from yifen.core.wire.replies import Reply
from yifen.core.wire.sealing import seal
from yifen.core.wire.xml_sha1 import Sealed, digest_fits, open_body, read_message, reply_bytes
from yifen.hub.doors.verbs import run
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.wirelog_queue import Exchange


async def answer(hub: Hub, exchange: Exchange, window_s: int) -> bytes:
    """The reply to one message; always a reply, signed with the partner's key once it is known.
    What is learned of the message is written into `exchange`."""
    sealed: Sealed | None = None
    partner: RosterPartner | None = None
    key = b""
    reply: Reply | None = None
    field = detail = ""
    try:
        sealed = open_body(exchange.body)
        exchange.encoding, exchange.serial = sealed.encoding, sealed.serial
        exchange.partner = hub.roster.partners.get(sealed.partner)
        partner = hub.roster.partner(sealed.partner, "xml")
        key = checked_key(hub, sealed, exchange.at)
        exchange.proved = True
        if not hub.roster.sha1:  # told to who proved it; nobody else need know
            raise WireFault(Code.SHA1_SWITCHED_OFF)
        if abs(exchange.at.timestamp() - sealed.sent_at) > window_s:
            raise WireFault(Code.MESSAGE_STALE, "Head/Time")
        message = exchange.message = read_message(sealed, exchange.verb, partner.unit)
        if isinstance(message, FileRequest):
            return seal(await _whole(await hub.file(partner, message)), key)
        exchange.code, reply = await run(hub, partner, message)
        exchange.result = getattr(reply, "result", None)
    except WireFault as fault:
        exchange.code, field, detail = fault.code, fault.field, fault.detail
    return reply_bytes(
        exchange.verb,
        partner.code if partner else "",
        exchange.code,
        reply,
        key=key,
        sent_at=int(hub.clock().timestamp()),
        unit=partner.unit if partner else "fen",
        encoding=sealed.encoding if sealed else "utf-8",
        field=field,
        detail=detail,
    )


def checked_key(hub: Hub, sealed: Sealed, now: datetime) -> bytes:
    """The key that signed the message. WireFault: KEY_UNKNOWN, SIGNATURE_INVALID; then there is
    none to answer with, for we never sign for who could not."""
    key = hub.roster.key(sealed.partner, sealed.key_version, "xml", now).secret
    if not digest_fits(sealed, key):
        raise WireFault(Code.SIGNATURE_INVALID)
    return key


async def _whole(parts: AsyncIterator[bytes]) -> bytes:
    """The digest stands before the file, so this dialect needs it whole."""
    return b"".join([part async for part in parts])
