"""Who has the pages' password writes where he may: no debit without a mandate in force, above its limit, or to another
account than the biller's transit account; killed between any two steps nothing is half done."""

from contextlib import suppress

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.corebank.bench import CARD, COMPANY, TRANSIT
from tests.deductions.test_crash import FrailConnection
from tests.mandates.bench import CHANNEL, MandateBench
from tests.sampling import stride
from yifen.hub.corebank import operations as core
from yifen.trades.mandates import kept, rules, singles
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.singles import DebitOutside


def begun(bench: MandateBench, number: str, fen: int, form: str) -> tuple[int, int | None]:
    """A debit written by the function alone, with the payer's key; its bills are invented."""
    one = kept.find(bench.web, number)
    fields = {"form": form, "amount_fen": fen, "lines": [{"payable": "1", "title": "x", "amount_fen": fen}]}
    key, now = rules.payer_key(bench.ring, number), bench.clock()
    ((code, single_id, _serial),) = bench.rows("SELECT * FROM mandates_single_tapped_v1(%s, %s, %s, %s, %s)",
                                               one.number, key, Jsonb(fields), now, now)  # fmt: skip
    return code, single_id


def test_a_move_that_its_debit_does_not_ask_for_is_never_written(bench: MandateBench):
    customer = bench.customer(A=500)
    mandate = bench.sign(customer, once_fen=500)
    assert begun(bench, mandate.number, 501, "a1")[0] == MandateCode.MANDATE_OVER_ONCE
    code, single_id = begun(bench, mandate.number, 500, "a2")
    assert code == 0
    assert single_id is not None
    one, document = singles.single(bench.web, single_id), f"mandate_single:{single_id}"
    right = singles._move(bench.web, mandate, one.serial, document, CARD, 500, one.day)
    for wrong in (
        {"credit": COMPANY}, {"debit": COMPANY}, {"amount_fen": 501}, {"debit": TRANSIT, "credit": CARD},
        {"document": "mandate_single:999999"}, {"serial": "DD-OTHER"}, {"owed": True}, {"what": "EOD"},
    ):  # fmt: skip
        with pytest.raises(Exception, match=r".") as found:
            core.write(bench.web, bench.ring, right._replace(**wrong), bench.clock())
        assert not isinstance(found.value, psycopg.OperationalError), wrong
    assert bench.rows("SELECT 1 FROM core_move WHERE document = %s", document) == []
    bench.end(mandate.number)  # over since today: what was counted before may still be brought to its end
    core.write(bench.web, bench.ring, right, bench.clock())
    # Bills that the hub does not know are never booked: the money goes back.
    bench.work(12)
    assert singles.single(bench.web, single_id).state == "back"
    assert bench.posted(f"{one.serial}U") == [(TRANSIT, -500), (CARD, 500)]
    assert bench.altered() == []


def whole_way(bench: MandateBench, number: str, form: str, steps: int | None) -> Fuse:
    fuse = Fuse(steps)
    with psycopg.connect(bench.place.database.url("yifen_web"), autocommit=True) as conn, suppress(Killed):
        cores = bench.cores(conn)
        sound = bench.cores(conn).port
        cores = cores._replace(conn=FrailConnection(conn, fuse), port=lambda one: Frail(sound(one), fuse))
        outside = DebitOutside(Frail(bench.hub, fuse), cores)  # type: ignore[arg-type]
        one = singles.tap(outside, number, form, [], 777, bench.clock())
        singles.advance(outside, one.single_id, bench.clock())
    return fuse


def test_killed_between_any_two_steps_it_is_booked_once_or_nothing_was_taken(bench: MandateBench):
    steps, seen = 0, set()
    while True:
        customer = bench.customer(A=777)
        mandate = bench.sign(customer, month_fen=777)
        fuse = whole_way(bench, mandate.number, f"k{steps}", steps)
        bench.clock.turn(60)
        bench.work(4)
        rows = bench.rows("SELECT d.state, d.serial FROM mandate_single d JOIN mandate m USING (mandate_id)"
                          " WHERE m.number = %s", mandate.number)  # fmt: skip
        paid = bench.rows("SELECT y.amount_fen, c.code FROM payment y JOIN partner c ON c.id = y.channel_id"
                          " WHERE y.account_no = %s", customer)  # fmt: skip
        state = rows[0][0] if rows else "none"
        moved = bench.posted(rows[0][1]) if rows else []
        booked = [(777, CHANNEL)], [(CARD, -777), (TRANSIT, 777)], 0
        assert (paid, moved, bench.left(mandate.number)) == (
            booked if state == "booked" else ([], [], 777)), (steps, state)  # fmt: skip
        seen.add(state)
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(4)
    assert seen <= {"none", "refused", "booked"}
    assert {"none", "booked"} <= seen
    assert bench.altered() == []
