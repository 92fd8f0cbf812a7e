"""A proposal of each act of two people about batch debit, in the small province."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.access.core_proposals import a_core
from tests.billing.price_proposals import as_owner
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


def rule(place: Province) -> Proposed:
    from yifen.trades.debits import deciding

    day = date(2030, 1, 1) + timedelta(days=next(_numbers))
    form = deciding.DebitTerms(place.own.biller, day, "set", time(2), time(22), "frozen", 3)
    made = deciding.propose_rule(site.access(place.users["supervisor"]), form, NOW)
    return (made, place.users["institution_admin"],
            "SELECT count(*) FROM debit_rule WHERE biller_id || ':' || from_on = %s", made.subject_key)  # fmt: skip


def let_go(place: Province) -> Proposed:
    """Of a batch of which the checks refused a row."""
    from yifen.trades.debits import deciding

    number = next(_numbers)
    rule_id = as_owner(
        "INSERT INTO debit_rule (biller_id, from_on, layout, opens_at, closes_at, late, again_most, proposal_id)"
        " VALUES (%s, '2020-01-01'::date + %s, 'set', '02:00', '22:00', 'frozen', 3, 1) RETURNING rule_id",
        [place.own.biller, number])  # fmt: skip
    batch = as_owner(
        "INSERT INTO debit_batch (biller_id, rule_id, core_id, institution_id, channel_id, source, layout, name,"
        " sha256, head, rows, amount_fen, state, received_at, received_by) VALUES (%s, %s, %s, %s, %s, 'bills', 'set',"
        " %s, '', '{}', 1, 100, 'checked', %s, 'x') RETURNING batch_id",
        [place.own.biller, rule_id, a_core(place), place.own.county, place.own.channel, f"P{number}", NOW])  # fmt: skip
    as_owner(
        "INSERT INTO debit_item (batch_id, place, serial, first, customer, ref, asked_fen, row_sealed, amount_fen,"
        " state, code, changed_at) SELECT batch_id, 1, serial || '-0000001', serial || '-0000001', '1', '', 100, '',"
        " 100, 'refused', 9557, %s FROM debit_batch WHERE batch_id = %s RETURNING 1", [NOW, batch])  # fmt: skip
    made = deciding.propose_let_go(site.access(place.users["finance"]), int(batch), "照扣", NOW)
    return (made, place.users["supervisor"], "SELECT state FROM debit_batch WHERE batch_id = %s", batch)


MAKERS = {"debits.rule": rule, "debits.let_go": let_go}
