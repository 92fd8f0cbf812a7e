"""Trial 试算 of a price that is not written: line by line beside the one in force, on a customer's real use or on
quantities that were typed.

It is computed by the function that makes bills, `billing_try_v1`, which is given the new version's rows beside the
written ones. It writes nothing, so nothing has to be rolled back, and the pages' process needs no right to write
a price for it.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from msgspec import Struct, to_builtins
from psycopg.types.json import Jsonb

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prices.versions import PriceVersion

_SQL = queries(__package__)


class TrialUse(Struct, frozen=True):
    """What is priced: quantities in thousandths, as `billing_asked` has them; of a customer also whose and when."""

    month: int
    qty_milli: int = 0
    peak_milli: int = 0
    valley_milli: int = 0
    area_milli: int | None = None
    factor: str = "1"
    persons: int = 1
    months: str | None = None
    used_milli: int = 0
    billed_months: str = "1"
    account_no: str = ""
    from_on: date | None = None
    to_on: date | None = None


class TriedLine(NamedTuple):
    """A line of either price; part_no 0: minimum or cap."""

    name: str
    part_no: int
    tier: int
    qty_milli: int
    price: Decimal
    amount_fen: int


class PriceTrial(NamedTuple):
    """What came of it: by the new price, by the one in force on the day before it begins (none: empty), and the
    digest of both with the use."""

    new: tuple[TriedLine, ...]
    now: tuple[TriedLine, ...]
    there: int | None
    digest: str

    @property
    def new_fen(self) -> int:
        """The bill by the new price."""
        return sum(line.amount_fen for line in self.new)

    @property
    def now_fen(self) -> int:
        """The bill by the one in force."""
        return sum(line.amount_fen for line in self.now)


def rows_of(fee_id: int, class_: str, region: str, valid_from: date, version: PriceVersion) -> dict[str, Any]:
    """A version as its rows: price, parts, limits; numbers with decimals as texts, for JSON keeps no others exact."""
    price = {"fee_id": fee_id, "class": class_, "region": region, "name": version.name,
             "valid_from": valid_from.isoformat(), "minimum_fen": version.minimum_fen,
             "cap_price": None if version.cap_price is None else f"{version.cap_price:f}",
             "tax_rate": f"{version.tax_rate:f}"}  # fmt: skip
    parts = [{"part_no": number, "name": part.name, "basis": part.basis, "tier": part.tier, "price": f"{part.price:f}"}
             for number, part in enumerate(version.parts, 1)]  # fmt: skip
    return {"price": price, "parts": parts, "limits": [to_builtins(limit) for limit in version.limits]}


def try_price(rows: dict[str, Any], use: TrialUse, there: int | None) -> PriceTrial:
    """The rows of a version on a use, beside the written price `there`."""
    tried = [[{**one, "price_id": 0} for one in rows[name]] for name in ("parts", "limits")]
    given: Any = {"there": there, "use": Jsonb(to_builtins(use)), "price": Jsonb({**rows["price"], "price_id": 0}),
             "parts": Jsonb(tried[0]), "limits": Jsonb(tried[1])}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL["try_price"], given)
        found = cursor.fetchall()
    new, now = (tuple(TriedLine(*row[1:]) for row in found if (row[0] == 0) is of_new) for of_new in (True, False))
    told = [rows, to_builtins(use), [[*map(str, line)] for line in (*new, ("",), *now)]]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return PriceTrial(new, now, there, hashlib.sha256(text.encode()).hexdigest())


def use_of(biller_id: int, fee_id: int, account_no: str, from_on: date, to_on: date) -> tuple[TrialUse, str, str]:
    """What an account used of a fee between two days, with its class and region. Refused: TRIAL_EMPTY (no service of
    the fee then, or a metered one without use)."""
    bucket = account_bucket(biller_id, account_no, read_settings().buckets)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["trial_use"], {"bucket": bucket, "account": account_no, "fee": fee_id,
                                           "from_on": from_on, "to_on": to_on})  # fmt: skip
        row = cursor.fetchone()
        cursor.execute(_SQL["priced_fee"], [fee_id])
        fee = cursor.fetchone()
    if row is None or fee is None or (fee[-1] and not row[5]):
        raise Refused(BillingCode.TRIAL_EMPTY, "account_no")
    class_, region, area, factor, persons, _uses, qty, peak, valley, used, months = row
    billed = (to_on.year - from_on.year) * 12 + to_on.month - from_on.month + 1
    use = TrialUse(to_on.month, qty, peak, valley, area, factor, persons, months, used, str(billed), account_no,
                   from_on, to_on)  # fmt: skip
    return use, class_, region
