"""Only a run of every clause, passed with the keys, address and dialect of today, lets a partner in."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.onboarding.test_way_in import decided, keyed, register, row
from tests.onboarding.whole import clauses_of, passed, twin_of
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.refused import Refused


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture(scope="module")
def channel(place: Province, admin: Any) -> str:
    register(admin, place, code="GREEN")
    keyed(admin, "GREEN-T")
    keyed(admin, "GREEN")
    return "GREEN"


@pytest.fixture(scope="module")
def biller(place: Province, admin: Any) -> str:
    register(admin, place, code="GREENB", kind="biller", category="gas", city="青溪",
             dialect="xml", endpoint="https://gas.example.cn")  # fmt: skip
    admin.post("/console/partners/GREENB-T/edit/", {"name": "沙箱", "category": "gas", "city": "青溪",
                                                    "endpoint": "https://try.example.cn",
                                                    "timeout_s": "5"})  # fmt: skip
    keyed(admin, "GREENB-T", algorithm="sha1")
    keyed(admin, "GREENB", algorithm="sha1")
    return "GREENB"


def refused(place: Province, code: str) -> tuple[str, ...]:
    """What the operation itself says to who proposes, and to who agreed; empty: it takes it."""
    from yifen.trades.onboarding.operations import go_live

    now = datetime.now(UTC)
    try:
        go_live._check(row(code), now)
    except Refused as refusal:
        return (f"{refusal.code:04d} {refusal.detail}".strip(),)
    return ()


NOT_YET = ("3202 conformance test",)
GRANTED: tuple[str, ...] = ()


def without_the_last(clauses: list[Any]) -> list[Any]:
    return clauses[:-1]


def one(verdict: str) -> Any:
    return lambda clauses: [clauses[0] | {"verdict": verdict}, *clauses[1:]]


def twice(clauses: list[Any]) -> list[Any]:
    return [*clauses[:-1], clauses[0]]


@pytest.mark.parametrize(
    "change",
    [without_the_last, one("fail"), one("not_run"), twice, lambda _: []],
    ids=["a clause of today is missing", "one failed", "one was not run", "one stands twice", "empty"],
)  # fmt: skip
def test_less_than_every_clause_is_refused_by_the_operation(place, channel, change):
    passed(channel, change(clauses_of(channel)))
    assert refused(place, channel) == NOT_YET


def test_a_row_that_says_ok_is_not_believed_without_its_clauses(place, channel):
    passed(channel, report={})
    assert refused(place, channel) == NOT_YET
    passed(channel, report=None)
    assert refused(place, channel) == NOT_YET
    passed(channel, ok=False)
    assert refused(place, channel) == NOT_YET


def test_a_run_of_a_version_that_did_not_note_what_it_tested_is_refused(place, channel):
    passed(channel, tested={})
    assert refused(place, channel) == NOT_YET


def test_the_whole_run_lets_in_and_the_next_one_that_is_less_does_not(place, channel):
    passed(channel)
    assert refused(place, channel) == GRANTED
    passed(channel, one("not_run")(clauses_of(channel)), ok=False)
    assert refused(place, channel) == NOT_YET


def test_a_run_with_the_keys_before_does_not_count(place, admin, channel):
    passed(channel)
    keyed(admin, "GREEN-T")
    assert refused(place, channel) == NOT_YET
    said = admin.get("/console/partners/GREEN/").content.decode()
    assert "密钥、地址或报文方式有变，须重测" in said
    passed(channel)
    assert refused(place, channel) == GRANTED


def test_a_run_by_another_algorithm_than_the_real_key_does_not_count(place, admin, channel):
    passed(channel)
    keyed(admin, "GREEN", algorithm="ed25519", public="11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert refused(place, channel) == NOT_YET
    keyed(admin, "GREEN")
    assert refused(place, channel) == GRANTED


def test_a_run_at_another_address_does_not_count(place, admin, biller):
    passed(biller)
    assert refused(place, biller) == GRANTED
    form = {"name": "沙箱", "category": "gas", "city": "青溪", "timeout_s": "5"}
    admin.post("/console/partners/GREENB-T/edit/", form | {"endpoint": "https://new.example.cn"})
    assert refused(place, biller) == NOT_YET
    admin.post("/console/partners/GREENB-T/edit/", form | {"endpoint": "https://try.example.cn"})
    assert refused(place, biller) == GRANTED


@pytest.mark.parametrize(("field", "value"), [("unit", "yuan"), ("encoding", "GB18030")])
def test_a_run_in_another_form_of_messages_does_not_count(place, biller, field, value):
    from yifen.core.partners.models import Partner

    passed(biller)
    was = getattr(row(biller), field)
    Partner.objects.filter(code=biller).update(**{field: value})  # the real one differs
    assert refused(place, biller) == NOT_YET
    Partner.objects.filter(code__startswith=biller).update(**{field: value})  # the tested one too
    assert refused(place, biller) == NOT_YET
    Partner.objects.filter(code__startswith=biller).update(**{field: was})
    assert refused(place, biller) == GRANTED


def test_a_key_of_another_dialect_is_no_key(place, biller):
    """The sandbox of a biller that is called in XML has an HMAC key only."""
    from yifen.trades.onboarding.operations.go_live import missing

    change = "UPDATE partner_key SET algorithm = %s WHERE partner_id = %s"
    with psycopg.connect(place.database.owner_url, autocommit=True) as conn:
        conn.execute(change, ("hmac-sha256", twin_of(biller).pk))
        assert missing(row(biller), datetime.now(UTC)) == ["sandbox_key", "certified"]
        conn.execute(change, ("sha1", twin_of(biller).pk))


def test_the_refusal_says_why_on_the_page(place, admin, channel):
    passed(channel, one("not_run")(clauses_of(channel)), ok=False)
    said = admin.get("/console/partners/GREEN/").content.decode()
    assert "有条款未过或未测；上线须全部通过" in said
    assert "申请上线" not in said


def test_who_decided_is_refused_too_when_the_run_counts_no_more(place, admin, channel):
    """Proposed while all was green; then the sandbox got another key."""
    second = site.client_of(site.user("green2", place.union, "institution_admin"))
    passed(channel)
    shown = admin.post("/console/partners/GREEN/go-live/ask/").url
    keyed(admin, "GREEN-T")
    assert "3202" in decided(second, shown, "yes")
    assert row("GREEN").live_at is None
    passed(channel)
    decided(second, shown, "yes")
    assert row("GREEN").live_at is not None


def test_who_proposes_is_refused_by_the_button_too(place, admin, biller):
    passed(biller, one("not_run")(clauses_of(biller)), ok=False)
    said = admin.post(f"/console/partners/{biller}/go-live/ask/", follow=True).content.decode()
    assert "3202" in said
