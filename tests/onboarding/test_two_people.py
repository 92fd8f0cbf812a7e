"""Live partners are changed by two people: on the pages, and at the wall below them (X2)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.access.proposals import NOW, arriving, channel
from tests.console.pages import Page
from tests.onboarding.test_way_in import decided, keyed, register, row
from tests.web import site
from tests.web.province import Province

WX = "/console/partners/WX01/"


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture
def county(place: Province) -> Any:
    """The institution administrator of the county."""
    return site.client_of(place.own.user)


def keys_of(code: str) -> list[tuple[int, str, bool]]:
    from yifen.core.partners.models import PartnerKey

    rows = PartnerKey.objects.filter(partner__code=code).order_by("version")
    return [(key.version, key.algorithm, key.valid_until is None) for key in rows]


# --- what is agreed ------------------------------------------------------------------------------


def test_limits_and_hours_of_a_live_channel_wait_for_another_person(place, admin, county):
    asked = {"name": "单位WX01", "payment_fen_max": "5,000", "day_fen_max": "", "opens_at": "08:00",
             "closes_at": "20:30"}  # fmt: skip
    shown = admin.post(f"{WX}edit/", asked).url
    assert (row("WX01").channel.payment_fen_max, row("WX01").channel.opens_at) == (None, None)
    assert Page(county, shown).table() == [
        ["单笔限额（元）", "—", "5,000.00"], ["服务开始", "—", "08:00"], ["服务结束", "—", "20:30"]
    ]  # fmt: skip
    assert "有待复核的提议：修改合作方 WX01" in Page(admin, WX).text
    assert "2120" in admin.post(f"{WX}edit/", asked).content.decode()
    decided(county, shown, "yes")
    side = row("WX01").channel
    assert (side.payment_fen_max, side.day_fen_max, f"{side.closes_at:%H:%M}") == (500_000, None, "20:30")


def test_a_name_is_one_persons(place, admin):
    side = row("WX02").channel
    answer = admin.post("/console/partners/WX02/edit/", {"name": "白石微信", "payment_fen_max": "",
                                                         "day_fen_max": ""})  # fmt: skip
    assert (answer.url, row("WX02").name, row("WX02").channel.__dict__.keys()) == (
        "/console/partners/WX02/", "白石微信", side.__dict__.keys()
    )  # fmt: skip


def set_endpoint(place: Province, endpoint: str) -> None:
    """By the owner: it bills here, so that nobody else may."""
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE biller SET endpoint = %s WHERE partner_id = %s", (endpoint, place.own.biller))


def test_the_endpoint_of_a_live_biller_waits_and_is_checked_again_when_it_is_decided(place, admin, county):
    from yifen.trades.onboarding.operations.go_live import passed_run

    set_endpoint(place, "https://a.example/")
    asked = {"name": "青溪供电公司", "category": "power", "city": "青溪县", "timeout_s": "1",
             "endpoint": "https://b.example/"}  # fmt: skip
    shown = admin.post("/console/partners/POWER01/edit/", asked).url
    assert row("POWER01").biller.endpoint == "https://a.example/"
    set_endpoint(place, "https://c.example/")
    assert "2121" in decided(county, shown, "yes")  # it is no longer the one that was shown
    assert row("POWER01").biller.endpoint == "https://c.example/"
    assert passed_run(row("POWER01")) is None
    decided(admin, shown, "withdraw")
    set_endpoint(place, "")


# --- keys ----------------------------------------------------------------------------------------


def test_the_key_of_a_live_partner_counts_when_another_person_agreed(place, admin, county):
    from yifen.core.partners.models import PartnerKey
    from yifen.core.partners.roster import key_context
    from yifen.core.ring import key_ring

    def issued() -> tuple[str, str]:
        text = admin.post(f"{WX}keys/", {"algorithm": "hmac-sha256"}).content.decode()
        found = re.search(r"\b[0-9a-f]{64}\b", text)
        assert found is not None
        assert "已提交复核" in text
        return found.group(), re.findall(r"/console/proposals/\d+/", text)[0]

    assert keys_of("WX01") == []
    secret, shown = issued()
    assert keys_of("WX01") == []
    assert secret not in admin.get(shown).content.decode() + admin.get(f"{WX}keys/").content.decode()
    decided(county, shown, "yes")
    key = PartnerKey.objects.get(partner__code="WX01")
    assert key_ring().open(bytes(key.secret), key_context("WX01", 1)).hex() == secret
    _, shown = issued()
    assert keys_of("WX01") == [(1, "hmac-sha256", True)]
    decided(county, shown, "yes")
    first, second = PartnerKey.objects.filter(partner__code="WX01").order_by("version")
    assert (first.valid_until - second.valid_from, second.valid_until) == (timedelta(days=7), None)
    shown = admin.post(f"{WX}keys/2/end/").url
    assert keys_of("WX01")[1] == (2, "hmac-sha256", True)
    decided(county, shown, "yes")
    second.refresh_from_db()
    assert second.valid_until is not None


def test_a_key_whose_number_was_taken_meanwhile_is_not_issued(place, admin):
    from yifen.core.partners.operations import issue_key
    from yifen.core.ring import key_ring

    text = admin.post("/console/partners/WX02/keys/", {"algorithm": "hmac-sha256"}).content.decode()
    shown = re.findall(r"/console/proposals/\d+/", text)[0]
    issue_key(key_ring(), row("WX02"), 1, "hmac-sha256", b"k" * 32, NOW)
    checker = site.client_of(place.foreign.user)
    assert "3205" in decided(checker, shown, "yes")
    assert keys_of("WX02") == [(1, "hmac-sha256", True)]


def test_a_key_that_no_ring_opens_is_not_issued(place):
    """Else the gateways could read no key at all any more."""
    from yifen.core.facts.refused import Refused
    from yifen.trades.onboarding.codes import OnboardingCode
    from yifen.trades.onboarding.operations import keys

    asked = {"partner_id": place.own.biller, "version": keys.next_version(row("POWER01")),
             "algorithm": "hmac-sha256", "secret": "\\x" + "00" * 60}  # fmt: skip
    with pytest.raises(Refused) as refused:
        keys.view_issue({"rows": {"partner_key": [asked]}})
    assert (refused.value.code, refused.value.field) == (OnboardingCode.KEY_INVALID, "secret")


def test_neither_trail_nor_page_shows_what_a_key_is_sealed_in(place, admin):
    from yifen.core.access.models import Authorisation

    register(admin, place, code="HUSH")
    text = admin.post("/console/partners/POWER02/keys/", {"algorithm": "hmac-sha256"}).content.decode()
    number = int(re.findall(r"/console/proposals/(\d+)/", text)[0])
    sealed = Authorisation.objects.get(pk=number).content["rows"]["partner_key"][0]["secret"][2:]
    with psycopg.connect(place.database.app_url) as conn:
        told = conn.execute("SELECT count(*) FROM audit_entry e WHERE strpos(e::text, %s) > 0", [sealed])
        assert told.fetchone() == (0,)


def test_a_partners_developer_proposes_his_key_and_who_let_it_in_decides(place, county):
    developer = site.client_of(place.users["developer"])
    text = developer.post("/console/partners/POWER01/keys/", {"algorithm": "hmac-sha256"}).content.decode()
    shown = re.findall(r"/console/proposals/\d+/", text)[0]
    decided(developer, shown, "yes")
    assert keys_of("POWER01") == []
    decided(county, shown, "yes")
    assert keys_of("POWER01") == [(1, "hmac-sha256", True)]


# --- doors ---------------------------------------------------------------------------------------


def test_a_partner_is_shut_by_one_who_says_why_and_opened_by_two(place, admin, county):
    assert "现有未决缴费 0 笔" in Page(admin, f"{WX}suspend/").text
    assert "field-errors" in admin.post(f"{WX}suspend/", {"reason": " "}).content.decode()
    assert not row("WX01").suspended
    said = admin.post(f"{WX}suspend/", {"reason": "密钥外泄"}, follow=True).content.decode()
    now = datetime.now(UTC).astimezone()
    assert re.search(rf"WX01 单位WX01 自 {now:%Y-%m-%d} \d\d:\d\d:\d\d 起停用；未决缴费 0 笔。", said)
    assert row("WX01").suspended
    assert "2111" in admin.post(f"{WX}suspend/", {"reason": "再次"}).content.decode()
    with psycopg.connect(place.database.app_url) as conn:
        told = conn.execute("SELECT subject_key, note, after FROM audit_entry WHERE action = 'shut'"
                            " AND subject = 'partner'").fetchall()  # fmt: skip
    assert told == [("WX01", "密钥外泄", {"undecided": 0})]
    shown = admin.post(f"{WX}resume/").url
    assert "2104" in decided(admin, shown, "yes")
    assert row("WX01").suspended
    decided(county, shown, "yes")
    assert not row("WX01").suspended
    assert "3203" in admin.post(f"{WX}resume/", follow=True).content.decode()


def test_nothing_is_shut_without_a_reason_nor_out_of_reach(place):
    """Not through the page: the operations."""
    from yifen.core.facts.codes import Code
    from yifen.core.facts.refused import Refused
    from yifen.trades.onboarding.operations import openings

    wx, power = channel(place), row("POWER01")
    own, other = site.access(place.own.user), site.access(place.foreign.user)
    for who, why, code in ((own, " ", Code.REASON_MISSING), (other, "检修", Code.OUT_OF_SCOPE)):
        for act in (lambda: openings.shut(who, wx, why, NOW), lambda: openings.stop(who, wx, power, why)):  # noqa: B023
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code is code
    assert not row("WX01").suspended


def test_a_partner_that_was_shut_is_not_on_its_way_in_again(place, admin):
    """Else one person could shut it, change it and ask for it anew."""
    admin.post("/console/partners/POWER02/suspend/", {"reason": "检修"})
    assert (row("POWER02").live_at is not None, row("POWER02").is_arriving) == (True, False)
    asked = {"name": "白石供电公司", "category": "power", "city": "白石县", "timeout_s": "1",
             "quote_ttl_s": "90", "oldest_first": "on"}  # fmt: skip
    shown = admin.post("/console/partners/POWER02/edit/", asked).url
    assert ["先缴旧账", "否", "是"] in Page(admin, shown).table()
    assert (row("POWER02").biller.quote_ttl_s, row("POWER02").biller.oldest_first) == (None, False)


def test_an_admission_is_stopped_by_one_who_says_why_and_given_by_two(place, admin, county):
    from yifen.core.partners.models import Admission

    def active() -> list[bool]:
        pairs = Admission.objects.filter(channel=place.own.channel, biller=place.own.biller)
        return list(pairs.values_list("active", flat=True))

    page = f"{WX}admit/POWER01/stop/"
    assert "POWER01" in Page(admin, page).text
    admin.post(page, {"reason": ""})
    assert active() == [True]
    said = admin.post(page, {"reason": "到期"}, follow=True).content.decode()
    assert "WX01 单位WX01 → POWER01 青溪供电公司 自 " in said
    assert active() == [False]
    assert "2111" in admin.post(page, {"reason": "到期"}).content.decode()
    shown = admin.post(f"{WX}admit/", {"other": "POWER01"}).url
    assert active() == [False]
    decided(county, shown, "yes")
    assert active() == [True]


def test_sandboxes_are_one_persons_work(place, admin):
    register(admin, place, code="SANDY2", kind="hosted", category="water")
    assert "2111" in admin.post("/console/partners/SANDY2-T/suspend/", {"reason": "x"}).content.decode()
    assert (row("SANDY2-T").suspended, row("SANDY2-T").live_at) == (False, None)
    assert keyed(admin, "SANDY2-T") != ""
    assert admin.post("/console/partners/SANDY2-T/keys/1/end/").url == "/console/partners/SANDY2-T/keys/"
    assert [ends for _, _, ends in keys_of("SANDY2-T")] == [False]


# --- the wall ------------------------------------------------------------------------------------


@pytest.fixture
def wall(place: Province) -> Iterator[psycopg.Connection[Any]]:
    """A process of the pages that was taken over; rolled back."""
    with psycopg.connect(place.database.url("yifen_web")) as conn:
        yield conn
        conn.rollback()


NEW_KEY = ("INSERT INTO partner_key (partner_id, version, algorithm, secret, valid_from)"
           " VALUES (%s, 99, 'hmac-sha256', '\\x00', now())")  # fmt: skip
NEW_PAIR = ("INSERT INTO admission (channel_id, biller_id, clearing_id, active)"
            " SELECT channel_id, %s, clearing_id, true FROM admission LIMIT 1")  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        NEW_KEY,
        "UPDATE biller SET endpoint = 'https://thief.example/' WHERE partner_id = %s",
        "UPDATE biller SET quote_ttl_s = 1 WHERE partner_id = %s",
        "UPDATE biller SET calls_max = 0 WHERE partner_id = %s",
        "UPDATE biller SET timeout_s = 30 WHERE partner_id = %s",
        "UPDATE partner SET unit = 'yuan' WHERE id = %s",
        "UPDATE partner SET encoding = 'GB18030' WHERE id = %s",
        "UPDATE partner SET live_at = NULL, suspended = true WHERE id = %s",
        "UPDATE partner SET suspended = true WHERE id = %s",  # would be on its way in again
        "UPDATE partner SET suspended = true, live_at = now(), json = false WHERE id = %s",
        "INSERT INTO channel (partner_id, hosted) VALUES (%s, '')",
        NEW_PAIR,
    ],
)
def test_no_process_changes_a_live_partner_alone(place: Province, wall, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is changed by two people"):
        wall.execute(statement, [place.own.biller])


def test_no_process_opens_what_was_shut(place: Province, wall):
    wall.execute("UPDATE partner SET suspended = true, live_at = coalesce(live_at, now()) WHERE id = %s",
                 [place.own.channel])  # fmt: skip
    wall.execute("UPDATE admission SET active = false WHERE channel_id = %s", [place.own.channel])
    for statement in ("UPDATE admission SET active = true WHERE channel_id = %s",
                      "UPDATE partner SET suspended = false WHERE id = %s"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
            wall.execute(statement, [place.own.channel])


def test_a_new_partner_comes_in_shut_and_is_opened_by_nobody_alone(place: Province, wall):
    comes = ("INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json, encoding,"
             " unit) VALUES (%s, 'x', %s, 1, %s, false, true, 'UTF-8', 'fen') RETURNING id")  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
        wall.execute(comes, ["OPEN", place.own.county, False])
    (new,) = wall.execute(comes, ["SHUT", place.own.county, True]).fetchone()
    wall.execute(NEW_KEY, [new])
    wall.execute("UPDATE partner SET unit = 'yuan' WHERE id = %s", [new])
    for opened in ("suspended = false", "live_at = now()", "suspended = false, live_at = now()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
            wall.execute(f"UPDATE partner SET {opened} WHERE id = %s", [new])


def test_what_two_agreed_to_allows_just_that(place: Province, wall):
    from yifen.trades.onboarding.operations import terms

    asked = {"payment_fen_max": 700, "day_fen_max": 900}
    made = terms.change(site.access(place.own.user), channel(place), channel(place).name, asked, NOW)
    session = site.access(place.users["platform_admin"]).session
    code = wall.execute("SELECT access_decide_v1(%s, %s, %s, true, '', %s)",
                        [session, made.pk, bytes(made.shown), NOW]).fetchone()  # fmt: skip
    assert code == (0,)
    for statement in ("UPDATE channel SET payment_fen_max = 701, day_fen_max = 900 WHERE partner_id = %s",
                      "UPDATE partner SET suspended = false, unit = 'yuan' WHERE id = %s", NEW_KEY):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
            wall.execute(statement, [place.own.channel])
    wall.execute("UPDATE channel SET payment_fen_max = 700, day_fen_max = 900 WHERE partner_id = %s",
                 [place.own.channel])  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege), wall.transaction():
        wall.execute("UPDATE channel SET payment_fen_max = 700, day_fen_max = 900 WHERE partner_id = %s",
                     [place.foreign.channel])  # fmt: skip


@pytest.mark.parametrize(
    "statement", [NEW_KEY, "UPDATE biller SET endpoint = 'https://thief.example/' WHERE partner_id = %s"]
)
def test_what_is_being_written_holds_up_going_live(place: Province, wall, statement):
    """Else it would slip in behind what the second person was shown."""
    new = arriving(place)
    wall.execute(statement, [new.pk])
    with psycopg.connect(place.database.owner_url) as other:
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT FROM partner WHERE id = %s FOR UPDATE", [new.pk])


@pytest.mark.parametrize("column", ["partner_id", "version", "algorithm", "secret"])
def test_a_key_is_never_rewritten_by_the_pages(place: Province, column: str):
    with psycopg.connect(place.database.owner_url) as conn:
        found = conn.execute("SELECT has_column_privilege('yifen_web', 'partner_key', %s, 'UPDATE')",
                             [column]).fetchone()  # fmt: skip
    assert found == (False,)
