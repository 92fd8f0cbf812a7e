"""Signed requests and replies of the JSON dialect: our profile of RFC 9421.

A request covers @method, @path (or @target-uri, @request-target), content-digest and, where it is
sent, idempotency-key; a reply covers @status and content-digest. `keyid` is `partner:version`.
"""

from hashlib import blake2b
from typing import NamedTuple

from yifen.core.wire.components import Headers, reply_parts, request_parts, signature_base
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import REPLAY_WINDOW_S
from yifen.core.wire.signatures import (
    LABEL,
    TARGETS,
    FindKey,
    check_digest,
    check_signature,
    check_time,
    choose,
    content_digest,
    cover,
    sign,
)
from yifen.core.wire.structured import InnerList, read_dictionary
from yifen.core.wire.structured_text import inner_text, string_text

MARK_BYTES = 20
NEEDED = {"@method", "content-digest"}


class Proved(NamedTuple):
    """Who signed a request. `mark`: the same for a request that is sent again as it was, whatever is
    changed about it that the signature does not cover."""

    key: Key
    mark: bytes


def verify(
    method: str,
    target: str,
    headers: Headers,
    body: bytes,
    find_key: FindKey,
    now: int,
    scheme: str = "https",
    window_s: int = REPLAY_WINDOW_S,
) -> Key:
    """The key that signed this request; otherwise as `prove`."""
    return prove(method, target, headers, body, find_key, now, scheme, window_s).key


def prove(
    method: str,
    target: str,
    headers: Headers,
    body: bytes,
    find_key: FindKey,
    now: int,
    scheme: str = "https",
    window_s: int = REPLAY_WINDOW_S,
) -> Proved:
    """Who signed this request, and its mark. `find_key(partner, version)`; `now`: epoch seconds.
    Codes: SIGNATURE_INVALID, KEY_UNKNOWN, MESSAGE_STALE, and what `find_key` raises."""
    check_digest(headers, body)
    needed = NEEDED | ({"idempotency-key"} & headers.keys())
    covered, signature, key = choose(headers, find_key, needed, TARGETS)
    parts = request_parts(method, target, headers, scheme)
    base = check_signature(parts, covered, signature, key)
    check_time(covered, now, window_s)
    return Proved(key, blake2b(base, digest_size=MARK_BYTES).digest())


def verify_reply(status: int, headers: Headers, body: bytes, find_key: FindKey, now: int) -> Key:
    """The key that signed this reply. Codes as in `verify`."""
    check_digest(headers, body)
    covered, signature, key = choose(headers, find_key, {"@status", "content-digest"})
    check_signature(reply_parts(status, headers), covered, signature, key)
    check_time(covered, now)
    return key


def sign_request(
    method: str, target: str, body: bytes, key: Key, now: int, serial: str | None = None
) -> dict[str, str]:
    """The headers to send with `body`. `serial` becomes the Idempotency-Key."""
    headers, names = _request_headers(body, serial)
    return headers | sign(request_parts(method, target, headers), names, key, now)


def unsigned_request(body: bytes, key: Key, now: int, serial: str | None = None) -> dict[str, str]:
    """As `sign_request` but for the signature, which only the holder of the private key can make."""
    headers, names = _request_headers(body, serial)
    return headers | {"signature-input": f"{LABEL}={inner_text(cover(names, key, now))}"}


def request_base(method: str, target: str, headers: Headers) -> bytes:
    """The string to sign 待签名串 of a request with its Signature-Input, as `prove` rebuilds it."""
    [covered] = read_dictionary(headers["signature-input"]).values()
    assert isinstance(covered, InnerList)
    return signature_base(request_parts(method, target, headers), covered)


def _request_headers(body: bytes, serial: str | None) -> tuple[dict[str, str], list[str]]:
    """What is sent beside a body, and the names of what is signed."""
    headers = {"content-type": "application/json", "content-digest": content_digest(body)}
    names = ["@method", "@path", "content-digest"]
    if serial is not None:
        headers["idempotency-key"] = string_text(serial)
        names.append("idempotency-key")
    return headers, names


def sign_reply(
    status: int, body: bytes, key: Key, now: int, content_type: str = "application/json"
) -> dict[str, str]:
    """The headers to answer with; `key.keyid` is for example `yifen:1`."""
    return sign_digest(status, content_digest(body), key, now, content_type)


def sign_digest(
    status: int, digest: str, key: Key, now: int, content_type: str
) -> dict[str, str]:
    """As `sign_reply` of a body that is not at hand; `digest`: its Content-Digest."""
    headers = {"content-type": content_type, "content-digest": digest}
    return headers | sign(reply_parts(status, headers), ["@status", "content-digest"], key, now)
