"""The seed's envelope: 40 upper-case hex digits of SHA-1 over content and key, then the content."""

import re
from binascii import b2a_hex
from collections.abc import AsyncIterator
from hashlib import sha1
from hmac import compare_digest

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.core.wire.xml_document import text_of

DIGEST_LENGTH = 40
OPENING = re.compile(
    rb"([0-9A-F]{40})(?:\xef\xbb\xbf)?"
    rb"(?:<\?xml[ \t\r\n]+version *= *[\"']1\.0[\"']"
    rb"(?:[ \t\r\n]+encoding *= *[\"']([A-Za-z0-9._-]{1,20})[\"'])?"
    rb"(?:[ \t\r\n]+standalone *= *[\"'](?:yes|no)[\"'])?[ \t\r\n]*\?>)?"
)


def digest_of(content: bytes) -> bytes:
    """40 upper-case hex digits."""
    return b2a_hex(sha1(content).digest()).upper()


def seal(content: bytes, key: bytes) -> bytes:
    """Digest and content: any reply of this dialect, files too."""
    return digest_of(content + key) + content


async def seal_of(parts: AsyncIterator[bytes], key: bytes) -> bytes:
    """The digest of `seal` over a content that comes in parts."""
    whole = sha1()
    async for part in parts:
        whole.update(part)
    whole.update(key)
    return b2a_hex(whole.digest()).upper()


def fits(digest: str, content: bytes, key: bytes) -> bool:
    """Constant time."""
    return compare_digest(sha1(content + key).hexdigest().upper(), digest)


def unseal(body: bytes, key: bytes) -> bytes:
    """The content of `seal`, for example a fetched file. SIGNATURE_INVALID."""
    if not compare_digest(seal(body[DIGEST_LENGTH:], key)[:DIGEST_LENGTH], body[:DIGEST_LENGTH]):
        raise WireFault(Code.SIGNATURE_INVALID, "", "the digest does not fit")
    return body[DIGEST_LENGTH:]


def markup_of(body: bytes) -> tuple[str, str, str]:
    """(digest, text after the declaration, codec). Codes: SIGNATURE_INVALID for what is no digest,
    ENCODING_INVALID, MESSAGE_INVALID."""
    opening = OPENING.match(body)
    if opening is None:
        raise WireFault(Code.SIGNATURE_INVALID, "", "40 upper-case hex digits must come first")
    label = opening[2].decode() if opening[2] else ""
    text, codec = text_of(body[opening.end() :], label)
    if text.startswith("<?xml"):
        raise WireFault(Code.MESSAGE_INVALID, "", "the XML declaration must say version 1.0")
    return opening[1].decode(), text, codec
