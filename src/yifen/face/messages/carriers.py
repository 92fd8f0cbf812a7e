"""Carriers set up 消息通道: a provider's credentials, where it listens, whether it is used. Two people decide, for
codes that check phones go by them; credentials are sealed before a proposal keeps them."""

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
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications.carriers.app import key_of
from yifen.core.notifications.carriers.providers import PROVIDERS, context
from yifen.core.notifications.carriers.wechat import PATHS
from yifen.core.notifications.models import MessageCarrier
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring

ACT = "messages.carrier"
MISSING = Bilingual("凭据须各项填全", "a field of the carrier's credentials is missing")
ANOTHER = Bilingual("接口地址已改，须重新填写凭据", "the address is another: give the credentials again")
NAMES = {
    "aliyun": Text("阿里云短信", "Alibaba Cloud SMS"), "tencent": Text("腾讯云短信", "Tencent Cloud SMS"),
    "wechat": Text("微信订阅消息", "WeChat subscription messages"),
    "app": Text("自有应用（webhook）", "Own app (webhook)"),
    "local": Text("本机发件箱", "Local outbox"), "mail": Text("邮件", "Mail"),
}  # fmt: skip
TITLES = {
    "key_id": Text("密钥编号", "Key id"), "key_secret": Text("密钥", "Key secret"),
    "sign_name": Text("短信签名", "SMS signature"), "app_id": Text("短信应用号", "SMS app id"),
    "region": Text("地域", "Region"), "appid": Text("应用号", "App id"), "app_secret": Text("应用密钥", "App secret"),
    "account_kind": Text("账号类型", "Kind of account"), "secret": Text("签名密钥", "Signing secret"),
}  # fmt: skip


def propose(
    access: Access, code: str, credentials: Mapping[str, str], base_address: str, enabled: bool, now: datetime,
    reason: str = "",
) -> Authorisation:  # fmt: skip
    """Put it before a second person; no credentials at all: those of now stay. Refused: INPUT_INVALID naming
    the credential or base_address, and as `second.propose` refuses."""
    if code not in PROVIDERS:
        raise Refused(Code.INPUT_INVALID, "code")
    ring, row = key_ring(), MessageCarrier.objects.filter(pk=code).first()
    is_new = any(value.strip() for value in credentials.values())
    if not is_new and row is None:
        raise Refused(Code.INPUT_INVALID, PROVIDERS[code].CREDENTIALS[0], MISSING)
    given = credentials if is_new else opened(ring, code, bytes(row.sealed) if row else b"")
    kept, address = _checked(code, given, base_address)
    sealed = base64.b64encode(ring.seal(json.dumps(kept).encode(), context(code))).decode() if is_new else None
    content = {"carrier": {"code": code, "sealed": sealed, "base_address": address, "enabled": enabled}}
    top = Institution.objects.filter(parent=None).order_by("pk").first()
    return second.propose(access, ACT, code, content, now, institution=top, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Each credential as it is and as it will be, secrets by a fingerprint alone. Refused: INPUT_INVALID (so too
    where those that stay would go to another address)."""
    asked, ring = content["carrier"], key_ring()
    code, row = asked["code"], MessageCarrier.objects.filter(pk=asked["code"]).first()
    if code not in PROVIDERS:
        raise Refused(Code.INPUT_INVALID, "code")
    before = opened(ring, code, bytes(row.sealed)) if row else None
    after = opened(ring, code, base64.b64decode(asked["sealed"])) if asked["sealed"] else before
    if after is None:
        raise Refused(Code.INPUT_INVALID, "code")
    _kept, address = _checked(code, after, asked["base_address"])
    secret = PROVIDERS[code].SECRET
    if row is not None and not asked["sealed"] and address != row.base_address:
        raise Refused(Code.INPUT_INVALID, min(secret), ANOTHER)
    return [
        *(Change(name, TITLES[name], _told(before.get(name, ""), name in secret) if before else None,
                 _told(after.get(name, ""), name in secret)) for name in PROVIDERS[code].CREDENTIALS),
        Change("base_address", Text("接口地址", "Address"), row.base_address if row else None, address),
        Change("enabled", Text("使用", "Used"), yes_no(row.enabled) if row else None, yes_no(asked["enabled"])),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """With the next message."""
    with connection.cursor() as cursor:
        cursor.execute(queries(__package__)["put_carrier"], [content["carrier"]["code"]])
        if code := cursor.fetchone()[0]:
            raise Refused(result_code(code))


def named(code: str) -> Text:
    """What a carrier is called."""
    return NAMES.get(code, Text(code, code))


def opened(ring: KeyRing, code: str, sealed: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(ring.open(sealed, context(code)))
    return found


def public_of(ring: KeyRing, row: MessageCarrier | None) -> dict[str, str]:
    """What may be shown of the credentials: no secret."""
    found = opened(ring, row.code, bytes(row.sealed)) if row else {}
    return {name: value for name, value in found.items() if name not in PROVIDERS[row.code].SECRET} if row else {}


def _checked(code: str, given: Mapping[str, str], base_address: str) -> tuple[dict[str, str], str]:
    provider = PROVIDERS[code]
    kept = {name: given.get(name, "").strip() for name in provider.CREDENTIALS}
    for name, value in kept.items():
        if not value or not value.isprintable():
            raise Refused(Code.INPUT_INVALID, name, MISSING)
    if "secret" in kept:
        key_of(kept["secret"])
    if kept.get("account_kind", "service") not in PATHS:
        raise Refused(Code.INPUT_INVALID, "account_kind")
    address = (base_address.strip() or provider.BASE_ADDRESS).rstrip("/")
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Refused(Code.INPUT_INVALID, "base_address")
    check_endpoint(address, "base_address")
    return kept, address


def _told(value: str, secret: bool) -> Said:
    return f"SHA-256 {hashlib.sha256(value.encode()).hexdigest()[:16]}" if secret and value else value or None
