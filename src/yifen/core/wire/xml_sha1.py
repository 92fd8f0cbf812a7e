"""The seed's dialect: 40 upper-case hex digits of SHA-1 over XML and key, then the XML itself.

body = HEX(SHA1(xml + key)) + xml        POST /xml/v1/{verb}
"""

from functools import lru_cache
from typing import cast

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire.heads import ReplyHead, RequestHead
from yifen.core.wire.messages import REQUESTS, Message, Request
from yifen.core.wire.sealing import DIGEST_LENGTH, fits, markup_of, seal
from yifen.core.wire.table import Unit
from yifen.core.wire.xml_document import Document, open_document, opening, read_body, write_document
from yifen.core.wire.xml_tree import invalid


class SealedBody(Struct):
    """A request whose head was read; nothing in it is believed before `digest_fits`.
    `sent_at`: epoch seconds. `encoding`: answer in the same."""

    digest: str
    xml: bytes
    encoding: str
    partner: str
    key_version: int
    verb: str
    sent_at: int
    serial: str | None
    document: Document


def open_body(body: bytes) -> SealedBody:
    """Reads the head. Codes: DOCTYPE_REFUSED, ENCODING_INVALID, MESSAGE_INVALID,
    SIGNATURE_INVALID (no digest at all)."""
    digest, text, codec = markup_of(body)
    head, document = open_document(text, RequestHead)
    return SealedBody(
        digest,
        body[DIGEST_LENGTH:],
        codec,
        head.partner,
        head.key_version,
        head.verb,
        head.time,
        head.serial,
        document,
    )


def digest_fits(sealed: SealedBody, key: bytes) -> bool:
    """Is the digest that of these bytes with this key? Constant time; no: SIGNATURE_INVALID."""
    return fits(sealed.digest, sealed.xml, key)


def read_message(sealed: SealedBody, verb: str, unit: Unit) -> Request:
    """The request in full; `verb` is the one of the path. MESSAGE_INVALID with the field's path."""
    if sealed.verb != verb:
        raise invalid("Head/Verb", f"must be {verb} here")
    struct = REQUESTS[verb]
    values = read_body(sealed.document, "Request", struct, unit)
    if "serial" in struct.__struct_fields__:
        if sealed.serial is None:
            raise invalid("Head/Serial", "is missing")
        values["serial"] = sealed.serial
    elif sealed.serial is not None:
        raise invalid("Head/Serial", "is not known here")
    return cast(Request, struct(**values))


def reply_bytes(
    verb: str,
    partner: str,
    code: Code,
    reply: Message | None,
    *,
    key: bytes,
    sent_at: int,
    unit: Unit = "fen",
    encoding: str = "utf-8",
    message: str = "",
    field: str = "",
    detail: str = "",
) -> bytes:
    """A signed reply. `message`: the code's Chinese text unless given. To an unknown partner:
    `key=b""`. `encoding`: that of the request."""
    # `_value_` and not the member: Python hashes a member by a function of its own, slowly
    number, said = code._value_, message[:100] or None
    start = reply_opening(verb, partner, number, sent_at, encoding, said, field, detail)
    return seal(write_document(start, reply, "Reply", unit, encoding), key)


@lru_cache(maxsize=512)
def reply_opening(
    verb: str,
    partner: str,
    number: int,
    sent_at: int,
    encoding: str,
    message: str | None,
    field: str,
    detail: str,
) -> str:
    """The head of a reply; kept, for many replies of one second share it."""
    return opening(
        ReplyHead,
        encoding,
        "1",
        verb or None,
        partner or None,
        sent_at,
        number,
        message or Code(number).meaning.zh,
        field[:400] or None,
        detail[:400] or None,
    )
