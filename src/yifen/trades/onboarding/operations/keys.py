"""Keys 密钥: issue a shared secret, take in a public key, end a version."""

import base64
import re
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.db import transaction
from django.db.models import Max

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners import operations
from yifen.core.partners.models import Partner, PartnerKey
from yifen.core.partners.roster import SHARED_SECRETS
from yifen.core.wire.keys import RSA_MIN_BITS, public_key
from yifen.trades.onboarding.codes import OnboardingCode

ALGORITHMS = {"xml": ("sha1",), "json": ("hmac-sha256", "ed25519", "rsa-pss-sha512", "sm2-sm3")}
OVERLAP = timedelta(days=7)  # how long the key before counts beside its successor
HEX = re.compile(r"[0-9A-Fa-f]+")


def algorithms_of(partner: Partner) -> tuple[str, ...]:
    """Those of the dialects that the partner speaks."""
    spoken = [dialect for dialect in ALGORITHMS if getattr(partner, dialect)]
    return tuple(name for dialect in spoken for name in ALGORITHMS[dialect])


@transaction.atomic
def issue(
    ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime
) -> tuple[PartnerKey, str]:
    """The next version of the partner's key, valid at once; the ones of the same algorithm before
    it end in seven days. Answers it and, for a shared secret, the secret as it is shown, once.
    Refused: KEY_INVALID (another algorithm, a public key that cannot be read or is too weak)."""
    if algorithm not in algorithms_of(partner):
        raise Refused(OnboardingCode.KEY_INVALID, "algorithm")
    shown = ""
    if algorithm in SHARED_SECRETS:
        material, shown = new_secret(algorithm)
    else:
        material = read_public(algorithm, public)
    Partner.objects.select_for_update().get(pk=partner.pk)  # versions are counted one at a time
    rows = PartnerKey.objects.filter(partner=partner)
    version = (rows.aggregate(most=Max("version"))["most"] or 0) + 1
    rows.filter(algorithm=algorithm, valid_until__isnull=True).update(valid_until=now + OVERLAP)
    key = operations.issue_key(ring, partner, version, algorithm, material, now)
    return key, shown


def new_secret(algorithm: str) -> tuple[bytes, str]:
    """Random bytes as the hub keeps them, and the text for the partner: of SHA-1 the text itself
    is the key, of HMAC its hexadecimal digits stand for the bytes."""
    if algorithm == "sha1":
        text = secrets.token_hex(16)
        return text.encode(), text
    material = secrets.token_bytes(32)
    return material, material.hex()


def read_public(algorithm: str, text: str) -> bytes:
    """The public key as the hub keeps it: out of PEM, or base64 of its DER or raw bytes (SM2: the
    point, also in hexadecimal). Refused: KEY_INVALID."""
    try:
        raw = _bytes_of(text)
        if algorithm == "sm2-sm3":
            return _sm2_point(raw)
        key = public_key(raw)
    except ValueError as error:
        raise Refused(OnboardingCode.KEY_INVALID, "public", str(error)[:100]) from None
    strong = isinstance(key, RSAPublicKey) and key.key_size >= RSA_MIN_BITS
    if (algorithm == "ed25519" and isinstance(key, Ed25519PublicKey)) or (
        algorithm == "rsa-pss-sha512" and strong
    ):
        return raw
    raise Refused(OnboardingCode.KEY_INVALID, "public", algorithm)


def _bytes_of(text: str) -> bytes:
    if text.lstrip().startswith("-----BEGIN"):
        return text.strip().encode()
    compact = "".join(text.split())
    if len(compact) in (128, 130) and HEX.fullmatch(compact):
        return bytes.fromhex(compact)
    return base64.b64decode(compact, validate=True)


def _sm2_point(raw: bytes) -> bytes:
    """65 bytes: 04 and the two coordinates; the 04 may be left out."""
    point = raw if len(raw) == 65 else b"\x04" + raw
    if len(point) != 65 or point[0] != 4:
        raise ValueError("SM2: 04 || x || y")
    return point


@transaction.atomic
def end(key: PartnerKey, now: datetime) -> None:
    """The version counts no longer, from now on."""
    key.valid_until = now
    key.save(update_fields=["valid_until"])
