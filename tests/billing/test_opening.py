"""What two people agreed to once is not done again by whoever has the pages' connection."""

import psycopg
import pytest

from tests.billing.run_proposals import opened
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB
from yifen.core.facts.refused import Refused
from yifen.trades.billing.codes import BillingCode


def test_what_billing_counts_on_is_refused_by_its_number_on_the_partners_page(place: Province) -> None:
    from yifen.core.access import edge, second
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.operations import terms

    made, checker, _, biller = opened(place)
    second.decide(site.access(checker), made.pk, seen=bytes(made.shown).hex(), yes=True, now=edge.now())
    partner = Partner.objects.get(pk=biller)
    asked = terms.change(site.access(place.own.user), partner, partner.name, {"quote_ttl_s": None}, edge.now())
    assert asked is not None
    with pytest.raises(Refused) as refused:
        second.decide(site.access(place.users["platform_admin"]), asked.pk, seen=bytes(asked.shown).hex(), yes=True,
                      now=edge.now())  # fmt: skip
    assert refused.value.code == BillingCode.BILLER_BILLS_HERE


def test_an_old_word_to_begin_billing_is_not_said_again(place: Province) -> None:
    from yifen.core.access import edge, second

    made, checker, _, biller = opened(place)
    second.decide(site.access(checker), made.pk, seen=bytes(made.shown).hex(), yes=True, now=edge.now())
    with psycopg.connect(place.database.url(WEB), autocommit=True) as conn:
        assert conn.execute("SELECT count(*) FROM billing_biller WHERE biller_id = %s", (biller,)).fetchone() == (1,)
        again = conn.execute("SELECT billing_open_v1(%s)", (made.pk,)).fetchone()
    assert again == (BillingCode.BILLER_NOT_BILLED,)
