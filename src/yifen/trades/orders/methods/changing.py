"""Pay methods set up 支付方式: a provider's credentials, where it listens, whether it is offered. Payers' money
comes by them, so two people decide; credentials are sealed before a proposal keeps them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, yes_no
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.trades.orders.codes import OrderCode
from yifen.trades.orders.methods.providers import PROVIDERS, context
from yifen.trades.orders.methods.registry import checked
from yifen.trades.orders.models import PayMethod

ACT = "orders.method"
SECRET = frozenset({"private_key", "apiv3_key", "app_secret"})
OPTIONAL = frozenset({"public_key_id", "public_key", "app_secret"})
LONG = frozenset({"private_key", "public_key", "alipay_public_key"})
TITLES = {
    "appid": Text("应用号", "App id"), "app_id": Text("应用号", "App id"), "mchid": Text("商户号", "Merchant"),
    "cert_serial_no": Text("商户证书序列号", "Serial of our certificate"),
    "private_key": Text("本方私钥", "Our private key"), "apiv3_key": Text("APIv3 密钥", "APIv3 key"),
    "public_key_id": Text("微信支付公钥 ID", "Id of WeChat Pay's public key"),
    "public_key": Text("微信支付公钥", "WeChat Pay's public key"), "app_secret": Text("应用密钥", "App secret"),
    "alipay_public_key": Text("支付宝公钥", "Alipay's public key"),
}  # fmt: skip
_SQL = queries(__package__)


def propose(
    access: Access, code: str, credentials: Mapping[str, str], base_address: str, enabled: bool, now: datetime,
    reason: str = "",
) -> Authorisation:  # fmt: skip
    """Put it before a second person; no credentials at all: those of now stay. Refused: PAY_METHOD_UNKNOWN,
    INPUT_INVALID naming the credential or base_address, and as `second.propose` refuses."""
    if code not in PROVIDERS:
        raise Refused(OrderCode.PAY_METHOD_UNKNOWN, "code")
    ring, row = key_ring(), PayMethod.objects.filter(pk=code).first()
    is_new = any(value.strip() for value in credentials.values())
    if not is_new and row is None:
        raise Refused(Code.INPUT_INVALID, PROVIDERS[code].CREDENTIALS[0])
    given = credentials if is_new else _opened(ring, code, bytes(row.sealed) if row else b"")
    kept, address = checked(code, given, base_address)
    sealed = base64.b64encode(ring.seal(json.dumps(kept).encode(), context(code))).decode() if is_new else None
    content = {"method": {"code": code, "sealed": sealed, "base_address": address, "enabled": enabled}}
    top = Institution.objects.filter(parent=None).order_by("pk").first()
    return second.propose(access, ACT, code, content, now, institution=top, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Each credential as it is and as it will be, secrets by a fingerprint alone. Refused: PAY_METHOD_UNKNOWN,
    INPUT_INVALID."""
    asked, ring = content["method"], key_ring()
    code, row = asked["code"], PayMethod.objects.filter(pk=asked["code"]).first()
    before = _opened(ring, code, bytes(row.sealed)) if row else None
    sealed = asked["sealed"]
    after = _opened(ring, code, base64.b64decode(sealed)) if sealed else before
    if after is None:
        raise Refused(Code.INPUT_INVALID, "code")
    _kept, address = checked(code, after, asked["base_address"])
    return [
        *(Change(name, TITLES[name], _told(name, before.get(name, "")) if before else None,
                 _told(name, after.get(name, ""))) for name in PROVIDERS[code].CREDENTIALS),
        Change("base_address", Text("接口地址", "Address"), row.base_address if row else None, address),
        Change("enabled", Text("提供给缴费人", "Offered to payers"), yes_no(row.enabled) if row else None,
               yes_no(asked["enabled"])),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """With the next order; orders under way come to their end by the same provider."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["put_method"], [content["method"]["code"]])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))


def public_of(ring: KeyRing, row: PayMethod | None) -> dict[str, str]:
    """What may be shown of the credentials: no secret."""
    found = _opened(ring, row.code, bytes(row.sealed)) if row else {}
    return {name: value for name, value in found.items() if name not in SECRET}


def _opened(ring: KeyRing, code: str, sealed: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(ring.open(sealed, context(code)))
    return found


def _told(name: str, value: str) -> Said:
    if not value or name not in SECRET | LONG:
        return value or None
    return f"SHA-256 {hashlib.sha256(value.encode()).hexdigest()[:16]}"
