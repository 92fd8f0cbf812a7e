"""Signed requests and replies of the JSON dialect: our profile of RFC 9421.

A request covers @method, @path (or @target-uri, @request-target), content-digest and, where it is
sent, idempotency-key; a reply covers @status and content-digest. `keyid` is `partner:version`.
"""

from yifen.core.wire.components import Headers, reply_parts, request_parts
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import REPLAY_WINDOW_S
from yifen.core.wire.signatures import (
    TARGETS,
    FindKey,
    check_covered,
    check_digest,
    check_signature,
    check_time,
    choose,
    content_digest,
    sign,
)
from yifen.core.wire.structured_text import string_text


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
    """The key that signed this request. `find_key(partner, version)`; `now`: epoch seconds.
    Codes: SIGNATURE_INVALID, KEY_UNKNOWN, MESSAGE_STALE, and what `find_key` raises."""
    covered, signature, key = choose(headers, find_key)
    needed = {"@method", "content-digest"} | ({"idempotency-key"} & headers.keys())
    check_covered(covered, needed, TARGETS)
    check_digest(headers, body)
    check_signature(request_parts(method, target, headers, scheme), covered, signature, key)
    check_time(covered, now, window_s)
    return key


def verify_reply(status: int, headers: Headers, body: bytes, find_key: FindKey, now: int) -> Key:
    """The key that signed this reply. Codes as in `verify`."""
    covered, signature, key = choose(headers, find_key)
    check_covered(covered, {"@status", "content-digest"}, frozenset())
    check_digest(headers, body)
    check_signature(reply_parts(status, headers), covered, signature, key)
    check_time(covered, now)
    return key


def sign_request(
    method: str, target: str, body: bytes, key: Key, now: int, serial: str | None = None
) -> dict[str, str]:
    """The headers to send with `body`. `serial` becomes the Idempotency-Key."""
    headers = {"content-type": "application/json", "content-digest": content_digest(body)}
    names = ["@method", "@path", "content-digest"]
    if serial is not None:
        headers["idempotency-key"] = string_text(serial)
        names.append("idempotency-key")
    return headers | sign(request_parts(method, target, headers), names, key, now)


def sign_reply(
    status: int, body: bytes, key: Key, now: int, content_type: str = "application/json"
) -> dict[str, str]:
    """The headers to answer with; `key.keyid` is for example `yifen:1`."""
    headers = {"content-type": content_type, "content-digest": content_digest(body)}
    return headers | sign(reply_parts(status, headers), ["@status", "content-digest"], key, now)
