"""Keys 密钥: issue a shared secret, take in a public key, end a version. Of a partner that is live a second
person decides; what he agrees to is the sealed key itself (X2)."""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.partners.models import Partner, PartnerKey
from yifen.core.partners.roster import SHARED_SECRETS, key_context
from yifen.core.ring import key_ring
from yifen.core.wire.keys import check_public
from yifen.trades.onboarding.codes import OnboardingCode

ALGORITHMS = {"xml": ("sha1",), "json": ("hmac-sha256", "ed25519", "rsa-pss-sha512", "sm2-sm3")}
OVERLAP = timedelta(days=7)  # how long the key before counts beside its successor
ISSUE, END = "partners.key", "partners.key_end"


class Issued(NamedTuple):
    """A version of a key. `secret`: as it is shown, once; "" of a public key. `proposal`: of a live partner,
    it counts when a second person agrees. `ends`: how many versions end by it."""

    version: int
    secret: str
    proposal: Authorisation | None
    ends: int


def algorithms_of(partner: Partner) -> tuple[str, ...]:
    """Those of the dialects that the partner speaks."""
    return algorithms(*(dialect for dialect in ALGORITHMS if getattr(partner, dialect)))


def algorithms(*dialects: str) -> tuple[str, ...]:
    """Those of these dialects; of XML none while SHA-1 is switched off."""
    open_ = [dialect for dialect in dialects if dialect != "xml" or settings.YIFEN_SHA1]
    return tuple(name for dialect in open_ for name in ALGORITHMS[dialect])


@transaction.atomic
def issue(
    access: Access, ring: KeyRing, partner: Partner, algorithm: str, public: str, now: datetime,
    allowed: tuple[str, ...] | None = None,
) -> Issued:  # fmt: skip
    """The next version of the partner's key; once it counts, the ones of the same algorithm before it
    end in seven days. `allowed`: other algorithms than those of its dialects. Refused: OUT_OF_SCOPE,
    KEY_INVALID (another algorithm, a public key that cannot be read or is too weak), and as
    `second.propose` refuses."""
    if not access.scope.has_partner(partner.pk):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    if algorithm not in (algorithms_of(partner) if allowed is None else allowed):
        raise Refused(OnboardingCode.KEY_INVALID, "algorithm")
    shown = ""
    if algorithm in SHARED_SECRETS:
        material, shown = new_secret(algorithm)
    else:
        material = read_public(algorithm, public)
    partner = Partner.objects.select_for_update().get(pk=partner.pk)  # versions are counted one at a time
    version = next_version(partner)
    sealed = ring.seal(material, key_context(partner.code, version))
    before = PartnerKey.objects.filter(partner=partner, algorithm=algorithm, valid_until=None)
    row = {"partner_id": partner.pk, "version": version, "algorithm": algorithm,
           "secret": f"\\x{sealed.hex()}"}  # fmt: skip
    content = {"rows": {"partner_key": [row, *({"id": key.pk} for key in before)]}}
    if partner.is_arriving:
        _put(content, now)
        return Issued(version, shown, None, len(before))
    proposal = second.propose(access, ISSUE, partner.code, content, now, partner=partner)
    return Issued(version, shown, proposal, len(before))


def next_version(partner: Partner) -> int:
    rows = PartnerKey.objects.filter(partner=partner)
    return (rows.aggregate(most=Max("version"))["most"] or 0) + 1


def fingerprint(algorithm: str, material: bytes) -> str:
    """Of a public key the whole SHA-256, to be compared with the partner's; of a secret too little of it
    to find the secret by."""
    found = hashlib.sha256(material).hexdigest()
    return f"#{found[:8]}" if algorithm in SHARED_SECRETS else found


def fingerprint_of(key: PartnerKey) -> str:
    """Of a version that is kept or proposed. Refused: KEY_INVALID (no ring of today opens it)."""
    context = key_context(key.partner.code, key.version)
    try:
        return fingerprint(key.algorithm, key_ring().open(bytes(key.secret), context))
    except KeyRingError:
        raise Refused(OnboardingCode.KEY_INVALID, "secret") from None


def view_issue(content: dict[str, Any]) -> list[Change]:
    """The version that comes and those that end by it. Refused: KEY_INVALID (another came
    meanwhile, or the ring opens it no longer)."""
    row, *before = content["rows"]["partner_key"]
    partner = Partner.objects.get(pk=row["partner_id"])
    if row["version"] != next_version(partner):
        raise Refused(OnboardingCode.KEY_INVALID, "version")
    ends = PartnerKey.objects.filter(pk__in=[key["id"] for key in before]).order_by("version")
    return [
        Change("key", Text("新密钥", "New key"), None,
               f"{partner.code}:{row['version']} {row['algorithm']}"),
        Change("fingerprint", Text("SHA-256 指纹", "SHA-256 fingerprint"), None, fingerprint_of(_key(row))),
        *(Change(f"ends_{key.version}", *_ending(partner, key), Text("生效后 7 天", "7 days later"))
          for key in ends),
    ]  # fmt: skip


def put_issue(content: dict[str, Any], decision: Decision) -> None:
    """It counts from the decision on."""
    _put(content, decision.now)


def _put(content: dict[str, Any], now: datetime) -> None:
    row, *before = content["rows"]["partner_key"]
    ends = PartnerKey.objects.filter(pk__in=[key["id"] for key in before], valid_until=None)
    ends.update(valid_until=now + OVERLAP)
    key = _key(row)
    key.valid_from = now
    key.save(force_insert=True)


def _key(row: dict[str, Any]) -> PartnerKey:
    return PartnerKey(**row | {"secret": bytes.fromhex(row["secret"].removeprefix("\\x"))})


def _ending(partner: Partner, key: PartnerKey) -> tuple[Text, str | None]:
    """Title and present end of a version."""
    name = f"{partner.code}:{key.version} {key.algorithm}"
    until = f"{localtime(key.valid_until):%Y-%m-%d %H:%M}" if key.valid_until else None
    return Text(f"{name} 停用", f"{name} ends"), until


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
    except ValueError:
        raise Refused(OnboardingCode.KEY_INVALID, "public") from None


def _bytes_of(algorithm: str, text: str) -> bytes:
    if algorithm == "sm2-sm3" or text.lstrip().startswith("-----BEGIN"):
        return text.strip().encode()
    return base64.b64decode("".join(text.split()), validate=True)


@transaction.atomic
def end(access: Access, key: PartnerKey, now: datetime) -> Authorisation | None:
    """The version counts no longer: from now on (None), or of a live partner when a second person agrees.
    Refused: OUT_OF_SCOPE, KEY_INVALID (it ended before), and as `second.propose` refuses."""
    if not access.scope.has_partner(key.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    partner = Partner.objects.select_for_update().get(pk=key.partner_id)
    if key.valid_until is not None and key.valid_until <= now:
        raise Refused(OnboardingCode.KEY_INVALID, "version")
    content = {"rows": {"partner_key": {"id": key.pk}}}
    if not partner.is_arriving:
        subject = f"{partner.code}:{key.version}"
        return second.propose(access, END, subject, content, now, partner=partner)
    _end(content, now)
    return None


def view_end(content: dict[str, Any]) -> list[Change]:
    """The end of the version, as it is and as it will be."""
    key = PartnerKey.objects.select_related("partner").get(pk=content["rows"]["partner_key"]["id"])
    return [Change("valid_until", *_ending(key.partner, key), Text("复核后立即", "At once"))]


def put_end(content: dict[str, Any], decision: Decision) -> None:
    """Over from the decision on."""
    _end(content, decision.now)


def _end(content: dict[str, Any], now: datetime) -> None:
    rows = PartnerKey.objects.filter(pk=content["rows"]["partner_key"]["id"])
    rows.exclude(valid_until__lte=now).update(valid_until=now)
