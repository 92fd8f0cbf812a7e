"""A partner's way in: registered, sandbox, key, conformance, a second person, live (H6)."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.console.pages import Page
from tests.onboarding.whole import passed
from tests.web import site
from tests.web.province import Province
from tests.wire.test_sm2_pem import P256, POINT, PRIVATE, PUBLIC

FORM = {
    "kind": "channel", "code": "NEWAPP", "name": "新渠道", "book": "1", "dialect": "json",
    "encoding": "UTF-8", "unit": "fen", "payment_fen_max": "5,000.00",
}  # fmt: skip


MOVED = "//h2[@id='changes_title'][text()='提出之后变了什么']/following::table[1]/tbody/tr"


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture
def second(place: Province) -> Any:
    """Another platform admin: the checker."""
    from yifen.core.access.models import User

    user = User.objects.filter(login="padm2").first() or site.user(
        "padm2", place.union, "platform_admin"
    )
    return site.client_of(user)


def register(client: Any, place: Province, **fields: str) -> Any:
    return client.post("/console/partners/new/", FORM | {"institution": place.union} | fields)


def row(code: str) -> Any:
    from yifen.core.partners.models import Partner

    return Partner.objects.get(code=code)


def keyed(client: Any, code: str, **fields: str) -> str:
    """Issues a key on the page; the secret as shown."""
    data = {"algorithm": "hmac-sha256", "public": ""} | fields
    text = client.post(f"/console/partners/{code}/keys/", data).content.decode()
    found = re.search(r"\b[0-9a-f]{64}\b", text)
    return found.group() if found else ""


def decided(client: Any, shown: str, word: str) -> str:
    """The word on a proposal as its page shows it; what the next page says."""
    seen = re.findall(r'name="seen" value="([0-9a-f]*)"', client.get(shown).content.decode())
    data = {"word": word, "seen": seen[0] if seen else kept(shown)}
    return client.post(f"{shown}decide/", data, follow=True).content.decode()


def kept(shown: str) -> str:
    """What its maker saw, where the page has no button any more."""
    from yifen.core.access.models import Authorisation

    return bytes(Authorisation.objects.get(pk=int(shown.split("/")[-2])).shown).hex()


def test_registering_opens_a_sandbox_and_nothing_real(place, admin):
    answer = register(admin, place, code="NEWAPP")
    assert (answer.status_code, answer["Location"]) == (302, "/console/partners/NEWAPP/")
    real, twin = row("NEWAPP"), row("NEWAPP-T")
    assert (real.suspended, real.live_at, real.book_id) == (True, None, 1)
    assert (twin.suspended, twin.sandbox_of, twin.book_id) == (False, real, 900)
    assert (real.channel.payment_fen_max, twin.wire_log) == (500_000, "all")
    from yifen.core.partners.models import Admission

    pairs = Admission.objects.filter(channel=twin.pk).values_list("biller__partner__code")
    assert list(pairs) == [("TRIAL",)]
    assert not Admission.objects.filter(channel=real.pk).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"code": "WX01"}, "3201"),
        ({"code": "lower"}, "2111"),
        ({"code": "X"}, "2111"),
        ({"code": "NEW2", "book": "900"}, "2111 不在可选之列"),
        ({"code": "NEW6", "institution": "999999"}, "2111 不在可选之列"),
        ({"code": "NEW3", "payment_fen_max": "1.234"}, "最多两位小数"),
        ({"code": "NEW4", "payment_fen_max": "-5"}, "最多两位小数"),
        ({"code": "NEW5", "kind": "biller", "category": "gas", "endpoint": "file:///etc/passwd"},
         "2111"),
    ],
)  # fmt: skip
def test_a_registration_that_cannot_be_is_refused_on_its_field_and_keeps_nothing(
    place, admin, fields, said
):
    from yifen.core.partners.models import Partner

    before = Partner.objects.count()
    answer = register(admin, place, **fields)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Partner.objects.count() == before


def test_a_secret_is_shown_once_and_works_by_its_bytes(place, admin):
    from yifen.core.partners.models import PartnerKey
    from yifen.core.partners.roster import key_context
    from yifen.core.ring import key_ring

    register(admin, place, code="KEYED")
    secret = keyed(admin, "KEYED-T")
    key = PartnerKey.objects.get(partner=row("KEYED-T"))
    assert key_ring().open(bytes(key.secret), key_context("KEYED-T", 1)).hex() == secret
    assert secret not in admin.get("/console/partners/KEYED-T/keys/").content.decode()
    issued = admin.post("/console/partners/KEYED-T/keys/", {"algorithm": "hmac-sha256", "public": ""})
    assert 'href="/console/partners/KEYED-T/handover/"' in issued.content.decode()


def test_the_next_version_ends_the_one_before_in_seven_days(place, admin):
    from yifen.core.partners.models import PartnerKey

    register(admin, place, code="ROTATE")
    keyed(admin, "ROTATE")
    keyed(admin, "ROTATE")
    first, second = PartnerKey.objects.filter(partner=row("ROTATE")).order_by("version")
    assert first.valid_until - second.valid_from == timedelta(days=7)
    assert second.valid_until is None
    admin.post("/console/partners/ROTATE/keys/2/end/")
    second.refresh_from_db()
    assert second.valid_until is not None


@pytest.mark.parametrize(
    ("algorithm", "public", "ok"),
    [
        ("ed25519", "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", True),
        ("ed25519", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", True),
        ("ed25519", "not base64!", False),
        ("ed25519", "", False),
        ("rsa-pss-sha512", "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", False),
        ("sm2-sm3", PUBLIC, True),
        ("sm2-sm3", POINT.hex(), True),
        ("sm2-sm3", POINT[1:].hex(), True),
        ("sm2-sm3", "04" + "ab" * 64, False),  # not of the curve
        ("sm2-sm3", PRIVATE, False),
        ("sm2-sm3", P256, False),
        ("ed25519", PUBLIC, False),
        ("sha1", "", False),
    ],
)
def test_a_public_key_is_taken_in_only_if_it_can_be_used(place, admin, algorithm, public, ok):
    from yifen.core.partners.models import Partner, PartnerKey

    if not Partner.objects.filter(code="PUBLIC").exists():
        register(admin, place, code="PUBLIC")
    before = PartnerKey.objects.filter(partner=row("PUBLIC")).count()
    keyed(admin, "PUBLIC", algorithm=algorithm, public=public)
    assert PartnerKey.objects.filter(partner=row("PUBLIC")).count() == before + ok


def test_going_live_takes_key_and_run_and_two_people(place, admin, second):
    register(admin, place, code="GOLIVE")
    page = "/console/partners/GOLIVE/"
    said = admin.post(f"{page}go-live/ask/", follow=True).content.decode()
    assert "3202" in said
    keyed(admin, "GOLIVE-T")
    keyed(admin, "GOLIVE")
    said = admin.post(f"{page}go-live/ask/", follow=True).content.decode()
    assert "(一致性测试)" in said
    passed("GOLIVE")
    shown = admin.post(f"{page}go-live/ask/").url
    assert (row("GOLIVE").live_at, row("GOLIVE").suspended) == (None, True)
    said = decided(admin, shown, "yes")
    assert ("2104" in said, row("GOLIVE").suspended) == (True, True)
    decided(second, shown, "yes")
    live = row("GOLIVE")
    assert (live.suspended, live.live_at is not None) == (False, True)
    assert "2106" in decided(second, shown, "yes")
    assert "3203" in admin.post(f"{page}go-live/ask/", follow=True).content.decode()


def test_what_one_person_changed_after_he_asked_is_seen_again_before_it_goes_live(place, admin, second):
    register(admin, place, code="SWITCH", kind="hosted", category="heat", city="青溪")
    keyed(admin, "SWITCH")
    shown = admin.post("/console/partners/SWITCH/go-live/ask/").url
    admin.post("/console/partners/SWITCH/edit/", {"name": "新渠道", "category": "heat", "city": "青溪",
                                                  "timeout_s": "5", "quote_ttl_s": "60"})  # fmt: skip
    assert row("SWITCH").biller.quote_ttl_s == 60  # on its way in: one person's work
    assert "2121" in decided(second, shown, "yes")
    assert row("SWITCH").live_at is None
    decided(admin, shown, "withdraw")
    keyed(admin, "SWITCH")  # a second key, too
    shown = admin.post("/console/partners/SWITCH/go-live/ask/").url
    rows = {cells[0]: cells[1:] for cells in Page(second, shown).table()}
    assert rows["报价有效期（秒）"] == ["60", "60"]
    assert rows["过渡账户"] == ["2241.SWITCH", "2241.SWITCH"]
    assert [name for name in rows if name.startswith("密钥")] == ["密钥 SWITCH:1", "密钥 SWITCH:2"]
    decided(second, shown, "yes")
    assert row("SWITCH").live_at is not None


def test_pipes_and_codes_that_one_person_made_are_seen_before_they_go_live(place, admin, second):
    from yifen.core.partners.models import BillerErrorCode
    from yifen.trades.pipes.models import Pipe

    register(admin, place, code="PIPED", kind="hosted", category="heat", city="青溪")
    keyed(admin, "PIPED")
    made = {"partner": row("PIPED").pk, "kind": "webhook", "address": "https://a.example.cn/", "wants": ["file.ready"]}
    admin.post("/console/pipes/new/", made)
    pipe = Pipe.objects.get(partner=row("PIPED"))
    shown = admin.post("/console/partners/PIPED/go-live/ask/").url
    name, wants = f"推送通道 {str(pipe.ref)[:8]}", "file.ready 文件已生成（对账文件、对账单）"
    rows = {cells[0]: cells[1:] for cells in Page(second, shown).table()}
    assert rows[name] == [f"Webhook · https://a.example.cn/ · {wants} · 启用 · 无密钥"] * 2
    admin.post(f"/console/pipes/{pipe.pk}/edit/", made | {"address": "https://evil.example.cn/"})
    assert "2121" in decided(second, shown, "yes")
    decided(admin, shown, "withdraw")
    shown = admin.post("/console/partners/PIPED/go-live/ask/").url
    admin.post("/console/pipes/new/", made | {"address": "https://more.example.cn/"})
    assert "2121" in decided(second, shown, "yes")
    assert row("PIPED").live_at is None
    decided(admin, shown, "withdraw")
    BillerErrorCode.objects.create(biller=row("PIPED").biller, wire_code="E7", meaning="booked")
    shown = admin.post("/console/partners/PIPED/go-live/ask/").url
    rows = {cells[0]: cells[1:] for cells in Page(second, shown).table()}
    assert rows[name] == [f"Webhook · https://evil.example.cn/ · {wants} · 启用 · 无密钥"] * 2
    assert rows["收费方返回码 E7"] == ["视为成功"] * 2
    decided(second, shown, "yes")
    assert row("PIPED").live_at is not None


def test_an_admission_after_he_asked_is_named_where_it_is_decided(place, admin, second):
    register(admin, place, code="LATER", kind="hosted", category="heat", city="青溪")
    keyed(admin, "LATER")
    register(admin, place, code="LATERAPP")
    shown = admin.post("/console/partners/LATER/go-live/ask/").url
    assert "提出之后变了什么" not in Page(second, shown).text
    assert "须重新申请" in Page(admin, "/console/partners/LATERAPP/admit/").text
    said = admin.post("/console/partners/LATERAPP/admit/", {"other": "LATER"}, follow=True).content.decode()
    assert "LATER 已提出的上线申请不含这项准入：请撤回，重新申请上线。" in said
    page = Page(second, shown)
    rows = [["".join(cell.text_content().split()) for cell in line] for line in page.tree.xpath(MOVED)]
    assert rows == [["准入", "—", rows[0][2]]]
    assert rows[0][2].startswith("LATERAPP→LATER·")
    assert "2121" in decided(second, shown, "yes")
    decided(admin, shown, "withdraw")
    shown = admin.post("/console/partners/LATER/go-live/ask/").url
    assert Page(second, shown).tree.xpath("//h2[@id='changes_title']/text()") == ["改动"]
    decided(second, shown, "yes")
    assert row("LATER").live_at is not None


def test_a_refused_request_leaves_the_partner_shut_and_may_be_asked_again(place, admin, second):
    register(admin, place, code="NOTYET")
    keyed(admin, "NOTYET-T")
    keyed(admin, "NOTYET")
    passed("NOTYET")
    page = "/console/partners/NOTYET/"
    shown = admin.post(f"{page}go-live/ask/").url
    decided(second, shown, "no")
    assert row("NOTYET").suspended
    assert "2106" in decided(second, shown, "yes")
    assert row("NOTYET").suspended
    decided(second, admin.post(f"{page}go-live/ask/").url, "yes")
    assert not row("NOTYET").suspended


def test_a_hosted_biller_needs_neither_conformance_run_nor_key(place, admin):
    from yifen.trades.onboarding.operations.go_live import missing

    register(admin, place, code="HOSTED", kind="hosted", category="heat", city="青溪")
    assert missing(row("HOSTED"), datetime.now(UTC)) == []


def test_what_a_channel_did_in_its_sandbox_is_judged(place, admin):
    from yifen.trades.onboarding.models import ConformanceRun

    register(admin, place, code="JUDGED")
    said = admin.post("/console/partners/JUDGED-T/certify/", follow=True).content.decode()
    assert "3207" in said
    assert not ConformanceRun.objects.filter(partner=row("JUDGED-T")).exists()


def test_sandbox_and_real_never_meet(place, admin):
    from yifen.core.partners.models import Admission

    register(admin, place, code="APART")
    said = admin.post("/console/partners/APART-T/admit/", {"other": "POWER01", "active": "1"},
                      follow=True).content.decode()  # fmt: skip
    assert "2111" in said
    assert not Admission.objects.filter(channel=row("APART-T").pk,
                                        biller__partner__code="POWER01").exists()  # fmt: skip


def test_every_step_stands_in_the_audit_trail(place, admin):
    import psycopg

    register(admin, place, code="TRAIL")
    with psycopg.connect(place.database.app_url) as conn:
        rows = conn.execute(
            "SELECT actor, action, subject, after ->> 'code' FROM audit_entry"
            " WHERE subject = 'partner' AND after ->> 'code' LIKE 'TRAIL%' ORDER BY entry_no"
        ).fetchall()
    login = place.users["platform_admin"].login
    assert rows == [(login, "insert", "partner", "TRAIL"), (login, "insert", "partner", "TRAIL-T")]


def test_a_report_can_be_taken_home(place, admin):
    run = place.own.more["run"]
    answer = admin.get(f"/console/conformance/{run}/report.json")
    assert json.loads(answer.content) == {"clauses": [], "passed": 0, "failed": 0, "not_run": 0}
    assert admin.get(f"/console/conformance/{run}/report.exe").status_code == 404


@pytest.mark.parametrize(
    ("starts", "ends", "ok"), [(1, 2, True), (-1, 1, True), (2, 1, False), (-2, -1, False)]
)
def test_an_outage_ends_after_it_starts_and_in_the_future(place, starts, ends, ok):
    from yifen.core.partners.models import Outage

    client = site.client_of(place.users["institution_admin"])
    now = datetime.now(UTC).astimezone()
    before = Outage.objects.count()
    client.post("/console/outages/", {
        "biller": place.own.biller, "reason": "检修",
        "starts_at": f"{now + timedelta(hours=starts):%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(hours=ends):%Y-%m-%dT%H:%M}",
    })  # fmt: skip
    assert Outage.objects.count() == before + ok


def test_a_bank_is_no_partner_of_these_pages(place: Province, admin: Any) -> None:
    from yifen.core.partners.models import Partner

    like = row("DESK")
    Partner.objects.create(code="ABCBANK", name="农行", institution=like.institution, book_id=like.book_id,
                           encoding="UTF-8", unit="fen")  # fmt: skip
    assert "ABCBANK" not in admin.get("/console/partners/").content.decode()
    assert admin.get("/console/partners/ABCBANK/").status_code == 404
