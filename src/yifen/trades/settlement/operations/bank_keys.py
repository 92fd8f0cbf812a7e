"""The key of a bank's port 接口密钥: a secret that we share with it, shown once to who proposes it. Money leaves
by it, so another person decides; what he agrees to is the sealed key itself."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner, PartnerKey
from yifen.core.partners.roster import key_context
from yifen.core.ring import key_ring
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.models import Bank

ACT, ALGORITHM = "settlement.bank_key", "hmac-sha256"
OVERLAP = timedelta(days=7)  # how long the key before counts beside its successor


class IssuedBankKey(NamedTuple):
    """`secret`: 64 hexadecimal digits, shown this once."""

    version: int
    secret: str
    proposal: Authorisation


@transaction.atomic
def propose(access: Access, bank: Partner, now: datetime) -> IssuedBankKey:
    """The next version; the ones before it end in seven days. Refused: OUT_OF_SCOPE, BANK_INVALID (it has no
    port), and as `second.propose` refuses."""
    if not access.scope.has_partner(bank.pk):
        raise Refused(Code.OUT_OF_SCOPE, "bank")
    if not Bank.objects.filter(pk=bank.pk).exclude(endpoint="").exists():
        raise Refused(SettlementCode.BANK_INVALID, "endpoint")
    bank = Partner.objects.select_for_update().get(pk=bank.pk)  # versions are counted one at a time
    material, version = secrets.token_bytes(32), _newest(bank) + 1
    sealed = key_ring().seal(material, key_context(bank.code, version))
    row = {"partner_id": bank.pk, "version": version, "algorithm": ALGORITHM, "secret": f"\\x{sealed.hex()}"}
    before = PartnerKey.objects.filter(partner=bank, valid_until=None)
    content = {"bank": bank.pk, "rows": {"partner_key": [row, *({"id": key.pk} for key in before)]}}
    return IssuedBankKey(version, material.hex(), second.propose(access, ACT, bank.code, content, now, partner=bank))


def view(content: dict[str, Any]) -> list[Change]:
    """The version that comes, by a fingerprint that tells nothing of it, and those that end. Refused:
    BANK_INVALID (another came meanwhile)."""
    row, *before = content["rows"]["partner_key"]
    bank = Partner.objects.get(pk=content["bank"])
    if row["version"] != _newest(bank) + 1:
        raise Refused(SettlementCode.BANK_INVALID, "version")
    material = key_ring().open(_bytes(row), key_context(bank.code, row["version"]))
    ends = PartnerKey.objects.filter(pk__in=[key["id"] for key in before]).order_by("version")
    return [
        Change("key", Text("新密钥", "New key"), None, f"{bank.code}:{row['version']} {ALGORITHM}"),
        Change("fingerprint", Text("SHA-256 指纹", "SHA-256 fingerprint"), None,
               f"#{hashlib.sha256(material).hexdigest()[:8]}"),
        *(Change(f"ends_{key.version}", Text(f"{bank.code}:{key.version} 停用", f"{bank.code}:{key.version} ends"),
                 None, Text("生效后 7 天", "7 days later")) for key in ends),
    ]  # fmt: skip


def put(content: dict[str, Any], decision: Decision) -> None:
    """It counts from the decision on."""
    row, *before = content["rows"]["partner_key"]
    ends = PartnerKey.objects.filter(pk__in=[key["id"] for key in before], valid_until=None)
    ends.update(valid_until=decision.now + OVERLAP)
    PartnerKey.objects.create(**row | {"secret": _bytes(row), "valid_from": decision.now})


def _newest(bank: Partner) -> int:
    return int(PartnerKey.objects.filter(partner=bank).aggregate(most=Max("version"))["most"] or 0)


def _bytes(row: dict[str, Any]) -> bytes:
    return bytes.fromhex(row["secret"].removeprefix("\\x"))
