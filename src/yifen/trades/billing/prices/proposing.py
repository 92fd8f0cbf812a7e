"""Prices by two people 价格版本: tried, proposed, agreed to, written; a version that began stays as it is."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from msgspec import Struct, convert, to_builtins
from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prices.faults import version_fault
from yifen.trades.billing.prices.telling import limit_said, part_said, units
from yifen.trades.billing.prices.trial import PriceTrial, TrialUse, rows_of, try_price
from yifen.trades.billing.prices.versions import PricePart, PriceVersion, TierLimit

ACT = "billing.price"
NAME_MAX, CLASS_MAX = 100, 40
_SQL = queries(__package__)
_ON, _BILLED, _IN_FORCE = _SQL["price_on"], _SQL["price_billed"], _SQL["price_in_force"]
_ANY = _SQL["price_any"]


class PricedFee(NamedTuple):
    """A fee with its company."""

    fee_id: int
    biller_id: int
    biller_code: str
    code: str
    name: str
    unit: str
    cycle: str
    metered: bool


class AskedPrice(Struct, frozen=True):
    """A version that is asked for: of which fee, class of customers and region, and from when."""

    fee_id: int
    class_: str
    region: str
    valid_from: date
    version: PriceVersion

    @property
    def rows(self) -> dict[str, Any]:
        """As its rows will be."""
        return rows_of(self.fee_id, self.class_, self.region, self.valid_from, self.version)


def propose(
    access: Access, asked: AskedPrice, use: TrialUse, digest: str, now: datetime, reason: str = ""
) -> Authorisation:
    """Put a version before a second person, with the trial that its maker saw (`digest`). Refused: OUT_OF_SCOPE,
    FEE_UNKNOWN, PRICE_INVALID (name, class, region, fields as `prices.faults` names them, valid_from: another version
    begins on that day), PRICE_BEGUN, PRICE_BILLED, PRICE_UNTRIED, and as `second.propose` refuses."""
    fee = fee_of(asked.fee_id)
    if not access.scope.has_partner(fee.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "fee")
    _check_not_begun(asked, now)
    content = asked.rows | {"trial": {"use": to_builtins(use), "digest": digest}}
    biller = Partner.objects.get(pk=fee.biller_id)
    return second.propose(access, ACT, subject(fee, asked), content, now, partner=biller, reason=reason)


def subject(fee: PricedFee, asked: AskedPrice) -> str:
    """Of which price: one proposal at a time."""
    return " ".join(word for word in (fee.biller_code, fee.code, asked.class_, asked.region) if word)


def view(content: dict[str, Any]) -> list[Change]:
    """The version that it takes over from, what it will be, and what the trial came to. Refused: as `propose`, but
    for PRICE_BEGUN."""
    asked = asked_of(content)
    fee = check(asked)
    there = in_force(asked, asked.valid_from)
    use = convert(content["trial"]["use"], TrialUse)
    tried = try_price(asked.rows, use, there)
    if tried.digest != content["trial"]["digest"]:
        raise Refused(BillingCode.PRICE_UNTRIED)
    before = said(found(there), fee.unit) if there is not None else {}
    after = said(asked, fee.unit)
    changes = [Change(field, title, before.get(field), after[field]) for field, title in TITLES.items()]
    return [*changes, Change("trial", _trial_title(use, fee), _trial_said(tried, there), grouped_yuan(tried.new_fen))]


def put(content: dict[str, Any], decision: Decision) -> None:
    """The version as it was agreed. Refused: PRICE_BEGUN (its day passed meanwhile)."""
    asked = asked_of(content)
    _check_not_begun(asked, decision.now)
    price: Any = Jsonb(content["price"])
    parts: Any = Jsonb(content["parts"])
    limits: Any = Jsonb(content["limits"])
    with connection.cursor() as cursor:
        cursor.execute(_SQL["add_price"], [price])
        price_id = cursor.fetchone()[0]
        cursor.execute(_SQL["add_parts"], [price_id, parts])
        cursor.execute(_SQL["add_limits"], [price_id, limits])


def check(asked: AskedPrice) -> PricedFee:
    """Is it a price, and may it begin on its day? Refused: FEE_UNKNOWN, PRICE_INVALID, PRICE_BILLED."""
    fee = fee_of(asked.fee_id)
    for field, text, most in (("name", asked.version.name, NAME_MAX), ("class", asked.class_, CLASS_MAX),
                              ("region", asked.region or "-", CLASS_MAX)):  # fmt: skip
        if not (text.strip() == text and 0 < len(text) <= most and text.isprintable()):
            raise Refused(BillingCode.PRICE_INVALID, field)
    if fault := version_fault(asked.version):
        raise Refused(BillingCode.PRICE_INVALID, *fault)
    if asked.version.limits and fee.cycle == "none":
        raise Refused(BillingCode.PRICE_INVALID, "limits", Bilingual("费种不分阶梯，没有上限", "the fee has no tiers"))
    if _one(_ON, _key(asked, asked.valid_from)) is not None:
        raise Refused(BillingCode.PRICE_INVALID, "valid_from", f"{asked.valid_from}")
    if billed := _one(_BILLED, _key(asked, asked.valid_from)):
        raise Refused(BillingCode.PRICE_BILLED, "valid_from", f"> {billed}")
    return fee


def fee_of(fee_id: int) -> PricedFee:
    """Refused: FEE_UNKNOWN."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["priced_fee"], [fee_id])
        row = cursor.fetchone()
    if row is None:
        raise Refused(BillingCode.FEE_UNKNOWN, "fee")
    return PricedFee(*row)


def in_force(asked: AskedPrice, day: date) -> int | None:
    """The written version of this fee, class and region that a day falls into."""
    found: int | None = _one(_IN_FORCE, _key(asked, day))
    return found


def found(price_id: int) -> AskedPrice:
    """A written version, as it would be asked for."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["price_head"], [price_id])
        fee_id, class_, region, valid_from, name, minimum, cap, tax = cursor.fetchone()
        cursor.execute(_SQL["price_parts"], [price_id])
        parts = tuple(PricePart(*row) for row in cursor.fetchall())
        cursor.execute(_SQL["price_limits"], [price_id])
        limits = tuple(TierLimit(*row) for row in cursor.fetchall())
    return AskedPrice(fee_id, class_, region, valid_from, PriceVersion(name, parts, limits, minimum, cap, tax))


def asked_of(content: dict[str, Any]) -> AskedPrice:
    """What a proposal's content asks for."""
    price = content["price"]
    since = date.fromisoformat(price["valid_from"])
    version = convert(price | {"parts": content["parts"], "limits": content["limits"]}, PriceVersion)
    return AskedPrice(price["fee_id"], price["class"], price["region"], since, version)


TITLES = {
    "name": Text("名称", "Name"), "valid_from": Text("生效日", "Valid from"), "parts": Text("计价项", "Parts"),
    "limits": Text("阶梯上限", "Limits"), "minimum_fen": Text("保底（元）", "Least of a bill (yuan)"),
    "cap_price": Text("封顶（元/单位面积）", "Most of a bill (yuan a unit of area)"),
    "tax_rate": Text("税率（含在价内）", "Tax rate (inside the price)"),
}  # fmt: skip


def said(asked: AskedPrice, unit: str) -> dict[str, second.Said]:
    """A version in words, by field."""
    version = asked.version
    return {
        "name": version.name, "valid_from": asked.valid_from.isoformat(),
        "parts": joined([part_said(part, unit) for part in version.parts]),
        "limits": joined([limit_said(limit, unit) for limit in version.limits]),
        "minimum_fen": grouped_yuan(version.minimum_fen),
        "cap_price": None if version.cap_price is None else f"{Decimal(version.cap_price).normalize():f}",
        "tax_rate": f"{(version.tax_rate * 100).normalize():f} %",
    }  # fmt: skip


def joined(texts: list[Text]) -> Text:
    """Several as one."""
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))


def _trial_title(use: TrialUse, fee: PricedFee) -> Text:
    days = f"{use.from_on} – {use.to_on} " if use.account_no else ""
    quantity = f"{days}{units(use.qty_milli)} {fee.unit}"
    return Text(f"试算 {quantity}（元）", f"Trial {quantity} (yuan)")


def _trial_said(tried: PriceTrial, there: int | None) -> str | None:
    return None if there is None else grouped_yuan(tried.now_fen)


def _check_not_begun(asked: AskedPrice, now: datetime) -> None:
    """A first version may: what was used by then nobody here has asked for."""
    today = timezone.localdate(now)
    if asked.valid_from < today and _one(_ANY, _key(asked, asked.valid_from)):
        raise Refused(BillingCode.PRICE_BEGUN, "valid_from", f"≥ {today}")


def _key(asked: AskedPrice, day: date) -> dict[str, Any]:
    return {"fee": asked.fee_id, "class": asked.class_, "region": asked.region, "day": day}


def _one(statement: str, given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return row and row[0]
