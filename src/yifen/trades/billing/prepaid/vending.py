"""A company's vending system 售电系统: where it listens and the key that both share. What leaves by it is worth money,
so two people decide; the key is sealed before a proposal keeps it."""

import base64
import hashlib
from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prepaid.port import key_context

ACT = "billing.vending"
KEY_LEAST, KEY_MOST = 20, 200
_SQL = queries(__package__)


def propose(
    access: Access, biller_id: int, endpoint: str, secret: str, at: datetime, reason: str = ""
) -> Authorisation:
    """An empty secret: the key of now stays; an empty address: no vending system. Refused: OUT_OF_SCOPE,
    VENDING_INVALID (endpoint, secret), INPUT_INVALID (an address that may not be called), and as `second.propose`
    refuses."""
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if secret and not (KEY_LEAST <= len(secret) <= KEY_MOST and secret.isascii()):
        raise Refused(BillingCode.VENDING_INVALID, "secret")
    sealed = base64.b64encode(key_ring().seal(secret.encode(), key_context(biller_id))).decode() if secret else None
    content = {"vending": {"biller": biller_id, "endpoint": endpoint.strip().rstrip("/"), "sealed": sealed}}
    partner = Partner.objects.get(pk=biller_id)
    return second.propose(access, ACT, str(biller_id), content, at, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be, the key by a fingerprint alone. Refused: VENDING_INVALID, INPUT_INVALID."""
    asked = content["vending"]
    partner = Partner.objects.get(pk=asked["biller"])
    now = vending_of(partner.pk)
    if asked["sealed"] is None and now is None:
        raise Refused(BillingCode.VENDING_INVALID, "secret")
    _check(asked["endpoint"])
    before = _told(partner.pk, now[1]) if now else None
    after = _told(partner.pk, base64.b64decode(asked["sealed"])) if asked["sealed"] else before
    waiting = _waiting(partner.pk) if now and now[0] != asked["endpoint"] else 0
    return [
        Change("biller", Text("收费单位", "Biller"), None, f"{partner.code} {partner.name}"),
        Change("endpoint", Text("接口地址", "Address"), now[0] if now else None, asked["endpoint"] or None),
        Change("secret", Text("密钥 SHA-256 指纹", "SHA-256 fingerprint of the key"), before, after),
        *([Change("waiting", Text("索取中的卡密，将不再索取，由人工处理", "Tokens asked for, left to people"),
                  None, str(waiting))] if waiting else []),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """With the next sale."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["put_vending"], (content["vending"]["biller"],)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))


def vending_of(biller_id: int) -> tuple[str, bytes] | None:
    """Its address and sealed key."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["vending"], (biller_id,)).fetchone()
    return (row[0], bytes(row[1])) if row else None


def _waiting(biller_id: int) -> int:
    """Sales whose token was asked of the system of now, and did not come yet."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["asked_tokens"], (biller_id,)).fetchone()
    return int(row[0]) if row else 0


def _check(endpoint: str) -> None:
    """HTTPS, or this machine; either where the hub may call."""
    if not endpoint:
        return
    if not endpoint.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Refused(BillingCode.VENDING_INVALID, "endpoint")
    check_endpoint(endpoint, "endpoint")


def _told(biller_id: int, sealed: bytes) -> str:
    return f"#{hashlib.sha256(key_ring().open(sealed, key_context(biller_id))).hexdigest()[:8]}"
