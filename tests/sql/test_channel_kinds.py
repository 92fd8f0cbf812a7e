"""A kind's limits and hours bind its channels beside their own: the stricter counts, and what takes money back is
not held up (U5)."""

from datetime import datetime, time

import pytest

from tests.world import CHINA, DAY, World
from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries

BOUND = queries("yifen.hub.payments")["bound"]


def rule(hub: World, kind: str, payment: int | None = None, day: int | None = None,
         hours: tuple[str | None, str | None] = (None, None), book: int = 1) -> None:  # fmt: skip
    hub.set_up(
        "INSERT INTO channel_kind_rule (book_id, kind, payment_fen_max, day_fen_max, opens_at, closes_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (book_id, kind) DO UPDATE SET"
        " payment_fen_max = excluded.payment_fen_max, day_fen_max = excluded.day_fen_max,"
        " opens_at = excluded.opens_at, closes_at = excluded.closes_at", book, kind, payment, day, *hours)


def of_kind(hub: World, channel: str, kind: str) -> None:
    hub.run("UPDATE channel SET kind = %s WHERE partner_id = %s", kind, hub.ids[channel])


def bound(hub: World, channel: str, code: Code) -> tuple[object, ...]:
    asked = {"now": hub.now, "channel": hub.ids[channel], "biller": hub.ids["WATER"], "code": int(code)}
    return hub.conn.execute(BOUND, asked).fetchone() or ()


def at(clock: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock), CHINA)


@pytest.mark.parametrize(("kinds", "own", "counts"), [
    (2000, None, 2000), (None, 2000, 2000), (2000, 99_999, 2000), (99_999, 2000, 2000), (2000, 2000, 2000),
])  # fmt: skip
def test_of_two_limits_of_a_payment_the_lower_counts(hub, refused, kinds, own, counts):
    of_kind(hub, "WX", "phonebank")
    hub.run("UPDATE channel SET payment_fen_max = %s WHERE partner_id = %s", own, hub.ids["WX"])
    rule(hub, "phonebank", payment=kinds)
    assert refused("charge", "S1", {"O1": counts + 1}) is Code.OVER_PAYMENT_LIMIT
    is_kinds = kinds is not None and (own is None or kinds < own)
    assert bound(hub, "WX", Code.OVER_PAYMENT_LIMIT) == (is_kinds, "phonebank", counts, None, None)
    assert hub.charge("S2", {"O1": counts}).code is Code.OK


def test_a_channel_of_another_kind_or_book_is_not_bound(hub):
    of_kind(hub, "WX", "atm")
    rule(hub, "phonebank", payment=1, day=1, hours=("00:00", "00:01"))
    rule(hub, "atm", payment=1, day=1, hours=("00:00", "00:01"), book=900)
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK


@pytest.mark.parametrize(("clock", "own", "kinds", "whose"), [
    ("08:59", ("09:00", "17:00"), ("08:00", "20:00"), False), ("17:00", (None, None), ("08:00", "17:00"), True),
    ("18:00", ("09:00", "17:00"), ("08:00", "18:00"), False), ("16:00", ("09:00", "17:00"), ("22:00", "06:00"), True),
])  # fmt: skip
def test_both_hours_count_and_the_refusal_names_whose_they_were(hub, refused, clock, own, kinds, whose):
    of_kind(hub, "WX", "phonebank")
    hub.run("UPDATE channel SET opens_at = %s, closes_at = %s WHERE partner_id = %s", *own, hub.ids["WX"])
    rule(hub, "phonebank", hours=kinds)
    hub.now = at(clock)
    assert refused("charge", "S1", {"B1": 1000}) is Code.CHANNEL_CLOSED
    times = tuple(time.fromisoformat(text) for text in (kinds if whose else own) if text)
    assert bound(hub, "WX", Code.CHANNEL_CLOSED) == (whose, "phonebank", None, *times)


def test_inside_both_hours_a_charge_is_taken(hub):
    of_kind(hub, "COUNTER", "counter")  # 09:00–17:00
    rule(hub, "counter", hours=("08:00", "16:00"))
    hub.now = at("15:59:59")
    assert hub.charge("S1", {"B1": 1000}, channel="COUNTER").code is Code.OK
    hub.now = at("16:00")
    assert hub.charge("S2", {"B2": 2000}, channel="COUNTER").code is Code.CHANNEL_CLOSED


def test_what_was_paid_is_taken_back_and_repeated_when_the_kind_has_closed_meanwhile(hub):
    of_kind(hub, "WX", "phonebank")
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    rule(hub, "phonebank", payment=1, day=1, hours=("00:00", "00:01"))
    assert hub.charge("S1", {"B1": 1000}).code is Code.OK  # the same answer as before
    assert hub.reverse("R1", "S1", 1000).code is Code.OK
    assert hub.charge("S3", {"B1": 1000}).code is Code.CHANNEL_CLOSED
    hub.cut()
    assert hub.refund("R2", "S2", 2000).code is Code.OK


def test_a_limit_that_begins_at_noon_counts_the_morning(hub, refused):
    of_kind(hub, "WX", "phonebank")
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    hub.charge("S3", {"O1": 500}, channel="BANK")
    hub.reverse("R1", "S1", 1000)
    hub.charge("G1", {"R2": 500}, biller="GAS", account_no="G1")  # held, while its biller is asked
    rule(hub, "phonebank", day=10_000)
    assert (hub.taken("WX"), hub.taken("BANK")) == (2500, 500)
    assert refused("charge", "S4", {"O1": 7501}) is Code.OVER_DAY_LIMIT
    assert bound(hub, "WX", Code.OVER_DAY_LIMIT) == (True, "phonebank", 10_000, None, None)
    assert hub.charge("S5", {"O1": 7500}).code is Code.OK
    hub.reverse("R2", "S2", 2000)
    assert hub.taken("WX") == 8000


def test_a_limit_below_what_was_taken_refuses_until_enough_is_given_back(hub, refused):
    of_kind(hub, "WX", "phonebank")
    hub.charge("S1", {"O1": 5000})
    hub.charge("S2", {"O1": 3000})
    rule(hub, "phonebank", day=4000)
    assert refused("charge", "S3", {"B1": 1000}) is Code.OVER_DAY_LIMIT
    works = [hub.charge_work("S4", {"B1": 1000}), hub.charge_work("S5", {"B2": 2000})]
    assert [booked.code for booked in hub.call(works)] == [Code.OVER_DAY_LIMIT, Code.BUSY]  # the second asks again
    hub.reverse("R1", "S1", 5000)
    assert hub.charge("S4", {"B1": 1000}).code is Code.OK


def test_a_limit_that_was_lifted_and_set_again_counts_what_went_meanwhile(hub):
    of_kind(hub, "WX", "phonebank")
    rule(hub, "phonebank", day=10_000)
    hub.charge("S1", {"O1": 4000})
    rule(hub, "phonebank")
    hub.charge("S2", {"O1": 50_000})
    assert hub.taken("WX") == 4000
    hub.run("UPDATE channel SET day_fen_max = 60000 WHERE partner_id = %s", hub.ids["WX"])
    assert hub.taken("WX") == 54_000
    assert hub.charge("S3", {"O1": 6001}).code is Code.OVER_DAY_LIMIT
    assert hub.charge("S3", {"O1": 6000}).code is Code.OK


def test_a_lower_kinds_limit_of_the_day_counts_before_the_channels_own(hub, refused):
    of_kind(hub, "BANK", "webbank")  # 250,000 of its own
    rule(hub, "webbank", day=120_000)
    assert hub.charge("S1", {"O1": 100_000}, channel="BANK").code is Code.OK
    assert refused("charge", "S2", {"O1": 20_001}, channel="BANK") is Code.OVER_DAY_LIMIT
    rule(hub, "webbank", day=300_000)
    assert bound(hub, "BANK", Code.OVER_DAY_LIMIT) == (False, "webbank", 250_000, None, None)
    assert hub.charge("S3", {"O1": 100_000}, channel="BANK").code is Code.OK
    assert hub.taken("BANK") == 200_000
