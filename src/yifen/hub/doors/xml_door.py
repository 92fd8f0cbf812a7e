"""The door of the XML + SHA-1 dialect: bytes in, signed bytes out. POST /xml/v1/{verb}."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from yifen.core.facts.codes import Code
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import FileRequest, WireFault
from yifen.core.wire.replies import Reply
from yifen.core.wire.sealing import seal_of
from yifen.core.wire.xml_sha1 import SealedBody, digest_fits, open_body, read_message, reply_bytes
from yifen.hub.doors import explaining
from yifen.hub.doors.unproved import told
from yifen.hub.doors.verbs import run
from yifen.hub.payments.files import StoredFile
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.wirelog_queue import Exchange

SEALS_MAX = 1000


class SealedFile(NamedTuple):
    """A daily file, behind its digest."""

    seal: bytes
    file: StoredFile


async def answer(hub: Hub, exchange: Exchange, window_s: int) -> bytes | SealedFile:
    """The reply to one message; always a reply, signed with the partner's key once it is known.
    What is learned of the message is written into `exchange`."""
    sealed: SealedBody | None = None
    partner: RosterPartner | None = None
    key: Key | None = None
    reply: Reply | None = None
    code, field, detail = Code.OK, "", ""
    try:
        sealed = open_body(exchange.body)
        exchange.encoding, exchange.serial = sealed.encoding, sealed.serial
        exchange.partner = hub.roster.known(sealed.partner)
        key = checked_key(hub, sealed, exchange.at)
        exchange.proved, exchange.mark = True, sealed.digest.encode()
        partner = exchange.partner
        if not hub.roster.sha1:  # told to who proved it; nobody else need know
            raise WireFault(Code.SHA1_SWITCHED_OFF)
        hub.roster.partner(partner.code, "xml")
        if abs(exchange.at.timestamp() - sealed.sent_at) > window_s:
            raise WireFault(Code.MESSAGE_STALE, "Head/Time")
        message = exchange.message = read_message(sealed, exchange.verb, partner.unit)
        if isinstance(message, FileRequest):
            return await sealed_file(hub, await hub.file(partner, message), key)
        code, reply = await run(hub, partner, message, exchange.mark)
        exchange.code, exchange.result = code, getattr(reply, "result", None)
    except WireFault as fault:
        exchange.code, real, fault = fault.code, fault, told(exchange, fault)
        exchange.fault = explaining.of_xml(hub.roster, exchange, real, sealed)
        code, field, detail = fault.code, fault.field, fault.detail
    return reply_bytes(
        exchange.verb,
        partner.code if partner else "",
        code,
        reply,
        key=key.secret if key else b"",
        sent_at=int(hub.clock().timestamp()),
        unit=partner.unit if partner else "fen",
        encoding=sealed.encoding if sealed else "utf-8",
        field=field,
        detail=detail,
    )


def checked_key(hub: Hub, sealed: SealedBody, now: datetime) -> Key:
    """The key that signed the message. WireFault: KEY_UNKNOWN, SIGNATURE_INVALID; then there is
    none to answer with, for we never sign for who could not."""
    key = hub.roster.key(sealed.partner, sealed.key_version, "xml", now)
    if not digest_fits(sealed, key.secret):
        raise WireFault(Code.SIGNATURE_INVALID)
    return key


async def sealed_file(hub: Hub, file: StoredFile, key: Key) -> SealedFile:
    """The digest stands before the file: it is made in one walk over the parts, for all who wait for
    it, and kept."""
    name = file.file_id, key.keyid
    if name not in hub.seals:
        if len(hub.seals) >= SEALS_MAX:
            hub.seals.clear()
        walk = seal_of(hub.parts(file.file_id), key.secret)
        hub.seals[name] = asyncio.create_task(walk)
    try:
        return SealedFile(await asyncio.shield(hub.seals[name]), file)
    except Exception:  # of any kind: the next who asks begins anew
        hub.seals.pop(name, None)
        raise
