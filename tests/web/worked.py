"""What only a province has that worked a day: a night that waits, a settlement, a payout, a payer's order.

Each is asked for by itself, once; `worked` makes all of them, so that a walk meets their pages too.
"""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests.web.province import Province
from tests.world import DAY, World

NIGHT = datetime.fromisoformat("2026-11-24T05:00:00+08:00")


def worked(place: Province) -> Province:
    night(place)
    settled(place)
    ordered(place)
    return place


def night(place: Province) -> None:
    """The book's night went as far as it could: both counties have an open difference."""
    from yifen.hub.night import NightOutside
    from yifen.night import runner

    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.ids = conn, place.database.buckets, {}
        world.run("INSERT INTO recon_policy (profile_id, difference_class, action, automatic)"
                  " SELECT partner_id, 'ours_only', 'ask', false FROM recon_profile")  # fmt: skip
        world.cut()
        outside = NightOutside(None, Path(mkdtemp(prefix="yifen-inbox-")), lambda conn, bank: None)  # type: ignore[arg-type]
        ran = runner.run(conn, 1, DAY, outside, NIGHT)
    assert ran.state == "waiting", ran


def settled(place: Province) -> None:
    """The day, cut before, is settled by signature at 0.38 %, and its payout of the next day is unknown."""
    from tests.settlement.squared import Squared
    from yifen.trades.settlement.operations import payouts, settle

    own = place.own
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = Squared.__new__(Squared)
        world.conn, world.buckets, world.institution = conn, place.database.buckets, own.county
        world.ids = {own.biller_code: own.biller}
        world.bank("ABC")
        world.payee(own.biller_code)
        conn.execute("UPDATE agreement SET payout = true WHERE biller_id = %s", (own.biller,))
        done = settle.settle(conn, own.biller, DAY, NIGHT, signed_by="superv01")
        assert done.code == 0, done
        sent = payouts.instruct(conn, own.biller, DAY + timedelta(days=1), NIGHT)
        assert sent.document_id is not None, sent
        for state in ("sent", "unknown"):
            payouts.mark(conn, sent.document_id, state, NIGHT)
    own.more |= {"settlement": -(done.document_id or 0), "payout": -sent.document_id}


def ordered(place: Province) -> None:
    """A payer paid one order and holds its receipt; another waits at the simulated cashier."""
    from django.test import override_settings

    from tests.payer.phone import Phone
    from tests.payer.rows import order, owe
    from yifen.core.ring import key_ring
    from yifen.face.payments.receipts import number_of

    with override_settings(YIFEN_PAY_METHODS=("simulated",)):
        numbers = []
        for _ in range(2):
            account_no, ref = owe(place, 98_765)
            phone = Phone()
            numbers.append(phone.start(place.own.biller_code, account_no, ref))
        phone.at_cashier(numbers[1], "pay")
        phone.look(numbers[1])
    receipt = number_of(key_ring(), order(numbers[1]).payment_id)
    place.own.more |= {"waiting_order": numbers[0], "order": numbers[1], "receipt": receipt}
