"""What one partner is handed over: addresses, its keys by their fingerprints, the sandbox's test data, and a
signed example in each of its dialects."""

from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from yifen.core.access.scope import Scope
from yifen.core.documents.handover import HandedKey, Handover
from yifen.core.documents.statement import Fact
from yifen.core.facts.refused import Refused
from yifen.core.facts.sandbox import LATE_ACCOUNT, VAGUE_ACCOUNT
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.models import Admission, Biller, Partner, PartnerKey
from yifen.core.partners.roster import SHARED_SECRETS, key_of
from yifen.core.wire.keys import version_of
from yifen.core.wire.messages import REQUESTS
from yifen.trades.onboarding.codes import OnboardingCode
from yifen.trades.onboarding.handover.examples import handed, speaks
from yifen.trades.onboarding.operations.keys import fingerprint_of
from yifen.trades.onboarding.sandbox import TRIAL_ACCOUNTS, TRIAL_BILLER

UNITS = {"fen": "分 fen", "yuan": "元 yuan"}


class SheetPartners(NamedTuple):
    """A partner and its sandbox, as far as they are there and the reader may see them. The sandbox's own
    biller has no other half."""

    real: Partner | None
    twin: Partner | None

    @property
    def one(self) -> Partner:
        found = self.real or self.twin
        assert found is not None
        return found

    @property
    def all(self) -> list[Partner]:
        return [partner for partner in self if partner is not None]


def both_of(scope: Scope, row: Partner) -> SheetPartners:
    """Both halves out of either."""
    real = row if row.sandbox_of_id is None else row.sandbox_of
    twin = row if row is not real else Partner.objects.filter(sandbox_of=row).first()
    seen = [one if one is not None and scope.has_partner(one.pk) else None for one in (real, twin)]
    return SheetPartners(*seen)


def sheet_of(pair: SheetPartners, ring: KeyRing, now: datetime, secret: Fact | None = None) -> Handover:
    """All of it. `secret`: of a key that was made just now."""
    one = pair.one
    return Handover(
        issuer=one.institution.name, name=one.name, code=one.code, made_at=now, secret=secret,
        facts=tuple(_facts(pair)), keys=tuple(_keys(pair, now)), trials=tuple(_trials(pair.twin)),
        examples=tuple(handed(pair.twin, ring, now)),
    )  # fmt: skip


def made_secret(row: Partner, ring: KeyRing, version: str, text: str) -> Fact:
    """A secret that somebody has on his screen, for his sheet; kept nowhere. Refused: KEY_INVALID (it is not that
    version's)."""
    key = PartnerKey.objects.filter(partner=row, algorithm__in=SHARED_SECRETS, version=version_of(version) or 0).first()
    if key is not None:
        material = key_of(ring, row.code, key.version, key.algorithm, bytes(key.secret)).secret
        shown = material.decode() if key.algorithm == "sha1" else material.hex()
        if compare_digest(shown.encode(), text.encode()):
            return Fact(zh=f"密钥 {row.code}:{key.version}，只在签发时交付这一次",
                        en="the key, handed over this once", value=shown)  # fmt: skip
    raise Refused(OnboardingCode.KEY_INVALID, "secret")


def _facts(pair: SheetPartners) -> list[Fact]:
    one, origin = pair.one, settings.YIFEN_GATEWAY_ORIGIN
    found = [
        Fact(zh="网关地址", en="Gateway", value=origin),
        Fact(zh="代码", en="Code", value=" · ".join(partner.code for partner in pair.all)),
    ]
    for dialect in speaks(one):
        form = "JSON + RFC 9421" if dialect == "json" else f"XML + SHA-1 · {one.encoding} · {UNITS[one.unit]}"
        found.append(Fact(zh="报文方式", en="Dialect", value=f"{form} · POST {origin}/{dialect}/v1/…"))
    biller = Biller.objects.filter(pk=one.pk).first()
    verbs = ("file",) if biller else tuple(REQUESTS)
    found.append(Fact(zh="可调用", en="May call", value=" · ".join(verbs)))
    for partner in pair.all:
        side = Biller.objects.filter(pk=partner.pk).exclude(endpoint="").first()
        if side is not None:
            found.append(Fact(zh="本系统调用", en="Called by us", value=f"{partner.code} → {side.endpoint}"))
    if one.json:
        found.append(Fact(zh="接口定义、本方公钥", en="OpenAPI, our keys",
                          value=f"{origin}/openapi.json · {origin}/keys"))  # fmt: skip
    return found


def _keys(pair: SheetPartners, now: datetime) -> list[HandedKey]:
    rows = PartnerKey.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now), partner__in=pair.all)
    return [
        HandedKey(sandbox=row.partner == pair.twin, keyid=f"{row.partner.code}:{row.version}",
                  algorithm=row.algorithm, print=_print(row), since=row.valid_from, until=row.valid_until)
        for row in rows.select_related("partner").order_by("-partner__book_id", "-version")
    ]  # fmt: skip


def _print(row: PartnerKey) -> str:
    try:
        return fingerprint_of(row)
    except Refused:
        return "—"


def _trials(twin: Partner | None) -> list[Fact]:
    """Of a channel that may pay the sandbox's own biller."""
    if twin is None or not Admission.objects.filter(
        channel=twin.pk, biller__partner__code=TRIAL_BILLER, active=True
    ).exists():
        return []
    owing = " ".join(account for account in TRIAL_ACCOUNTS if account not in (LATE_ACCOUNT, VAGUE_ACCOUNT))
    return [
        Fact(zh="收费单位", en="Biller", value=TRIAL_BILLER),
        Fact(zh="有欠费的户号", en="Accounts that owe", value=owing),
        Fact(zh="账单", en="Bills", value="B001…B099 · TOPUP 0.01–100,000.00"),
        Fact(zh="销账迟答的户号（25 秒，答 9002，已入账）", en="Answered late (25 s, 9002), and booked",
             value=LATE_ACCOUNT),
        Fact(zh="销账答 8001 的户号", en="Answered 8001", value=VAGUE_ACCOUNT),
    ]  # fmt: skip
