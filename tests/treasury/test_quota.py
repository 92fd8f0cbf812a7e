"""Quota by messages of the treasury: matched, once, at once or by two people; reordered, contradicting, too much."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.treasury import paper_samples
from tests.treasury.house import TreasuryHouse
from tests.world import the_ring
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.trades.budget import proof as of_budget
from yifen.trades.treasury import clearing, proof, quotas
from yifen.trades.treasury.wire.cfx import Cfx, cfx_bytes

HouseOf = Callable[..., TreasuryHouse]


def told(house: TreasuryHouse, fen: int, **asked: str) -> Cfx:
    """The treasury tells of it, and it is taken."""
    wanted = {"bureau": "450300", "unit": "101001", "func": "2010350", "fen": str(fen)} | asked
    made = house.treasury.books.grant(wanted, house.clock().date())
    taken(house, made)
    return made


def taken(house: TreasuryHouse, *messages: Cfx) -> list[str]:
    """As the worker takes them; then what waits is tried."""
    codes = [clearing.take(house.world.conn, the_ring(), house.treasury_id, one.number, cfx_bytes(one),
                           house.clock().date(), house.clock()) for one in messages]  # fmt: skip
    house.world.value("SELECT treasury_fit_quota_v1(%s, %s)", house.id, house.clock())
    return [result_code(code).name for code in codes]


def rows(house: TreasuryHouse) -> list[tuple[str, str, str]]:
    return [(number, state, result_code(code).name) for number, state, code in house.world.rows(
        "SELECT q.number, r.state, r.code FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id)"
        " ORDER BY r.row_id")]  # fmt: skip


def at_once(house: TreasuryHouse) -> None:
    house.world.set_up("ALTER TABLE treasury_rule DISABLE TRIGGER append_only")
    house.world.set_up("UPDATE treasury_rule SET quota_at_once = true")


def test_a_message_counts_once_at_once_and_what_does_not_fit_is_named(house_of: HouseOf):
    house = house_of()
    at_once(house)
    year, month = house.clock().year, house.clock().month
    assert house.grant("IND1", 50_000) == "OK"
    granted, free, quota, held, used = house.sums("IND1")
    made = told(house, 5_000, number="A1")
    assert house.sums("IND1") == (granted, free - 5_000, quota + 5_000, held, used)
    # Again, the same; and the same bill in another message.
    assert taken(house, made, made._replace(head={**made.head, "MsgID": "99"})) == ["OK", "OK"]
    assert (house.sums("IND1")[2], rows(house)) == (quota + 5_000, [("A1", "taken", "OK")])

    # The same bill otherwise, and the same message otherwise: kept as signed, and nothing moves.
    other = told(house, 6_000, number="A1")
    assert taken(house, other, other._replace(head=made.head)) == ["QUOTA_OTHERWISE", "QUOTA_OTHERWISE"]
    assert (house.sums("IND1")[2], len(rows(house))) == (quota + 5_000, 1)
    assert house.world.value("SELECT count(*) FROM treasury_word WHERE kind = '5103'") == 4

    # Another bureau's is not even kept; of what is not there, of too much, of a later month: named.
    assert taken(house, told(house, 1, number="B1", bureau="960102")) == ["PAPER_DIVISION"]
    told(house, 1, number="B2", unit="999")
    told(house, 1, number="B3", func="2999999")
    told(house, 1, number="B4", budget="2")
    told(house, free, number="B5")
    told(house, 1, number="B6", month=f"{month + 1:02}" if month < 12 else "01",
         year=str(year if month < 12 else year + 1))
    told(house, 1, number="B7", kind="5101", account="6222")
    told(house, 1, number="B8", kind="5101", account="6222", adjusts="1")
    told(house, -(quota + 5_001), number="B9")
    assert rows(house)[1:] == [
        ("B2", "waits", "BUDGET_UNIT_UNKNOWN"), ("B3", "waits", "BUDGET_NONE"), ("B4", "waits", "BUDGET_NONE"),
        ("B5", "waits", "BUDGET_SHORT"), ("B6", "waits", "QUOTA_MONTH"), ("B7", "waits", "QUOTA_ACCOUNT"),
        ("B8", "waits", "QUOTA_PERIOD"), ("B9", "waits", "BUDGET_SHORT")]  # fmt: skip
    assert house.sums("IND1")[2] == quota + 5_000

    # 5102 has the unit in its detail; what was taken back too early fits once its quota is there.
    told(house, 1, number="C1", kind="5102")
    assert rows(house)[8:] == [("B9", "waits", "BUDGET_SHORT"), ("C1", "taken", "OK")]
    assert taken(house) == []
    assert (rows(house)[8], house.sums("IND1")[1:3]) == (("B9", "taken", "OK"), (granted, 0))
    assert of_budget.altered(house.world.conn) + proof.altered(house.world.conn) == []


def test_without_such_a_rule_two_people_take_it_and_two_people_end_it(house_of: HouseOf):
    house = house_of()
    quota = house.sums("IND1")[2]
    assert house.grant("IND1", 50_000) == "OK"
    house.treasury.books.grant({"bureau": "450300", "unit": "101001", "func": "2010350", "fen": "700", "number": "A1"},
                               house.clock().date())  # fmt: skip
    for _turn in range(5):  # by the wire, as it is fetched
        if not rows(house):
            house.fetch()
    assert (rows(house), house.sums("IND1")[2]) == ([("A1", "waits", "OK")], quota)
    assert house.arrive("IND1", 700, "5103-A1-1") == "OK"
    taken(house)
    assert (rows(house), house.sums("IND1")[2]) == ([("A1", "taken", "OK")], quota + 700)
    told(house, 800, number="A2")
    assert house.arrive("IND1", 801, "5103-A2-1") == "OK"  # by hand, and otherwise
    taken(house)
    assert rows(house)[1] == ("A2", "waits", "QUOTA_OTHERWISE")
    row = house.world.value("SELECT max(row_id) FROM treasury_quota_row")
    end: dict[str, Any] = {"how": "end", "id": row, "fen": 800}
    assert house.agreed("treasury.end", "treasury_end_v1", end | {"fen": 799}) == "ENDING_STATE"
    assert house.agreed("treasury.end", "treasury_end_v1", end | {"id": "x"}) == "ENDING_STATE"
    assert house.agreed("treasury.end", "treasury_end_v1", end) == "OK"
    assert house.agreed("treasury.end", "treasury_end_v1", end) == "ENDING_STATE"
    assert (rows(house)[1][1], proof.altered(house.world.conn)) == ("ended", [])
    with house.world.as_owner():
        house.world.run("UPDATE treasury_quota_row SET amount_fen = 701 WHERE amount_fen = 700")
    assert len(proof.altered(house.world.conn)) == 1


def test_a_message_of_another_kind_than_was_asked_for_is_refused() -> None:
    body, day = cfx_bytes(paper_samples.quota()), paper_samples.DAY
    read = quotas.read("5103", body, day)
    assert (read.number, read.treasury_no, read.bureau) == ("20261130000000000001", "1710000000", "371000")
    assert read.bills.obj == [{
        "number": "ED-1", "year": 2026, "month": 11, "day": "2026-11-30", "account": "", "in": True, "adjusts": False,
        "rows": [{"seq": 1, "unit": "301001", "func": "2010350", "eco": "", "project": "", "fen": 10_000}]}]
    with pytest.raises(Refused, match="PAPER_KIND"):
        quotas.read("5102", body, day)
