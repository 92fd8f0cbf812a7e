"""What a stranger's attack found: one bank of two bureaus, words that are not taken, names that no message carries."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from tests.budget.bureau import CODE
from tests.treasury.house import ACCOUNT, TreasuryHouse
from tests.treasury.paper_samples import DAY, payment
from tests.world import the_ring
from yifen.core.plugs import result_code
from yifen.core.wire.moments import HUB_ZONE
from yifen.trades.treasury import clearing, proof
from yifen.trades.treasury.simulators.agent_books import AgentBooks
from yifen.trades.treasury.wire.mof import MofVoucher, voucher_bytes
from yifen.trades.treasury.wire.papers import Bill

HouseOf = Callable[..., TreasuryHouse]
NOON = datetime(2026, 11, 30, 12, tzinfo=HUB_ZONE)


def opened(house: TreasuryHouse) -> TreasuryHouse:
    assert house.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"
    return house


def taken(house: TreasuryHouse, paper: MofVoucher, bank: int | None = None) -> str:
    code = clearing.take(house.world.conn, the_ring(), bank or house.agent_id, paper.kind, voucher_bytes(paper),
                         house.clock().date(), house.clock())  # fmt: skip
    return result_code(code).name


def otherwise(paper: MofVoucher, number: str, row: dict[str, Any] | None = None, **main: Any) -> MofVoucher:
    """The same paper under another number, with other things in it."""
    bill = paper.bill
    items = {**bill.items, "Id": number, "VoucherNo": number, **main}
    return paper._replace(bill=Bill(items, tuple({**one, **(row or {})} for one in bill.details)))


def refused(house: TreasuryHouse) -> list[tuple[Any, ...]]:
    return [(kind, number, result_code(code).name) for kind, number, code in house.world.rows(
        "SELECT kind, number, code FROM treasury_refused ORDER BY refused_id")]  # fmt: skip


def test_a_claim_is_of_its_division_its_bank_its_unit_and_its_function(house_of: HouseOf):
    house = opened(house_of())
    voucher = house.made(*house.due(100_000))
    house.work()
    assert list(house.agent.books.kept) == [f"{CODE}-{house.voucher(voucher)[0]}"]
    (claim,) = house.agent.books.papers("2301", house.clock().date(), house.clock())

    # Another division's is nobody's here; it is kept and listed, and moves nothing.
    assert taken(house, otherwise(claim, "D1", AdmDivCode="960102000")) == "PAPER_DIVISION"
    # Another house, another unit, another function: kept, and not cleared.
    assert taken(house, otherwise(claim, "D2"), house.bank) == "PAPER_DIVISION"
    assert taken(house, otherwise(claim, "D3", {"SupDepCode": "999999"})) == "OK"
    assert taken(house, otherwise(claim, "D4", {"ExpFuncCode": "2999999"})) == "OK"
    assert house.cleared() == [("D3", 100_000, "differs"), ("D4", 100_000, "differs")]
    assert [one[0] for one in house.differences()] == ["codes", "codes"]
    assert "4001" not in house.ledger()
    assert refused(house) == [("2301", "D1", "PAPER_DIVISION")]  # the issuing bank has no bureau's list

    # After a change of agent bank the old one's papers are fetched until all is cleared; the new one claims none of it.
    house.world.set_up("ALTER TABLE treasury_rule DISABLE TRIGGER append_only")
    house.world.set_up("UPDATE treasury_rule SET bank_id = %s, valid_from = valid_from - 9", house.bank)
    assert taken(house, otherwise(claim, "D5"), house.bank) == "OK"
    house.close_day()
    assert house.cleared()[2:] == [("D5", 100_000, "differs"), (claim.number, 100_000, "cleared")]
    assert house.ledger()["4001"] == -100_000

    # The same number with other figures, and what cannot be read, are kept as signed and listed.
    assert taken(house, otherwise(claim, claim.number, PayBankName="别的")) == "CLEARING_OTHERWISE"
    assert clearing.take(house.world.conn, the_ring(), house.agent_id, "2301", b"<MOF", house.clock().date(),
                         house.clock()) == 9451  # fmt: skip
    assert refused(house)[1:] == [("2301", claim.number, "CLEARING_OTHERWISE"), ("2301", "", "PAPER_ENCODING")]
    assert proof.altered(house.world.conn) == []


def test_a_notice_of_a_return_says_one_thing_and_an_answer_that_contradicts_is_kept(house_of: HouseOf):
    house = opened(house_of("back", back_s=1))
    house.made(*house.due(100_000, 20_000))
    house.work()
    house.clock.turn(2)
    (back,) = house.agent.books.papers("2203", house.clock().date(), house.clock())
    more = otherwise(back, back.number, {"PayAmt": 1}, PayAmt=1)
    assert (taken(house, back), taken(house, back), taken(house, more)) == ("OK", "OK", "CLEARING_OTHERWISE")
    assert taken(house, otherwise(back, "T9", OriBillNo=f"{back.bill.text('OriBillNo')}000000")) == "PAPER_MAIN"
    assert house.world.rows("SELECT amount_fen, state FROM treasury_return") == [(100_000, "told")]
    assert refused(house) == [("2203", back.number, "CLEARING_OTHERWISE"), ("2203", "T9", "PAPER_MAIN")]


def test_an_answer_to_something_else_is_kept_as_it_was_signed_and_listed_once(house_of: HouseOf):
    house = opened(house_of("slow"))
    voucher = house.made(*house.due(100_000))
    house.work()
    kept = house.agent.books.kept[house.at_bank(voucher)]
    house.agent.books.kept[house.at_bank(voucher)] = kept._replace(voucher=otherwise(
        kept.voucher, kept.voucher.number, PayAcctName="别的单位"))  # fmt: skip
    for _time in range(2):
        house.work(3_600)
    assert (house.voucher(voucher)[1], house.lines(voucher)[0][1]) == ("unknown", "open")
    assert refused(house) == [("8202", kept.voucher.number, "VOUCHER_OTHERWISE")]
    house.agent.books.kept[house.at_bank(voucher)] = kept
    house.work(3_600)
    assert house.voucher(voucher)[1] == "answered"


def test_one_bank_pays_the_same_number_of_two_divisions():
    books = AgentBooks()
    assert books.take(payment(), "ok", NOON)
    assert books.take(payment((700,), AdmDivCode="960102000"), "ok", NOON)
    claims = books.papers("2301", DAY, NOON)
    assert [(one.bill.text("AdmDivCode"), one.bill.fen("PayAmt")) for one in claims] == [
        ("371000000", 155_50), ("960102000", 700)]  # fmt: skip
    assert len({one.number for one in claims}) == 2


def test_a_name_that_no_message_carries_is_refused_where_it_is_made(house_of: HouseOf):
    house = opened(house_of())
    first, second = house.due(100_000), house.due(20_000)
    world = house.world
    with world.as_owner():
        written = "SELECT treasury_unwritable_v1(%s, 119)"
        assert [world.value(written, name) for name in ("万㛃", "行" * 60, "李四·Li")] == ["㛃", "> 119 bytes", None]
    voucher = house.made(*second)
    world.set_up("UPDATE budget_person SET name = '万㛃'")
    assert house.make(*first) == ("VOUCHER_WRITING", None)
    assert world.value("SELECT treasury_unwritten_v1(%s)", first) == "万㛃: 㛃"
    # One that was agreed to before has a way back: it never leaves, its repayments are due again.
    house.work()
    assert (house.voucher(voucher)[1], house.lines(voucher)[0][1]) == ("refused", "dropped")
    world.set_up("UPDATE budget_person SET name = '李四'")
    again = house.made(*first, *second)
    house.work()
    assert house.voucher(again)[1] == "answered"


def test_a_cut_off_is_by_the_clock_of_the_database(house_of: HouseOf):
    house = house_of()
    asked = "SELECT treasury_clock_v1(%s, %s) BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp()"
    with house.world.as_owner():
        assert house.world.value(asked, house.id, "2020-01-01") is False  # the open day is behind it
    house.world.set_up("UPDATE ledger_book SET current_day = (clock_timestamp() AT TIME ZONE time_zone)::date")
    with house.world.as_owner():
        assert [house.world.value(asked, house.id, day) for day in ("2020-01-01", "2030-01-01")] == [True, True]
    assert house.world.value("SELECT treasury_rule_against_v1(%s, %s, now())", house.id,
                             Jsonb({"valid_from": "x"})) == 9471  # fmt: skip


def test_verify_names_words_rows_and_prints_that_were_changed(house_of: HouseOf):
    house = opened(house_of())
    house.made(*house.due(100_000))
    house.work()
    house.close_day()
    assert proof.altered(house.world.conn) == []
    with house.world.as_owner():
        for table in ("treasury_word", "treasury_clearing_row"):
            house.world.set_up(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        house.world.set_up("UPDATE treasury_word SET body = '\\x00' WHERE way = 'out'")
        house.world.set_up("UPDATE treasury_clearing_row SET amount_fen = amount_fen + 1")
        found = proof.altered(house.world.conn)
    assert [one.split(" ")[0] for one in found] == ["treasury_clearing", "treasury_word"]
    assert "its rows have 100001 fen, not 100000" in found[0]
    assert "is not what was signed" in found[1]
