"""A claim and a return that cross; the last day of the year; a cut-off of its own; what is unanswered too long."""

from collections.abc import Callable
from datetime import date, datetime

from tests.treasury.house import TreasuryHouse
from tests.treasury.test_story import opened
from yifen.core.facts.sqlfiles import queries
from yifen.trades.cards.books import proof as of_cards
from yifen.trades.treasury import proof
from yifen.trades.treasury.simulators.agent_books import HOLD_DAYS

HouseOf = Callable[..., TreasuryHouse]


def code_of(house: TreasuryHouse) -> list[tuple[str, int]]:
    return house.world.rows("SELECT state, code FROM treasury_clearing ORDER BY clearing_id")


def ended(house: TreasuryHouse, how: str, one: int, fen: int) -> str:
    return house.agreed("treasury.end", "treasury_end_v1", {"how": how, "id": one, "fen": fen})


def test_a_gross_claim_is_named_by_number_and_two_people_end_it(house_of: HouseOf):
    house = opened(house_of())
    first, second = house.due(100_000, 20_000)
    voucher = house.made(first, second)
    house.work()
    house.came_back(voucher, 1, 5_000)  # before the claim; the bank claims gross
    house.close_day()
    assert code_of(house) == [("differs", 9489)]
    one = house.world.value("SELECT clearing_id FROM treasury_clearing")
    before = house.ledger()
    assert ended(house, "carry", one, 4_999) == "ENDING_STATE"
    assert (house.ledger(), code_of(house)) == (before, [("differs", 9489)])
    assert ended(house, "carry", one, 5_000) == "OK"
    assert (code_of(house), house.ledger()["4001"], house.ledger()["1012"], house.ledger().get("2202")) == (
        [("cleared", 0)], -120_000, 5_000, None)  # fmt: skip
    assert house.differences() == []

    # Its rest comes by a refund of the next day, once the bank has it.
    house.agent.books.came_back(house.at_bank(voucher), 1, 5_000, house.clock.turn(86_400))
    house.world.now = house.clock()
    house.close_day()
    assert (house.cleared()[1][1:], house.ledger().get("1012")) == ((-5_000, "cleared"), None)
    assert ended(house, "refuse", one, 120_000) == "ENDING_STATE"
    with house.world.as_owner():
        assert proof.altered(house.world.conn) + of_cards.altered(house.world.conn) == []


def test_what_comes_back_while_a_claim_waits_is_refunded_and_one_that_is_refused_is_tried_no_more(house_of: HouseOf):
    house = opened(house_of())
    first, second = house.due(100_000, 20_000)
    voucher, other = house.made(first), house.made(second)
    house.work()
    house.came_back(other, 1, 1_000)  # the whole claim differs for this one
    house.close_day()
    assert code_of(house) == [("differs", 9489)]
    house.came_back(voucher, 1, 7_000)  # behind the claim: it has its money
    assert house.world.rows("SELECT amount_fen, cleared FROM treasury_return ORDER BY 1") == [
        (1_000, False), (7_000, True)]  # fmt: skip
    one = house.world.value("SELECT clearing_id FROM treasury_clearing")
    assert ended(house, "carry", one, 1_000) == "OK"
    assert (house.ledger()["1012"], house.ledger()["4001"], house.ledger().get("2202")) == (8_000, -120_000, None)

    # The next day's claim is gross too, and is refused: what it names is unclaimed again.
    house.world.now = house.clock.turn(86_400)
    third = house.made(*house.due(3_000))
    house.work()
    house.came_back(third, 1, 500)
    house.close_day()
    one = house.world.value("SELECT clearing_id FROM treasury_clearing WHERE state = 'differs'")
    assert ended(house, "refuse", one, 3_000) == "OK"
    house.fetch()
    assert code_of(house)[1] == ("refused", 9489)
    assert ("unclaimed", house.voucher(third)[0], 2_500, None) in house.differences()
    assert proof.altered(house.world.conn) == []


def test_what_is_sent_on_the_last_day_of_the_year_is_answered_in_the_next(house_of: HouseOf):
    """The voucher, its number and its indicator are of the old year; the bank pays it in the new one, out of what the
    claim held; what comes back then is of an earlier year."""
    house = opened(house_of("slow"))
    one = house.due(3_000)[0]
    house.world.set_up("UPDATE ledger_book SET current_day = '2026-12-31'")
    house.clock.now = house.world.now = datetime.fromisoformat("2026-12-31T13:59:00+08:00")
    number = "2026-000001"
    voucher = house.made(one)
    house.work()
    assert house.voucher(voucher) == (number, "unknown")
    house.world.set_up("UPDATE ledger_book SET current_day = '2027-01-04'")
    house.work(4 * 86_400)
    assert (house.voucher(voucher), house.lines(voucher)) == ((number, "answered"), [(3_000, "paid", "")])
    assert house.world.value("SELECT paid_on FROM treasury_line").year == 2026
    assert house.sums("IND1")[4] == 3_000
    house.close_day()
    house.came_back(voucher, 1, 1_000)
    assert (house.sums("IND1")[4], house.world.value("SELECT year FROM treasury_return")) == (3_000, 2027)
    assert house.ledger()["3501"] == -1_000


def test_the_cut_off_of_a_day_is_its_rules_own_and_a_make_up_saturday_works(house_of: HouseOf):
    """Half a working day 半日 is a rule of its own day; the rule behind it counts again from the next one on."""
    house = house_of()
    half = datetime.fromisoformat("2026-12-12T11:29:00+08:00")  # a Saturday
    house.world.set_up("INSERT INTO calendar_day (day, kind, name)"
                       " VALUES ('2026-12-12', 'make_up', ''), ('2026-12-14', 'holiday', '')")  # fmt: skip
    assert (house.rule(valid_from="2026-12-12", cut_off="11:30"), house.rule(valid_from="2026-12-13")) == ("OK", "OK")
    found = "SELECT treasury_pay_on_v1(%s, %s)"
    with house.world.as_owner():
        moments = (11, 13, 59), (11, 14, 1), (12, 11, 29), (12, 11, 31), (13, 9, 0), (15, 14, 1)
        days = [house.world.value(found, house.id, half.replace(hour=hour, minute=minute, day=day)).day
                for day, hour, minute in moments]  # fmt: skip
    assert days == [11, 12, 12, 15, 15, 16]  # behind Friday's cut-off it is the Saturday that works


def test_what_is_not_answered_within_the_days_is_listed_asked_about_and_never_paid_again(house_of: HouseOf):
    house = opened(house_of("hold"))
    voucher = house.made(*house.due(1_000, 2_000))
    house.work()
    late = f"SELECT v.line_no, v.back_on {queries('yifen.trades.treasury.pages')['late']} WHERE v.back_on < %s"
    sent = house.clock().date()
    (back_on,) = {row[1] for row in house.world.rows(late, date.max)}
    assert house.world.rows(late, back_on) == []
    assert [row[0] for row in house.world.rows(late, date.fromordinal(back_on.toordinal() + 1))] == [1]
    assert (back_on - sent).days >= HOLD_DAYS
    asked = "SELECT treasury_ask_again_v1(%s, %s, %s)"
    assert [house.code(asked, login, voucher, house.world.now) for login in ("p01", "h01", "c01")] == [
        "PERMISSION_MISSING", "PERMISSION_MISSING", "OK"]  # fmt: skip
    assert house.world.value("SELECT ask_at FROM treasury_voucher") == house.world.now
    house.work()
    open_one = house.world.value("SELECT repayment_id FROM treasury_line WHERE result = 'open'")
    assert (house.voucher(voucher)[1], len(house.agent.books.kept), house.make(open_one)[0]) == (
        "sent", 1, "CARD_REPAYMENT_STATE")  # fmt: skip
    house.work(HOLD_DAYS * 3 * 86_400)
    assert house.voucher(voucher)[1] == "answered"
    assert house.code(asked, "c01", voucher, house.world.now) == "VOUCHER_STATE"
