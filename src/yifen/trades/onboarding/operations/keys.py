"""Keys 密钥: issue a shared secret, take in a public key, end a version."""

import base64
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners import operations
from yifen.core.partners.models import Partner, PartnerKey
from yifen.core.partners.roster import SHARED_SECRETS
from yifen.core.wire.keys import check_public
from yifen.trades.onboarding.codes import OnboardingCode

ALGORITHMS = {"xml": ("sha1",), "json": ("hmac-sha256", "ed25519", "rsa-pss-sha512", "sm2-sm3")}
OVERLAP = timedelta(days=7)  # how long the key before counts beside its successor


def algorithms_of(partner: Partner) -> tuple[str, ...]:
    """Those of the dialects that the partner speaks."""
    return algorithms(*(dialect for dialect in ALGORITHMS if getattr(partner, dialect)))


def algorithms(*dialects: str) -> tuple[str, ...]:
    """Those of these dialects; of XML none while SHA-1 is switched off."""
    open_ = [dialect for dialect in dialects if dialect != "xml" or settings.YIFEN_SHA1]
    return tuple(name for dialect in open_ for name in ALGORITHMS[dialect])


def issue(
    ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime
) -> tuple[PartnerKey, str]:
    """The next version of the partner's key, valid at once; the ones of the same algorithm before
    it end in seven days. Answers it and, for a shared secret, the secret as it is shown, once.
    Refused: KEY_INVALID (another algorithm, a public key that cannot be read or is too weak)."""
    return next_version(ring, partner, algorithm, public, now, algorithms_of(partner))


@transaction.atomic
def next_version(
    ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime,
    allowed: tuple[str, ...],
) -> tuple[PartnerKey, str]:  # fmt: skip
    """As `issue`, of one of the allowed algorithms."""
    if algorithm not in allowed:
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
    """The public key as the hub keeps it: out of PEM, or base64 of its DER or raw bytes; of SM2 the
    point, out of either or hexadecimal. Refused: KEY_INVALID."""
    try:
        return check_public(algorithm, _bytes_of(algorithm, text))
    except ValueError as error:
        raise Refused(OnboardingCode.KEY_INVALID, "public", str(error)[:100]) from None


def _bytes_of(algorithm: str, text: str) -> bytes:
    if algorithm == "sm2-sm3" or text.lstrip().startswith("-----BEGIN"):
        return text.strip().encode()
    return base64.b64decode("".join(text.split()), validate=True)


@transaction.atomic
def end(key: PartnerKey, now: datetime) -> None:
    """The version counts no longer, from now on."""
    key.valid_until = now
    key.save(update_fields=["valid_until"])
