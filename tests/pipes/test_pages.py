"""Pipes on the console: made by two, a secret shown once, tested, sent again; and the walls below the pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.console.pages import Page
from tests.jobs.running import work
from tests.pipes import proposals
from tests.web import site
from tests.web.conftest import place
from tests.web.province import Province
from tests.world import the_ring
from yifen.core.facts.processes import WEB, WORKER

__all__ = ["place"]
LIST = "/console/pipes/"


@pytest.fixture(autouse=True)
def ready() -> None:
    """Of the other tests here."""


@pytest.fixture
def dev(place: Province) -> Any:
    return site.client_of(place.users["developer"])


@pytest.fixture
def county(place: Province) -> Any:
    return site.client_of(place.own.user)


@pytest.fixture
def undone(place: Province) -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def owned(place: Province) -> Iterator[None]:
    """As the worker would write what becomes of deliveries; undone."""
    from django.db import transaction

    with site.as_owner(place.database), transaction.atomic():
        yield
        transaction.set_rollback(True)


def sandbox(place: Province) -> Any:
    """Of the county's biller."""
    from yifen.core.partners import operations
    from yifen.core.partners.models import Partner

    found = Partner.objects.filter(code="POWER01-T").first()
    if found is None:
        own = Partner.objects.get(pk=place.own.biller)
        found = Partner.objects.create(code="POWER01-T", name="试", institution=own.institution, book_id=900,
                                       sandbox_of=own, json=True)  # fmt: skip
        operations.make_channel(found)
    return found


def here(place: Province) -> str:
    return f"{LIST}{place.own.more['pipe']}/"


def asked(address: str, *wants: str) -> dict[str, Any]:
    return {"address": address, "wants": list(wants)}


def test_a_live_partner_s_pipe_waits_for_another_person(place: Province, dev: Any, county: Any) -> None:
    page = Page(dev, LIST)
    assert page.table() == [[place.own.biller_code, "青溪供电公司", "Webhook", "https://hooks.example.cn/yifen", "正常",
                             "0", page.column("最近送达")[0], "—"]]  # fmt: skip
    shown = dev.post(f"{here(place)}edit/", asked("https://new.example.cn/h", "file.ready", "payment.decided")).url
    assert Page(county, shown).table() == [
        ["地址", "https://hooks.example.cn/yifen", "https://new.example.cn/h"],
        ["事件", "payment.decided 缴费已有结果",
         "file.ready 文件已生成（对账文件、对账单）、payment.decided 缴费已有结果"],
    ]
    address = "https://hooks.example.cn/yifen"
    named = f"{place.own.biller_code} · Webhook · {address}"
    assert named in Page(county, "/console/proposals/").column("对象")
    assert named in Page(county, shown).tree.xpath("//h1")[0].text_content()
    assert Page(dev, here(place)).facts()["地址"] == "https://hooks.example.cn/yifen"
    assert "已有一项提议待复核" in Page(dev, here(place)).text
    assert "2120" in dev.post(f"{here(place)}edit/", asked("https://b.example.cn/", "file.ready")).content.decode()
    seen = Page(county, shown).tree.xpath("//input[@name='seen']/@value")[0]
    county.post(f"{shown}decide/", {"word": "yes", "seen": seen})
    facts = Page(dev, here(place)).facts()
    assert (facts["地址"], facts["file.ready"]) == ("https://new.example.cn/h", "文件已生成（对账文件、对账单）")
    for wrong, number in ((asked("http://example.cn/", "file.ready"), "3301"), (asked("https://a.cn/"), "必填"),
                          (asked("https://10.0.0.1/", "file.ready"), "2111"),
                          (asked("https://new.example.cn/h", "file.ready", "payment.decided"), "3303")):  # fmt: skip
        assert number in dev.post(f"{here(place)}edit/", wrong).content.decode()


def test_a_developer_makes_one_of_his_sandbox_alone_and_none_of_a_foreign_partner(place: Province, dev: Any) -> None:
    from yifen.trades.pipes.models import Pipe

    trial = sandbox(place)
    address = "https://t.example.cn/"
    made = dev.post(f"{LIST}new/", {"partner": trial.pk, "kind": "webhook"} | asked(address, "bill.changed"))
    row = Pipe.objects.get(partner=trial)
    assert (made.url, row.address, row.wants, row.enabled) == (f"{LIST}{row.pk}/", address, ["bill.changed"], True)
    assert Page(dev, made.url).tree.xpath("//main//span[contains(@class, 'badge')]/text()")[0] == "待生成密钥"
    foreign = {"partner": place.foreign.biller, "kind": "webhook"} | asked(address, "file.ready")
    shown = dev.post(f"{LIST}new/", foreign)
    assert (shown.status_code, Pipe.objects.filter(partner=place.foreign.biller).count()) == (200, 1)
    assert dev.get(f"{LIST}{place.foreign.more['pipe']}/").status_code == 404


def test_a_secret_is_shown_once_and_the_one_before_counts_for_a_day(place: Province, dev: Any, undone: None) -> None:
    import base64

    made = dev.post(f"{here(place)}secret/")
    assert made.url == here(place)
    assert "whsec_" not in str(dict(dev.session.items()))
    page = dev.get(made.url).content.decode()
    shown = page.split('data-copy="whsec_')[1].split('"')[0]
    row = proposals.row(place)
    ring, context = the_ring(), f"pipe:{row.ref}"
    assert ring.open(bytes(row.secret), context) == base64.b64decode(shown)
    assert ring.open(bytes(row.secret_before), context) == b"s" * 24
    assert timedelta(hours=23) < row.before_until - datetime.now(UTC) <= timedelta(hours=24)
    assert shown not in dev.get(here(place)).content.decode()
    assert bytes(proposals.row(place).secret) == bytes(row.secret)  # loading the page anew made no other
    assert "前一密钥仍签至" in Page(dev, here(place)).facts()


def test_a_test_event_goes_down_this_pipe_alone(place: Province, dev: Any) -> None:
    from yifen.core.jobs.tasks import tasks
    from yifen.trades.pipes.models import PipeDelivery

    before = PipeDelivery.objects.count()
    dev.post(f"{here(place)}ping/")
    work(place.database, [tasks()["pipes.ping"]])
    row = PipeDelivery.objects.select_related("event").latest("pk")
    assert (PipeDelivery.objects.count() - before, row.pipe_id, row.state) == (1, place.own.more["pipe"], "waiting")
    assert (row.event.kind, row.event.data, row.event.partner_id) == ("ping", {"ping": True}, place.own.biller)
    page = Page(dev, f"{LIST}deliveries/", pipe=str(row.pipe_id), kind="ping", state="waiting")
    assert (page.column("事件"), page.column("状态")) == (["ping"], ["待送达"])
    assert Page(dev, f"{LIST}deliveries/", text=row.event.uid).column("事件") == ["ping"]
    found = dev.get("/console/search/", {"find": row.event.uid})
    assert found.url == f"{LIST}deliveries/{row.pk}/"
    assert '"type": "ping"' in Page(dev, f"{LIST}deliveries/{row.pk}/").text


def test_one_test_waits_at_a_time_and_ten_go_an_hour(place: Province, dev: Any, owned: None) -> None:
    from yifen.trades.pipes.models import PipeDelivery

    rows = PipeDelivery.objects.filter(pipe=place.own.more["pipe"], event__kind="ping")
    rows.delete()

    def asks() -> bool:
        return "3308" not in dev.post(f"{here(place)}ping/", follow=True).content.decode()

    def writes() -> int:
        from django.db import connection

        from yifen.trades.pipes.operations.running import write_ping

        connection.ensure_connection()
        write_ping(connection.connection, place.own.more["pipe"], datetime.now(UTC))
        return rows.count()

    assert [asks(), asks(), writes(), asks(), writes()] == [True, True, 1, False, 1]  # two asked before one was written
    rows.update(tries=1)  # the receiver was away
    assert (asks(), writes()) == (True, 2)
    for number in range(3, 11):
        rows.update(state="delivered")
        assert writes() == number
    rows.update(state="delivered")
    assert (asks(), writes()) == (False, 10)
    rows.filter(pk=rows.first().pk).update(made_at=datetime.now(UTC) - timedelta(minutes=61))  # type: ignore[union-attr]
    assert (asks(), writes()) == (True, 11)


@pytest.mark.parametrize("more", [{"made_at": "2020-01-01"}, {"secret_before": "\\x00"}, {"off_why": "x"},
                                  {"before_until": "2099-01-01"}], ids=["made", "secret", "why", "until"])  # fmt: skip
def test_a_proposal_says_no_more_than_is_shown_of_it(place: Province, more: dict[str, str]) -> None:
    from yifen.core.facts.plug import Text
    from yifen.core.facts.refused import Refused
    from yifen.trades.pipes.operations import keeping

    row = {"ref": "5ca1ab1e-0000-4000-8000-000000000003", "partner_id": place.foreign.biller, "kind": "webhook",
           "address": "https://h.example.cn/", "wants": ["file.ready"], "settings": {}, "enabled": True,
           "off_why": "", "secret_before": None, "before_until": None}  # fmt: skip
    assert [(one.field, one.after) for one in keeping.view({"rows": {"pipe": row}})][:2] == [
        ("partner_id", place.foreign.biller_code), ("kind", Text("Webhook", "Webhook"))]  # fmt: skip
    with pytest.raises(Refused) as refused:
        keeping.view({"rows": {"pipe": row | more}})
    assert refused.value.code.name == "INPUT_INVALID"


def test_what_would_be_sent_again_is_counted_first(place: Province, dev: Any, undone: None) -> None:
    from yifen.trades.pipes.models import PipeDelivery

    row = PipeDelivery.objects.get(pk=place.own.more["delivery"])
    since = {"since": (datetime.now(UTC) - timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")}
    page = dev.post(f"{here(place)}again/", since | {"given_up_only": "on"}).content.decode()
    assert "将重发 0 条" in page
    page = dev.post(f"{here(place)}again/", since).content.decode()
    assert "将重发 1 条" in page
    until = page.split('name="until" value="')[1].split('"')[0]
    assert "3306" in dev.post(f"{here(place)}again/", since | {"until": until, "counted": "7"}).content.decode()
    row.refresh_from_db()
    assert row.state == "delivered"
    ahead = {"since": (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")}  # China's clock: in an hour
    assert "3313 起始时间还没到" in dev.post(f"{here(place)}again/", ahead).content.decode()
    for wrong in ({"counted": "²"}, {"counted": "1" * 5_000}, {"counted": "１"}, {"until": "x"},
                  {"until": "0001-01-01T00:00:00+23:59"}, {"until": "9999-12-31T23:59:59-23:59"},
                  {"until": "2026-11-28T10:00:00"}):  # fmt: skip
        answer = dev.post(f"{here(place)}again/", since | {"until": until, "counted": "1"} | wrong)
        assert (answer.status_code, "2111" in answer.content.decode()) == (200, True), wrong
    row.refresh_from_db()
    assert row.state == "delivered"
    later = "UPDATE pipe_delivery SET ended_at = %s WHERE id = %s"
    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:
        conn.execute(later, (datetime.now(UTC) + timedelta(hours=1), row.pk))  # what ends after the count is not in it
        assert "将重发 0 条" in dev.post(f"{here(place)}again/", since).content.decode()
        conn.execute(later, (row.ended_at, row.pk))
    assert dev.post(f"{here(place)}again/", since | {"until": until, "counted": "1"}).url == here(place)
    row.refresh_from_db()
    assert (row.state, row.tries, row.ended_at) == ("waiting", 0, None)


def test_one_is_sent_again_and_a_pipe_that_is_off_sends_nothing(place: Province, dev: Any, undone: None) -> None:
    from tests.access.test_second import as_the_pages
    from yifen.trades.pipes.models import PipeDelivery

    row = PipeDelivery.objects.get(pk=place.own.more["delivery"])
    with as_the_pages():
        dev.post(f"{LIST}deliveries/{row.pk}/again/")
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 0)
    assert dev.post(f"{here(place)}off/", {"reason": "迁移"}).url == here(place)
    page = Page(dev, here(place))
    assert (page.facts()["停用原因"], f"{here(place)}again/" in page.answer.content.decode()) == ("迁移", False)
    assert "3304" in dev.post(f"{here(place)}ping/", follow=True).content.decode()


def test_what_waits_is_tried_now_but_not_what_may_be_under_way(place: Province, dev: Any) -> None:
    from django.db import connection, transaction

    from tests.access.test_second import as_the_pages
    from yifen.trades.pipes.models import PipeDelivery

    row, now = PipeDelivery.objects.get(pk=place.own.more["delivery"]), datetime.now(UTC)

    def waits(seconds: int) -> None:
        with site.as_owner(place.database):
            PipeDelivery.objects.filter(pk=row.pk).update(state="waiting", tries=3, ended_at=None,
                                                          due_at=now + timedelta(seconds=seconds))  # fmt: skip

    for path in (f"{LIST}deliveries/{row.pk}/now/", f"{here(place)}now/"):
        waits(20)  # as of one that was taken ten seconds ago
        assert "3312" in dev.post(path, follow=True).content.decode()
        waits(7200)
        assert "立即再试" in dev.get(path.removesuffix("now/")).content.decode()
        with transaction.atomic(), as_the_pages():
            assert "3312" not in dev.post(path, follow=True).content.decode()
        tried = PipeDelivery.objects.get(pk=row.pk)
        assert (tried.state, tried.tries, tried.due_at <= datetime.now(UTC)) == ("waiting", 3, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM audit_entry WHERE action = 'tried_now' ORDER BY subject")
        assert cursor.fetchall() == [("pipe",), ("pipe_delivery",)]
    assert "3312" in dev.post(f"{LIST}deliveries/{row.pk}/now/", follow=True).content.decode()
    assert dev.post(f"{LIST}{place.foreign.more['pipe']}/now/").status_code == 404
    assert site.client_of(place.users["biller_staff"]).post(f"{here(place)}now/").status_code == 403
    with site.as_owner(place.database):
        row.save()


def test_a_partner_is_told_by_one_way_at_one_address_once(place: Province, dev: Any, undone: None) -> None:
    from django.db import IntegrityError, transaction

    from yifen.trades.pipes.models import Pipe

    own = proposals.row(place)
    shouted = own.address.replace("hooks", "HOOKS").replace("new", "NEW").replace("https", "HTTPS")
    spelled = [own.address.replace("example.cn", f"example.cn{more}") for more in (":443", ".", ".:0443")]
    for same in (own.address, shouted, *spelled):
        asks = {"partner": place.own.biller, "kind": "webhook"} | asked(same, "file.ready")
        answer = dev.post(f"{LIST}new/", asks).content.decode()
        assert "3311 这个合作方已有同一方式、同一地址的推送通道" in answer
    other = dev.post(f"{LIST}new/", asks | {"address": own.address + "2"}).url  # waits for another person
    for change in ({"address": own.address + "2"}, {"address": own.address + "2", "partner_id": place.foreign.biller}):
        fields = {"partner_id": place.own.biller, "kind": "webhook", "wants": ["file.ready"], "made_at": own.made_at}
        Pipe.objects.create(ref=f"5ca1ab1e-0000-4000-8000-00000000001{len(change)}", **fields | change)
    with pytest.raises(IntegrityError, match="there is one to this address"), transaction.atomic():
        Pipe.objects.filter(pk=own.pk).update(address=spelled[1] + "2")
    Pipe.objects.filter(address=own.address + "2", partner=place.own.biller).update(address=spelled[2] + "2")
    assert "3311" in Page(site.client_of(place.own.user), other).text  # meanwhile there is one


SPELLINGS = {
    "HTTPS://Hooks.Example.CN:443/A?Token=ABC": "https://hooks.example.cn/A?Token=ABC",
    "https://a.cn?Token=ABC": "https://a.cn/?Token=ABC",
    "https://a.cn./": "https://a.cn/",
    "https://a.cn": "https://a.cn/",
    "https://a.cn.:00443": "https://a.cn/",
    "https://a.cn:8443/x:443": "https://a.cn:8443/x:443",
    "https://a.cn:80/": "https://a.cn:80/",
    "https://a.cn:0/": "https://a.cn:0/",
    "https://a.cn:/": "https://a.cn/",
    "https://[2001:DB8::1]:443/": "https://[2001:db8::1]/",
    "http://LOCALHOST:80/A": "http://localhost/A",
    "sftp://Yi:Fen@SFTP.a.cn:22/In": "sftp://Yi:Fen@sftp.a.cn/In",
    "sftp://yifen@a.cn:2222": "sftp://yifen@a.cn:2222/",
    "Bo.Ss@Example.CN": "Bo.Ss@example.cn",
    "HTTPS": "https",
}


def test_an_address_has_one_spelling_in_python_and_in_sql(place: Province) -> None:
    from yifen.trades.pipes.operations import keeping

    assert {typed: keeping._address(typed) for typed in SPELLINGS} == SPELLINGS
    with psycopg.connect(place.database.owner_url) as conn:
        rows = conn.execute("SELECT a, pipes_place_v1(a) FROM unnest(%s::text[]) a", (list(SPELLINGS),)).fetchall()
        assert dict(rows) == SPELLINGS
    assert [keeping._address(kept) for kept in SPELLINGS.values()] == list(SPELLINGS.values())


def test_what_was_given_up_or_fails_for_long_waits_for_who_runs_it(
    place: Province, dev: Any, owned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yifen.core.access import edge
    from yifen.trades.pipes.models import PipeDelivery

    def lines(user: str, minutes: int = 0) -> list[tuple[str, int]]:
        from yifen.trades.pipes.pages.waiting import what_waits

        monkeypatch.setattr(edge, "now", lambda: row.made_at + timedelta(minutes=minutes))
        found = what_waits(site.access(place.users[user]), edge.now())
        return [(line.title.en, line.number or 0) for line in found]

    rows = PipeDelivery.objects.filter(pk=place.own.more["delivery"])
    row = rows.get()
    before = lines("developer")
    rows.update(state="given_up")
    assert [line for line in lines("developer") if line not in before] == [("Deliveries given up", 1)]
    rows.update(state="waiting", tries=3)
    failing = ("Pipes that fail for more than an hour", 1)
    assert [failing in lines("developer", minutes) for minutes in (59, 61)] == [False, True]
    assert lines("biller_staff") == []


def test_the_catalogue_shows_every_kind(dev: Any) -> None:
    page = Page(dev, f"{LIST}events/")
    for kind in ("payment.decided", "payment.returned", "bill.changed", "file.ready", "day.settled", "payout.done",
                 "payout.returned", "ping"):  # fmt: skip
        assert f'"type": "{kind}"' in page.text
    assert "读至" not in page.text  # how far the house is, is the house's


# --- below the pages -----------------------------------------------------------------------------

ALONE = (
    "UPDATE pipe SET address = 'https://evil.example' WHERE id = %s",
    "UPDATE pipe SET wants = '[]' WHERE id = %s",
    "UPDATE pipe SET settings = '{\"host_key\": \"x\"}' WHERE id = %s",
    "UPDATE pipe SET address = 'https://evil.example', enabled = false WHERE id = %s",
    "UPDATE pipe SET secret = 'x', address = 'https://evil.example' WHERE id = %s",
    "INSERT INTO pipe (ref, partner_id, kind, address, wants, settings, enabled, off_why, made_at)"
    " SELECT gen_random_uuid(), partner_id, kind, 'https://evil.example', wants, settings, true, '', now()"
    " FROM pipe WHERE id = %s",
    "DELETE FROM pipe WHERE id = %s",
    "UPDATE pipe SET ref = gen_random_uuid() WHERE id = %s",
    "UPDATE pipe_event SET data = '{}' WHERE partner_id = (SELECT partner_id FROM pipe WHERE id = %s)",
    "INSERT INTO pipe_event (uid, kind, source, partner_id, subject, at, data)"
    " SELECT 'evt_x', 'payment.decided', '', partner_id, 'x', now(), '{}' FROM pipe WHERE id = %s",
    "INSERT INTO pipe_delivery (pipe_id, event_id, state, tries, made_at, said)"
    " SELECT %s, id, 'waiting', 0, now(), '' FROM pipe_event",
    "UPDATE pipe_delivery SET pipe_id = pipe_id WHERE pipe_id = %s",
    "UPDATE pipe SET secret = NULL, secret_before = secret, before_until = now() WHERE id = %s",
    "UPDATE pipe SET secret = 'x' WHERE id = %s",
    "UPDATE pipe SET secret = 'x', secret_before = 'y', before_until = now() WHERE id = %s",
    "UPDATE pipe SET secret = 'x', secret_before = secret WHERE id = %s",
    "UPDATE pipe_delivery SET state = 'delivered' WHERE pipe_id = %s",
    "UPDATE pipe_delivery SET state = 'given_up' WHERE pipe_id = %s",
    "UPDATE pipe_delivery SET due_at = now() WHERE pipe_id = %s",
    "UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = now(), ended_at = NULL, said = 'x'"
    " WHERE pipe_id = %s",
    "UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = NULL, ended_at = NULL WHERE pipe_id = %s",
)


@pytest.mark.parametrize("statement", ALONE, ids=[str(number) for number in range(len(ALONE))])
def test_no_statement_of_the_pages_changes_a_pipe_alone_nor_forges_an_event(place: Province, statement: str) -> None:
    with psycopg.connect(place.database.url(WEB)) as conn:
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(statement, (place.own.more["pipe"],))
        conn.rollback()


def test_one_may_switch_it_off_and_not_on_again(place: Province) -> None:
    with psycopg.connect(place.database.url(WORKER)) as conn:  # as the worker does at a 410
        conn.execute("UPDATE pipe SET enabled = false, off_why = '410' WHERE id = %s", (place.own.more["pipe"],))
        for role in (WORKER, WEB):
            with pytest.raises(errors.InsufficientPrivilege), conn.transaction():
                conn.execute("UPDATE pipe SET enabled = true WHERE id = %s", (place.own.more["pipe"],))
            assert role
        conn.rollback()


def test_what_was_agreed_for_one_pipe_changes_just_that(place: Province, undone: None) -> None:
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    from tests.access.test_second import as_the_pages
    from yifen.core.access import second

    made, checker, *_ = proposals.changed(place)
    content = made.content["rows"]["pipe"]
    own, foreign = place.own.more["pipe"], place.foreign.more["pipe"]
    more = ("address = 'https://evil.example'", "wants = wants || '[\"payout.done\"]'", "settings = '{\"a\": 1}'")
    with as_the_pages():
        second.decide(site.access(checker), made.pk, seen=bytes(made.shown).hex(), yes=True, now=proposals.NOW)
        for change, pipe in [(change, pipe) for change in more for pipe in (own, foreign)]:
            with pytest.raises(ProgrammingError, match="changed by two people"), transaction.atomic(), \
                    connection.cursor() as cursor:  # fmt: skip
                cursor.execute(f"UPDATE pipe SET {change} WHERE id = %s", [pipe])
    row = proposals.row(place)
    assert (row.address, row.wants) == (content["address"], content["wants"])
