"""An agreed act changes the rows that it is about, and no other in its transaction: as the pages' own role,
whatever is done next to it by whoever has that connection."""

from typing import Any

import pytest

from tests.access.proposals import MAKERS
from tests.access.test_second import as_the_pages, decide
from tests.web.province import Province
from tests.world import sealed_no
from yifen.core.plugs import plugs

LAID = """
INSERT INTO merchant (biller_id, level, pooled) VALUES (%(biller)s, 'group', false) ON CONFLICT DO NOTHING;
INSERT INTO merchant (biller_id, level, pooled) VALUES (%(own)s, 'group', false) ON CONFLICT DO NOTHING;
INSERT INTO merchant_split (merchant_id, beneficiary_id, share_ppm) VALUES (%(biller)s, %(own)s, 1)
    ON CONFLICT DO NOTHING;
INSERT INTO payee (biller_id, bank_id, account_no, account_name, bank_code, bank_name)
    SELECT %(biller)s, min(partner_id), %(sealed)s, '白石', '102100099996', '工行' FROM bank
    ON CONFLICT DO NOTHING;
INSERT INTO biller_error_code (biller_id, wire_code, meaning) VALUES (%(biller)s, '99', 'hold');
INSERT INTO recon_policy (profile_id, difference_class, action, automatic)
    VALUES (%(biller)s, 'ours_only', 'tell', true) ON CONFLICT DO NOTHING;
INSERT INTO recon_layout_column (layout_id, position, name, target, type, words)
    VALUES (%(layout)s, 1, 'a', 'serial', 'text', '') ON CONFLICT DO NOTHING;
"""
FOREIGN = {  # another's row taken away, or made his by the very values that were agreed
    "users.new": (
        "INSERT INTO access_user_role (user_id, role) VALUES (%(user)s, 'teller')",
        "DELETE FROM access_user_role WHERE user_id = %(user)s",
    ),
    "users.roles": ("DELETE FROM access_user_role WHERE user_id = %(user)s",),
    "settlement.agreement": (
        "DELETE FROM agreement_tier WHERE agreement_id = %(agreement)s",
        "INSERT INTO agreement_tier (agreement_id, from_measure, rate_ppm, each_fen)"
        " SELECT %(agreement)s, r.from_measure, r.rate_ppm, r.each_fen"
        " FROM access_authorisation a, jsonb_to_recordset(a.content #> '{rows,agreement_tier}')"
        " AS r (from_measure bigint, rate_ppm integer, each_fen integer) WHERE a.id = %(proposal)s",
        "UPDATE agreement SET biller_id = %(own)s, valid_from = '2026-12-01', payout = false, lag_days = 1"
        " WHERE id = %(agreement)s",
    ),
    "settlement.place": ("DELETE FROM merchant_split WHERE merchant_id = %(biller)s",
                         "DELETE FROM merchant WHERE biller_id = %(biller)s"),
    "settlement.shares": ("DELETE FROM merchant_split WHERE merchant_id = %(biller)s",),
    "settlement.payee": ("DELETE FROM payee WHERE biller_id = %(biller)s",),
    "partners.codes": (
        "DELETE FROM biller_error_code WHERE biller_id = %(biller)s",
        "UPDATE biller_error_code SET biller_id = %(own)s, wire_code = 'E1', meaning = 'booked'"
        " WHERE biller_id = %(biller)s AND wire_code = '99'",
        "INSERT INTO biller_error_code (biller_id, wire_code, meaning) VALUES (%(own)s, 'E2', 'booked')",
        "DELETE FROM payee WHERE biller_id = %(own)s OR true",
    ),
    "recon.rules": ("DELETE FROM recon_policy WHERE profile_id = %(biller)s",
                    "DELETE FROM recon_profile WHERE partner_id = %(biller)s"),
    "recon.layout": ("DELETE FROM recon_layout_column WHERE layout_id = %(layout)s",
                     "DELETE FROM recon_layout WHERE id = %(layout)s"),
}  # fmt: skip
CASES = [(act, statement) for act, statements in FOREIGN.items() for statement in statements]


def test_every_act_with_tables_says_which_rows_it_is_about() -> None:
    acts = [act for plug in plugs() for act in plug.second]
    assert [act.name for act in acts if bool(act.tables) != bool(act.bound)] == []
    calls = {name for plug in plugs() for name in plug.functions}
    assert {act.bound for act in acts if act.bound} <= calls


@pytest.mark.parametrize(("act", "statement"), CASES, ids=[f"{a}-{n}" for n, (a, _) in enumerate(CASES)])
def test_nothing_of_another_is_changed_beside_it(place: Province, act: str, statement: str) -> None:
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    far = place.foreign
    values: dict[str, Any] = {"biller": far.biller, "own": place.own.biller, "layout": far.more["layout"],
                              "agreement": far.more["agreement"], "user": far.user.pk,
                              "sealed": sealed_no("955000")}  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for line in LAID.split(";\n"):
            if line.strip():
                cursor.execute(line, values)
        made = MAKERS[act](place)
        cursor.execute(made.effect, [made.key])
        before = cursor.fetchone()
        decide(made, made.checker)
        cursor.execute(made.effect, [made.key])
        assert cursor.fetchone() != before
        wall = pytest.raises(ProgrammingError, match="changed by two people")
        with as_the_pages(), wall, transaction.atomic():
            cursor.execute(statement, values | {"proposal": made.proposal.pk})
        transaction.set_rollback(True)


