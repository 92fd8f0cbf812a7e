"""Fees and prices by two people: what is refused, what is written, and what a trial shows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from msgspec.structs import replace

from tests.access.proposals import arriving
from tests.access.test_second import as_the_pages
from tests.billing.price_proposals import (
    NOW,
    TIERED,
    a_fee,
    as_owner,
    asked_price,
    billing_here,
    proposed_price,
)
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.bilingual import in_language
from yifen.core.facts.refused import Refused
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.prices.faults import version_fault
from yifen.trades.billing.prices.versions import PricePart, PriceVersion, TierLimit

NEW_YEAR = date(2027, 1, 1)
PART = PricePart("费", "qty", D(1))


@pytest.fixture(autouse=True)
def undone(place: Province) -> Iterator[None]:
    """Whatever a test does."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def agree(place: Province, row: Any, at: datetime = NOW) -> None:
    from yifen.core.access import second

    checker = site.access(place.users["institution_admin"])
    with as_the_pages():
        second.decide(checker, row.pk, seen=bytes(row.shown).hex(), yes=True, now=at)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def staff(place: Province) -> Any:
    return site.access(place.users["biller_staff"])


def refused(code: BillingCode, field: str = "") -> Any:
    """The code, at this field."""
    return pytest.raises(Refused, match=f"{code.name}.*{field}" if field else code.name)


def test_a_price_is_written_just_as_it_was_agreed_to(place: Province) -> None:
    from yifen.trades.billing.prices import proposing as prices

    fee = a_fee(place.own.biller)
    version = replace(TIERED, cap_price=D("12.5"), minimum_fen=300, tax_rate=D("0.03"),
                      limits=(TierLimit(1, 180_000, persons_over=5, add_milli=30_000, add_each=True),))  # fmt: skip
    asked = asked_price(fee, version=version)
    agree(place, proposed_price(staff(place), asked))
    written = prices.in_force(asked, NEW_YEAR)
    assert written is not None
    assert prices.found(written) == asked
    assert prices.in_force(asked, NEW_YEAR - timedelta(days=1)) is None


def test_the_proposal_shows_both_versions_and_what_the_trial_came_to(place: Province) -> None:
    fee = a_fee(place.own.biller)
    first = proposed_price(staff(place), asked_price(fee))
    assert [(c["field"], c["before"], c["after"]) for c in first.changes if c["field"] == "trial"] == [
        ("trial", None, "726.00")]  # fmt: skip
    agree(place, first)
    dearer = replace(TIERED, name="2028", parts=(PricePart("水费", "qty", D(5)),), limits=())
    row = proposed_price(staff(place), asked_price(fee, date(2028, 1, 1), dearer))
    shown = {c["field"]: (c["before"], c["after"]) for c in row.changes}
    assert shown["trial"] == ("726.00", "1,000.00")
    assert shown["limits"][0] == {"zh": "1 档至 180 m³", "en": "tier 1 to 180 m³"}
    assert shown["parts"][1] == {"zh": "水费 5 元/m³", "en": "水费 5 yuan/m³"}
    assert shown["valid_from"] == ("2027-01-01", "2028-01-01")


def test_what_was_tried_otherwise_is_not_put_before_anybody(place: Province) -> None:
    from yifen.trades.billing.prices import proposing as prices
    from yifen.trades.billing.prices import trial

    asked = asked_price(a_fee(place.own.biller))
    use = trial.TrialUse(month=3, qty_milli=200_000)
    tried = trial.try_price(asked.rows, use, None)
    other = replace(asked, version=replace(TIERED, minimum_fen=1))
    less = replace(use, qty_milli=1)
    for what, on, digest in ((other, use, tried.digest), (asked, less, tried.digest), (asked, use, "")):
        with refused(BillingCode.PRICE_UNTRIED):
            prices.propose(staff(place), what, on, digest, NOW)
    assert prices.propose(staff(place), asked, use, tried.digest, NOW).pk


def test_only_a_first_price_begins_in_the_past_and_none_is_agreed_to_too_late(place: Province) -> None:
    fee = a_fee(place.own.biller)
    agree(place, proposed_price(staff(place), asked_price(fee, NOW.date() - timedelta(days=400))))
    with refused(BillingCode.PRICE_BEGUN, "valid_from"):
        proposed_price(staff(place), asked_price(fee, NOW.date() - timedelta(days=1)))
    row = proposed_price(staff(place), asked_price(fee, NOW.date()))
    with refused(BillingCode.PRICE_BEGUN, "valid_from"):
        agree(place, row, NOW + timedelta(days=1))
    assert len(rows("SELECT FROM billing_price WHERE fee_id = %s", fee)) == 1
    agree(place, row)
    assert len(rows("SELECT FROM billing_price WHERE fee_id = %s", fee)) == 2


def published_bill(place: Province, fee: int, to_on: date, class_: str = "residential") -> None:
    """A bill of the class, published."""
    made = as_owner("INSERT INTO billing_place (biller_id, name, path) VALUES (%s, 'a', 'a') RETURNING place_id",
                    [place.own.biller])  # fmt: skip
    as_owner("INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)"
             " VALUES (0, 9000000, %s, 'TRY1', %s, '2026-01-01')", [place.own.biller, made])  # fmt: skip
    as_owner("INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on, factor)"
             " VALUES (0, 9000000, 9000000, %s, %s, '2026-01-01', 0.5)", [fee, class_])  # fmt: skip
    run = as_owner("INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by)"
                   " VALUES (%s, %s, 'period', '2026-12-01', %s, %s, now(), 'a') RETURNING run_id",
                   [place.own.biller, fee, to_on, to_on])  # fmt: skip
    as_owner("INSERT INTO billing_bill"
             " VALUES (0, 9000000, %s, 0, 9000000, 'TRY1', '2026-12-01', %s, 50000, 170000, 0, 0, 100)",
             [run, to_on])  # fmt: skip
    as_owner("INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day, at)"
             " VALUES (-9000000, 0, %s, 'published', %s, 0, '2026-12-01', now())", [place.own.biller, run])  # fmt: skip


def test_a_price_begins_after_what_was_billed_and_published(place: Province) -> None:
    fee = a_fee(place.own.biller)
    published_bill(place, fee, date(2027, 1, 31))
    with refused(BillingCode.PRICE_BILLED, "valid_from"):
        proposed_price(staff(place), asked_price(fee))
    assert proposed_price(staff(place), asked_price(fee, date(2027, 2, 1))).pk
    other_class = replace(asked_price(fee), class_="shared")
    assert proposed_price(staff(place), other_class).pk


def test_two_versions_do_not_begin_on_one_day(place: Province) -> None:
    fee = a_fee(place.own.biller)
    agree(place, proposed_price(staff(place), asked_price(fee)))
    with refused(BillingCode.PRICE_INVALID, "valid_from"):
        proposed_price(staff(place), asked_price(fee))


def test_another_company_is_out_of_reach(place: Province) -> None:
    fee = a_fee(place.foreign.biller)
    with pytest.raises(Refused, match="OUT_OF_SCOPE"):
        proposed_price(staff(place), asked_price(fee))


@pytest.mark.parametrize(("version", "field", "said"), [
    (PriceVersion("", (PART,)), "name", ("", "")),
    (PriceVersion("价", ()), "parts", ("须有 1–40 项计价项", "there are 1 to 40 parts")),
    (PriceVersion("价", (PricePart("费", "kwh", D(1)),)), "parts-0-basis",
     ("第 1 项的计价依据不对", "part 1 is priced by nothing that is known")),
    (PriceVersion("价", (PART, PricePart("费", "qty", D("0.123456789")))), "parts-1-price",
     ("第 2 项（费）的单价须在 0–10,000,000 元之间，至多 8 位小数",
      "part 2 (费): its price is from 0 to 10,000,000 yuan, of at most 8 decimals")),
    (PriceVersion("价", (PricePart("费", "peak", D(1), 1),)), "parts-0-tier",
     ("第 1 项（费）不按用量，不能分档", "part 1 (费) goes by no quantity, so that it has no tier")),
    (PriceVersion("价", (PricePart("费", "qty", D(1), 2),), (TierLimit(1, 1),)), "parts-0-tier",  # nothing in tier 1
     ("没有第 1 档、也没有不分档的计价项，最低一档没有价格",
      "no part is of tier 1 or of none, so that the lowest tier has no price")),
    (PriceVersion("价", (PART, PricePart("费", "qty", D(1), 2))), "parts-1-tier",
     ("第 2 档到不了：第 1 档没有上限", "tier 2 is never reached: tier 1 has no limit")),
    (PriceVersion("价", (PART,), tuple(TierLimit(tier, 2_000 * min(tier, 4)) for tier in range(1, 7))),
     "limits-4-limit",
     ("第 5 档上限 8 须大于第 4 档的 8", "the limit of tier 5, 8, must be above that of tier 4, 8")),
    (PriceVersion("价", (PART,), (TierLimit(2, 2),)), "limits-0-tier",
     ("第 2 档之前缺第 1 档的上限", "before tier 2 the limit of tier 1 is missing")),
    (PriceVersion("价", (PART,), (TierLimit(1, 2, 2), TierLimit(1, 3, 6))), "limits-1-tier",  # both in January
     ("第 1 档同月有两个上限（1-2 月）", "tier 1 has two limits in a month (months 1-2)")),
    (PriceVersion("价", (PART,), (TierLimit(1, 2, add_milli=5),)), "limits-0-persons_over",
     ("第 1 档有增加量，须填超过几人", "tier 1: more is added above how many persons?")),
    (PriceVersion("价", (PART,), minimum_fen=-1), "minimum_fen",
     ("保底须在 0–100 亿元之间", "a minimum is from 0 to 10,000,000,000 yuan")),
    (PriceVersion("价", (PART,), cap_price=D(0)), "cap_price",
     ("封顶单价须大于 0，至多 8 位小数", "a cap is above 0, of at most 8 decimals")),
    (PriceVersion("价", (PART,), tax_rate=D(1)), "tax_rate",
     ("税率须在 0–100 % 之间，至多两位小数", "a rate is from 0 to below 100 %, of two decimals")),
])  # fmt: skip
def test_what_is_no_price_is_refused_at_its_field_in_words_that_name_the_tier(
    place: Province, version: PriceVersion, field: str, said: tuple[str, str]
) -> None:
    from yifen.trades.billing.prices import proposing as prices

    fee = a_fee(place.own.biller)
    if version.name:
        fault = version_fault(version)
        assert fault is not None
        assert (fault.field, fault.said.zh, str(fault.said)) == (field, *said)
    with pytest.raises(Refused) as caught:
        prices.check(asked_price(fee, version=version))
    assert (caught.value.code, caught.value.field) == (BillingCode.PRICE_INVALID, field)
    assert (in_language(caught.value.detail, "zh"), in_language(caught.value.detail, "en")) == said


def test_a_trial_on_a_real_use_stands_where_its_bill_stood(place: Province) -> None:
    from yifen.trades.billing.prices import trial

    fee = a_fee(place.own.biller)
    published_bill(place, fee, date(2026, 12, 31))
    as_owner("INSERT INTO billing_usage VALUES (0, 9000000, '2026-12-01', '2026-12-31', 100000)", [])
    as_owner("INSERT INTO billing_used VALUES (0, 9000000, '2026-01-01', 220000)", [])
    use, class_, region = trial.use_of(place.own.biller, fee, "TRY1", date(2026, 12, 1), date(2026, 12, 31))
    assert (use.qty_milli, use.used_milli, use.month, D(use.factor), class_, region) == (
        100_000, 170_000, 12, D("0.5"), "residential", "")  # fmt: skip
    tried = trial.try_price(asked_price(fee).rows, use, None)
    assert [(line.name, line.tier, line.qty_milli, line.amount_fen) for line in tried.new] == [
        ("水费 1 档", 1, 10_000, 2070), ("水费 2 档", 2, 40_000, 16280), ("污水处理费", 0, 50_000, 6800)]  # fmt: skip
    with refused(BillingCode.TRIAL_EMPTY):
        trial.use_of(place.own.biller, fee, "TRY1", date(2026, 11, 1), date(2026, 11, 30))
    with refused(BillingCode.TRIAL_EMPTY):
        trial.use_of(place.own.biller, fee, "NOBODY", date(2026, 12, 1), date(2026, 12, 31))


def test_a_trial_needs_no_right_to_write_and_writes_nothing(place: Province) -> None:
    from yifen.trades.billing.prices import trial

    asked = asked_price(a_fee(place.own.biller))
    with as_the_pages():
        tried = trial.try_price(asked.rows, trial.TrialUse(month=3, qty_milli=200_000), None)
    assert (tried.new_fen, tried.now) == (72600, ())
    assert rows("SELECT FROM billing_price WHERE fee_id = %s", asked.fee_id) == []


def test_a_fee_is_made_and_changed_and_what_prices_stand_on_stays(place: Province) -> None:
    from yifen.trades.billing.prices import fees

    billing_here(place.own.biller)
    asked = fees.AskedFee(place.own.biller, "GAS", "燃气费", "m³", True, "year", "partial", 30)
    agree(place, fees.propose(staff(place), asked, NOW))
    there, priced = fees.found(place.own.biller, "GAS")
    assert (there, priced) == (asked, False)
    later = replace(asked, name="天然气费", cycle="month", due_days=20)
    agree(place, fees.propose(staff(place), later, NOW))
    assert fees.found(place.own.biller, "GAS")[0] == later
    fee = rows("SELECT fee_id FROM billing_fee WHERE code = 'GAS'")[0][0]
    agree(place, proposed_price(staff(place), asked_price(fee)))
    with refused(BillingCode.FEE_PRICED):
        fees.propose(staff(place), replace(later, unit="MJ"), NOW)
    assert fees.propose(staff(place), replace(later, due_days=10), NOW).pk


def test_a_company_that_does_not_bill_here_has_no_fees(place: Province) -> None:
    from yifen.trades.billing.prices import fees

    asked = fees.AskedFee(arriving(place).pk, "GAS", "气", "m³", True, "year", "exact", 30)
    with refused(BillingCode.BILLER_NOT_BILLED):
        fees.propose(site.access(place.users["institution_admin"]), asked, NOW)


def test_beside_an_agreed_price_nothing_else_is_written(place: Province) -> None:
    """By whoever has the pages' connection, in the very transaction."""
    from django.db import transaction
    from django.db.utils import ProgrammingError

    fee, far = a_fee(place.own.biller), a_fee(place.foreign.biller)
    as_owner("INSERT INTO billing_price (fee_id, class, name, valid_from) VALUES (%s, 'x', 'x', '2020-01-01')", [far])
    agree(place, proposed_price(staff(place), asked_price(fee)))
    price = "(SELECT max(price_id) FROM billing_price WHERE fee_id = %s)"
    for statement, values in (
        (f"INSERT INTO billing_part VALUES ({price}, 4, '多收', 'fixed', 0, 1)", [fee]),
        (f"INSERT INTO billing_part VALUES ({price}, 1, '水费 1 档', 'qty', 1, 2.07)", [far]),
        (f"INSERT INTO billing_limit VALUES ({price}, 2, 8190, 5)", [fee]),
        ("INSERT INTO billing_price (fee_id, class, name, valid_from)"
         " VALUES (%s, 'shared', '居民阶梯 2027', '2027-01-01')", [fee]),
        ("UPDATE billing_fee SET name = 'x' WHERE fee_id = %s", [fee]),
    ):  # fmt: skip
        with as_the_pages(), pytest.raises(ProgrammingError, match="changed by two people"), transaction.atomic():
            rows(statement + " RETURNING 1", *values)
