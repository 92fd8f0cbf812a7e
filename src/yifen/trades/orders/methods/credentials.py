"""What signing takes: keys as an operator was given them (PEM, or bare base 64), the time, a nonce."""

from datetime import datetime
from secrets import token_hex

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.partners.endpoint import check_endpoint

BITS_LEAST = 2048


def private_key(text: str, field: str) -> RSAPrivateKey:
    """PKCS#8 or PKCS#1. Refused: INPUT_INVALID."""
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            key = load_pem_private_key(_pem(text, label), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, RSAPrivateKey) and key.key_size >= BITS_LEAST:
            return key
    raise Refused(Code.INPUT_INVALID, field)


def public_key(text: str, field: str) -> RSAPublicKey:
    """Refused: INPUT_INVALID."""
    try:
        key = load_pem_public_key(_pem(text, "PUBLIC KEY"))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(Code.INPUT_INVALID, field) from None
    if not isinstance(key, RSAPublicKey) or key.key_size < BITS_LEAST:
        raise Refused(Code.INPUT_INVALID, field)
    return key


def check_address(address: str) -> None:
    """HTTPS, or this machine; either where the hub may call. Refused: INPUT_INVALID."""
    local = address.startswith(("http://127.0.0.1:", "http://localhost:"))
    if not local and not address.startswith("https://"):
        raise Refused(Code.INPUT_INVALID, "base_address")
    check_endpoint(address, "base_address")


def _pem(text: str, label: str) -> bytes:
    if "-----BEGIN" in text:
        return text.strip().encode()
    return f"-----BEGIN {label}-----\n{text.strip()}\n-----END {label}-----\n".encode()


def now() -> datetime:
    """The time that a signed request carries; providers refuse one that is minutes off."""
    from yifen.core.access import edge  # the pages' clock; `verify` reads answers without the pages

    return edge.now()


def nonce() -> str:
    return token_hex(16)
