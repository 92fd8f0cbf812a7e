"""SM2 keys as PEM, as OpenSSL 3 and GmSSL write them; the library for X.509 keys refuses the curve.

Public: SubjectPublicKeyInfo (`PUBLIC KEY`); private: PKCS #8 (`PRIVATE KEY`, not encrypted) or
SEC 1 (`EC PRIVATE KEY`, `SM2 PRIVATE KEY`). The curve is sm2p256v1, 1.2.156.10197.1.301 (GM/T 0006).
"""

import re
from base64 import b64decode, b64encode
from typing import Annotated, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from gmalg import SM2

EC_KEY = ObjectIdentifier("1.2.840.10045.2.1")
CURVE = ObjectIdentifier("1.2.156.10197.1.301")
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SCALAR_BYTES, POINT_BYTES = 32, 65
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]+)-----END \1-----")
SEC1 = ("EC PRIVATE KEY", "SM2 PRIVATE KEY")
HEX = re.compile(rb"[0-9A-Fa-f]+")
T = TypeVar("T")


@asn1.sequence
class _Algorithm:
    kind: ObjectIdentifier
    curve: ObjectIdentifier


@asn1.sequence
class _Public:
    algorithm: _Algorithm
    point: asn1.BitString


@asn1.sequence
class _Private:
    version: int
    algorithm: _Algorithm
    inner: bytes


@asn1.sequence
class _Scalar:
    version: int
    scalar: bytes
    curve: Annotated[ObjectIdentifier | None, asn1.Explicit(0)]
    point: Annotated[asn1.BitString | None, asn1.Explicit(1)]


def read_public(material: bytes) -> bytes:
    """The point, 65 bytes from 04: out of PEM, DER, base64 or hexadecimal text, or the point itself;
    the 04 may be left out of it. ValueError says what is wrong, also of a point that is not on the
    curve."""
    label, raw = _opened(material)
    if label not in ("", "PUBLIC KEY"):
        raise ValueError(f"SM2: BEGIN {label} is no public key")
    if label or raw[:1] == b"\x30":
        raw = _point_of(raw)
    point = b"\x04" + raw if len(raw) == POINT_BYTES - 1 else raw
    if len(point) != POINT_BYTES or point[0] != 4 or not SM2(pk=point).verify_pk(point):
        raise ValueError("SM2: 04 || x || y, a point of the curve")
    return point


def read_private(material: bytes) -> bytes:
    """The scalar, 32 bytes: out of PEM, DER, base64 or hexadecimal text, or the scalar itself.
    ValueError says what is wrong; a key under a password is one."""
    label, raw = _opened(material)
    if label not in ("", "PRIVATE KEY", *SEC1):
        raise ValueError(f"SM2: BEGIN {label} is no private key without a password")
    if label or len(raw) > SCALAR_BYTES:
        raw = _scalar_of(raw, label)
    if len(raw) != SCALAR_BYTES or not 0 < int.from_bytes(raw) < ORDER - 1:
        raise ValueError("SM2: 32 bytes, above 0 and below the order less 1")
    return raw


def public_pem(point: bytes) -> str:
    """A point of 65 bytes as PEM."""
    found = _Public(algorithm=_Algorithm(kind=EC_KEY, curve=CURVE),
                    point=asn1.BitString(point, 0))  # fmt: skip
    return _pem("PUBLIC KEY", asn1.encode_der(found))


def public_of(scalar: bytes) -> bytes:
    """The point of a private key, 65 bytes."""
    return bytes(SM2(sk=scalar).generate_pk(scalar))


def _opened(material: bytes) -> tuple[str, bytes]:
    """(label of the PEM block, its bytes); without a label whatever the bytes or text say."""
    text = material.strip()
    if b"-----BEGIN" in text:
        blocks = [found for found in BLOCK.findall(text) if not found[0].endswith(b"PARAMETERS")]
        if len(blocks) != 1:
            raise ValueError("SM2: one PEM block is needed")
        return blocks[0][0].decode(), b64decode(b"".join(blocks[0][1].split()), validate=True)
    if len(material) in (SCALAR_BYTES, POINT_BYTES - 1, POINT_BYTES) and not HEX.fullmatch(text):
        return "", material
    compact = b"".join(text.split())
    if len(compact) in (64, 128, 130) and HEX.fullmatch(compact):
        return "", bytes.fromhex(compact.decode())
    if not compact.isascii():
        return "", material
    try:
        return "", b64decode(compact, validate=True)
    except ValueError:
        return "", material


def _point_of(der: bytes) -> bytes:
    found = _decoded(_Public, der)
    _check_curve(found.algorithm)
    return bytes(found.point.as_bytes())


def _scalar_of(der: bytes, label: str) -> bytes:
    if label not in SEC1:
        outer = _decoded(_Private, der)
        _check_curve(outer.algorithm)
        return bytes(_decoded(_Scalar, outer.inner).scalar)
    found = _decoded(_Scalar, der)
    if found.curve != CURVE:
        raise ValueError("SM2: the key is of another curve")
    return bytes(found.scalar)


def _decoded(form: type[T], der: bytes) -> T:
    try:
        return asn1.decode_der(form, der)
    except ValueError:
        raise ValueError("SM2: the DER of the key cannot be read") from None


def _check_curve(algorithm: _Algorithm) -> None:
    if (algorithm.kind, algorithm.curve) != (EC_KEY, CURVE):
        raise ValueError("SM2: the key is of another curve")


def _pem(label: str, der: bytes) -> str:
    text = b64encode(der).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
