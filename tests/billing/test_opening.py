"""What two people agreed to once is not done again by whoever has the pages' connection."""

import psycopg

from tests.billing.run_proposals import opened
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB
from yifen.trades.billing.codes import BillingCode


def test_an_old_word_to_begin_billing_is_not_said_again(place: Province) -> None:
    from yifen.core.access import edge, second

    made, checker, _, biller = opened(place)
    second.decide(site.access(checker), made.pk, seen=bytes(made.shown).hex(), yes=True, now=edge.now())
    with psycopg.connect(place.database.url(WEB), autocommit=True) as conn:
        assert conn.execute("SELECT count(*) FROM billing_biller WHERE biller_id = %s", (biller,)).fetchone() == (1,)
        again = conn.execute("SELECT billing_open_v1(%s)", (made.pk,)).fetchone()
    assert again == (BillingCode.BILLER_NOT_BILLED,)
