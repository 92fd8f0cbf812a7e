"""The demo's roll lies ready: counted in by two, half of it in the teller's hand."""

from types import SimpleNamespace
from typing import Any, cast

import psycopg

from tests.counter.standing import NOW, person
from tests.web import site
from tests.web.province import Province


def test_a_roll_is_in_the_county_and_half_of_it_in_its_tellers_hand(place: Province):
    from yifen.core.partners.models import Partner
    from yifen.trades.invoices import sample
    from yifen.trades.invoices.proof import altered

    county, branch = place.own.county, place.own.branch
    for login, at, role in ((sample.HEAD, county, "institution_admin"), (sample.MAKER, county, "finance"),
                            (sample.CHECKER, county, "supervisor"), (sample.TELLER, branch, "teller")):
        person(login, at, role)
    network: Any = SimpleNamespace(urls={}, registry=SimpleNamespace(now=NOW), partners={
        sample.BILLER: Partner.objects.get(pk=place.own.biller)})  # fmt: skip
    with site.as_owner(place.database):
        sample.prepare(cast(Any, network))
    with psycopg.connect(place.database.super_url) as conn:
        rows = conn.execute("SELECT r.first_no, r.last_no, r.state, u.login FROM invoice_range r JOIN invoice_kind k"
                            " USING (kind_id) LEFT JOIN access_user u ON u.id = r.user_id"
                            " WHERE k.prefix = '137012610001' ORDER BY 1").fetchall()  # fmt: skip
        assert rows == [(12_301, 12_400, "hand", sample.TELLER), (12_401, 12_500, "hand", None)]
        assert altered(conn) == []
        assert conn.execute("SELECT count(*) FROM access_user WHERE login = %s AND session_key <> ''",
                            (sample.TELLER,)).fetchone() == (0,)  # fmt: skip
