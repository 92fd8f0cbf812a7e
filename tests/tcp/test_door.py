"""A bank pays bills by the TCP dialect, as domain.md 4A has it."""

import pytest

from tests.tcp.bench import INST, MASTER, TcpBench
from tests.world import NOON
from yifen.core.wire.tcp_client import TcpRefused
from yifen.core.wire.tcp_messages import TcpMessage, framed, mac_text, read, split, written
from yifen.hub.simulators.tcp_bank import SimulatedTcpBank


def test_a_bank_asks_pays_and_hears_what_became_of_it(bench: TcpBench):
    bank, account = bench.bank(), bench.owe(15_000, 5_050)
    asked = bench.run(bank.query(account))
    assert (asked.code, asked.inst, asked.fields["totalNum"]) == ("BJCEBQBIRes", INST, "2")
    assert [(row["contractNo"], row["payAmount"], row["customerName"], row["filed1"]) for row in asked.rows] == [
        ("B1", "15000.00", "**小明", "exact"), ("B2", "5050.00", "**小明", "exact")]  # fmt: skip
    assert [row["contractNo"] for row in bench.run(bank.query(account, 2, 1)).rows] == ["B2"]
    paid = bench.run(bank.pay(account, "17", 15_000, NOON, "B1"))
    assert (paid.code, paid.fields["billNo"], paid.fields["payAmount"]) == ("BJCEBBCRes", "17", "15000.00")
    again = bench.run(bank.pay(account, "17", 15_000, NOON, "B1"))
    assert again.fields == paid.fields
    with pytest.raises(TcpRefused, match="YF04001"):
        bench.run(bank.pay(account, "17", 5_050, NOON, "B2"))
    told = bench.run(bank.result(account, "17", NOON))
    assert (told.fields["payState"], told.fields["bankBillNo"]) == ("1", paid.fields["bankBillNo"])


def test_a_charge_that_names_no_bill_pays_all_or_the_only_one_and_is_known_again(bench: TcpBench):
    bank, two, one = bench.bank(), bench.owe(15_000, 5_050), bench.owe(700)
    with pytest.raises(TcpRefused, match="YF05013"):
        bench.run(bank.pay(two, "21", 15_000, NOON))
    paid = bench.run(bank.pay(two, "21", 20_050, NOON))
    assert bench.run(bank.pay(two, "21", 20_050, NOON)).fields == paid.fields
    bench.run(bank.pay(one, "22", 700, NOON))
    assert bench.run(bank.query(one)).fields["totalNum"] == "0"
    with pytest.raises(TcpRefused, match="YF04001"):
        bench.run(bank.pay(one, "21", 20_050, NOON))


def test_a_line_by_des_and_in_yuan(bench: TcpBench):
    old, account = SimulatedTcpBank(bench.line("0302", "des-x919"), "WATER", is_yuan=True), bench.owe(15_000)
    assert bench.run(old.query(account)).rows[0]["payAmount"] == "150.00"
    assert bench.run(old.pay(account, "1", 15_000, NOON, "B1")).fields["payAmount"] == "150.00"


def test_a_wrong_mac_an_unknown_number_and_a_line_that_is_shut_are_told_the_same(bench: TcpBench):
    account = bench.owe(100)
    said = []
    for inst, master in ((INST, bytes(range(16))), ("999", MASTER)):
        line = bench.line(inst, master=master)
        line.key = bytes(16)
        xml = written(TcpMessage(inst, "BJCEBQBIReq", "1", {"billKey": account, "companyId": "WATER"}), "in")
        body = bench.run(line._line(framed(xml, mac_text("sm4-cbc", bytes(16), xml))))
        assert not split(body)[1], "an answer to nobody has no MAC"
        said.append(read(body, "out").fields)
    assert said[0] == said[1]
    assert said[0]["errorCode"] == "YF02005"


def test_yesterdays_key_serves_until_one_and_a_key_is_asked_for_anew_by_day(bench: TcpBench):
    bank, account = bench.bank(), bench.owe(100)
    bench.run(bank.query(account))
    key = bank._line.key
    bench.clock.turn(12.5 * 3600)  # half past midnight
    bench.run(bank.query(account))
    assert bank._line.key == key
    bench.clock.turn(3600)
    bench.run(bank.query(account))
    assert bank._line.key != key
    bench.clock.turn(-13.5 * 3600)
