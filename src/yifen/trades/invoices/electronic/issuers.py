"""The seller 销售方: a company's tax platform, the key that both share, its tax number, and what code and rate its
lines carry. Two people decide it; the key is sealed before a proposal keeps it."""

import base64
import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.models import Partner
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.hub.corebank.banks import KEY_MISSING
from yifen.hub.corebank.rules import KEY_LEAST, KEY_MOST, KEY_SHAPE
from yifen.trades.invoices.asking import answered
from yifen.trades.invoices.electronic import rules
from yifen.trades.invoices.electronic.port import key_context

ACT = "invoices.issuer"
_TAX_NO_SHAPE = Bilingual(
    "销售方纳税人识别号须为 18 位（末位校验）或 15、20 位",
    "a seller's tax number has 18 signs (the last one checks the others), 15 or 20")  # fmt: skip
TITLES = {
    "biller": Text("收费单位", "Biller"), "seller": Text("销售方名称", "Seller"),
    "tax_no": Text("销售方纳税人识别号", "Seller's tax number"), "platform": Text("平台代码", "Platform's code"),
    "endpoint": Text("接口地址", "Endpoint"), "secret": Text("密钥 SHA-256 指纹", "SHA-256 fingerprint of the key"),
    "rates": Text("编码和税率", "Codes and rates"), "enabled": Text("启用", "In use"),
}  # fmt: skip
_SQL = queries(__package__)
_NOW, _RATES, _PUT = _SQL["issuer_now"], _SQL["rates_now"], _SQL["put_issuer"]
_RATE_NAMES = ("fee", "class", "goods_code", "goods_name", "rate_permille", "exempt", "from_on", "to_on")


class IssuerForm(NamedTuple):
    """A seller as it is asked for; an empty `secret`: the key of now stays. `rates`: as people type them."""

    biller_id: int
    seller: str
    tax_no: str
    platform: str
    endpoint: str
    secret: str
    rates: str
    enabled: bool = True


def propose(access: Access, form: IssuerForm, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    if not access.scope.has_partner(form.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller_id")
    if form.secret and not (KEY_LEAST <= len(form.secret) <= KEY_MOST and form.secret.isascii()):
        raise Refused(Code.INPUT_INVALID, "secret", KEY_SHAPE)
    sealed = base64.b64encode(key_ring().seal(form.secret.encode(), key_context(form.biller_id))).decode()
    content = {
        "biller": form.biller_id, "seller": form.seller.strip(), "tax_no": form.tax_no.strip().upper(),
        "platform": form.platform, "endpoint": form.endpoint.strip().rstrip("/"), "enabled": form.enabled,
        "sealed": sealed if form.secret else None, "rates": rules.rates_of(form.rates),
    }  # fmt: skip
    partner = Partner.objects.get(pk=form.biller_id)
    return second.propose(access, ACT, str(form.biller_id), content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be, the key by a fingerprint alone. Refused: INPUT_INVALID."""
    check_endpoint(content["endpoint"], "endpoint")
    for field in ("seller", "endpoint"):
        if not content[field]:
            raise Refused(Code.INPUT_INVALID, field, Bilingual("缺{0}", "missing: {1}", *TITLES[field]))
    if not rules.is_tax_no(content["tax_no"]):
        raise Refused(Code.INPUT_INVALID, "tax_no", _TAX_NO_SHAPE)
    before = issuer_of(content["biller"])
    if before is None and content["sealed"] is None:
        raise Refused(Code.INPUT_INVALID, "secret", KEY_MISSING)
    now = _told(before) if before else {}
    after = _told(content | {"sealed": content["sealed"] or (before or content)["sealed"]})
    return [Change(field, title, now.get(field), after[field]) for field, title in TITLES.items()]


def run(content: dict[str, Any], decision: Decision) -> None:
    """From the next invoice on. Refused: AUTHORISATION_INVALID."""
    with plain_connection() as conn:
        answered(conn, _PUT, (content["biller"],))


def issuer_of(biller_id: int) -> dict[str, Any] | None:
    """As a proposal's content has it."""
    with plain_connection() as conn:
        row = conn.execute(_NOW, (biller_id,)).fetchone()
        rates = conn.execute(_RATES, (biller_id,)).fetchall()
    if row is None:
        return None
    found = dict(zip(("seller", "tax_no", "platform", "endpoint", "sealed", "enabled"), row, strict=True))
    return found | {"biller": biller_id, "sealed": base64.b64encode(bytes(found["sealed"])).decode(),
                    "rates": [dict(zip(_RATE_NAMES, rate, strict=True)) for rate in rates]}  # fmt: skip


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """As people read it."""
    partner = Partner.objects.get(pk=content["biller"])
    plain = key_ring().open(base64.b64decode(content["sealed"]), key_context(partner.pk))
    return content | {
        "biller": f"{partner.code} {partner.name}", "enabled": second.yes_no(content["enabled"]),
        "secret": f"#{hashlib.sha256(plain).hexdigest()[:8]}",
        "rates": "\n".join(rules.rate_text(row) for row in content["rates"]),
    }  # fmt: skip
