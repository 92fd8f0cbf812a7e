"""The door of the XML + SHA-1 dialect: bytes in, signed bytes out. POST /xml/v1/{verb}."""

from collections.abc import AsyncIterator

from yifen.gateway.verbs import run
from yifen.kernel.codes import Code
from yifen.partners.roster import Partner
from yifen.payments.hub import Hub
from yifen.wire.messages import FileRequest, WireFault
from yifen.wire.sealing import seal
from yifen.wire.xml_sha1 import Sealed, digest_fits, open_body, read_message, reply_bytes


async def answer(hub: Hub, verb: str, body: bytes, window_s: int) -> bytes:
    """The reply to one message; always a reply, signed with the partner's key once it is known."""
    now = hub.clock()
    sealed: Sealed | None = None
    key = b""
    partner: Partner | None = None
    try:
        sealed = open_body(body)
        partner = hub.roster.partner(sealed.partner, "xml")
        key = hub.roster.key(sealed.partner, sealed.key_version, "xml", now).secret
        if not digest_fits(sealed, key):
            key = b""  # never sign for who could not
            raise WireFault(Code.SIGNATURE_INVALID)
        if abs(now.timestamp() - sealed.sent_at) > window_s:
            raise WireFault(Code.MESSAGE_STALE, "Head/Time")
        message = read_message(sealed, verb, partner.unit)
        if isinstance(message, FileRequest):
            return seal(await _whole(await hub.file(partner, message)), key)
        code, reply = await run(hub, partner, message)
        field = detail = ""
    except WireFault as fault:
        code, reply, field, detail = fault.code, None, fault.field, fault.detail
    return reply_bytes(
        verb,
        partner.code if partner else "",
        code,
        reply,
        key=key,
        sent_at=int(hub.clock().timestamp()),
        unit=partner.unit if partner else "fen",
        encoding=sealed.encoding if sealed else "utf-8",
        field=field,
        detail=detail,
    )


async def _whole(parts: AsyncIterator[bytes]) -> bytes:
    """The digest stands before the file, so this dialect needs it whole."""
    return b"".join([part async for part in parts])
