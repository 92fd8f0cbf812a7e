"""A proposal of each act of two people about papers 凭证: of the kind that the county's store has."""

import itertools
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.billing.price_proposals import as_owner
from tests.console.busy import again
from tests.web import site
from tests.web.province import Province
from yifen.trades.invoices.rules import NumberSpan

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]
_firsts = itertools.count(1_001, 10)


def kind_of(place: Province) -> int:
    return int(as_owner("SELECT kind_id FROM invoice_kind WHERE biller_id = %s", [place.own.biller]))


def brought(place: Province, numbers: NumberSpan, faulty: list[NumberSpan]) -> Any:
    """By the company; a supervisor counted."""
    from yifen.trades.invoices import receiving

    return receiving.receive(site.access(place.users["supervisor"]), kind_of(place), numbers, faulty, "第一批", NOW)


def ten() -> NumberSpan:
    """Numbers that nobody had."""
    first = next(_firsts)
    return NumberSpan(first, first + 9)


def received(place: Province) -> Proposed:
    return (brought(place, ten(), []), place.users["finance"],
            "SELECT count(*) FROM invoice_range WHERE kind_id = %s", kind_of(place))  # fmt: skip


def destroyed(place: Province) -> Proposed:
    """Papers that were faulty when they came."""
    from yifen.trades.invoices import receiving

    numbers = ten()
    site.agree(place.users["finance"], brought(place, numbers, [numbers]), NOW)
    made = receiving.destroy(site.access(place.users["supervisor"]), kind_of(place), numbers, "年度销毁", NOW)
    return (made, place.users["finance"],
            "SELECT count(*) FROM invoice_act WHERE act = 'destroy' AND kind_id = %s", kind_of(place))  # fmt: skip


def paid_today(place: Province, ref: str) -> int:
    """A payment at the county's own biller, on the book's day of now."""
    own = place.own
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = again(conn, place)
        world.owe(own.biller_code, own.account_no, ref, 1_000)
        return int(world.charge(ref, {ref: 1_000}, channel=own.channel_code, biller=own.biller_code,
                                account_no=own.account_no).payment_id)  # fmt: skip


def printed_again(place: Province) -> Proposed:
    """The paper of a payment of today at the county's branch; the next number is in its teller's hand."""
    from yifen.core.access import second
    from yifen.trades.counter.models import Entry, Shift
    from yifen.trades.invoices import printing

    numbers, own = ten(), place.own
    paid = paid_today(place, f"PAPER-{numbers.first}")
    old = Entry.objects.get(pk=own.more["entry"])
    shift, _ = Shift.objects.get_or_create(
        teller=old.teller, institution_id=own.branch, channel=old.channel, state="open",
        defaults={"business_day": old.business_day, "opened_at": NOW, "opening_fen": 0},
    )  # fmt: skip
    Entry.objects.create(
        shift=shift, teller=old.teller, institution_id=own.branch, channel=old.channel, code="4623",
        serial=f"PAPER-{numbers.first}", biller=old.biller, biller_code=old.biller_code, account_no=old.account_no,
        lines=[], amount_fen=1_000, pay_kind="cash", state="booked", payment_id=paid,
        business_day=old.business_day, at=NOW,
    )  # fmt: skip
    as_owner("INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, user_id, since)"
             " VALUES (%s, %s, %s, 'hand', %s, %s, %s)",
             [kind_of(place), *numbers, own.branch, own.teller.pk, NOW])  # fmt: skip
    teller = site.access(own.teller)
    printing.print_paper(teller, paid, "first", numbers.first, NOW)
    made = second.propose(teller, "invoices.reprint", f"invoice {paid}",
                          {"payment": paid, "number": numbers.first + 1}, NOW, reason="卡纸")  # fmt: skip
    return made, place.users["supervisor"], "SELECT count(*) FROM invoice_print WHERE payment_id = %s", paid


def seller(place: Province) -> Proposed:
    """The company's tax platform, with two rates."""
    from yifen.trades.invoices.electronic import issuers

    rates = "电费,1100101020200000000,供电,13\n热费,3010502000000000000,供热,免税,居民,2024-01-01,2027-12-31"
    form = issuers.IssuerForm(place.own.biller, "青溪供电公司", "91350100M000100Y43", "TAX01", "http://127.0.0.1:9",
                              "a secret of 20 others", rates)  # fmt: skip
    return (issuers.propose(site.access(place.own.user), form, NOW), place.users["platform_admin"],
            "SELECT version || tax_no FROM invoice_issuer WHERE biller_id = %s", place.own.biller)  # fmt: skip


MAKERS = {"invoices.receive": received, "invoices.destroy": destroyed, "invoices.reprint": printed_again,
          "invoices.issuer": seller}
"""One of each."""
