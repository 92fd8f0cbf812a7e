"""From what is due to cards to what the treasury cleared, and what came back before and behind it: every posting."""

from collections.abc import Callable
from datetime import timedelta

from tests.treasury.house import ACCOUNT, TreasuryHouse
from yifen.trades.treasury import proof
from yifen.trades.treasury.simulators.agent_books import WRONG_NAME

HouseOf = Callable[..., TreasuryHouse]


def opened(house: TreasuryHouse) -> TreasuryHouse:
    assert house.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"
    return house


def test_repayments_are_vouched_paid_in_part_cleared_checked_and_returned(house_of: HouseOf):
    house = house_of("part")
    first, second = house.due(100_000, 20_000)
    assert house.make(first) == ("VOUCHER_ACCOUNT", None)
    opened(house)
    assert (house.make(), house.make(first, first), house.make(first, login="p01")) == (
        ("VOUCHER_LINES", None), ("VOUCHER_LINES", None), ("PERMISSION_MISSING", None))  # fmt: skip
    code, voucher = house.make(first, second)
    assert code == "OK"
    assert voucher is not None
    assert house.make(first) == ("CARD_REPAYMENT_STATE", None)
    assert (house.agree(voucher, "c01"), house.agree(voucher, seen=b"x"), house.agree(voucher)) == (
        "PERMISSION_MISSING", "VOUCHER_CHANGED", "OK")  # fmt: skip
    assert house.voucher(voucher) == (f"{house.world.now.year}-000001", "agreed")
    before = house.ledger()
    house.work()
    assert house.voucher(voucher)[1] == "answered"
    assert house.lines(voucher) == [(100_000, "paid", ""), (20_000, "failed", WRONG_NAME)]
    assert house.ledger() == before | {"2307": -20_000, "2202": -100_000, "8102": -20_000, "8103": -100_000}

    # What the bank did not pay is due again, and goes into the next voucher.
    again = house.made(second)
    house.work()
    assert (house.voucher(again)[0][-6:], house.lines(again)) == ("000002", [(20_000, "paid", "")])
    assert sum(house.agent.books.paid(house.clock()).values()) == 120_000

    # 5,000 of the first comes back before the bank claims it: it claims less, once it knows.
    house.came_back(voucher, 1, 5_000)
    house.close_day()
    number = f"2301-{house.clock():%y%m%d}-1"
    assert house.cleared() == [(number, 120_000, "differs")]
    assert ("claim", f"{number} {house.voucher(voucher)[0]}", 95_000, 100_000) in house.differences()
    assert "4001" not in house.ledger()
    assert proof.altered(house.world.conn) == []


def test_what_fits_is_cleared_and_comes_back_behind_it_into_a_refund(house_of: HouseOf):
    house = opened(house_of("back", back_s=86_400))
    first, second = house.due(100_000, 20_000)
    voucher = house.made(first, second)
    house.work()
    house.close_day()
    day = house.clock()
    assert house.cleared() == [(f"2301-{day:%y%m%d}-1", 120_000, "cleared")]
    assert (house.differences(), house.ledger()["4001"], house.ledger().get("2202")) == ([], -120_000, None)
    house.fetch()
    assert house.ledger()["4001"] == -120_000  # told twice, posted once

    # A day later the first line is back at the bank: its notice is taken up by one, agreed to by another.
    house.world.now = house.clock.turn(86_400)
    house.fetch()
    ((told, fen, state),) = house.world.rows("SELECT return_id, amount_fen, state FROM treasury_return")
    assert (fen, state) == (100_000, "told")
    assert house.decide_return(told, fen) == "RETURN_STATE"
    assert house.ask_return(voucher, 1, 0, told, "p01")[0] == "PERMISSION_MISSING"
    assert house.ask_return(voucher, 1, 0, told) == ("OK", told)
    assert house.ask_return(voucher, 1, 1) == ("RETURN_TOO_MUCH", None)
    assert house.ask_return(voucher, 2, 20_001) == ("RETURN_TOO_MUCH", None)
    assert (house.decide_return(told, 1), house.decide_return(told, fen)) == ("VOUCHER_CHANGED", "OK")
    assert (house.decide_return(told, fen), house.ask_return(voucher, 1, 1)[0]) == ("RETURN_STATE", "RETURN_TOO_MUCH")
    assert house.sums("IND1") == (1_000_000, 0, 980_000, 0, 20_000)
    assert house.ledger()["1012"] == 100_000
    house.close_day()
    assert house.cleared()[1:] == [(f"2302-{house.clock():%y%m%d}-1", -100_000, "cleared")]
    assert (house.ledger().get("1012"), house.ledger()["4001"], house.differences()) == (None, -20_000, [])
    assert proof.altered(house.world.conn) == []
    house.world.set_up("UPDATE treasury_line SET amount_fen = 99999 WHERE voucher_id = %s AND line_no = 1", voucher)
    assert len(proof.altered(house.world.conn)) == 3


def test_a_lost_answer_is_asked_for_by_its_number_and_nothing_is_paid_twice(house_of: HouseOf):
    house = opened(house_of("lost", "drop", "fail", "hold"))
    (one,) = house.due(1_000)
    voucher = house.made(one)
    house.work()
    assert house.voucher(voucher)[1] == "unknown"
    house.work(30)
    number, state = house.voucher(voucher)
    assert (state, house.agent.books.paid(house.clock())) == ("answered", {f"{number}-1": 1_000})

    (two,) = house.due(2_000)
    voucher = house.made(two)
    house.work()  # dropped: the bank never saw it
    house.work(30)  # so it is sent once more, and fails
    assert (house.voucher(voucher)[1], house.lines(voucher)) == ("answered", [(2_000, "failed", WRONG_NAME)])
    assert house.world.value("SELECT count(*) FROM treasury_word WHERE way = 'out'") == 2

    # One refused by the second person keeps its number; one behind the cut-off waits for the next working day.
    code, refused = house.make(two)
    assert (code, house.agree(refused, yes=False), house.voucher(refused or 0)[1]) == ("OK", "OK", "refused")
    house.world.now = house.clock.turn(3 * 3_600)
    voucher = house.made(two, *house.due(3_000))
    assert house.voucher(voucher)[0][-6:] == "000004"
    house.work()
    assert house.voucher(voucher)[1] == "agreed"
    (pay_on,) = house.world.rows("SELECT pay_on FROM treasury_voucher WHERE voucher_id = %s", voucher)[0]
    assert pay_on == house.clock().date() + timedelta(days=1)
    house.work(86_400)
    assert (house.voucher(voucher)[1], [line[1] for line in house.lines(voucher)]) == ("sent", ["open", "paid"])
    house.work(3 * 86_400)
    assert (house.voucher(voucher)[1], [line[1] for line in house.lines(voucher)]) == ("answered", ["failed", "paid"])


def test_a_check_of_which_a_pack_is_missing_proves_no_absence(house_of: HouseOf):
    house = opened(house_of(odd="pack"))
    for fen in (1_000, 2_000):
        house.made(*house.due(fen))
    house.work()
    house.close_day()
    assert (len(house.cleared()), house.differences()) == (1, [])
    house.treasury.books.odd = "other"
    house.fetch()  # the same check says something else now: it is kept, and not believed
    assert house.differences() == []
