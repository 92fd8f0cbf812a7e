"""The desk and a biller, or a counter channel, that was shut: nothing is collected; a collection of before
is taken back on its day unless the channel itself is shut."""

import psycopg
import pytest

from tests.counter.standing import Counter
from tests.payer.rows import world_on
from tests.shut import CASES, NAMES, ShutCase, shut
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

PREPARE = (Code.NOT_ADMITTED, Code.NOT_ADMITTED, None, Code.NOT_ADMITTED)
"""What the form says; the shift that is open keeps its channel, so the hub is what refuses that one."""


@pytest.mark.parametrize(("case", "prepare"), list(zip(CASES[:4], PREPARE, strict=True)), ids=NAMES[:4])
def test_the_desk_collects_nothing_for_who_is_shut(counter: Counter, case: ShutCase, prepare):
    from yifen.core.wire.messages import Query

    counter.open()
    booked = counter.collect(B1=10_000)
    draft = counter.prepare(B2=2_345)
    place = counter.place
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = world_on(place, conn)
        with shut(world, case, world.ids["DESK"], place.own.biller):
            if prepare:
                with pytest.raises(Refused) as refused:
                    counter.prepare(serial="other", B2=2_345)
                assert refused.value.code is prepare
            counter.settle_roster()
            query = Query(biller=place.own.biller_code, account_no=counter.account_no)
            with pytest.raises(Refused) as refused:
                counter.hub.query("DESK", query)
            assert refused.value.code is case.new
            sent = counter.send(draft)
            assert (sent.state, sent.result) == ("refused", case.new)
            if case.old is None:
                assert counter.reverse(booked).state == "booked"
    counter.settle_roster()
    assert counter.payments() == [(10_000, *(("taken", "booked") if case.old else ("returned", "reversed")))]
