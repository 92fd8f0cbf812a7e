"""What pages show of a difference: the list, both lines as they were sent, acts, who has it."""

import hashlib
from datetime import timedelta

import pytest

from tests.repair.bench import Bench
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.repair import evidence, queries, single_sided


def keep(bench: Bench, parts: list[bytes]) -> int:
    """A file of WX in these parts, numbered by lines as the loader does."""
    file_id, line = bench._file("WX", bench.day), 1
    for number, body in enumerate(parts):
        bench.world.run("INSERT INTO recon_file_part VALUES (%s, %s, %s, %s)",
                        file_id, number, line, body)  # fmt: skip
        line += body.count(b"\n")
    return file_id


def line_of(bench: Bench, parts: list[bytes], line_no: int) -> str | None:
    item_id = bench.theirs(f"E{bench.run()}", 1, file_id=keep(bench, parts), line_no=line_no)
    return evidence.their_line(bench.conn, bench.read(item_id))


@pytest.mark.parametrize(
    "parts",
    [
        [b"one\ntwo\nthree\n"],
        [b"one\n", b"two\n", b"three\n"],
        [b"one\ntw", b"o\nthr", b"ee"],
        [b"o", b"n", b"e", b"\n", b"t", b"w", b"o", b"\n", b"three\n"],
        [b"one\r\ntwo\r\nthree\r\n"],
        [b"one", b"\ntwo", b"\nthree"],
    ],
)
def test_a_line_is_cut_out_of_the_parts_wherever_they_end(bench: Bench, parts):
    assert [line_of(bench, parts, number) for number in (1, 2, 3)] == ["one", "two", "three"]
    assert line_of(bench, parts, 9) is None


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (["流水|张三\n".encode()], "流水|张三"),
        (["流水|张三\n".encode("gbk")], "流水|张三"),
        ([b"<?xml version='1.0'?>\n"], None),
        (["\ufeff<Document>\n".encode()], None),
        ([b"PK\x03\x04\n"], None),
        ([b"\x1f\x8b\x08\n"], None),
        ([b"x" * 40_000], "x" * 16_384),
        ([], None),
    ],
)
def test_lines_are_decoded_and_formats_without_lines_have_none(bench: Bench, parts, line):
    assert line_of(bench, parts, 1) == line


def test_an_item_of_ours_alone_has_no_line_of_theirs(bench: Bench):
    payment = bench.pay(10)
    item = bench.read(bench.lacks(payment))
    assert evidence.their_line(bench.conn, item) is None
    assert evidence.our_line(bench.conn, item) == (
        f"D|charge|{payment.serial}||{payment.id}|WATER|{payment.account_no}|10|"
        "20261123120000|20261123120000|"
    )


def test_our_return_and_what_we_had_not(bench: Bench):
    payment, undecided = bench.pay(20), bench.pay(30, "GAS", decided=False)
    bench.world.reverse(f"V{payment.serial}", payment.serial, 20)
    back = bench.item("ours_only", f"V{payment.serial}", payment_id=payment.id, ours_kind="void",
                      ours_fen=20)  # fmt: skip
    line = evidence.our_line(bench.conn, bench.read(back))
    assert line == (
        f"D|reverse|V{payment.serial}|{payment.serial}|{payment.id}|WATER|{payment.account_no}|20|"
        "20261123120000|20261123120000|"
    )
    open_ended = bench.differs("status", undecided, "GAS")
    assert evidence.our_line(bench.conn, bench.read(open_ended)) is None
    assert evidence.our_line(bench.conn, bench.read(bench.theirs("E0", 1))) is None


def test_the_work_list_has_open_items_of_the_scope_by_key(bench: Bench):
    wx, water = bench.world.ids["WX"], bench.world.ids["WATER"]
    bench.world.run("UPDATE recon_item SET state = 'closed', closed_at = now()"
                    " WHERE state <> 'closed'")  # fmt: skip
    payment = bench.pay(100)
    bench.cut()
    day = bench.item_day
    first = bench.differs("amount", payment, theirs_kind="sale", theirs_fen=130,
                          deadline=bench.now.date(), owner="clerk01")  # fmt: skip
    second = bench.item("ours_only", "77", "WATER", ours_kind="sale", ours_fen=5)
    gone = bench.item("duplicate", payment.serial, nth=2, theirs_kind="sale", theirs_fen=100)
    bench.carry(gone)
    today = bench.now.date() + timedelta(days=4)
    rows = queries.work_list(bench.conn, today, None)
    assert [(row.item_id, row.partner, row.age_days, row.is_late, row.amount_fen)
            for row in rows] == [(first, "WX", 4, True, 30), (second, "WATER", 4, False, 5)]  # fmt: skip
    assert [row.item_id for row in queries.work_list(bench.conn, today, None, after=first)] == [
        second
    ]
    for wanted, found in (
        ({"partner": wx}, [first]), ({"kind": "ours_only"}, [second]), ({"owner": ""}, [second]),
        ({"owner": "clerk01"}, [first]), ({"day": day}, [first, second]),
        ({"state": "open"}, [first, second]), ({"state": "doing"}, []),
    ):  # fmt: skip
        rows = queries.work_list(bench.conn, today, None, **wanted)
        assert [row.item_id for row in rows] == found, wanted
    assert [row.item_id for row in queries.work_list(bench.conn, today, (water,))] == [second]
    assert queries.work_list(bench.conn, today, ()) == []
    assert len(queries.work_list(bench.conn, today, None, limit=1)) == 1


def test_acts_and_postings_are_told_in_order(bench: Bench):
    payment = bench.pay(100)
    day = bench.cut()
    item_id = bench.item("duplicate", payment.serial, nth=2, theirs_kind="sale", theirs_fen=100)
    bench.carry(item_id)
    assert bench.release(item_id, "paid back") == 0
    told = [(act.act, act.who, act.note) for act in queries.acts(bench.conn, item_id)]
    assert told == [("begin", "repair", ""), ("close", "repair", "")]
    found = [posting[1:6] for posting in queries.postings(bench.conn, item_id)]
    open_day = day + timedelta(days=1)
    assert found == [
        ("suspend", "1121.WX", "2241.1.SUSPENSE", 100, open_day),
        ("release", "2241.1.SUSPENSE", "1121.WX", 100, open_day),
    ]
    assert queries.unproved(bench.conn) == []


def test_what_stands_on_suspense_is_explained_to_the_fen(bench: Bench):
    payment, other = bench.pay(100), bench.pay(500)
    bench.cut()
    more = bench.item("duplicate", payment.serial, nth=2, theirs_kind="sale", theirs_fen=100)
    less = bench.differs("amount", other, theirs_kind="sale", theirs_fen=460)
    bench.carry(more)
    bench.approved(less, "suspend")
    rows = queries.standing(bench.conn, 1)
    assert [row for row in rows if row.item_id in (more, less)] == [
        (more, "WX", "2241.1.SUSPENSE", 100, bench.day), (less, "WX", "1221.1.SHORT", 40, bench.day)
    ]  # fmt: skip
    balances = bench.balances()
    for account, side in (("2241.1.SUSPENSE", 1), ("1221.1.SHORT", -1)):
        _, debit, _, credit = balances[account]
        explained = sum(row.amount_fen for row in rows if row.account == account)
        assert explained == side * (credit - debit)


def holdings(bench: Bench, payment_id: int) -> dict[str, tuple[str, str]]:
    return {found.party: (found.has, found.word)
            for found in queries.who_has_it(bench.conn, payment_id)}  # fmt: skip


def test_who_has_a_payment(bench: Bench):
    payment = bench.pay(100, "GAS")
    unknown = {"hub": ("yes", "taken/booked"), "channel": ("unknown", ""),
               "biller": ("unknown", ""), "bank": ("unknown", "")}  # fmt: skip
    assert holdings(bench, payment.id) == unknown
    run_id = bench.run("WX")
    bench.world.set_up("UPDATE recon_run SET ended_at = started_at WHERE run_id = %s", run_id)
    lacking = bench.lacks(payment, "GAS", business_day=bench.day)
    found = queries.who_has_it(bench.conn, payment.id)
    assert [(one.party, one.partner, one.has, one.word, one.item_id) for one in found] == [
        ("hub", "", "yes", "taken/booked", None), ("channel", "WX", "yes", "", None),
        ("biller", "GAS", "no", "ours_only", lacking), ("bank", "", "unknown", "", None),
    ]  # fmt: skip
    bench.differs("amount", payment, theirs_kind="sale", theirs_fen=99)
    assert holdings(bench, payment.id)["channel"] == ("differs", "amount")
    assert queries.who_has_it(bench.conn, 10**15) == []


def test_what_two_partners_have_of_the_same_money(bench: Bench):
    account_no, _ = bench.owe(40)
    mine = bench.theirs("R1", 40, account_no=account_no)
    same = bench.theirs("R2", 40, account_no=account_no, partner="WATER")
    serial = bench.theirs("R1", 41, partner="GAS")
    bench.theirs("R3", 40, account_no="OTHER", partner="WATER")
    found = queries.related(bench.conn, bench.read(mine))
    assert [(one.item_id, one.partner) for one in found] == [(same, "WATER"), (serial, "GAS")]


# --- the single-sided items file ---------------------------------------------------------------


def told(bench: Bench, kind: str, serial: str, **columns) -> int:
    item_id = bench.item(kind, serial, "WATER", **columns)
    bench.carry(item_id)
    return item_id


def test_the_file_of_what_a_biller_is_asked_to_the_byte(bench: Bench):
    bench.cut()
    day = bench.item_day
    noon = bench.now.replace(tzinfo=None, hour=12, minute=3, second=4, day=23)
    sale = {"ours_kind": "sale", "ours_fen": 700, "ours_at": noon}
    theirs = {"theirs_kind": "sale", "theirs_fen": 800}
    ids = [
        told(bench, "ours_only", "1000", **sale),
        told(bench, "theirs_only", "水|1\n", **theirs),
        told(bench, "status", "3000", **sale, theirs_kind="void", theirs_fen=700),
        told(bench, "ours_only", "4000R", ours_kind="refund", ours_fen=700),
        told(bench, "amount", "5000", **sale, theirs_kind="sale", theirs_fen=800),
        told(bench, "duplicate", "6000", **theirs, nth=2),
    ]
    bench.item("ours_only", "9000", "WATER", **sale)  # not told
    closed = told(bench, "ours_only", "9001", **sale)
    bench.approved(closed, "accept")
    lines = [
        f"H|1|WATER|{day:%Y%m%d}|6",
        f"S|ours_only|1000|sale|700||20261123120304|{ids[0]}|book",
        f"S|theirs_only|水?1?|sale||800||{ids[1]}|reverse",
        f"S|status|3000|sale|700|700|20261123120304|{ids[2]}|book",
        f"S|ours_only|4000R|refund|700|||{ids[3]}|reverse",
        f"S|amount|5000|sale|700|800|20261123120304|{ids[4]}|correct",
        f"S|duplicate|6000|sale||800||{ids[5]}|reverse",
    ]
    body = "".join(f"{line}\n" for line in lines).encode()
    tail = f"T|6|{hashlib.sha256(body).hexdigest()}\n".encode()
    chunks = list(single_sided.write(bench.conn, bench.world.ids["WATER"], day))
    assert b"".join(chunks) == body + tail
    assert len(chunks) == 8


def test_the_file_is_in_the_partners_encoding(bench: Bench):
    bench.cut()
    day = bench.item_day
    bench.world.run("UPDATE partner SET encoding = 'GB18030' WHERE code = 'WATER'")
    told(bench, "theirs_only", "水", theirs_kind="sale", theirs_fen=1)
    body = b"".join(single_sided.write(bench.conn, bench.world.ids["WATER"], day))
    assert "|水|".encode("gb18030") in body
    bench.world.run("UPDATE partner SET encoding = 'UTF-8' WHERE code = 'WATER'")


def test_a_day_without_any_has_an_empty_file_and_an_unknown_partner_none(bench: Bench):
    day = bench.cut() - timedelta(days=300)
    body = b"".join(single_sided.write(bench.conn, bench.world.ids["WATER"], day))
    head = f"H|1|WATER|{day:%Y%m%d}|0\n".encode()
    assert body == head + f"T|0|{hashlib.sha256(head).hexdigest()}\n".encode()
    with pytest.raises(Refused) as refused:
        single_sided.write(bench.conn, 10**6, day)
    assert refused.value.code is Code.PARTNER_UNKNOWN
