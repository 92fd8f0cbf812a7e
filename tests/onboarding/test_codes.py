"""A biller's codes on their page: what they mean for the payer's money, of a live biller by two people."""

from typing import Any

import pytest

from tests.access.proposals import NOW
from tests.console.pages import TABLES, Page, words
from tests.onboarding.test_way_in import decided, register, row
from tests.web import site
from tests.web.province import County, Province
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

E1 = ("E1", "booked")


@pytest.fixture
def admin(place: Province) -> Any:
    return site.client_of(place.users["platform_admin"])


@pytest.fixture
def county(place: Province) -> Any:
    """The institution administrator of the county."""
    return site.client_of(place.own.user)


def page(code: str) -> str:
    return f"/console/partners/{code}/codes/"


def sent(*lines: tuple[str, str], were: int = 0) -> dict[str, str]:
    """The form with these lines, of which the first `were` stood there."""
    data = {"codes-TOTAL_FORMS": str(len(lines)), "codes-INITIAL_FORMS": str(were)}
    for number, (code, meaning) in enumerate(lines):
        data |= {f"codes-{number}-code": code, f"codes-{number}-meaning": meaning}
    return data


def codes_of(code: str) -> dict[str, str]:
    from yifen.core.partners.models import BillerErrorCode

    return dict(BillerErrorCode.objects.filter(biller__partner__code=code).values_list("wire_code", "meaning"))


def proposed() -> int:
    from yifen.core.access.models import Authorisation

    return Authorisation.objects.filter(action="partners.codes").count()


def test_a_live_biller_s_codes_wait_for_another_person_and_stand_when_he_agrees(place, admin, county):
    code = place.own.biller_code
    partner = Page(county, f"/console/partners/{code}/")
    assert partner.facts()["收费方返回码"] == "0 · 更改"
    assert partner.link("//dt[.='收费方返回码']/..//a") == page(code)
    shown = county.post(page(code), sent(E1, ("E2", "hold"), ("", ""))).url
    assert codes_of(code) == {}
    assert Page(admin, shown).table() == [["E1", "—", "视为成功"], ["E2", "—", "挂起待查"]]
    waiting = Page(county, page(code))
    assert ("有待复核的提议：收费方返回码 POWER01" in waiting.text, waiting.tree.xpath(TABLES)) == (True, [])
    assert "2120" in county.post(page(code), sent(("E3", "hold"))).content.decode()
    decided(admin, shown, "yes")
    assert codes_of(code) == {"E1": "booked", "E2": "hold"}
    assert Page(county, f"/console/partners/{code}/").facts()["收费方返回码"] == "2 · 更改"
    before = proposed()
    assert county.post(page(code), sent(E1, ("E2", "hold"), ("", ""), were=2)).url == page(code)
    assert "没有改动" in Page(county, page(code)).text
    assert proposed() == before
    changes_and_goes(code, admin, county)


def changes_and_goes(code: str, admin: Any, county: Any) -> None:
    """An emptied line goes away, another means something else; told in the reader's language."""
    shown = county.post(page(code), sent(("", "booked"), ("E2", "refund_now"), ("", ""), were=2)).url
    admin.post("/language/", {"language": "en"})
    assert Page(admin, shown).table() == [["E1", "Booked", "—"], ["E2", "Hold", "Refund now"]]
    assert words(Page(admin, page(code)).tree.xpath("//h1")[0]) == f"A biller's codes {code}"
    admin.post("/language/", {"language": "zh-hans"})
    decided(admin, shown, "yes")
    assert codes_of(code) == {"E2": "refund_now"}


WRONG = {
    "twice": ((E1, ("E1", "hold")), 1, "2111 此返回码重复"),
    "no meaning": ((E1, ("E2", "")), 1, "2111 请选择"),
    "no code": ((E1, ("", "hold")), 1, "2111 请填写返回码"),
    "another meaning": ((("E2", "free"), E1), 0, "2111 选择一个有效的选项"),
    "too long": ((("E" * 17, "hold"),), 0, "2111"),
    "not seen": ((E1, ("E\u200b1", "hold")), 1, "2111 含有不能显示的字符"),
}


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_line_says_so_beside_it_and_nothing_is_asked(place, case):
    lines, which, said = WRONG[case]
    code, before = place.foreign.biller_code, proposed()
    answer = Page(Posting(site.client_of(place.foreign.user), sent(*lines)), page(code))
    errors = [" ".join(words(e) for e in line.xpath(".//ul[contains(@class, 'field-errors')]"))
              for line in answer.tree.xpath(TABLES)[0].xpath(".//tbody/tr")]  # fmt: skip
    assert said in errors[which]
    assert [n for n, error in enumerate(errors) if error] == [which]
    assert (codes_of(code), proposed()) == ({}, before)


class Posting:
    """A client whose page is the answer to what was posted."""

    def __init__(self, client: Any, data: dict[str, str]) -> None:
        self.client, self.data = client, data

    def get(self, path: str, asked: Any) -> Any:
        return self.client.post(path, self.data)


def test_more_lines_than_the_page_takes_are_refused_whole(place):
    lines = [(f"E{n}", "hold") for n in range(201)]
    before, client = proposed(), site.client_of(place.foreign.user)
    said = client.post(page(place.foreign.biller_code), sent(*lines))
    assert (said.status_code, "2111" in said.content.decode()) == (200, True)
    assert (codes_of(place.foreign.biller_code), proposed()) == ({}, before)


@pytest.mark.parametrize(("code", "meaning"), [("", "hold"), ("E" * 17, "hold"), ("E\u200b", "hold"), ("E1", "free")],
                         ids=("empty", "long", "not seen", "meaning"))  # fmt: skip
def test_the_operation_refuses_what_the_page_refuses(place, code, meaning):
    assert refused(place.foreign, place.foreign.biller_code, {code: meaning}) is Code.INPUT_INVALID
    assert codes_of(place.foreign.biller_code) == {}


def test_a_channel_has_no_codes_and_a_foreign_biller_s_are_out_of_reach(place, county):
    for code in (place.own.channel_code, place.foreign.biller_code):
        assert county.get(page(code)).status_code == 404
        assert county.post(page(code), sent(E1)).status_code == 404
    assert refused(place.own, place.own.channel_code, {"E1": "hold"}) is Code.INPUT_INVALID
    assert refused(place.own, place.foreign.biller_code, {"E1": "hold"}) is Code.OUT_OF_SCOPE


def refused(who: County, code: str, meanings: dict[str, str]) -> Any:
    from yifen.trades.onboarding.operations import codes

    with pytest.raises(Refused) as told:
        codes.change(site.access(who.user), row(code), meanings, NOW)
    return told.value.code


def test_who_may_only_see_partners_sees_how_many_and_changes_none(place):
    finance, code = site.client_of(place.users["finance"]), place.own.biller_code
    partner = Page(finance, f"/console/partners/{code}/")
    assert (partner.facts()["收费方返回码"].isdigit(), page(code) in partner.answer.content.decode()) == (True, False)
    assert finance.post(page(code), sent(E1)).status_code == 403


def test_of_a_biller_on_its_way_in_one_person_says_so_at_once(place, admin):
    register(admin, place, kind="hosted", code="CODES", name="新收费单位", category="power", city="青溪县")
    before = proposed()
    answer = admin.post(page("CODES"), sent(E1))
    assert (answer.url, codes_of("CODES"), proposed()) == ("/console/partners/CODES/", {"E1": "booked"}, before)
    assert "返回码已更改，立即生效" in Page(admin, "/console/partners/CODES/").text
