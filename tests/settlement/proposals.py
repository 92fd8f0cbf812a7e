"""What two people agree with billers: of each act a proposal that is right, who may decide it, and a
statement that reads what it would change, with its parameter."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from tests.settlement.results import results
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, the_ring

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def agreement(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import agreements
    from yifen.trades.settlement.rules import FeeTerms, Tier

    day = date(2026, 12, 1)
    asked = agreements.AskedAgreement(place.own.biller, day,
                                      FeeTerms("amount", "day", (Tier(0, 6000),), valid_from=day))  # fmt: skip
    return (agreements.propose(site.access(place.users["finance"]), asked, NOW),
            place.users["supervisor"], "SELECT max(valid_from) FROM agreement WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


def merchant_place(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import merchants

    maker = site.access(place.users["finance"])
    return (merchants.propose(maker, place.own.biller, "group", None, False, NOW),
            place.users["supervisor"], "SELECT level FROM merchant WHERE biller_id = %s",
            place.own.biller)  # fmt: skip


def shares(place: Province) -> Proposed:
    from yifen.core.access.models import User
    from yifen.trades.settlement.operations import shares

    maker = (User.objects.filter(login="finance96").first()
             or site.user("finance96", place.union, "finance"))  # fmt: skip
    asked = {place.foreign.biller: 250_000}
    return (shares.propose(site.access(maker), place.own.biller, asked, NOW),
            place.users["supervisor"], "SELECT share_ppm FROM merchant_split WHERE merchant_id = %s",
            place.own.biller)  # fmt: skip


def bank(place: Province) -> Proposed:
    from yifen.core.partners.models import Partner
    from yifen.trades.settlement.operations import banks

    there = Partner.objects.get(code=place.own.more["bank"])
    asked = banks.AskedBank(there.code, there.name, there.institution_id, there.book_id, "95510009",
                            "益分清算", "http://127.0.0.1:9/pay")  # fmt: skip
    return (banks.propose(site.access(place.users["finance"]), asked, NOW), place.users["supervisor"],
            "SELECT endpoint FROM bank WHERE partner_id = %s", there.pk)  # fmt: skip


def bank_key(place: Province) -> Proposed:
    from yifen.core.partners.models import Partner
    from yifen.trades.settlement.models import Bank
    from yifen.trades.settlement.operations import bank_keys

    there = Partner.objects.get(code=place.own.more["bank"])
    with_port(there.pk)
    assert Bank.objects.get(pk=there.pk).endpoint
    made = bank_keys.propose(site.access(place.users["finance"]), there, NOW)
    return (made.proposal, place.users["supervisor"],
            "SELECT max(version) FROM partner_key WHERE partner_id = %s", there.pk)  # fmt: skip


def with_port(bank: int) -> None:
    """As two people said before."""
    from yifen.trades.settlement.models import Bank

    Bank.objects.filter(pk=bank).update(endpoint="https://bank.example.cn/pay")


def paid_out(place: Province) -> dict[str, int]:
    """Two payouts of the county's biller, committed once: one was sent, the newer one came back."""
    from tests.settlement.squared import Squared
    from tests.world import World
    from yifen.trades.settlement.operations import payouts, settle

    own, found = place.own, {}
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        there = dict(conn.execute("SELECT state::text, document_id FROM payout").fetchall())
        if there:
            return there
        world = Squared.__new__(Squared)
        world.conn, world.buckets, world.now = conn, place.database.buckets, LATE
        world.ids = {own.biller_code: own.biller, own.channel_code: own.channel}
        world.ids["ABC"] = world.value("SELECT id FROM partner WHERE code = %s", own.more["bank"])
        world.payee(own.biller_code)
        conn.execute("UPDATE agreement SET payout = true, lag_days = 0 WHERE biller_id = %s", (own.biller,))
        for day, states in enumerate((("sent",), ("sent", "returned"))):
            World.cut(world)
            settle.settle_due(conn, 1, DAY + timedelta(days=day), LATE, "test")
            due_on = DAY + timedelta(days=1)
            made = payouts.instruct(conn, own.biller, due_on, LATE).document_id
            assert made is not None
            for state in states:
                payouts.mark(conn, made, state, LATE)  # type: ignore[arg-type]
            if states == ("sent",):
                name = f"PF20261124-{-made}-{own.more['bank']}.xml"
                conn.execute("SELECT payout_file_v1(%s, %s, %s, amount_fen, %s, %s) FROM payout"
                             " WHERE document_id = %s", (world.ids["ABC"], [made], name,
                             the_ring().seal(b"<pain/>", f"payout_file:{name}"), LATE, made))  # fmt: skip
            found[states[-1]] = made
            if not day:
                world.pay(own.biller_code, 5_000, own.account_no, channel=own.channel_code)
    return found


def mark(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import deciding

    document = paid_out(place)["sent"]
    maker = site.access(place.users["finance"])
    return (deciding.propose_mark(maker, document, "done", "SLIP7", False, NOW, "回单"),
            place.users["supervisor"], "SELECT state::text FROM payout WHERE document_id = %s",
            document)  # fmt: skip


def again(place: Province) -> Proposed:
    from yifen.trades.settlement.operations import deciding

    paid_out(place)
    maker = site.access(place.users["finance"])
    return (deciding.propose_again(maker, place.own.biller, NOW, "户名无误"), place.users["supervisor"],
            "SELECT count(*) FROM payout WHERE biller_id = %s", place.own.biller)  # fmt: skip


def bank_says(place: Province) -> Proposed:
    """Of the file in which the first one left: it arrived."""
    from yifen.face.plain import plain_connection
    from yifen.trades.settlement.operations import results as of

    document, maker = paid_out(place)["sent"], site.access(place.users["finance"])
    with plain_connection() as conn:
        row = conn.execute("SELECT reference, amount_fen FROM payout WHERE document_id = %s", (document,)).fetchone()
        assert row is not None
        body = results(f"PF20261124-{-document}", [(row[0], "ACSC", f"{row[1] / 100:.2f}")])
        number = of.take_in(conn, maker, "回执.xml", body, maker.user.login, NOW)
    return (of.propose(maker, number, NOW, "回执"), place.users["supervisor"],
            "SELECT state::text FROM payout WHERE document_id = %s", document)  # fmt: skip


MAKERS = {
    "settlement.agreement": agreement, "settlement.place": merchant_place, "settlement.shares": shares,
    "settlement.bank": bank, "payouts.mark": mark, "payouts.again": again,
    "payouts.results": bank_says, "settlement.bank_key": bank_key,
}  # fmt: skip
