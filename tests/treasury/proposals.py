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


MAKERS = {"treasury.rule": new_rule}
"""One of each."""
