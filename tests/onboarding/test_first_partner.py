"""The first partner of a newcomer: its sandbox is never real, its first key replaces none."""

import re
from typing import Any

import pytest

from tests.console.pages import Page
from tests.onboarding.test_way_in import register
from tests.web import site
from tests.web.province import Province


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


def english(place: Province) -> Any:
    found = site.client_of(place.users["platform_admin"])
    found.cookies["django_language"] = "en"
    return found


@pytest.fixture
def chan(place: Province, admin: Any) -> str:
    from yifen.core.partners.models import Partner

    if not Partner.objects.filter(code="CHAN").exists():
        assert register(admin, place, code="CHAN").status_code == 302
    return "CHAN"


def test_the_trial_biller_is_a_sandbox_and_nobody_s_partner(place: Province, admin: Any, chan: str) -> None:
    page = Page(admin, "/console/partners/", text="TRIAL")
    assert (page.column("代码"), page.column("状态")) == (["TRIAL"], ["沙箱"])
    assert Page(admin, "/console/partners/", state="live", text="TRIAL").column("代码") == []
    admin.cookies["django_language"] = "en"
    named = admin.get("/console/partners/", {"text": "TRIAL"}).content.decode()
    del admin.cookies["django_language"]
    assert ("Sandbox biller" in named, "沙箱收费单位" in named) == (True, False)
    offered = Page(admin, "/console/users/new/").tree.xpath("//select[@name='partner']/option/text()")
    codes = {text.split()[0] for text in offered}
    assert {"CHAN", place.own.biller_code} <= codes
    assert codes & {"TRIAL", "CHAN-T"} == set()


def test_the_sandbox_is_in_no_figure_of_the_real_ones(place: Province, chan: str) -> None:
    from yifen.core.access.scope import Scope
    from yifen.core.partners.models import Partner
    from yifen.face.overview.figures import real_partners
    from yifen.night.pages.nights import books

    sandboxes = set(Partner.objects.filter(book_id=900).values_list("pk", flat=True))
    assert len(sandboxes) >= 2
    assert sandboxes & set(real_partners(Scope(None, None)) or ()) == set()
    assert [book.book_id for book in books(Scope(None, None))] == [1]


def test_the_trial_payer_s_name_is_masked_like_a_name() -> None:
    from yifen.core.facts.masking import masked_name
    from yifen.trades.onboarding.sandbox import TRIAL_NAME

    assert masked_name(TRIAL_NAME) == "*三"


def test_the_first_key_ends_none_and_the_next_one_says_what_ends(place: Province, admin: Any, chan: str) -> None:
    def said() -> str:
        return re.sub(r"\s+", " ", admin.post("/console/partners/CHAN-T/keys/", {"algorithm": "hmac-sha256"})
                      .content.decode())  # fmt: skip

    first, second = said(), said()
    assert ("新密钥已生效。" in first, "7 天后停用" in first) == (True, False)
    assert "新密钥已生效，旧版本 7 天后停用。" in second
    real = admin.post(f"/console/partners/{place.own.channel_code}/keys/", {"algorithm": "hmac-sha256"})
    assert "已提交复核：另一人同意后新密钥生效。" in real.content.decode()


def test_the_two_sentences_of_the_conformance_page_stand_apart(place: Province, chan: str) -> None:
    page = Page(english(place), "/console/partners/CHAN-T/certify/")
    said = [" ".join(str(text).split()) for text in page.tree.xpath("//p[@class='page-lead']/text()")]
    assert [text.endswith(("then judge.", "keys in force.")) for text in said] == [True, True]
    assert said[1].startswith("Account 1008 first answers too late")


def test_what_opens_is_told_in_either_language(place: Province, admin: Any, chan: str) -> None:
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.operations.go_live import view

    row = Partner.objects.get(code="CHAN")
    shown = view({"rows": {"partner": {"id": row.pk, "suspended": False}}})
    assert (shown[0].before, shown[0].after) == (("接入中", "Arriving"), ("已上线", "Live"))
    assert (shown[1].field, shown[1].before) == ("dialects", ("JSON · UTF-8 · 分", "JSON · UTF-8 · fen"))
