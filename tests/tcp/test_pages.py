"""The list of lines says when each was heard, and how its day went."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import NewProvince
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE

SLOW = ", ".join(["0"] * 10 + ["1"])


@pytest.fixture
def place(new_province: NewProvince) -> Iterator[Province]:
    from tests.web import site

    made = new_province()
    with site.on(made.database):
        yield made


def test_a_line_says_when_it_was_heard_and_what_failed_today(place: Province):
    from tests.console.pages import Page
    from tests.tcp.bench import install_line
    from tests.web import site
    from yifen.core.access.edge import now
    from yifen.core.partners.models import Partner

    channel = Partner.objects.get(pk=place.own.channel)
    install_line(place.database.owner_url, the_ring(), channel.code, "0399")
    minute = now().replace(second=0, microsecond=0)
    with psycopg.connect(place.database.owner_url) as owner:
        for code, calls in ((Code.OK, 40), (Code.ALREADY_PAID, 3), (Code.BILLER_UNAVAILABLE, 2)):
            owner.execute(
                f"INSERT INTO traffic_minute VALUES (%s, %s, %s, 'charge', %s, %s, 0, 0, {SLOW})",
                (minute, channel.pk, place.own.biller, int(code), calls),
            )
        owner.execute(f"INSERT INTO traffic_minute VALUES (%s, 0, 0, '', 2005, 9, 0, 0, {SLOW})", (minute,))
    page = Page(site.client_of(place.users["platform_admin"]), "/console/tcp/lines/", code=channel.code)
    assert [page.column(title) for title in ("机构号", "今日往来笔数", "今日未能处理")] == [["0399"], ["45"], ["2"]]
    assert page.column("最近往来（一日内）")[0].endswith(minute.astimezone(ZONE).strftime("%H:%M:00"))
