"""Why a message in a sandbox's name was refused, for the partner's own developers: what was to be signed as
we built it, the digest that would have fitted, what was sent.

Of a sandbox alone: of a real partner a digest that fits is money. Nothing here says anything to the caller.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from hmac import digest as hmac_digest

from yifen.core.facts.codes import Code
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.roster import Roster, RosterPartner
from yifen.core.wire.components import Headers, Parts, request_parts, signature_base
from yifen.core.wire.http_signed import NEEDED
from yifen.core.wire.keys import FITS, Key, hmac_sign
from yifen.core.wire.messages import REPLAY_WINDOW_S, WireFault
from yifen.core.wire.sealing import DIGEST_LENGTH, OPENING, digest_of
from yifen.core.wire.signatures import TARGETS, choose, content_digest, off_clock
from yifen.core.wire.structured import Bare, InnerList, StructuredItem, Token, read_dictionary
from yifen.core.wire.structured_text import bytes_text, inner_text
from yifen.core.wire.xml_sha1 import SealedBody
from yifen.hub.payments.wirelog_mask import HIDDEN, sentence
from yifen.hub.payments.wirelog_queue import Exchange

TEXT_MAX = 2000  # letters of one part
TRIED_MAX = 64 * 1024  # bytes of a message of which other ways are tried
NAMED_IN = 2000  # bytes in which an XML message names its partner
NAMED = re.compile(rb"<Partner>([A-Za-z0-9_.-]{1,40})</Partner>")
UNSEEN = re.compile(r"[^\x20-\x7e\n]")
# A digest in hex or base64, as its header names it or bare.
DIGEST = re.compile(r"""(?i:(?:sha|sha-?1|sha-?256|sha-?512|md5)=)?[:"]?(?:
    (?P<hex>(?=[0-9]*[A-Fa-f])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128}))
    |[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)[:"]?""", re.VERBOSE)
SIGNATURE_BYTES = range(32, 513)
SECONDS_MAX = 10**10
# What a header that is signed is shown by: whoever sent it may have put anything there.
SHAPES = {name: re.compile(shape) for name, shape in {
    "content-length": "[0-9]{1,6}", "date": "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
    "content-type": '(?:application|text)/(?:json|xml|plain)(?:; ?charset="?[A-Za-z]{2,3}-?[0-9]{1,5}"?)?',
    "host": "[A-Za-z0-9.-]{1,80}(?::[0-9]{1,5})?", "idempotency-key": '"[A-Za-z0-9_.-]{1,64}"',
}.items()}  # fmt: skip
Fault = dict[str, str]


def of_xml(roster: Roster, exchange: Exchange, fault: WireFault, sealed: SealedBody | None) -> Fault | None:
    """What was wrong with this message, and from now on whose it says it is; None unless that is a sandbox."""
    if exchange.partner is None and (name := NAMED.search(exchange.body[:NAMED_IN])):
        _claimed(roster, exchange, name[1].decode())
    if not _is_sandbox(exchange.partner):
        return None
    found = {"field": fault.field, "detail": fault.detail}
    if fault.code is Code.MESSAGE_STALE and sealed is not None:
        found["detail"] = off_clock(sealed.sent_at, int(exchange.at.timestamp()), REPLAY_WINDOW_S)
    if fault.code is Code.KEY_UNKNOWN and sealed is not None:
        found["detail"] = _in_use(roster, exchange, f"{sealed.partner}:{sealed.key_version}")
    if fault.code is Code.SIGNATURE_INVALID and sealed is not None:
        found |= {"field": "", "detail": ""} | _digests(roster, sealed, exchange.at)
    elif fault.code is Code.SIGNATURE_INVALID:
        found["sent"] = _digest(exchange.body[:DIGEST_LENGTH].decode("latin-1"))
    return _clean(found)


def of_json(
    roster: Roster, exchange: Exchange, fault: WireFault, target: str, headers: Headers
) -> Fault | None:
    """As `of_xml`, of a message signed as RFC 9421 has it."""
    if exchange.partner is None:
        _claimed(roster, exchange, next((keyid.rpartition(":")[0] for keyid in _keyids(headers)), ""))
    if not _is_sandbox(exchange.partner):
        return None
    found = {"field": fault.field, "detail": fault.detail}
    if fault.code is Code.KEY_UNKNOWN:
        found["detail"] = _in_use(roster, exchange, next(iter(_keyids(headers)), "none"))
    if fault.code is Code.SIGNATURE_INVALID and fault.field == "Content-Digest":
        found |= {"sent": _digest(headers.get("content-digest", "")), "expected": content_digest(exchange.body)}
    elif fault.code is Code.SIGNATURE_INVALID:
        found |= _signed(roster, exchange, target, headers)
    return _clean(found)


def _is_sandbox(partner: RosterPartner | None) -> bool:
    return partner is not None and partner.book_id == SANDBOX_BOOK_ID


def _claimed(roster: Roster, exchange: Exchange, code: str) -> None:
    """A message that was refused before anybody was looked for is kept with the sandbox that it names."""
    partner = roster.partners.get(code)
    if _is_sandbox(partner):
        exchange.partner = partner


def _in_use(roster: Roster, exchange: Exchange, keyid: str) -> str:
    """Which keys it could have named in this dialect."""
    code = exchange.partner.code if exchange.partner else ""
    found = [f"{code}:{version}" for (partner, version), dated in sorted(roster.keys.items(), key=lambda one: one[0])
             if partner == code and dated.counts(exchange.at)
             and (dated.key.algorithm == "sha1") == (exchange.dialect == "xml")]  # fmt: skip
    return f"{keyid:.60} is no key in use; in use: {', '.join(found) or 'none'}"


def _keyids(headers: Headers) -> list[str]:
    """Every `keyid`, as far as they can be read."""
    try:
        inputs = read_dictionary(headers.get("signature-input", ""))
    except ValueError:
        return []
    ids = (item.parameters.get("keyid") for item in inputs.values() if isinstance(item, InnerList))
    return [keyid for keyid in ids if isinstance(keyid, str)]


def _digests(roster: Roster, sealed: SealedBody, now: datetime) -> Fault:
    """Of the XML as it came and the key that it names; a digest of the XML alone tells whether it is the bytes
    that differ or the key."""
    key = roster.key(sealed.partner, sealed.key_version, "xml", now).secret
    content = sealed.xml
    ways: dict[str, Callable[[], bytes]] = {
        "no_key": lambda: content, "key_first": lambda: key + content,
        "blanks": lambda: content.strip() + key,
        "no_declaration": lambda: _undeclared(content) + key,
        "other_encoding": lambda: _recoded(content, sealed.encoding) + key,
    }  # fmt: skip
    tried = ways if len(content) <= TRIED_MAX else {}
    digests = {name: digest_of(way()).decode() for name, way in tried.items()}
    return {
        "sent": sealed.digest, "expected": digest_of(content + key).decode(),
        "content": digest_of(content).decode(), "bytes": str(len(content)),
        "guess": _guess(sealed.digest, digests.items()),
    }  # fmt: skip


def _undeclared(content: bytes) -> bytes:
    opening = OPENING.match(b"0" * DIGEST_LENGTH + content)
    return content[opening.end() - DIGEST_LENGTH :].lstrip() if opening else content


def _recoded(content: bytes, encoding: str) -> bytes:
    """The same letters in the other encoding."""
    text = content.decode(encoding, "replace")
    return text.encode("gb18030" if encoding.lower().startswith("utf") else "utf-8", "replace")


def _signed(roster: Roster, exchange: Exchange, target: str, headers: Headers) -> Fault:
    """The text that the signature has to be of; what it would be, where the key is a secret of both."""
    try:
        needed = NEEDED | ({"idempotency-key"} & headers.keys())
        covered, sent, key = choose(
            headers, lambda code, version: roster.key(code, version, "json", exchange.at), needed, TARGETS
        )
    except WireFault:
        return {}
    found = {"sent": _signature(sent)}
    said = covered.parameters.get("alg", key.algorithm)
    if said != key.algorithm:
        named = said if said in FITS else HIDDEN
        return found | {"field": "Signature-Input", "detail": f"alg is {named}, the key is {key.algorithm}"}
    try:
        parts = request_parts("POST", target, headers)
        base = signature_base(parts, covered)
    except ValueError as error:
        return found | {"field": "Signature-Input", "detail": str(error)}
    found["base"] = _shown(parts, covered)
    if key.algorithm == "hmac-sha256":
        found |= {"expected": bytes_text(hmac_sign(key, base)),
                  "guess": _guess(bytes_text(sent), _ways(key, base, exchange.body[:TRIED_MAX]))}  # fmt: skip
    return found


def _ways(key: Key, base: bytes, body: bytes) -> Iterable[tuple[str, str]]:
    """What others have signed instead."""
    secret = key.secret
    ways = {
        "key_as_text": (secret.hex().encode(), base), "line_end": (secret, base + b"\n"),
        "crlf": (secret, base.replace(b"\n", b"\r\n")), "body": (secret, body),
        "no_parameters": (secret, base.rpartition(b"\n")[0]),
    }  # fmt: skip
    return ((name, bytes_text(hmac_digest(by, text, "sha256"))) for name, (by, text) in ways.items())


def _guess(sent: str, ways: Iterable[tuple[str, str]]) -> str:
    return next((name for name, digest in ways if digest == sent), "")


def _shown(parts: Parts, covered: InnerList) -> str:
    """The text that is signed; what is not of our profile may hold anything, and is hidden."""
    names = {str(item.value): sentence(str(item.value)) for item in covered.items}
    lines = [f'"{shown}": {_value(name, parts.headers.get(name, ""))}' if not name.startswith("@")
             else f'"{shown}": {sentence(parts.derived[name])}' for name, shown in names.items()]  # fmt: skip
    parameters = {sentence(name): value if _is_plain(name, value) else Token(HIDDEN)
                  for name, value in covered.parameters.items()}  # fmt: skip
    inner = InnerList([StructuredItem(shown, {}) for shown in names.values()], parameters)
    return "\n".join([*lines, f'"@signature-params": {inner_text(inner)}'])


def _value(name: str, text: str) -> str:
    if name == "content-digest":
        return _digest(text)
    return text if name in SHAPES and SHAPES[name].fullmatch(text) else HIDDEN


def _is_plain(name: str, value: Bare) -> bool:
    """Of a signature whose key was found, so `keyid` and `alg` are ours."""
    if name in ("created", "expires"):
        return type(value) is int and 0 <= value < SECONDS_MAX
    return name in ("keyid", "alg")


def _digest(text: str) -> str:
    """Digests as they were sent; anything else is hidden, how long it was is told."""
    found = [DIGEST.fullmatch(part) for part in text.split(", ")]
    if not all(found):
        return f"{HIDDEN}[{len(text)}]" if text else ""
    return ", ".join(one[0] if one["hex"] else sentence(one[0]) for one in found if one)


def _signature(sent: bytes) -> str:
    """As it was sent, unless it is a text; a signature in hex is told from one."""
    is_text = sent.isascii() and not DIGEST.fullmatch(sent.decode())
    return f"{HIDDEN}[{len(sent)}]" if is_text or len(sent) not in SIGNATURE_BYTES else bytes_text(sent)


def _clean(found: Fault) -> Fault:
    told = {name: sentence(text) if name in ("field", "detail") else text for name, text in found.items()}
    return {name: UNSEEN.sub("?", text)[:TEXT_MAX] for name, text in told.items() if text}
