"""A partner moved from XML + SHA-1 to JSON and back: its keys first, then all at once, by two people."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.console.pages import Page
from tests.onboarding.test_way_in import decided, keyed, register, row
from tests.onboarding.whole import passed
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.refused import Refused


@pytest.fixture(scope="module")
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture
def second(place: Province) -> Any:
    """The institution administrator of the union: another person."""
    return site.client_of(site.user(f"iadm{next(NUMBERS)}", place.union, "institution_admin"))


NUMBERS = iter(range(1, 100))


@pytest.fixture
def live(place: Province, admin: Any) -> str:
    """A channel that is live in XML, with its sandbox."""
    code = f"MOVE{next(NUMBERS)}"
    register(admin, place, code=code, dialect="xml")
    keyed(admin, code, algorithm="sha1")
    keyed(admin, f"{code}-T", algorithm="sha1")
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE partner SET suspended = false, live_at = now() WHERE code = %s", (code,))
    return code


def page(code: str) -> str:
    return f"/console/partners/{code}/dialect/"


JSON = {"dialects": "json", "encoding": "UTF-8", "unit": "fen"}
XML = {"dialects": "xml", "encoding": "GB18030", "unit": "yuan"}


def prepared(
    client: Any, code: str, algorithm: str = "hmac-sha256", public: str = "", second: Any = None
) -> str:
    """A key made ready on the page; the page's text. Of a live partner `second` agrees."""
    data = {"algorithm": algorithm, "public": public}
    text = str(client.post(f"{page(code)}key/", data).content.decode())
    if second is not None:
        decided(second, re.findall(r'href="(/console/proposals/\d+/)"', text)[-1], "yes")
    return text


def proven(admin: Any, code: str) -> None:
    """Its sandbox moved before, and passed there."""
    prepared(admin, f"{code}-T")
    admin.post(page(f"{code}-T"), JSON)
    passed(code)


def keys_of(code: str) -> list[tuple[int, str, bool]]:
    """(version, algorithm, does it count now)."""
    from yifen.core.partners.models import PartnerKey

    now = datetime.now(UTC)
    rows = PartnerKey.objects.filter(partner=row(code)).order_by("version")
    return [(r.version, r.algorithm, r.valid_until is None or r.valid_until > now) for r in rows]


def standing(code: str) -> tuple[Any, ...]:
    found = row(code)
    return found.xml, found.json, found.encoding, found.unit, keys_of(code)


def agreed(maker: Any, second: Any, path: str, data: dict[str, str], word: str = "yes") -> str:
    """Proposed by one and decided by another, as their pages show it; what the next page says."""
    return decided(second, shown(maker, path, data), word)


def shown(maker: Any, path: str, data: dict[str, str]) -> str:
    """The page of what was proposed."""
    answer = maker.post(path, data)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


BEFORE = (True, False, "UTF-8", "fen", [(1, "sha1", True)])
READY = (True, False, "UTF-8", "fen", [(1, "sha1", True), (2, "hmac-sha256", True)])
AFTER = (False, True, "UTF-8", "fen", [(1, "sha1", False), (2, "hmac-sha256", True)])


def test_a_sandbox_changes_at_once_and_only_with_a_key(place, admin, live):
    twin = f"{live}-T"
    said = admin.post(page(twin), JSON).content.decode()
    assert "3209" in said
    assert "缺少密钥：json" in said
    assert standing(twin) == BEFORE
    assert re.search(r"\b[0-9a-f]{64}\b", prepared(admin, twin))
    assert standing(twin) == READY  # made ready: nothing else has changed
    assert admin.post(page(twin), JSON).status_code == 302
    assert standing(twin) == AFTER


def test_a_live_partner_is_moved_by_two_people_and_the_old_way_counts_until_then(
    place, admin, second, live
):
    prepared(admin, live, second=second)
    assert standing(live) == READY
    proven(admin, live)
    what = shown(admin, page(live), JSON)
    assert Page(second, what).table() == [
        ["报文方式", "XML", "JSON"], ["编码", "UTF-8", "UTF-8"], ["金额单位", "分", "分"],
        ["启用密钥", "—", f"{live}:2 hmac-sha256 {print_of(live, 2)}"],
        ["停用密钥", f"{live}:1 sha1", "—"],
    ]  # fmt: skip
    assert "2104" in decided(admin, what, "yes")  # the maker
    assert standing(live) == READY
    decided(second, what, "yes")
    assert standing(live) == AFTER
    assert "2106" in decided(second, what, "yes")  # once


def print_of(code: str, version: int) -> str:
    from yifen.core.partners.models import PartnerKey
    from yifen.trades.onboarding.operations.keys import fingerprint_of

    return fingerprint_of(PartnerKey.objects.get(partner=row(code), version=version))


def test_back_again_with_a_new_sha1_key(place, admin, second, live):
    prepared(admin, live, second=second)
    proven(admin, live)
    agreed(admin, second, page(live), JSON)
    prepared(admin, f"{live}-T", "sha1")
    admin.post(page(f"{live}-T"), XML)
    passed(live)
    assert re.search(r"\b[0-9a-f]{32}\b", prepared(admin, live, "sha1", second=second))
    agreed(admin, second, page(live), XML)
    assert standing(live) == (True, False, "GB18030", "yuan", [
        (1, "sha1", False), (2, "hmac-sha256", False), (3, "sha1", True)
    ])  # fmt: skip


def test_what_the_decider_did_not_see_is_not_done(place, admin, second, live):
    prepared(admin, live, second=second)
    proven(admin, live)
    what = shown(admin, page(live), JSON)
    for seen in ("", "0" * 64):
        answer = second.post(f"{what}decide/", {"word": "yes", "seen": seen}, follow=True)
        assert "21" in answer.content.decode()
        assert standing(live) == READY


def test_a_key_issued_after_the_question_makes_it_stale(place, admin, second, live):
    prepared(admin, live, second=second)
    proven(admin, live)
    what = shown(admin, page(live), JSON)
    prepared(admin, live, second=second)
    assert "二、更改" not in admin.get(page(live)).content.decode()  # the stale one is decided first
    assert "3209" in decided(second, what, "yes")
    assert (row(live).xml, row(live).json) == (True, False)
    decided(admin, what, "withdraw")
    agreed(admin, second, page(live), JSON)
    assert (row(live).xml, row(live).json) == (False, True)


def test_a_refused_change_changes_nothing(place, admin, second, live):
    prepared(admin, live, second=second)
    proven(admin, live)
    agreed(admin, second, page(live), JSON, "no")
    assert standing(live) == READY


def test_a_live_partner_needs_a_sandbox_that_passed_in_that_dialect(place, admin, second, live):
    prepared(admin, live, second=second)
    passed(live)  # in XML, as its sandbox still is
    said = admin.post(page(live), JSON).content.decode()
    assert "3209" in said
    assert "未按此报文方式通过一致性测试" in said
    proven(admin, live)
    assert admin.post(page(live), JSON).status_code == 302


def operation(place: Province, code: str, role: str, dialects: tuple[str, ...], *form: str) -> str:
    from yifen.core.access.edge import Access
    from yifen.trades.onboarding.operations.dialects import Move, change

    try:
        move = Move(dialects, *form)
        change(Access(place.users[role]), row(code), move, datetime.now(UTC))
    except Refused as refusal:
        return f"{refusal.code:04d} {refusal.field}"
    return "done"


@pytest.mark.parametrize(
    ("dialects", "form", "said"),
    [((), ("UTF-8", "fen"), "2111 dialects"), (("soap",), ("UTF-8", "fen"), "2111 dialects"),
     (("json",), ("UTF-16", "fen"), "2111 encoding"), (("json",), ("UTF-8", "jiao"), "2111 encoding"),
     (("json",), ("UTF-8", "fen"), "3209 dialects")],
)  # fmt: skip
def test_the_operation_refuses_what_the_page_would_not_offer(place, live, dialects, form, said):
    assert operation(place, live, "platform_admin", dialects, *form) == said
    assert standing(live) == BEFORE


def test_a_biller_is_called_in_one_dialect_and_the_call_changes_with_it(place, admin):
    from yifen.core.partners.models import Biller

    register(admin, place, code="MOVEB", dialect="xml", kind="biller", category="gas", city="青溪",
             endpoint="https://gas.example.cn")  # fmt: skip
    both = ("json", "xml")
    assert operation(place, "MOVEB", "platform_admin", both, "UTF-8", "fen") == "2111 dialects"
    prepared(admin, "MOVEB", "hmac-sha256")
    admin.post(page("MOVEB"), JSON)
    assert Biller.objects.get(pk=row("MOVEB").pk).dialect == "json"
    assert (row("MOVEB").xml, row("MOVEB").json) == (False, True)


def test_whoever_has_no_dialect_gets_none(place):
    assert operation(place, "DESK", "platform_admin", ("json",), "UTF-8", "fen")[:4] == "2111"


def test_out_of_scope_is_out_of_scope(place, live):
    assert operation(place, live, "developer", ("json",), "UTF-8", "fen") == "2103 partner"
    client = site.client_of(place.users["developer"])
    assert client.post(f"{page(live)}key/", {"algorithm": "hmac-sha256"}).status_code in (403, 404)
    assert standing(live) == BEFORE


def test_the_change_stands_in_the_audit_trail_with_both_people(place, admin, second, live):
    prepared(admin, live, second=second)
    proven(admin, live)
    agreed(admin, second, page(live), JSON)
    with psycopg.connect(place.database.app_url) as conn:
        acts = conn.execute(
            "SELECT action, before, after FROM audit_entry WHERE action = 'dialect' AND subject_key = %s",
            (live,)).fetchall()  # fmt: skip
        words = conn.execute(
            "SELECT action, after ->> 'maker', after ->> 'checker' FROM audit_entry"
            " WHERE subject = 'partners.dialect' AND subject_key = %s ORDER BY entry_no",
            (live,)).fetchall()  # fmt: skip
    form = {"encoding": "UTF-8", "unit": "fen"}
    assert acts == [("dialect", {"dialects": ["xml"], **form},
                     {"dialects": ["json"], "keys": [2], **form})]  # fmt: skip
    maker = place.users["platform_admin"].login
    assert [(word, who) for word, who, _ in words] == [("proposed", maker), ("approved", maker)]
    assert words[1][2] not in (None, maker)


# --- SHA-1 switched off for the whole installation -----------------------------------------------


@pytest.fixture
def sha1_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with YIFEN_SHA1=0."""
    from django.conf import settings

    monkeypatch.setattr(settings, "YIFEN_SHA1", False)


def test_with_sha1_off_nobody_gets_it_new(place, admin, live, sha1_off):
    keys = keys_of(live)
    admin.post(f"/console/partners/{live}/keys/", {"algorithm": "sha1", "public": ""})
    assert keys_of(live) == keys
    assert operation(place, live, "platform_admin", ("xml",), "UTF-8", "fen") == "2007 dialects"
    answer = register(admin, place, code="LATEXML", dialect="xml")
    assert answer.status_code == 200
    from yifen.core.partners.models import Partner

    assert not Partner.objects.filter(code="LATEXML").exists()


def test_with_sha1_off_registering_is_refused_by_the_operation_too(place, sha1_off):
    from yifen.core.access.edge import Access
    from yifen.trades.onboarding.operations import register as registering

    asked = registering.Registration("LATEXML", "晚", "channel", place.union, "xml", "UTF-8", "fen", {})
    with pytest.raises(Refused, match="SHA1_SWITCHED_OFF"):
        registering.register(Access(place.users["platform_admin"]), asked, 1, datetime.now(UTC))


def test_with_sha1_off_an_xml_partner_does_not_go_live(place, admin, monkeypatch):
    from django.conf import settings

    from yifen.trades.onboarding.operations.go_live import missing

    register(admin, place, code="OLDWAY", dialect="xml")
    keyed(admin, "OLDWAY", algorithm="sha1")
    keyed(admin, "OLDWAY-T", algorithm="sha1")
    passed("OLDWAY")
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert missing(row("OLDWAY"), now) == []
    monkeypatch.setattr(settings, "YIFEN_SHA1", False)
    assert missing(row("OLDWAY"), now) == ["sandbox_key", "certified", "key"]
