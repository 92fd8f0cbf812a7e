"""A proposal of each act of the treasury, for the tests of two people."""

from typing import Any

from django.utils.timezone import localdate

from tests.billing.price_proposals import as_owner
from tests.budget.proposals import NOW, Proposed, an_officer, at, in_force
from tests.web import site
from tests.web.province import Province


def new_rule(place: Province) -> Proposed:
    """Of a day that has none yet, at a bureau with an issuing bank."""
    from yifen.trades.cards import issuers
    from yifen.trades.treasury import rules

    in_force(place)
    bank = as_owner("SELECT min(partner_id) FROM bank", [])
    maker: Any = site.access(an_officer(place))
    if not as_owner("SELECT count(*) FROM card_issuer WHERE bureau_id = %s", [place.own.biller]):
        site.agree(an_officer(place, 2), issuers.propose(maker, place.own.biller, bank, at()), at())
    day = as_owner("SELECT greatest(%s::date, max(valid_from) + 1) FROM treasury_rule WHERE bureau_id = %s",
                   [localdate(at()), place.own.biller])  # fmt: skip
    made = rules.propose(maker, place.own.biller, rules.TreasuryRule(day, bank, None, "1710000000"), NOW)
    return made, an_officer(place, 2), "SELECT count(*) FROM treasury_rule WHERE proposal_id = %s", made.pk


def new_end(place: Province) -> Proposed:
    """Of a detail of quota (put there by the owner) at a bureau with a rule."""
    from yifen.trades.treasury import ending

    made, second = new_rule(place)[:2]
    bureau = place.own.biller
    if not as_owner("SELECT count(*) FROM treasury_bureau WHERE bureau_id = %s", [bureau]):
        site.agree(second, made, at())
    house = as_owner("SELECT min(partner_id) FROM bank", [])
    number = as_owner("SELECT count(*) + 1 FROM treasury_quota", [])
    word = as_owner(
        "INSERT INTO treasury_word (bureau_id, house_id, way, kind, number, sha256, body, at)"
        " VALUES (%s, %s, 'in', '5103', %s, sha256(%s::text::bytea), '', now()) RETURNING word_id",
        [bureau, house, str(number), str(number)])  # fmt: skip
    quota = as_owner(
        "INSERT INTO treasury_quota (bureau_id, house_id, kind, number, year, on_day, account_no, in_budget, adjusts,"
        " content, word_id, at) VALUES (%s, %s, '5103', %s, 2026, '2026-11-30', '', true, false, '{}', %s, now())"
        " RETURNING quota_id", [bureau, house, f"Q{number}", word])  # fmt: skip
    row = as_owner(
        "INSERT INTO treasury_quota_row (quota_id, seq, doc_no, unit_code, func_code, eco_code, project, amount_fen,"
        " changed_at) VALUES (%s, 1, %s, '1', '1', '', '', 5, now()) RETURNING row_id", [quota, f"5103-Q{number}-1"])
    found = ending.of_quota(row)
    assert found is not None
    asked = ending.propose(site.access(an_officer(place)), found, "end", row, NOW)
    return (asked, an_officer(place, 2),
            "SELECT count(*) FROM treasury_quota_row WHERE state = 'ended' AND row_id = %s", row)  # fmt: skip


MAKERS = {"treasury.rule": new_rule, "treasury.end": new_end}
"""One of each."""
