"""Payments as events: decided and taken back, for the channel and the biller, each once."""

from typing import Any

import pytest

from tests.pipes.piping import ALL, events, find, later, pipe
from tests.world import DAY, World
from yifen.core.facts.events import Happened

HERE = "http://127.0.0.1:9/"
AT = "2026-11-23T04:00:00Z"


def begun(net: World) -> World:
    """Everything is read up to now."""
    for partner in ("WX", "WATER", "GAS"):
        pipe(net, partner, HERE)
    find(net)
    return net


def test_a_booked_payment_is_told_to_its_channel_and_its_biller(net: World):
    begun(net)
    paid = net.charge("S1", {"B1": 1000, "B2": 2000})
    find(net)
    find(net)  # finding twice writes once
    told = {"payment_id": str(paid.payment_id), "serial": "S1", "biller": "WATER", "account_no": "**",
            "amount_fen": 3000, "business_day": str(DAY), "booked_at": AT, "code": "0000", "payer_state": "taken",
            "biller_state": "booked", "biller_serial": None}  # fmt: skip
    assert events(net, "payment.decided", "WX") == events(net, "payment.decided", "WATER") == [told]
    assert net.value("SELECT count(*) FROM pipe_event") == net.value("SELECT count(*) FROM pipe_delivery") == 2
    assert sorted(row[0] for row in net.rows("SELECT uid FROM pipe_event")) == sorted(
        Happened("payment.decided", net.ids[code], str(paid.payment_id), net.now, {}).uid
        for code in ("WX", "WATER"))


def test_a_payment_at_a_biller_s_own_system_is_told_once_it_is_decided(net: World):
    begun(net)
    booked = net.charge("S1", {"R1": 3000}, biller="GAS", account_no="G1")
    turned = net.charge("S2", {"R2": 500}, biller="GAS", account_no="G1")
    net.result(booked.payment_id, "unknown")
    find(net)
    assert events(net, "payment.decided", "WX") == []
    net.result(booked.payment_id, "booked", "G-77")
    net.result(turned.payment_id, "rejected", None, "E1")
    find(net)
    told = [(one["serial"], one["code"], one["payer_state"], one["biller_state"], one["biller_serial"])
            for one in events(net, "payment.decided", "WX")]  # fmt: skip
    assert told == [("S1", "0000", "taken", "booked", "G-77"), ("S2", "8002", "returned", "rejected", None)]


def test_what_is_taken_back_is_told_in_its_parts(net: World):
    begun(net)
    net.charge("S1", {"P1": 3000})
    whole = net.charge("S2", {"B1": 1000})
    net.reverse("V1", "S2", 1000)
    net.cut()
    later(net, 86_400)
    net.refund("V2", "S1", 1000)
    net.refund("V3", "S1", 2000)
    find(net)
    told = [(one["verb"], one["serial"], one["original_serial"], one["amount_fen"], one["left_fen"])
            for one in events(net, "payment.returned", "WX")]  # fmt: skip
    assert told == [("reverse", "V1", "S2", 1000, 0), ("refund", "V2", "S1", 1000, 2000),
                    ("refund", "V3", "S1", 2000, 0)]
    assert events(net, "payment.returned", "WX") == events(net, "payment.returned", "WATER")
    assert [one["payment_id"] for one in events(net, "payment.decided", "WX")][1] == str(whole.payment_id)
    assert [one["payer_state"] for one in events(net, "payment.decided", "WX")] == ["taken", "taken"]


def test_a_charge_reversed_before_it_was_decided_came_to_nothing(net: World):
    begun(net)
    held = net.charge("S1", {"R1": 3000}, biller="GAS", account_no="G1")
    net.result(held.payment_id, "unknown")
    net.reverse("V1", "S1", 3000)
    net.result(held.payment_id, "reversed")
    find(net)
    [told], [back] = events(net, "payment.decided", "GAS"), events(net, "payment.returned", "GAS")
    assert (told["code"], told["payer_state"], told["biller_state"]) == ("4002", "returned", "reversed")
    assert (back["verb"], back["serial"], back["amount_fen"]) == ("reverse", "V1", 3000)


def test_only_what_is_wanted_is_written_and_nothing_from_before(net: World):
    net.charge("S0", {"B1": 1000})
    find(net)
    pipe(net, "WATER", HERE, ["file.ready"])
    net.charge("S1", {"B2": 2000})
    find(net)
    pipe(net, "WX", HERE, ["payment.returned"])
    pipe(net, "BANK", HERE, ALL, made_at=later(net, 60))
    later(net, -30)
    net.charge("S2", {"B3": 99_999}, channel="BANK")
    find(net)
    assert net.value("SELECT count(*) FROM pipe_event") == 0  # before the pipe of BANK was made
    net.reverse("V1", "S1", 2000)
    later(net, 60)
    net.reverse("V2", "S2", 99_999, channel="BANK")
    find(net)
    told: list[Any] = [(one["serial"], one["account_no"]) for code in ("WX", "BANK", "WATER")
                       for one in events(net, "payment.returned", code)]  # fmt: skip
    assert told == [("V1", "**"), ("V2", "**")]


def test_a_month_s_jump_of_the_numbers_hides_nothing(net: World, monkeypatch: pytest.MonkeyPatch):
    from yifen.hub.payments import events as found_in

    monkeypatch.setattr(found_in, "BATCHES_AT_ONCE", 2)
    begun(net)
    net.charge("S1", {"B1": 1000})
    net.set_up("SELECT payments_begin_partition_v1('2030-06-01 00:00+08')")
    for number in range(5):
        net.charge(f"N{number}", {"O1": 100 + number})
    assert net.value("SELECT max(batch_no) FROM ledger_batch") > 10**12
    find(net)
    assert [one["serial"] for one in events(net, "payment.decided", "WX")] == ["S1", "N0", "N1", "N2", "N3", "N4"]


def test_it_goes_on_where_it_was_and_misses_nothing_that_came_meanwhile(net: World):
    begun(net)
    net.charge("S1", {"B1": 1000})
    before = net.value("SELECT position FROM pipe_cursor WHERE source = 'payments'")
    with_one = net.value("SELECT batch_no FROM ledger_head WHERE bucket = 0")
    find(net)
    net.charge("S2", {"B2": 2000})
    find(net)  # as another process would
    assert before == {"0": with_one - 1}
    assert net.value("SELECT position FROM pipe_cursor WHERE source = 'payments'") == {"0": with_one + 1}
    assert [one["serial"] for one in events(net, "payment.decided", "WX")] == ["S1", "S2"]
