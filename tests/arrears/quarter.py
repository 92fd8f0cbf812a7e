"""The pages' debtor: the county, an account of its own biller that owes, and what its people do there."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest

from tests.arrears.proposals import debtor
from tests.billing.late_proposals import ACCOUNT
from tests.billing.price_proposals import as_owner
from tests.conftest import NewProvince
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.days import ZONE
from yifen.hub.payments.names import sealed_name

HOME = "/console/arrears/"
PHONE = "13800138000"


class Quarter(NamedTuple):
    """The county, and its debtor of 1,000.00 with a late fee, to whom nothing was done yet."""

    place: Province
    customer: int
    fee: int
    bill: int

    def client(self, user: str) -> Any:
        return site.client_of(self.place.users[user])

    def page(self, what: str = "") -> str:
        debt = f"{self.fee}/{what}/" if what else ""
        return f"{HOME}accounts/{self.customer}/{debt}"

    def done(self, steps: int) -> None:
        """So many more steps, as time would have it."""
        for _ in range(steps):
            as_owner("SELECT arrears_do_v1(n, current_date - 9, 'staff', 'reached', '', now())"
                     " FROM arrears_now_v1(%s, %s, now()) n", [self.customer, self.fee])  # fmt: skip


@pytest.fixture(scope="module")
def county(new_province: NewProvince) -> Iterator[Province]:
    place = new_province()
    with site.on(place.database):
        yield place


@pytest.fixture
def quarter(county: Province) -> Iterator[Quarter]:
    """One of its own for each test: nothing is left of it."""
    from django.db import transaction

    with transaction.atomic():
        yield Quarter(county, *debtor(county))
        transaction.set_rollback(True)


def agreed(client: Any, proposal: str) -> Any:
    """The second person looks at it and says yes."""
    seen = Page(client, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    return client.post(f"{proposal}decide/", {"word": "yes", "seen": seen}, follow=True)


def today() -> date:
    return datetime.now(ZONE).date()


def reachable(quarter: Quarter) -> None:
    """A phone and a name."""
    biller, bucket = quarter.place.own.biller, quarter.customer % 1000
    phone = the_ring().seal_text(PHONE, f"billing contact:{biller}:{ACCOUNT}")
    as_owner("UPDATE billing_customer SET contact = %s WHERE customer_id = %s", [phone, quarter.customer])
    as_owner("INSERT INTO payer (bucket, biller_id, account_no, name) VALUES (%s, %s, %s, %s)"
             " ON CONFLICT (bucket, biller_id, account_no) DO UPDATE SET name = excluded.name",
             [bucket, biller, ACCOUNT, sealed_name(the_ring(), biller, ACCOUNT, "欧阳小明")])  # fmt: skip
