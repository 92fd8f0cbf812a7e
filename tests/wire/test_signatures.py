"""HTTP Message Signatures: our profile, what it refuses, and a foreign implementation."""

from datetime import UTC, datetime

import http_message_signatures as foreign
import pytest
import requests as http
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from gmalg import SM2
from http_message_signatures.algorithms import ED25519, HMAC_SHA256, RSA_PSS_SHA512

from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed
from yifen.core.wire.components import header_map
from yifen.core.wire.keys import FITS, SIGN, Key
from yifen.core.wire.messages import WireFault
from yifen.core.wire.signatures import content_digest
from yifen.core.wire.structured_text import bytes_text

NOW = 1_796_000_000
BODY = b'{"original_serial":"S-1"}'
TARGET = "/json/v1/confirm"


def make_keys():
    pem = serialization.Encoding.PEM
    edward = ed25519.Ed25519PrivateKey.generate()
    ron = rsa.generate_private_key(65537, 2048)
    sm2_secret, sm2_public = SM2().generate_keypair()
    while len(sm2_secret.strip()) != 32:  # one in some hundred comes without its first nought
        sm2_secret, sm2_public = SM2().generate_keypair()
    return {
        "hmac-sha256": (b"s" * 32, b""),
        "ed25519": (edward.private_bytes_raw(), edward.public_key().public_bytes_raw()),
        "rsa-pss-sha512": (
            ron.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
            ron.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
        ),
        "sm2-sm3": (sm2_secret, sm2_public),
    }


KEYS = {
    name: Key(partner="WX", version=7, algorithm=name, secret=secret, public=public)
    for name, (secret, public) in make_keys().items()
}
HMAC = KEYS["hmac-sha256"]
ALGORITHMS = {"hmac-sha256": HMAC_SHA256, "ed25519": ED25519, "rsa-pss-sha512": RSA_PSS_SHA512}


def finder(*keys):
    return lambda partner, version: next(
        (key for key in keys if (key.partner, key.version) == (partner, version)), None
    )


def verify(headers, key=HMAC, *, now=NOW, body=BODY, method="POST", target=TARGET):
    return http_signed.verify(method, target, headers, body, finder(key), now)


def fault_of(headers, key=HMAC, **changes):
    with pytest.raises(WireFault) as caught:
        verify(headers, key, **changes)
    return caught.value.code


def signed(key=HMAC, serial=None):
    return http_signed.sign_request("POST", TARGET, BODY, key, NOW, serial)


def hand_signed(components, parameters, base, key=HMAC, **headers):
    """Signs a base that the test wrote."""
    covered = f"({components}){parameters}"
    lines = base + f'"@signature-params": {covered}'
    signature = bytes_text(SIGN[key.algorithm](key, lines.encode()))
    return {
        "content-digest": content_digest(BODY),
        "signature-input": f"a={covered}",
        "signature": f"a={signature}",
        **headers,
    }


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_a_signed_request_names_its_key(key):
    headers = signed(key, "S-1")
    assert headers["idempotency-key"] == '"S-1"'
    assert verify(headers, key) is key
    for name in ("signature", "content-digest", "idempotency-key"):
        changed = headers[name].replace("A", "B") if "A" in headers[name] else headers[name][:-2]
        assert fault_of(headers | {name: changed + ":"}, key) is Code.SIGNATURE_INVALID


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_a_signed_reply_names_its_key(key):
    headers = http_signed.sign_reply(200, BODY, key, NOW)
    assert http_signed.verify_reply(200, headers, BODY, finder(key), NOW) is key
    for status, body in ((201, BODY), (200, BODY + b" ")):
        with pytest.raises(WireFault) as caught:
            http_signed.verify_reply(status, headers, body, finder(key), NOW)
        assert caught.value.code is Code.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "change", [{"method": "PUT"}, {"target": "/json/v1/charge"}, {"body": BODY + b" "}]
)
def test_method_path_and_body_are_under_the_signature(change):
    assert fault_of(signed(), **change) is Code.SIGNATURE_INVALID


def test_an_idempotency_key_that_was_not_signed_is_refused():
    assert fault_of(signed() | {"idempotency-key": "S-1"}) is Code.SIGNATURE_INVALID


@pytest.mark.parametrize(
    ("now", "code"),
    [(NOW + 300, None), (NOW - 300, None), (NOW + 301, Code.MESSAGE_STALE),
     (NOW - 301, Code.MESSAGE_STALE)],
)  # fmt: skip
def test_the_window_is_300_seconds(now, code):
    if code is None:
        assert verify(signed(), now=now) is HMAC
    else:
        assert fault_of(signed(), now=now) is code


METHOD, PATH = '"@method": POST\n', f'"@path": {TARGET}\n'
DIGEST = f'"content-digest": {content_digest(BODY)}\n'
NAMES = '"@method" "@path" "content-digest"'
TIME_AND_KEY = f';created={NOW};keyid="WX:7"'


@pytest.mark.parametrize(
    ("components", "parameters", "base", "code"),
    [
        (NAMES, TIME_AND_KEY, METHOD + PATH + DIGEST, None),
        (NAMES, f'{TIME_AND_KEY};expires={NOW};nonce="n";tag="t"', METHOD + PATH + DIGEST, None),
        (NAMES, f"{TIME_AND_KEY};expires={NOW - 1}", METHOD + PATH + DIGEST, Code.MESSAGE_STALE),
        (NAMES, f'{TIME_AND_KEY};alg="hmac-sha256"', METHOD + PATH + DIGEST, None),
        (NAMES, f'{TIME_AND_KEY};alg="ed25519"', METHOD + PATH + DIGEST, Code.SIGNATURE_INVALID),
        (NAMES, ';keyid="WX:7"', METHOD + PATH + DIGEST, Code.SIGNATURE_INVALID),
        (NAMES, ';created="1";keyid="WX:7"', METHOD + PATH + DIGEST, Code.SIGNATURE_INVALID),
        (NAMES, f';created={NOW};keyid="WX:8"', METHOD + PATH + DIGEST, Code.KEY_UNKNOWN),
        (NAMES, f';created={NOW};keyid="WX"', METHOD + PATH + DIGEST, Code.KEY_UNKNOWN),
        (NAMES, f";created={NOW}", METHOD + PATH + DIGEST, Code.KEY_UNKNOWN),
        ('"@path" "content-digest"', TIME_AND_KEY, PATH + DIGEST, Code.SIGNATURE_INVALID),
        ('"@method" "content-digest"', TIME_AND_KEY, METHOD + DIGEST, Code.SIGNATURE_INVALID),
        ('"@method" "@path"', TIME_AND_KEY, METHOD + PATH, Code.SIGNATURE_INVALID),
        (
            '"@method" "@target-uri" "content-digest"',
            TIME_AND_KEY,
            f'{METHOD}"@target-uri": https://hub.test{TARGET}\n{DIGEST}',
            None,
        ),
        (
            '"@method" "@request-target" "@authority" "content-digest"',
            TIME_AND_KEY,
            f'{METHOD}"@request-target": {TARGET}\n"@authority": hub.test\n{DIGEST}',
            None,
        ),
        (f'{NAMES} "@method"', TIME_AND_KEY, METHOD + PATH + DIGEST + METHOD,
         Code.SIGNATURE_INVALID),
        (f'{NAMES} "@method"', TIME_AND_KEY, METHOD + PATH + DIGEST, Code.SIGNATURE_INVALID),
        (f'{NAMES} "host";sf', TIME_AND_KEY, f'{METHOD}{PATH}{DIGEST}"host": Hub.test:443\n',
         Code.SIGNATURE_INVALID),
        (f'{NAMES} host', TIME_AND_KEY, f'{METHOD}{PATH}{DIGEST}"host": Hub.test:443\n',
         Code.SIGNATURE_INVALID),
        (f'{NAMES} "host"', TIME_AND_KEY, f'{METHOD}{PATH}{DIGEST}"host": Hub.test:443\n', None),
        (f'{NAMES} "x-gone"', TIME_AND_KEY, f'{METHOD}{PATH}{DIGEST}"x-gone": \n',
         Code.SIGNATURE_INVALID),
        (f'{NAMES} "host";sf', TIME_AND_KEY, f'{METHOD}{PATH}{DIGEST}"host";sf: Hub.test:443\n',
         Code.SIGNATURE_INVALID),
    ],
)  # fmt: skip
def test_the_profile(components, parameters, base, code):
    headers = hand_signed(components, parameters, base, host="Hub.test:443")
    if code is None:
        assert verify(headers) is HMAC
    else:
        assert fault_of(headers) is code


def test_the_first_signature_by_a_known_key_counts():
    ours, theirs = (
        signed(),
        signed(Key(partner="ZZ", version=1, algorithm="hmac-sha256", secret=b"z")),
    )
    both = dict(ours)
    for name in ("signature-input", "signature"):
        both[name] = theirs[name].replace("yifen=", "proxy=") + ", " + ours[name]
    assert verify(both) is HMAC
    assert fault_of(theirs) is Code.KEY_UNKNOWN


def test_two_signatures_with_one_label_are_refused():
    headers = signed()
    for name in ("signature", "signature-input"):
        doubled = headers | {name: f"{headers[name]}, {headers[name]}"}
        assert fault_of(doubled) is Code.SIGNATURE_INVALID


def test_an_sm2_signature_has_64_bytes_only():
    key = KEYS["sm2-sm3"]
    signature = SIGN["sm2-sm3"](key, b"x")
    assert len(signature) == 64
    assert FITS["sm2-sm3"](key, b"x", signature)
    for other in (signature[:32] + b"\0" + signature[32:], b"\0" * 64, signature[:63], b""):
        assert not FITS["sm2-sm3"](key, b"x", other)


def test_a_key_never_shows_its_secret():
    assert repr(HMAC) == "Key(WX:7, hmac-sha256)"


def test_a_key_of_the_xml_dialect_is_unknown_here():
    key = Key(partner="WX", version=7, algorithm="sha1", secret=HMAC.secret)
    assert fault_of(signed(), key) is Code.KEY_UNKNOWN


def test_an_empty_secret_signs_nothing():
    empty = Key(partner="WX", version=7, algorithm="hmac-sha256", secret=b"")
    assert fault_of(signed(empty), empty) is Code.SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["ed25519", "rsa-pss-sha512", "sm2-sm3"])
@pytest.mark.parametrize("public", [b"", b"junk", b"\x04" + b"\0" * 64, b"-----BEGIN", b"k" * 32])
def test_a_broken_public_key_is_signature_invalid(name, public):
    key = Key(partner="WX", version=7, algorithm=name, public=public)
    assert fault_of(signed(KEYS[name]), key) is Code.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "header",
    ["", "sha-256", "sha-256=abc", "sha-256=:!:", "md5=:AA==:", "sha-256=:AA==:", "sha-256=1",
     'sha-256=("a")', f"{content_digest(BODY)}, sha-512=:AA==:"],
)  # fmt: skip
def test_a_digest_that_does_not_fit_is_signature_invalid(header):
    assert fault_of(signed() | {"content-digest": header}) is Code.SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["signature", "signature-input"])
@pytest.mark.parametrize(
    "value",
    ["", "x", "yifen", "yifen=", "yifen=()", "yifen=:!:", "yifen=:AA==:", 'yifen=("@method"',
     "yifen=1", "yifen=(1 2)", "é=()", "yifen=:AA==:,", "yifen=();a=1;a=2", "(" * 20_000],
)  # fmt: skip
def test_junk_headers_are_refused(name, value):
    assert fault_of(signed() | {name: value}) in (Code.SIGNATURE_INVALID, Code.KEY_UNKNOWN)


def test_header_lines_of_one_name_are_joined():
    lines = [(b"Signature", b"a=:AA==: "), (b"signature", b"b=:AA==:"), (b"Host", b"h")]
    assert header_map(lines) == {"signature": "a=:AA==:, b=:AA==:", "host": "h"}


class Resolver(foreign.HTTPSignatureKeyResolver):
    """Our keys in the types that the foreign package takes."""

    def __init__(self, key):
        self.key = key

    def resolve_public_key(self, key_id):
        if self.key.algorithm == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(self.key.public)
        return self.key.public or self.key.secret

    def resolve_private_key(self, key_id):
        if self.key.algorithm == "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.key.secret)
        return self.key.secret


def prepared(headers):
    url = f"https://hub.test{TARGET}"
    return http.Request("POST", url, data=BODY, headers=headers).prepare()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_we_accept_what_the_foreign_package_signs(name):
    request = prepared({"idempotency-key": '"S-1"', "host": "hub.test"})
    foreign.HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[name], key_resolver=Resolver(KEYS[name])
    ).sign(
        request,
        key_id="WX:7",
        created=datetime.fromtimestamp(NOW, UTC),
        body=BODY,
        covered_component_ids=(
            "@method", "@target-uri", "@authority", "idempotency-key"
        ),
    )  # fmt: skip
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert verify(headers, KEYS[name]) is KEYS[name]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_foreign_package_accepts_what_we_sign(name):
    now = int(datetime.now(UTC).timestamp())
    headers = http_signed.sign_request("POST", TARGET, BODY, KEYS[name], now, "S-1")
    verifier = foreign.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[name], key_resolver=Resolver(KEYS[name])
    )
    results = verifier.verify(prepared(headers))
    assert [result.parameters["keyid"] for result in results] == ["WX:7"]
