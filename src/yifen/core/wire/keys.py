"""Keys and the five algorithms: sign and verify bytes, nothing about HTTP."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from gmalg import SM2
from msgspec import Struct

from yifen.core.wire import sm2_pem

Algorithm = Literal["sha1", "hmac-sha256", "ed25519", "rsa-pss-sha512", "sm2-sm3"]
SM2_USER = b"1234567812345678"  # GM/T 0009: the user id where none was agreed
SLOW = frozenset({"sm2-sm3"})  # some 30 ms each, in pure Python
RSA_SALT_BYTES = 64
RSA_MIN_BITS = 2048
VERSION_DIGITS = 4


class Key(Struct, frozen=True, kw_only=True):
    """A partner's key in one version. `secret`: the shared secret (sha1, hmac-sha256) or our
    private key; `public`: the other side's public key. PEM, DER, or raw bytes (ed25519: 32;
    sm2-sm3: private 32, public 65 from 04). A pair of ours has both."""

    partner: str
    version: int
    algorithm: Algorithm
    secret: bytes = b""
    public: bytes = b""

    @property
    def keyid(self) -> str:
        return f"{self.partner}:{self.version}"

    def __repr__(self) -> str:
        return f"Key({self.keyid}, {self.algorithm})"


def version_of(text: str) -> int | None:
    """A version as a keyid has it, of at most four digits; None: it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= VERSION_DIGITS else None


def hmac_sign(key: Key, content: bytes) -> bytes:
    return hmac_digest(key.secret, content, "sha256")


def hmac_fits(key: Key, content: bytes, signature: bytes) -> bool:
    return bool(key.secret) and compare_digest(hmac_sign(key, content), signature)


@lru_cache(maxsize=1024)
def private_key(material: bytes) -> Any:
    """A private key out of PEM or DER (PKCS #8); 32 bytes are a raw ed25519 one."""
    if len(material) == 32:
        return ed25519.Ed25519PrivateKey.from_private_bytes(material)
    if material.startswith(b"-----"):
        return serialization.load_pem_private_key(material, None)
    return serialization.load_der_private_key(material, None)


@lru_cache(maxsize=1024)
def public_key(material: bytes) -> Any:
    """A public key out of PEM or DER (SubjectPublicKeyInfo); 32 bytes are a raw ed25519 one."""
    if len(material) == 32:
        return ed25519.Ed25519PublicKey.from_public_bytes(material)
    if material.startswith(b"-----"):
        return serialization.load_pem_public_key(material)
    return serialization.load_der_public_key(material)


def ed25519_sign(key: Key, content: bytes) -> bytes:
    signer = private_key(key.secret)
    assert isinstance(signer, ed25519.Ed25519PrivateKey)
    return signer.sign(content)


def ed25519_fits(key: Key, content: bytes, signature: bytes) -> bool:
    verifier = public_key(key.public)
    if not isinstance(verifier, ed25519.Ed25519PublicKey):
        return False
    try:
        verifier.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def pss() -> padding.PSS:
    return padding.PSS(padding.MGF1(hashes.SHA512()), RSA_SALT_BYTES)


def rsa_sign(key: Key, content: bytes) -> bytes:
    signer = private_key(key.secret)
    assert isinstance(signer, rsa.RSAPrivateKey)
    return signer.sign(content, pss(), hashes.SHA512())


def rsa_fits(key: Key, content: bytes, signature: bytes) -> bool:
    verifier = public_key(key.public)
    if not isinstance(verifier, rsa.RSAPublicKey) or verifier.key_size < RSA_MIN_BITS:
        return False
    try:
        verifier.verify(signature, content, pss(), hashes.SHA512())
    except InvalidSignature:
        return False
    return True


sm2_scalar = lru_cache(maxsize=1024)(sm2_pem.read_private)
sm2_point = lru_cache(maxsize=1024)(sm2_pem.read_public)


def sm2_sign(key: Key, content: bytes) -> bytes:
    """r and s, 32 bytes each."""
    pair: tuple[bytes, bytes] = SM2(sk=sm2_scalar(key.secret), uid=SM2_USER).sign(content)
    return b"".join(number.rjust(32, b"\0") for number in pair)


def sm2_fits(key: Key, content: bytes, signature: bytes) -> bool:
    r, s = signature[:32], signature[32:]
    if len(signature) != 64 or not all(0 < int.from_bytes(n) < sm2_pem.ORDER for n in (r, s)):
        return False
    return bool(SM2(uid=SM2_USER, pk=sm2_point(key.public)).verify(content, r, s))


SIGN: dict[str, Callable[[Key, bytes], bytes]] = {
    "hmac-sha256": hmac_sign,
    "ed25519": ed25519_sign,
    "rsa-pss-sha512": rsa_sign,
    "sm2-sm3": sm2_sign,
}
FITS: dict[str, Callable[[Key, bytes, bytes], bool]] = {
    "hmac-sha256": hmac_fits,
    "ed25519": ed25519_fits,
    "rsa-pss-sha512": rsa_fits,
    "sm2-sm3": sm2_fits,
}


def check_public(algorithm: str, material: bytes) -> bytes:
    """A public key as it is kept: PEM, DER or raw bytes as they came, of SM2 the point. ValueError: it
    cannot be read, is of another algorithm, or too weak."""
    if algorithm == "sm2-sm3":
        return sm2_pem.read_public(material)
    try:
        found = public_key(material)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    strong = isinstance(found, rsa.RSAPublicKey) and found.key_size >= RSA_MIN_BITS
    edward = isinstance(found, ed25519.Ed25519PublicKey)
    if (algorithm == "ed25519" and edward) or (algorithm == "rsa-pss-sha512" and strong):
        return material
    raise ValueError(f"no {algorithm} public key, or too weak")


def fingerprint(key: Key) -> str:
    """What people compare by eye: the first 16 hex digits of SHA-256 over the public part; for a
    shared secret over the secret itself."""
    return sha256(key.public or key.secret).hexdigest()[:16]
