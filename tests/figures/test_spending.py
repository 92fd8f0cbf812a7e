"""What official cards spent: every sum is the journal's and the ledger's, each reader sees his own, private swipes
nobody."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.cards.office import CardOffice
from tests.console.pages import Page
from tests.settlement.bank_side import Serving
from tests.treasury.test_story_of_a_swipe import SwipeStory
from tests.web import site
from tests.web.province import Province
from tests.world import DAY, NOON, Database, World
from yifen.core.facts.refused import Refused
from yifen.trades.figures import spending, telling
from yifen.trades.figures.asking import read_ask

PEOPLE = ("p01", "c01", "h01", "b01", "c02", "p02", "aud01", "clerk")
JOURNAL = """
SELECT to_char(e.business_day, 'YYYY-MM'),
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'posted'), 0)::bigint,
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'restored'), 0)::bigint
FROM budget_entry e WHERE e.kind IN ('posted', 'restored') GROUP BY 1 ORDER BY 1"""
EVER = {"period": "days", "since": "2026-01-01", "until": "2027-12-31"}
MEASURES = list(spending.MEASURES)


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


def sums(conn: Any, reach: dict[str, Any], *measures: str, **asked: Any) -> dict[tuple[str, ...], list[int | None]]:
    """By the keys of its rows; the total at ()."""
    ask = read_ask({"rows": ["month"], "measures": list(measures), **EVER} | asked)
    told = telling.told(conn, ask, date(2027, 12, 31), reach)
    return {line.keys: line.values for line in (*told.lines, told.total)}


def test_every_sum_is_the_journals_and_the_ledgers(database: Database, serving: Serving):
    with psycopg.connect(database.app_url) as conn:
        story = SwipeStory(World(conn, database.buckets), serving)
        with closing(story):
            story.play()
        world, reach = story.world, {"all": True, "partners": "{}", "sandboxes": "{}", "institutions": "{}",
                                     "topics": {spending.PERMISSION}}  # fmt: skip
        reach["units"] = [one for (one,) in world.rows("SELECT unit_id FROM budget_unit")]
        ledger = story.ledger()
        journal = world.rows(JOURNAL)

        told = sums(conn, reach, "repaid", "came_back", "quota_used", "spending", "came_back_late")
        assert [(month, repaid, back, used) for (month,), (repaid, back, used, *_rest) in
                ((keys, values) for keys, values in told.items() if keys)] == [
            (month, repaid, back, repaid - back) for month, repaid, back in journal]  # fmt: skip
        whole = told[()]
        assert whole == [220_000, 80_000, 140_000, 220_000, 20_000]
        assert whole[2] == world.value("SELECT sum(used_fen)::bigint FROM budget_indicator") == -ledger["8103"]
        assert (ledger["5001"], ledger["3501"]) == (whole[3] - whole[1], -whole[4])

        # By every dimension the sums are those of all together.
        for source in spending.SOURCES:
            measures = [one.name for one in spending.MEASURES.values() if one.view == source and one.unit == "fen"][:8]
            by = [one.name for one in spending.DIMENSIONS.values() if source in one.of]
            for name in by:
                found = sums(conn, reach, *measures, rows=[name])
                assert [sum(row[n] or 0 for keys, row in found.items() if keys) for n, _ in enumerate(measures)] == (
                    found[()]), (source, name)  # fmt: skip

        # Of a private swipe of 88.00 nothing, whatever is asked.
        swiped = sums(conn, reach, "swiped", "refunded", "unclaimed", "swipes")
        assert swiped[()] == [170_000, 50_000, 0, 2]
        assert swiped["2026-11",] == [120_000, 30_000, 0, 1]
        assert swiped["2027-01",] == [50_000, 20_000, 0, 1]

        # What the bank paid is cleared, or not, or came back before; what it refunded, or not.
        cleared = sums(conn, reach, "bank_paid", "cleared", "uncleared", "refunding")
        assert cleared[()] == [220_000, 170_000, 0, 0]
        assert (ledger.get("2202", 0), ledger.get("1012", 0)) == (0, 0)
        assert sums(conn, reach, "claims", "claimed", "deciding", "denied")[()] == [3, 220_000, 0, 0]
        assert sums(conn, reach, "to_repay", "not_repaid", "overdue", "late_paid")[()] == [220_000, 0, 0, 0]
        year = sums(conn, reach, "repaid", rows=["unit"], period="this_year", compare="year")
        assert year["101001 第一中学",] == [100_000, 120_000]

        # Nobody is told what he may not be, and of another unit's nothing.
        assert sums(conn, reach | {"units": []}, "spending", "repaid")[()] == [0, 0]
        with pytest.raises(Refused, match="FIGURES_NOT_YOURS"):
            sums(conn, reach | {"topics": set()}, "spending")


@pytest.fixture(scope="module")
def desk(place: Province) -> Iterator[tuple[CardOffice, dict[str, Any]]]:
    """The office in the province's database with something claimed, cash to card, and something private."""
    from yifen.core.access.devices import make_authenticator
    from yifen.core.access.models import User

    with psycopg.connect(place.database.app_url, autocommit=False) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.now, world.ids = conn, place.database.buckets, NOON, {}
        world.institution = place.own.county
        office = CardOffice(world)
        assert office.posts(("C02", "101002"), ("P02", "101001")) == "OK"
        for login, role in (("aud01", "auditor"), ("c02", "unit_cashier"), ("p02", "card_holder"),
                            ("clerk", "biller_staff")):  # fmt: skip
            office.login(login, role)
        world.run("UPDATE access_user SET partner_id = NULL WHERE login = 'aud01'")
        office.swiped("S1", 120_000)
        assert office.take(swipes=[office.swipe("PRIV", 666_600, merchant="私密按摩店", mcc="7297")]) == []
        assert office.mark("PRIV", "private") == "OK"
        claim = office.approved(office.line("S1", 100_000), office.line("S1", 20_000, item="11"))
        cash = office.line(None, 4_000, item="16", card=office.card_id(), exemption="04", words="出租车无 POS")
        office.approved(cash, kind="cash", purpose="市内交通")
        first = office.repayment(claim)
        assert (office.vouch(first), office.repaid(first), office.returned(first, 30_000)) == ("OK", "OK", "OK")
        conn.commit()
        clients = {}
        for login in PEOPLE:
            user = User.objects.get(login=login)
            make_authenticator(user, confirmed=True)
            clients[login] = site.client_of(user)
        yield office, clients
        conn.rollback()


def spent(client: Any, **asked: Any) -> Page:
    return Page(client, f"/console/figures/spending/?{urlencode({'period': 'this_year', **asked})}")


def test_each_sees_his_own_and_a_figure_leads_to_its_rows(desk: tuple[CardOffice, dict[str, Any]]):
    _office, at = desk
    whole = ["101001 第一中学", "1,240.00", "0.00", "1,000.00", "300.00", "0.00", "700.00"]
    for login in ("c01", "h01", "b01", "aud01", "p01"):
        assert spent(at[login]).table()[0] == whole, login
    for login in ("c02", "p02"):  # another unit's cashier; a colleague without a card
        assert len(spent(at[login]).table()) == 1, login
    assert at["clerk"].get("/console/figures/spending/").status_code == 403
    catalogue = spent(at["c01"], what="catalogue").table()
    assert [row[0] for row in catalogue] == ["08 差旅费", "11 会议费", "16 其他交通费用", "合计"]
    assert {row[0]: row[-1] for row in catalogue} == {
        "08 差旅费": "100.00 %", "11 会议费": "100.00 %", "16 其他交通费用": "0.00 %", "合计": "96.77 %"}  # fmt: skip
    assert [row[:2] for row in spent(at["h01"], what="cash").table()] == [
        ["04 签证、快递、过路过桥、税费、出租车", "40.00"], ["合计", "40.00"]]  # fmt: skip
    ((href,), *_more) = [one.xpath(".//a/@href") for one in spent(at["c01"]).tree.xpath("//tbody/tr[1]/td[2]")]
    rows = Page(at["c01"], href)
    assert [row[-2] for row in rows.table() if row[0].startswith(str(DAY.year))]
    assert "700.00" in rows.text or "1,240.00" in rows.text
    assert spent(at["p01"]).tree.xpath("//tbody//a/@href") == []  # a holder has no list of others' rows
    assert at["p01"].get(href).status_code == 403
    assert len(Page(at["c02"], href).table()) <= 1


def test_private_swipes_are_in_no_report_list_or_file(desk: tuple[CardOffice, dict[str, Any]]):
    _office, at = desk
    for login in ("c01", "h01", "b01", "aud01", "p01"):
        for what in ("spending", "swipes", "claims", "catalogue", "cash", "dues", "late", "clearings"):
            asked = f"/console/figures/spending/?{urlencode({'what': what, 'by': 'mcc', 'period': 'this_year'})}"
            assert "8691" not in at[login].get(f"/console/figures/spending/?what={what}").content.decode(), what
            page = at[login].get(asked).content.decode()
            files = [at[login].post(asked, {"format": form}).content for form in ("csv", "xlsx")]
            for text in (page, files[0].decode("utf-8-sig")):
                assert not {one for one in ("6,666.00", "6666", "7297", "私密") if one in text}, (login, what)
            assert files[1][:2] == b"PK"
    for source in ("swipes", "spending", "claims", "dues", "late", "clearings"):
        page = at["b01"].get(f"/console/figures/{source}/rows/?since=2026-01-01&until=2026-12-31").content.decode()
        assert not {one for one in ("6,666.00", "7297", "私密") if one in page}, source
    assert at["c01"].post("/console/figures/spending/?what=spending", {"format": "pdf"}).content[:5] == b"%PDF-"


def test_a_report_of_cards_is_kept_shared_and_made_by_who_may(desk: tuple[CardOffice, dict[str, Any]]):
    _office, at = desk
    new = "/console/figures/reports/new/"
    page = at["c01"].get(new).content.decode()
    assert 'value="quota_used"' in page
    assert 'value="asked"' not in page  # what was billed is not a cashier's
    asked = urlencode({"row1": "func", "measures": ["spending", "quota_used"], "period": "this_year", "sort": "name",
                       "chart": "bar"}, doseq=True)  # fmt: skip
    answer = at["c01"].post(f"{new}?{asked}", {"title": "按功能分类"})
    assert answer.status_code == 302
    assert Page(at["c01"], answer["Location"]).table() == [
        ["2010350", "1,240.00", "700.00"], ["合计", "1,240.00", "700.00"]]  # fmt: skip
    told = at["clerk"].get(f"{new}?{asked}").content.decode()
    assert "1,240.00" not in told
