"""A night that goes by itself; one that waits; late files, a signature, a day without payments."""

import threading
from datetime import timedelta

import pytest

from tests.endofday.network import DAY, NIGHT, Network
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.night import runner
from yifen.night.codes import NightCode
from yifen.night.reports.daily_proof import prove
from yifen.night.steps import steps

NEXT = DAY + timedelta(days=1)
NAMES = [step.name for step in steps()]


def ready(network: Network) -> Network:
    """Cut by hand, all files in the inbox."""
    network.cut()
    network.send_lines(network.faulty())
    network.send_ours("POS")
    return network


def test_a_night_goes_by_itself_to_the_fen(network: Network):
    ran = ready(network).run()
    assert (ran.state, ran.reasons, ran.error) == ("closed", [], ""), ran
    assert list(ran.steps) == NAMES
    books = network.books()
    assert {row[5] for row in books["items"]} == {"closed"}
    assert books["nights"] == [(DAY, True, None)]
    assert prove(network.conn, 1, DAY).holds
    assert network.run().state == "closed"
    assert network.books() == books


def test_a_file_that_may_still_come_is_waited_for_and_one_too_late_is_not(network: Network):
    network.world.run(
        "UPDATE recon_profile SET file_late_after = '08:00' WHERE partner_id = %s",
        network.world.ids["WX"],
    )
    network.cut()
    network.send_ours("POS")
    ran = network.run()
    assert (ran.state, ran.steps) == ("waiting", {
        "cut": "done", "figures": "done", "files": "waiting"})  # fmt: skip
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [("file_missing", "WX")]
    assert network.books()["settlements"] == []
    network.now = NIGHT + timedelta(hours=6)
    ran = network.run()
    assert (ran.state, list(ran.steps)) == ("waiting", NAMES[NAMES.index("files"):])
    kinds = [(reason["kind"], reason["partner"]) for reason in ran.reasons]
    assert ("not_reconciled", "WX") in kinds
    assert ("unsettled", "WATER") in kinds
    # The file comes after all: the same night is gone through again from the files on.
    network.send_lines(network.faulty())
    assert network.run().state == "closed"
    assert [row[0] for row in network.books()["runs"]] == ["POS", "WX"]


def test_unproved_money_cannot_close_and_a_named_person_may_sign(network: Network):
    network.pay("WX", "BIG", "HEAT", 150_000)
    network.cut()
    network.send_lines(network.lines[:-1])
    network.send_ours("POS")
    ran = network.run()
    assert ran.state == "waiting"
    assert [(r["kind"], r["partner"], r.get("fen", 0)) for r in ran.reasons] == [
        ("open_items", "WX", 150_000), ("unsettled", "HEAT", 0),
    ]  # fmt: skip
    assert [row[0] for row in network.books()["settlements"]] == ["WATER"]
    with pytest.raises(Refused) as refused:
        runner.sign(network.conn, 1, DAY, "boss", " ", network.now)
    assert refused.value.code is Code.REASON_MISSING
    signed = runner.sign(network.conn, 1, DAY, "boss", "渠道答应明日补发", network.now)
    assert (signed.state, signed.error) == ("closed", "")
    books = network.books()
    assert books["nights"] == [(DAY, True, "boss")]
    assert {(row[0], row[7]) for row in books["settlements"]} == {("WATER", None), ("HEAT", "boss")}
    acts = network.world.rows(
        "SELECT actor, action, note, after -> 'waits' -> 0 ->> 'kind' FROM audit_entry"
        " WHERE subject = 'eod_run' AND action = 'signed'"
    )
    assert acts == [("boss", "signed", "渠道答应明日补发", "open_items")]
    with pytest.raises(Refused) as refused:
        runner.sign(network.conn, 1, DAY, "boss", "again", network.now)
    assert refused.value.code is NightCode.DAY_END_NOT_SIGNABLE


def test_nothing_is_signed_that_does_not_wait(network: Network):
    with pytest.raises(Refused) as refused:
        runner.sign(network.conn, 1, DAY, "boss", "why", network.now)
    assert refused.value.code is NightCode.DAY_END_NOT_SIGNABLE


def test_a_day_without_payments_is_settled_with_nothing_and_closed(network: Network):
    assert ready(network).run().state == "closed"
    network.now += timedelta(days=1)
    network.cut(NEXT)
    network.send_ours("POS", NEXT)
    network.send_ours("WX", NEXT)
    network.world.run(
        "UPDATE recon_profile SET format = 'hub', layout_id = NULL WHERE partner_id = %s",
        network.world.ids["WX"],
    )
    ran = network.run(NEXT)
    assert ran.state == "closed", ran
    zero = [row[:4] for row in network.books()["settlements"] if row[0] == "HEAT"]
    assert zero == [("HEAT", DAY, 30_006, 30_006), ("HEAT", NEXT, 0, 0)]


def test_a_day_that_is_not_over_is_not_cut(network: Network):
    network.now = NIGHT - timedelta(hours=10)
    ran = network.run()
    assert (ran.state, ran.reasons[0]["kind"], network.day) == ("waiting", "day_open", DAY)
    ran = network.run(NEXT)
    assert (ran.state, ran.reasons[0]["kind"]) == ("waiting", "day_ahead")
    network.run(early=True)
    assert network.day == NEXT


def test_of_two_runners_at_once_one_is_refused(network: Network):
    ready(network)
    inside, go_on = threading.Event(), threading.Event()

    def slowly(ended: runner.Ended) -> None:
        inside.set()
        go_on.wait(10)

    first = threading.Thread(target=lambda: network.run(tell=slowly))
    first.start()
    assert inside.wait(10)
    with pytest.raises(Refused) as refused, network.other() as conn:
        runner.run(conn, 1, DAY, network.outside, network.now)
    assert refused.value.code is NightCode.DAY_END_RUNNING
    go_on.set()
    first.join()
    assert network.books()["nights"] == [(DAY, True, None)]
