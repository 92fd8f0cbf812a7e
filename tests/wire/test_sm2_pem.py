"""SM2 keys as OpenSSL 3 writes them, and a signature of its own; what is refused."""

import re
from base64 import b64decode, b64encode

import pytest
from gmalg import SM2

from yifen.core.wire.keys import FITS, SIGN, Key
from yifen.core.wire.sm2_pem import public_of, public_pem, read_private, read_public

# openssl genpkey -algorithm SM2; openssl pkey -pubout; openssl pkey -traditional
PRIVATE = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQg/JSmXTtN8B7rKf0a
Njuk83pXPTOD60UHW1Mmc86SVSWhRANCAAQAYznAhi/Zmt/Ota/hw0e8aJWsOH3/
/DVUWFq1Bmg5LSVrVVBF+FFwwl4r22z/w3mt+LWoiEXPZlxsUl9kqDo3
-----END PRIVATE KEY-----
"""
SEC1 = """-----BEGIN SM2 PRIVATE KEY-----
MHcCAQEEIPyUpl07TfAe6yn9GjY7pPN6Vz0zg+tFB1tTJnPOklUloAoGCCqBHM9V
AYItoUQDQgAEAGM5wIYv2ZrfzrWv4cNHvGiVrDh9//w1VFhatQZoOS0la1VQRfhR
cMJeK9ts/8N5rfi1qIhFz2ZcbFJfZKg6Nw==
-----END SM2 PRIVATE KEY-----
"""
PUBLIC = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEAGM5wIYv2ZrfzrWv4cNHvGiVrDh9
//w1VFhatQZoOS0la1VQRfhRcMJeK9ts/8N5rfi1qIhFz2ZcbFJfZKg6Nw==
-----END PUBLIC KEY-----
"""
# openssl dgst -sm3 -sigopt distid:1234567812345678 -sign, its DER as r and s
TEXT = b"a text that OpenSSL signed"
SIGNATURE = bytes.fromhex(
    "a09eb38854cd0fc0d1be914cc1187175bac0209f887d29d0a1d4a80841308f08"
    "7010998e23e90b5c929e228ca5b3e131f2f5e4556c85318b1eee32c60d1e6589"
)
SCALAR = bytes.fromhex("fc94a65d3b4df01eeb29fd1a363ba4f37a573d3383eb45075b532673ce925525")
POINT = public_of(SCALAR)
P256 = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEw2LGF1DFKy6LUhnZ+isNWp26SaaU
KgqOVWmFapri4KcP/w3N3yYRJt1GKvMKYp8OAm2kAo8u4IsJSUxkyNBaVg==
-----END PUBLIC KEY-----
"""
PARAMETERS = "-----BEGIN SM2 PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END SM2 PARAMETERS-----\n"


def body(pem: str) -> bytes:
    """What stands between its lines, one line of base64."""
    return re.sub(r"-----[A-Z0-9 ]+-----|\s", "", pem).encode()


@pytest.mark.parametrize(
    "material",
    [PRIVATE.encode(), PRIVATE.replace("\n", "\r\n").encode(), SEC1.encode(),
     (PARAMETERS + PRIVATE).encode(), body(PRIVATE), b64decode(body(PRIVATE)), SCALAR,
     SCALAR.hex().encode(), b64encode(SCALAR)],
    ids=["pkcs8", "crlf", "sec1", "parameters first", "base64", "der", "raw", "hex", "raw base64"],
)  # fmt: skip
def test_a_private_key_in_each_of_its_forms(material: bytes) -> None:
    assert read_private(material) == SCALAR


@pytest.mark.parametrize(
    "material",
    [PUBLIC.encode(), f"\n{PUBLIC}\n".encode(), body(PUBLIC), b64decode(body(PUBLIC)), POINT,
     POINT[1:], POINT.hex().encode(), POINT[1:].hex().upper().encode(), b64encode(POINT)],
    ids=["pem", "space", "base64", "der", "raw", "without 04", "hex", "hex without 04",
         "raw base64"],
)  # fmt: skip
def test_a_public_key_in_each_of_its_forms(material: bytes) -> None:
    assert read_public(material) == POINT


def test_what_we_write_is_what_openssl_writes() -> None:
    assert public_pem(POINT) == PUBLIC


def test_a_signature_of_openssl_fits_and_ours_is_of_the_same_key() -> None:
    theirs = Key(partner="X", version=1, algorithm="sm2-sm3", public=PUBLIC.encode())
    assert FITS["sm2-sm3"](theirs, TEXT, SIGNATURE)
    assert not FITS["sm2-sm3"](theirs, TEXT + b".", SIGNATURE)
    ours = Key(partner="X", version=1, algorithm="sm2-sm3", secret=PRIVATE.encode())
    assert FITS["sm2-sm3"](theirs, TEXT, SIGN["sm2-sm3"](ours, TEXT))


@pytest.mark.parametrize(
    ("material", "said"),
    [
        (b"", "a point of the curve"),
        (PRIVATE.encode(), "BEGIN PRIVATE KEY is no public key"),
        (P256.encode(), "of another curve"),
        ((PUBLIC + PUBLIC).encode(), "one PEM block is needed"),
        (b"-----BEGIN PUBLIC KEY-----", "one PEM block is needed"),
        (b"04" + b"ab" * 64, "a point of the curve"),  # a point, not of this curve
        (b"05" + b"ab" * 64, "a point of the curve"),
        (b"\x04" + bytes(64), "a point of the curve"),
        (b64decode(body(PUBLIC))[:-1], "DER"),
        (b"0" * 300, "a point of the curve"),
        ("公钥".encode(), "a point of the curve"),
    ],
)
def test_what_is_no_public_key_is_refused(material: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=f"SM2.*{said}"):
        read_public(material)


@pytest.mark.parametrize(
    ("material", "said"),
    [
        (PUBLIC.encode(), "BEGIN PUBLIC KEY is no private key"),
        (PRIVATE.replace("PRIVATE", "ENCRYPTED PRIVATE").encode(), "without a password"),
        (bytes(32), "below the order"),
        (b"\xff" * 32, "below the order"),
        (SM2().generate_keypair()[1], "DER"),
        (b64decode(body(P256)), "DER"),
    ],
    ids=["public", "with a password", "zero", "too large", "a public point", "another curve"],
)
def test_what_is_no_private_key_is_refused(material: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=f"SM2.*{said}"):
        read_private(material)
