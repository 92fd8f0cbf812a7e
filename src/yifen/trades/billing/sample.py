"""Billing's part of the demo's world: residents of a power company with three months of readings, and the bills of the
last one, made and not yet published: that takes two people."""

from datetime import date, timedelta
from typing import Any

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import sealed_name
from yifen.hub.sample import Sample
from yifen.trades.billing.customers.marks import marks_of
from yifen.trades.billing.prices.tariffs import TARIFFS

BILLER, TARIFF, COUNT = "POWER01", "sd-power", 300
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "明华丽强敏静伟芳磊娜"
COMMUNITIES = ("滨河花园", "青溪新村", "书香苑")
_SQL = queries(__package__)


def prepare(sample: Sample) -> None:
    """Customers of COMMUNITIES, in houses of four doors a floor."""
    from django.db import connection

    biller = int(sample.partners[BILLER].pk)
    months = _months_before(sample.day, 3)
    since = months[0][0]
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"biller": biller, "since": since, "now": sample.registry.now}
        facts["fee"] = _one(cursor, "sample_company", facts)
        _price(cursor, facts)
        cursor.execute(_SQL["sample_customers"], {
            **facts, **_residents(biller, _one(cursor, "sample_buckets", {})), "count": COUNT,
            "days": [until for _, until in months]})  # fmt: skip
        for from_on, to_on in months:
            cursor.execute(_SQL["sample_usage"], {**facts, "from_on": from_on, "to_on": to_on})
        from_on, to_on = months[-1]
        run = _one(cursor, "sample_run", {**facts, "from_on": from_on, "to_on": to_on,
                                          "due_on": to_on + timedelta(days=20)})  # fmt: skip
        cursor.execute(_SQL["sample_make"], {**facts, "run": run})


def _residents(biller: int, buckets: int) -> dict[str, list[Any]]:
    """Arrays of so many customers."""
    ring, rows = key_ring(), range(COUNT)
    accounts = [f"38{number + 1:08d}" for number in rows]
    names = [SURNAMES[n % 10] + GIVEN[n // 10 % 10] + GIVEN[n // 7 % 10] for n in rows]
    places = [(COMMUNITIES[n % 3], f"{n // 120 + 1}号楼", f"{n // 3 % 40 // 20 + 1}单元",
               f"{n // 3 % 20 // 4 + 1}0{n // 3 % 4 + 1}") for n in rows]  # fmt: skip
    return {
        "accounts": accounts, "buckets": [account_bucket(biller, one, buckets) for one in accounts],
        "names": [sealed_name(ring, biller, *pair) for pair in zip(accounts, names, strict=True)],
        "marks": ["{" + ",".join(map(str, marks_of(ring, biller, name))) + "}" for name in names],
        "places": ["\t".join(place) for place in places], "persons": [n % 6 + 1 for n in rows],
    }  # fmt: skip


def _price(cursor: Any, facts: dict[str, Any]) -> None:
    version = next(one.version for one in TARIFFS if one.key == TARIFF)
    price = _one(cursor, "sample_price", {**facts, "name": version.name})
    cursor.execute(_SQL["sample_parts"], {
        "price": price, "names": [part.name for part in version.parts], "tiers": [part.tier for part in version.parts],
        "yuan": [part.price for part in version.parts]})  # fmt: skip
    cursor.execute(_SQL["sample_limits"], {
        "price": price, "tiers": [limit.tier for limit in version.limits],
        "limits": [limit.limit_milli for limit in version.limits],
        "over": [limit.persons_over for limit in version.limits],
        "adds": [limit.add_milli for limit in version.limits]})  # fmt: skip
    cursor.execute(_SQL["sample_late_rule"], facts)


def _months_before(day: date, count: int) -> list[tuple[date, date]]:
    """First and last days of so many months before that of the day, the oldest first."""
    found, last = [], day.replace(day=1) - timedelta(days=1)
    for _ in range(count):
        found.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    return found[::-1]


def _one(cursor: Any, name: str, given: dict[str, Any]) -> int:
    cursor.execute(_SQL[name], given)
    return int(cursor.fetchone()[0])
