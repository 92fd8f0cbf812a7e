"""A proposal of each act of two people about mandates."""

import hashlib
import itertools
from typing import Any

from tests.access.core_proposals import NOW, Proposed, a_core
from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province

_numbers = itertools.count(1)


def a_mandate(place: Province) -> str:
    """One of the county's biller that was signed by two people long ago, as far as its row goes."""
    number = f"DK20261123{next(_numbers):010d}"
    as_owner(
        "INSERT INTO mandate (number, biller_id, customer, institution_id, core_id, account_sealed, account_lookup,"
        " account_shown, kind, holder_sealed, holder_shown, phone_sealed, phone_lookup, once_fen, month_fen, batch,"
        " no_feel, one_tap, rank, signed_on, from_on, source, confirmed_at, stop_hash, proposal_id, made_at,"
        " changed_at)"
        " VALUES (%s, %s, %s, %s, %s, 'x', 'x', '6222***********0123', 'personal', 'x', '**小明', '', '', 0, 0, true,"
        " false, false, 1, '2026-11-01', '2026-11-01', 'counter', %s, %s, 1, %s, %s) RETURNING mandate_id",
        [number, place.own.biller, place.own.account_no, place.own.branch, a_core(place), NOW,
         hashlib.sha256(b"x").digest(), NOW, NOW])  # fmt: skip
    return number


def ended(place: Province) -> Proposed:
    """4621 delete."""
    from yifen.core.access import second
    from yifen.trades.mandates import signing

    number = a_mandate(place)
    content = {"op": "end", "subject": number, "institution_id": place.own.branch}
    made: Any = second.propose(site.access(place.own.teller), signing.ACT, number, content, NOW, reason="客户申请")
    return made, place.users["supervisor"], "SELECT end_why FROM mandate WHERE number = %s", number


def rule(place: Province) -> Proposed:
    """The biller's."""
    from yifen.trades.mandates import rule

    made: Any = rule.propose(site.access(place.own.user), place.own.biller, rule.MandateRule(10, 10), NOW)
    return (made, place.users["platform_admin"],
            "SELECT count(*) FROM mandate_rule WHERE biller_id = %s AND start_days = 10", place.own.biller)  # fmt: skip


MAKERS = {"mandates.sign": ended, "mandates.rule": rule}
"""One of each."""
