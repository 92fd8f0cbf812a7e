"""Onboarding, attacked: codes that collide, endpoints that are ours, names that do not fit."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest

from tests.onboarding.test_way_in import decided, keyed, passed, register, row
from tests.web import site


@pytest.fixture
def admin(place):
    return site.client_of(place.users["platform_admin"])


def partners():
    from yifen.core.partners.models import Partner

    return Partner.objects.count()


@pytest.mark.parametrize("kind", ["channel", "biller"])
@pytest.mark.parametrize("code", ["TRIAL", "ABC-T", "POWER01-T", "SNEAKY", "ＡＢＣ", "A\x00B"])
def test_no_code_can_be_taken_for_a_sandbox(place, admin, kind, code):
    """TRIAL, taken first, would have become the biller that every sandbox pays."""
    from yifen.core.partners.models import Partner

    if code == "SNEAKY":  # its sandbox's code was taken by the command line
        Partner.objects.get_or_create(
            code="SNEAKY-T", defaults={"name": "x", "institution_id": place.union, "book_id": 1}
        )
    before = partners()
    answer = register(admin, place, code=code, kind=kind, category="water")
    assert (answer.status_code, partners()) == (200, before)


def test_the_longest_name_fits_its_sandbox_too(place, admin):
    assert register(admin, place, code="LONGNAME", name="长" * 100).status_code == 302
    assert row("LONGNAME-T").name.endswith("（沙箱）")
    assert len(row("LONGNAME-T").name) == 100
    assert register(admin, place, code="LONGER", name="长" * 101).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"payment_fen_max": "9" * 30},
        {"opens_at": "08:00"},
        {"closes_at": "18:00"},
        {"kind": "hosted", "category": ""},
        {"kind": "biller", "category": "water", "endpoint": "https://w.example.cn", "timeout_s": "31"},
        {"kind": "hosted", "category": "water", "quote_ttl_s": "2147483648"},
        {"name": "a\x00b"},
        {"name": "第一行\n第二行"},
        {"name": "\u202e反着读"},
        {"kind": "hosted", "category": "water", "city": "a\tb"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_said_on_its_field(place, admin, fields):
    before = partners()
    code = f"UNFIT{'ABCDEFGHIJ'[hash(str(fields)) % 10]}{hash(str(fields)) % 10**6}"
    answer = register(admin, place, code=code, **fields)
    assert (answer.status_code, partners()) == (200, before)
    assert "field-errors" in answer.content.decode()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://10.20.30.40:8470", "http://192.168.1.9/x?y=1", "https://[fd00::1]:8443/",
        "http://100.100.100.200/", "http://168.63.129.16/", "http://[64:ff9b::a9fe:a9fe]/",
        "http://localhost:8460/", "http://127.0.0.1:5432/", "https://127.1/", "http://0/",
        "http://0.0.0.0:8461/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://2130706433/",
        "http://0x7f.1/", "http://224.0.0.1/", "http://user:secret@biller.example/",
        "http://127.0.0.1。example@/", "ftp://biller.example/", "http://biller.example/ x",
        "http://biller.example:99999/", "http://localhost./", "http://LOCALHOST/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", ["new", "edit"])
def test_an_endpoint_is_never_this_machine_nor_its_neighbours_in_the_rack(
    place, admin, monkeypatch, endpoint, page
):
    monkeypatch.setenv("YIFEN_OUTBOUND_ALLOW", "")
    form = {"kind": "biller", "category": "water", "endpoint": endpoint}
    if page == "new":
        answer = register(admin, place, code="INSIDE", **form)
    else:
        answer = admin.post(f"/console/partners/{place.own.biller_code}/edit/",
                            form | {"name": "青溪供电公司", "timeout_s": "5"})  # fmt: skip
    assert answer.status_code == 200
    assert "2111" in answer.content.decode()
    assert row(place.own.biller_code).biller.endpoint == ""


@pytest.mark.parametrize(
    "endpoint",
    ["https://api.biller.example/yifen", "http://10.20.30.40:8470", "http://192.168.1.9/x?y=1",
     "https://[fd00::1]:8443/", "http://172.16.0.1"],
)  # fmt: skip
def test_an_endpoint_may_be_on_a_private_line_that_the_operator_allows(monkeypatch, endpoint):
    from yifen.core.partners.endpoint import check_endpoint

    monkeypatch.setenv("YIFEN_OUTBOUND_ALLOW", "10.20.0.0/16, 192.168.1.9, fd00::/64, 172.16.0.1/32")
    check_endpoint(endpoint)


@pytest.fixture
def settings_of(place):
    from django.test import override_settings

    changed = []

    def change(**values):
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for one in changed:
        one.disable()


def test_only_a_channel_is_admitted_to_a_biller(place, admin):
    from yifen.core.partners.models import Admission

    admin.raise_request_exception = False
    before = Admission.objects.count()
    for code, other in (("WX01", "WX02"), ("POWER01", "POWER02"), ("WX01", "WX01"),
                        ("POWER01", "POWER01")):  # fmt: skip
        answer = admin.post(f"/console/partners/{code}/admit/", {"other": other, "active": "1"},
                            follow=True)  # fmt: skip
        assert (answer.status_code, "2111" in answer.content.decode()) == (200, True)
    assert Admission.objects.count() == before


def test_the_same_pair_admitted_at_once_is_one_admission(place, admin):
    from django.db import connection

    from yifen.core.access.edge import Access
    from yifen.core.partners.models import Admission
    from yifen.trades.onboarding.operations.openings import admit

    register(admin, place, code="ATONCE")
    register(admin, place, code="ATONCEB", kind="hosted", category="water")
    access, start, faults = Access(place.users["platform_admin"]), Barrier(2), []

    def run():
        try:
            start.wait()
            admit(access, row("ATONCE"), row("ATONCEB"), datetime.now(UTC))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Admission.objects.filter(channel=row("ATONCE").pk).count() == 1


def test_a_sandbox_does_not_go_live(place, admin):
    register(admin, place, code="SANDY", kind="hosted", category="water")
    keyed(admin, "SANDY-T")
    said = admin.post("/console/partners/SANDY-T/go-live/ask/", follow=True).content.decode()
    assert "3202" in said
    assert row("SANDY-T").live_at is None


def live(admin, code):
    from yifen.core.partners.models import Partner

    keyed(admin, code)
    Partner.objects.filter(code=code).update(live_at=datetime.now(UTC), suspended=False)


def test_a_biller_that_went_live_as_hosted_is_certified_before_it_is_called(place, admin):
    """Otherwise the conformance run (H6) could be walked round in two steps."""
    from yifen.core.access.models import User

    form = {"name": "新水务", "category": "water", "timeout_s": "5",
            "endpoint": "https://api.water.example/"}  # fmt: skip
    register(admin, place, code="ROUND", kind="hosted", category="water")
    live(admin, "ROUND")
    answer = admin.post("/console/partners/ROUND/edit/", form)
    assert "3202" in answer.content.decode()
    assert row("ROUND").biller.endpoint == ""
    keyed(admin, "ROUND-T")
    passed("ROUND")
    shown = admin.post("/console/partners/ROUND/edit/", form).url
    assert row("ROUND").biller.endpoint == ""
    decided(site.client_of(place.own.user), shown, "yes")  # of a county below: not his
    assert row("ROUND").biller.endpoint == ""
    decided(site.client_of(User.objects.get(login="checker96")), shown, "yes")
    assert row("ROUND").biller.endpoint == "https://api.water.example/"


def test_a_developer_reaches_the_keys_of_his_own_partner_only(place):
    from yifen.core.partners.models import PartnerKey

    client = site.client_of(place.users["developer"])
    before = PartnerKey.objects.count()
    for code in ("POWER02", "WX01", "WX02", "DESK", "PAGE"):
        path = f"/console/partners/{code}/keys/"
        assert client.post(path, {"algorithm": "sha1"}).status_code == 404
        assert client.post(f"{path}1/end/").status_code == 404
    assert PartnerKey.objects.count() == before


def test_a_billers_people_end_no_outage_of_others(place):
    from yifen.core.partners.models import Outage

    client = site.client_of(place.users["biller_staff"])
    foreign = place.foreign.more["outage"]
    assert client.post(f"/console/outages/{foreign}/end/").status_code == 404
    answer = client.post("/console/outages/", {
        "biller": place.foreign.biller, "reason": "x",
        "starts_at": "2099-01-01T00:00", "ends_at": "2099-01-02T00:00",
    })  # fmt: skip
    assert answer.status_code == 200
    assert Outage.objects.filter(biller=place.foreign.biller).count() == 1


def test_what_a_conformance_run_broke_on_is_no_secret_of_ours(place, admin):
    from yifen.trades.onboarding.models import ConformanceRun
    from yifen.trades.onboarding.operations import conformance

    class Broken:
        def __getattr__(self, name):
            raise ValueError("secret-of-ours")

    run = ConformanceRun.objects.create(
        partner_id=place.own.biller, asked_by=place.users["platform_admin"],
        began_at=datetime.now(UTC),
    )  # fmt: skip
    with pytest.raises(Exception, match="secret-of-ours"):
        conformance._run(run.pk, Broken())
    run.refresh_from_db()
    assert (run.ok, "secret-of-ours" in run.fault) == (False, False)


def test_runs_and_what_became_of_them_stand_in_the_audit_trail(place, admin):
    from django.db import connection

    from yifen.trades.onboarding.operations import conformance

    user = place.users["platform_admin"]
    run = conformance._begin(row(place.own.biller_code), user, datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, subject, subject_key FROM audit_entry"
                       " ORDER BY entry_no DESC LIMIT 1")  # fmt: skip
        assert cursor.fetchone() == ("certify", "conformance_run", str(run.pk))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "said"),
    [("2026-12-01T00:00", "2036-12-01T00:00", "3204 "), ("0001-01-01T00:00", "2027-01-01T00:00", "2111 "),
     ("2026-12-01T00:00", "9999-12-31T23:59", "2111 "), ("2026-02-30T00:00", "2027-01-01T00:00", "2111 ")],
    ids=["ten years", "year 1", "year 9999", "30 February"],
)  # fmt: skip
def test_an_outage_that_nobody_can_mean_is_refused_with_a_number(place, admin, starts_at, ends_at, said):
    from yifen.core.partners.models import Outage

    before = Outage.objects.count()
    answer = admin.post("/console/outages/", {
        "biller": str(place.own.biller), "starts_at": starts_at, "ends_at": ends_at, "reason": "检修"})  # fmt: skip
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert Outage.objects.count() == before
