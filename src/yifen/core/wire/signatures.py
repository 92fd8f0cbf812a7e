"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): verify and sign.

Headers come as a mapping of lower-case names; several lines of one name are joined by ", "
(`header_map`). Nothing in a message can make these functions raise anything but WireFault.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256, sha512
from hmac import compare_digest

from yifen.core.facts.codes import Code
from yifen.core.wire.components import Headers, Parts, signature_base
from yifen.core.wire.keys import FITS, SIGN, Key, version_of
from yifen.core.wire.messages import REPLAY_WINDOW_S, WireFault
from yifen.core.wire.structured import InnerList, Parameters, StructuredItem, read_dictionary
from yifen.core.wire.structured_text import bytes_text, inner_text

FindKey = Callable[[str, int], Key | None]
TARGETS = frozenset({"@path", "@target-uri", "@request-target"})
DIGESTS = {"sha-256": sha256, "sha-512": sha512}
LABELS_MAX = 8
LABEL = "yifen"


def bad(detail: str, field: str = "Signature-Input") -> WireFault:
    return WireFault(Code.SIGNATURE_INVALID, field, detail)


def content_digest(body: bytes) -> str:
    """The Content-Digest header."""
    return digest_text(sha256(body).digest())


def digest_text(sha256_of_body: bytes) -> str:
    return f"sha-256={bytes_text(sha256_of_body)}"


def check_digest(headers: Headers, body: bytes) -> None:
    """Every digest that we know must fit, and there must be one. SIGNATURE_INVALID."""
    if headers.get("content-digest") == content_digest(body):  # as nearly everybody writes it
        return
    try:
        given = read_dictionary(headers.get("content-digest", ""))
    except ValueError as error:
        raise bad(str(error), "Content-Digest") from None
    known = [(DIGESTS[name], item.value) for name, item in given.items()
             if name in DIGESTS and isinstance(item, StructuredItem)]  # fmt: skip
    if not known:
        raise bad("sha-256 or sha-512 is required", "Content-Digest")
    for algorithm, value in known:
        if not isinstance(value, bytes) or not compare_digest(algorithm(body).digest(), value):
            raise bad("does not fit the body", "Content-Digest")


def missing_of(covered: InnerList, needed: set[str], targets: frozenset[str]) -> list[str]:
    """The components that our profile asks for and this signature does not cover."""
    names = {item.value for item in covered.items}
    missing = sorted(needed - names)
    if targets and not targets & names:
        missing.append("@path")
    return missing


def check_time(covered: InnerList, now: int, window_s: int = REPLAY_WINDOW_S) -> None:
    """`created` within the window of 300 s, `expires` not passed; `now` in epoch seconds.
    SIGNATURE_INVALID when they are absent or no integers, MESSAGE_STALE."""
    created, expires = (covered.parameters.get(name) for name in ("created", "expires"))
    if type(created) is not int or not (expires is None or type(expires) is int):
        raise bad("created is required; created and expires are integers")
    if abs(now - created) > window_s:
        raise WireFault(Code.MESSAGE_STALE, "Signature-Input", off_clock(created, now, window_s))
    if expires is not None and expires < now:
        raise WireFault(Code.MESSAGE_STALE, "Signature-Input", f"it expired {_seconds(now - expires)} ago")


def off_clock(sent_at: int, now: int, window_s: int) -> str:
    """How far off a message's time is, in numbers so short that no log masks them."""
    side = "behind" if sent_at < now else "ahead of"
    return f"{_seconds(abs(now - sent_at))} {side} the gateway's clock, at most {window_s} s"


def _seconds(number: int) -> str:
    return f"{number} s" if number < 100_000 else "more than a day"


# For a second all requests of a partner cover the same at the same time, and so do all replies to it.
_inputs = lru_cache(maxsize=256)(read_dictionary)


def key_named(covered: InnerList, find_key: FindKey) -> Key | None:
    """The key of `keyid="partner:version"`; None when it is not one that we know."""
    keyid = covered.parameters.get("keyid")
    if not isinstance(keyid, str):
        return None
    partner, _, version = keyid.rpartition(":")
    number = version_of(version)
    if not partner or number is None:
        return None
    key = find_key(partner, number)
    return key if key is not None and key.algorithm in FITS else None


def choose(
    headers: Headers, find_key: FindKey, needed: set[str], targets: frozenset[str] = frozenset()
) -> tuple[InnerList, bytes, Key]:
    """The first signature that covers what is needed, by a key that we know. SIGNATURE_INVALID: none
    can be read, or the only one covers too little; KEY_UNKNOWN: none is by a known key. What is wrong
    with the form is said before any key is looked up: it tells nothing of who is known here."""
    try:
        inputs = _inputs(headers.get("signature-input", ""))
        signatures = read_dictionary(headers.get("signature", ""))
    except ValueError as error:
        raise bad(str(error)) from None
    if not inputs or len(inputs) > LABELS_MAX:
        raise bad(f"1 to {LABELS_MAX} signatures are required")
    for label, covered in inputs.items():
        signature = signatures.get(label)
        if not isinstance(covered, InnerList) or not isinstance(signature, StructuredItem):
            raise bad(f"{label} has no signature or no components")
        if missing := missing_of(covered, needed, targets):
            if len(inputs) == 1:
                raise bad(f"must cover {' '.join(missing)}")
            continue
        key = key_named(covered, find_key)
        if key is not None and isinstance(signature.value, bytes):
            return covered, signature.value, key
    raise WireFault(Code.KEY_UNKNOWN, "Signature-Input", "no keyid of a key in use")


def check_signature(parts: Parts, covered: InnerList, signature: bytes, key: Key) -> bytes:
    """The text that was signed. SIGNATURE_INVALID, in the same words whatever is wrong: even that
    another algorithm is expected would tell who has a key here."""
    if covered.parameters.get("alg", key.algorithm) != key.algorithm:
        raise unproved()
    try:
        base = signature_base(parts, covered)
        fits = FITS[key.algorithm](key, base, signature)
    except Exception:  # a key or component that its library cannot take
        raise unproved() from None
    if not fits:
        raise unproved()
    return base


def unproved() -> WireFault:
    """What everybody is told who did not prove who he is."""
    return bad("does not fit", "Signature")


def cover(names: list[str], key: Key, now: int) -> InnerList:
    """These components, as a signature by this key at this time covers them."""
    return _cover(tuple(names), key.keyid, key.algorithm, now)


@lru_cache(maxsize=256)
def _cover(names: tuple[str, ...], keyid: str, algorithm: str, now: int) -> InnerList:
    parameters: Parameters = {"created": now, "keyid": keyid, "alg": algorithm}
    return InnerList([StructuredItem(name, {}) for name in names], parameters)


def sign(parts: Parts, names: list[str], key: Key, now: int) -> dict[str, str]:
    """The Signature-Input and Signature headers over these components."""
    covered = cover(names, key, now)
    signature = SIGN[key.algorithm](key, signature_base(parts, covered))
    return {
        "signature-input": f"{LABEL}={inner_text(covered)}",
        "signature": f"{LABEL}={bytes_text(signature)}",
    }
