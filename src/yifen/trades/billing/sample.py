"""Billing's part of the demo's world: a town whose companies bill here. Their year before the hub is taken over 期初,
the newest period is published by two people, and one company's run still waits for its second."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import sealed_name
from yifen.hub.sample import Sample
from yifen.hub.simulators.orders import PayVisit
from yifen.trades.billing.customers.marks import marks_of
from yifen.trades.billing.prices.tariffs import TARIFFS

SMALL, WHOLE = 300, 4_000  # customers of a company
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "明华丽强敏静伟芳磊娜"
COMMUNITIES = ("滨河花园", "青溪新村", "书香苑")
PREPAID, PREPAID_COMMUNITY, PREPAID_COUNT = "37", ("阳光里",), 24  # the power company's meters that buy ahead
PREPAID_ACCOUNT = f"{PREPAID}00000001"
MAKER, CHECKER = "clearing", "clearing2"
_SQL = queries(__package__)
Period = tuple[date, date]


class Company(NamedTuple):
    """Who bills what: account numbers begin with `prefix`; `use` is what a metered customer may use in a period,
    `area` a flat's square metres, thousandths. `months` of a period (0: a heating season) and how many of them lie
    behind; `waits`: the newest one is made and not published, the one before it is the newest that is asked for."""

    biller: str
    prefix: str
    code: str
    name: str
    unit: str
    tariff: str
    months: int
    periods: int
    cycle: str
    use_milli: int = 0
    waits: bool = False
    mode: str = "exact"


POWER = Company("POWER01", "38", "POWER", "居民电费", "kWh", "sd-power", 1, 13, "year", 300_000, waits=True)
COMPANIES = (
    POWER,
    Company("HEAT01", "41", "HEAT", "居民采暖费", "m²", "bj-heat", 0, 2, "none", mode="partial"),
    Company("WATER01", "42", "WATER", "居民水费", "m³", "hz-water", 2, 3, "year", 40_000),
    Company("PROP01", "43", "PROP", "物业费", "m²", "property", 3, 2, "none"),
)


def prepare(sample: Sample) -> None:
    """A demo that ends by itself has some residents of one company and a run that waits; one that stays up the town."""
    if sample.day == sample.first_day:
        company(sample, POWER._replace(periods=3), SMALL)
        return
    for one in COMPANIES:
        facts = company(sample, one, WHOLE)
        if one is POWER:
            prepaid(facts)


def company(sample: Sample, one: Company, count: int) -> dict[str, Any]:
    """Its accounts, fee and price; its customers with their meters and readings; its bills, period by period. Answers
    what its customers' rows are made of."""
    from django.db import connection

    biller = int(sample.partners[one.biller].pk)
    spans = periods(one, sample.day)
    facts: dict[str, Any] = {
        "biller": biller, "since": spans[0][0], "now": sample.registry.now, "count": count, "code": one.code,
        "name": one.name, "unit": one.unit, "cycle": one.cycle, "metered": one.use_milli > 0, "mode": one.mode,
        "use_milli": one.use_milli, "days": [until for _, until in spans], "prepaid": False,
    }  # fmt: skip
    with connection.cursor() as cursor:
        facts["hub_buckets"] = buckets = _one(cursor, "sample_buckets", {})
        facts["fee"] = _one(cursor, "sample_company", facts)
        _price(cursor, one.tariff, facts)
        rows = residents(one.prefix, biller, count, buckets)
        cursor.execute(_SQL["sample_customers"], {**facts, **rows})
        for number, (from_on, to_on) in enumerate(spans, 1):
            span = {**facts, "from_on": from_on, "to_on": to_on, "due_on": max(to_on, sample.day) + timedelta(days=20)}
            if one.use_milli:
                cursor.execute(_SQL["sample_usage"], span)
            if number <= 2:
                cursor.execute(_SQL["sample_counted"])
            left = len(spans) - number - one.waits
            _bill(cursor, sample, span, "past" if left > 0 else "asked" if left == 0 else "waits")
    if count == WHOLE:
        sample.visits.extend(PayVisit(one.biller, account) for account in rows["accounts"])
    return facts


def prepaid(facts: dict[str, Any]) -> None:
    """A small community whose meters are bought ahead; runs leave them out."""
    from django.db import connection

    given = {**facts, "count": PREPAID_COUNT, "prepaid": True, "days": []}
    rows = residents(PREPAID, facts["biller"], PREPAID_COUNT, facts["hub_buckets"], PREPAID_COMMUNITY)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["sample_customers"], {**given, **rows})


def _bill(cursor: Any, sample: Sample, span: dict[str, Any], how: str) -> None:
    """`how`: past, waits or asked."""
    run = _one(cursor, "sample_run", span)
    if how == "past":
        cursor.execute(_SQL["sample_past"], {"run": run})
    cursor.execute(_SQL["sample_make"], {**span, "run": run})
    if how != "waits":
        proposal = _one(cursor, "sample_agreed", {
            **span, "run": run, "maker": MAKER, "checker": CHECKER, "institution": sample.seat.pk})  # fmt: skip
        cursor.execute(_SQL["sample_publish"], {**span, "run": run, "proposal": proposal})


def periods(one: Company, day: date) -> list[Period]:
    """Of the company, the oldest first: whole months, or heating seasons of which the newest has begun."""
    if not one.months:
        year = day.year if (day.month, day.day) >= (10, 1) else day.year - 1
        return [(date(year - back, 11, 15), date(year - back + 1, 3, 15)) for back in range(one.periods - 1, -1, -1)]
    found, last = [], day.replace(day=1) - timedelta(days=1)
    for _ in range(one.periods):
        first = last.replace(day=1)
        for _ in range(one.months - 1):
            first = (first - timedelta(days=1)).replace(day=1)
        found.append((first, last))
        last = first - timedelta(days=1)
    return found[::-1]


def residents(
    prefix: str, biller: int, count: int, buckets: int, communities: tuple[str, ...] = COMMUNITIES
) -> dict[str, list[Any]]:
    """Arrays of so many customers of the communities, in houses of four doors a floor."""
    ring, rows = key_ring(), range(count)
    accounts = [f"{prefix}{number + 1:08d}" for number in rows]
    names = [SURNAMES[n % 10] + GIVEN[n // 10 % 10] + GIVEN[n // 7 % 10] for n in rows]
    places = [(communities[n % len(communities)], f"{n // 120 + 1}号楼", f"{n // 3 % 40 // 20 + 1}单元",
               f"{n // 3 % 20 // 4 + 1}0{n // 3 % 4 + 1}") for n in rows]  # fmt: skip
    return {
        "accounts": accounts, "buckets": [account_bucket(biller, one, buckets) for one in accounts],
        "names": [sealed_name(ring, biller, *pair) for pair in zip(accounts, names, strict=True)],
        "marks": ["{" + ",".join(map(str, marks_of(ring, biller, name))) + "}" for name in names],
        "places": ["\t".join(place) for place in places], "persons": [n % 6 + 1 for n in rows],
        "areas": [45_000 + n * 7_919 % 115_000 for n in rows],
    }  # fmt: skip


def _price(cursor: Any, tariff: str, facts: dict[str, Any]) -> None:
    version = next(one.version for one in TARIFFS if one.key == tariff)
    price = _one(cursor, "sample_price", {**facts, "name": version.name})
    cursor.execute(_SQL["sample_parts"], {
        "price": price, "names": [part.name for part in version.parts], "tiers": [part.tier for part in version.parts],
        "bases": [part.basis for part in version.parts], "yuan": [part.price for part in version.parts]})  # fmt: skip
    cursor.execute(_SQL["sample_limits"], {
        "price": price, "tiers": [limit.tier for limit in version.limits],
        "limits": [limit.limit_milli for limit in version.limits],
        "over": [limit.persons_over for limit in version.limits],
        "adds": [limit.add_milli for limit in version.limits]})  # fmt: skip
    cursor.execute(_SQL["sample_late_rule"], facts)


def _one(cursor: Any, name: str, given: dict[str, Any]) -> int:
    cursor.execute(_SQL[name], given)
    return int(cursor.fetchone()[0])
