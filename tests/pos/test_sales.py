"""A sale at the POS door: the card and the payable together, or neither."""

from collections.abc import Iterator

import pytest

from tests.pos.bench import PosBench
from yifen.core.facts.codes import Code
from yifen.core.wire.pos_keys import ALGORITHMS, pin_block


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_sale_pays_the_case_and_the_card_is_charged_once(bench: PosBench, algorithm):
    account, terminal = bench.account(), bench.terminal(algorithm)
    said = bench.run(terminal.sale(account, 1_234_500))
    assert said is not None
    assert (said.fields["39"], said.fields["4"]) == ("00", "000001234500")
    assert said.fields["43"].rstrip() == "桂林市象山区人民法院"
    assert bench.sale(terminal) == ("booked", 0)
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (1_234_500, 1_234_500)
    row = bench.world.rows("SELECT s::text, card_shown, serial FROM pos_sale s WHERE terminal_no = %s",
                           terminal.who.terminal_no)[0]  # fmt: skip
    assert row[1:] == ("622424******0069", f"POS{terminal.who.terminal_no}000001000002")
    assert "6224242300000069" not in row[0]


def test_a_query_shows_the_masked_name_and_what_is_open(bench: PosBench):
    account, terminal = bench.account("欧阳小明"), bench.terminal()
    bench.world.owe("COURT", account, "FEE", 26_000)
    said = bench.run(terminal.query(account))
    assert (said.fields["39"], said.fields["4"]) == ("00", "000000026000")
    lines = bytes.fromhex(said.fields["62"]).decode("gbk").split("\n")
    assert lines == ["**小明", "应缴FEE|26000|26000|26000", f"应缴C{account}|0|100|1000000000"]


def test_the_account_stands_where_the_terminals_program_writes_it(bench: PosBench):
    account, terminal = bench.account(), bench.terminal(account_in="62-actn")
    assert bench.code(terminal.sale(account, 500)) == "00"
    assert bench.paid_fen(account) == 500


PINS = {"des-x919": ("CCA12093476DC974", "2600000000000000"),
        "sm4-cbc": ("361EF9EB08FBA56C8DC048D217F4DDBD", "2700000000000000")}  # fmt: skip
"""What the acquirer hears of 123456, by its cipher: fields 52 and 53."""
EVERYWHERE = """SELECT format('SELECT count(*) FROM %I t WHERE t::text ~* $1', relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""


@pytest.fixture(params=PINS)
def acquirer_cipher(bench: PosBench, request: pytest.FixtureRequest) -> Iterator[str]:
    def turned(algorithm: str) -> None:
        bench.world.set_up("UPDATE pos_acquirer SET algorithm = %s, version = version + 1", algorithm)
        bench.acquirer._algorithm = algorithm

    turned(request.param)
    yield request.param
    turned("des-x919")


@pytest.mark.parametrize("own", ["des-ecb", "sm4-ecb"])
def test_a_pin_is_sealed_for_the_acquirer_whatever_cipher_each_has_and_kept_nowhere(
    bench: PosBench, acquirer_cipher: str, own: str, capsys: pytest.CaptureFixture[str]
):
    terminal = bench.terminal(own)
    assert bench.code(terminal.sale(bench.account(), 500, pin="123456")) == "00"
    heard = bench.acquirer.heard[-1].fields
    assert "62" not in heard
    assert (heard["52"], heard["53"]) == PINS[acquirer_cipher]
    assert terminal.keys is not None
    typed = pin_block("123456", heard["2"], terminal.keys.pin, own).hex().upper()
    assert typed != heard["52"]
    told = capsys.readouterr()
    assert [one for one in (typed, heard["52"]) if one.lower() in (told.out + told.err).lower()] == []
    if (own, acquirer_cipher) == ("sm4-ecb", "sm4-cbc"):
        kept = "|".join((typed, heard["52"], typed[:16], terminal.keys.pin.hex()))
        with bench.owner() as owner:
            found = {statement: owner.execute(statement.replace("$1", "%s"), (kept,)).fetchone()
                     for (statement,) in owner.execute(EVERYWHERE).fetchall()}  # fmt: skip
        assert len(found) > 100
        assert {statement for statement, row in found.items() if row != (0,)} == set()


@pytest.mark.parametrize(("own", "fields", "code"), [
    ("sm4-ecb", {"52": "0" * 16, "53": "2600000000000000"}, "30"),  # a block of 3DES from a terminal of SM4
    ("des-ecb", {"52": "0" * 32, "53": "2700000000000000"}, "30"),
    ("sm4-ecb", {"52": "0" * 32, "53": "0700000000000000"}, "30"),  # a PIN, and none is said to be there
    ("sm4-ecb", {"52": "0" * 32, "53": "2700000000000000"}, "55"),  # no PIN is in it
    ("sm4-ecb", {"52": "0" * 32, "53": "2710000000000000", "2": "", "35": "A" * 30}, "40"),  # whose card is sealed
])  # fmt: skip
def test_a_pin_block_that_cannot_be_sealed_for_the_acquirer_is_refused_before_anybody_hears_of_it(
    bench: PosBench, own, fields, code
):
    account, terminal, heard = bench.account(), bench.terminal(own), len(bench.acquirer.heard)
    asked = {"t": "0200", "2": "6224242300000069", "3": "000000", "4": "000000000500", "11": "000009", "49": "156",
             "62": account.encode().hex(), "60": f"22{terminal.batch:06d}000", "26": "12"} | fields  # fmt: skip
    said = terminal._told({name: value for name, value in asked.items() if value})
    assert (bench.code(said), len(bench.acquirer.heard), bench.sale(terminal, 9)) == (code, heard, ())


@pytest.mark.parametrize(("fen", "code"), [(50, "13"), (100_51, "51"), (100_55, "55"), (100_61, "61")])
def test_a_refused_sale_says_why_and_leaves_nothing(bench: PosBench, fen, code):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, fen)) == code
    assert (bench.paid_fen(account), bench.card_fen(terminal), bench.undos(terminal)) == (0, 0, [])


def test_an_account_that_nobody_has_is_refused_before_the_card_is_touched(bench: PosBench):
    terminal, heard = bench.terminal(), len(bench.acquirer.heard)
    assert bench.code(terminal.sale("nobody", 500)) == "25"
    assert len(bench.acquirer.heard) == heard


def test_the_same_sale_twice_on_one_line_is_one_sale_and_two_same_answers(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 700, "twice")) == "00"
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (700, 700)


def test_the_same_sale_again_of_a_bill_that_it_has_paid_is_answered_the_same(bench: PosBench):
    account, terminal = f"B{bench.account()}", bench.terminal()
    bench.world.owe("COURT", account, "ONCE", 3_000)
    assert bench.code(terminal.sale(account, 3_000)) == "00"
    first = terminal.sold[terminal.trace].fields
    again = bench.run(terminal.sale(account, 3_000, trace=terminal.trace))
    assert [again.fields[name] for name in ("37", "38", "39")] == [first[name] for name in ("37", "38", "39")]
    assert bench.card_fen(terminal) == 3_000


def test_a_trace_that_is_used_for_another_sale_is_refused(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    assert bench.code(terminal.sale(account, 700)) == "00"
    assert bench.code(terminal.sale(account, 800, trace=terminal.trace)) == "94"
    assert bench.code(terminal.sale(bench.account(), 700, trace=terminal.trace)) == "94"
    assert (bench.paid_fen(account), bench.card_fen(terminal)) == (700, 700)


def test_a_sale_of_another_batch_makes_the_terminal_sign_on(bench: PosBench):
    account, terminal = bench.account(), bench.terminal()
    terminal.batch = 2
    assert bench.code(terminal.sale(account, 700)) == "77"
    assert bench.code(terminal.sign_on()) == "00"
    assert bench.code(terminal.sale(account, 700)) == "00"


def test_a_bill_of_fixed_amount_is_paid_whole_or_not(bench: PosBench):
    account, terminal = f"B{bench.account()}", bench.terminal()
    bench.world.owe("COURT", account, "FIRST", 3_000)
    bench.world.owe("COURT", account, "SECOND", 2_000)
    assert [bench.code(terminal.sale(account, fen)) for fen in (2_000, 4_000, 6_000)] == ["13", "13", "13"]
    assert bench.code(terminal.sale(account, 3_000)) == "00"
    assert bench.code(terminal.sale(account, 2_000)) == "00"
    assert bench.code(terminal.sale(account, 2_000)) != "00"
    assert bench.card_fen(terminal) == 5_000


def test_a_channel_that_is_no_more_admitted_after_the_card_was_charged_gives_it_back(bench: PosBench):
    """The hub refuses for good what the acquirer approved: the terminal is told why, the card gets its money."""
    account, terminal = bench.account(), bench.terminal()
    ask = bench.sides.acquirers.line

    def line(*given):
        bench.world.set_up("UPDATE admission SET active = false")
        return ask(*given)

    bench.sides.acquirers.line = line  # type: ignore[method-assign]
    try:
        assert bench.code(terminal.sale(account, 900)) == "57"
    finally:
        bench.sides.acquirers.line = ask  # type: ignore[method-assign]
        bench.world.set_up("UPDATE admission SET active = true")
    assert (bench.sale(terminal), bench.card_fen(terminal)) == (("declined", Code.NOT_ADMITTED), 0)
    assert bench.undos(terminal) == [("reversal", "done", "done")]
    bench.proved()
