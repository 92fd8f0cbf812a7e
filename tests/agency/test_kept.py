"""4690 and 4692 at the desk: every teller looks up; another function is for who may propose, on the console's form."""

from typing import Any

import pytest

from tests.agency.bench import MERCHANT, UNIT, Agency
from tests.corebank.bench import SETTLED, TRANSIT
from tests.counter.standing import person
from tests.desk.standing import text
from tests.web import site


@pytest.fixture(scope="module")
def desk(agency: Agency) -> Any:
    from yifen.core.access import edge

    agency.ready().desk()
    agency.clock.now = edge.now()
    return agency


ASKED = {"function": "0", "merchant": MERCHANT}


def said(page: Any) -> str:
    return " ".join(text(page).split())


def test_a_teller_looks_up_both_by_their_codes(desk: Agency):
    client = site.client_of(desk.teller)
    assert client.post("/desk/go/", {"code": "4690"})["Location"] == "/desk/4690/"
    page = said(client.get("/desk/4690/", ASKED))
    assert (f"商户行业 电力 商户编码 {MERCHANT} 商户简称 山东电力集团 业务种类 代收 业务方式 1 联机 地区码 3709"
            " 机构号 9601 青溪县联社 状态 开通 渠道 柜面 生效日") in page  # fmt: skip
    page = said(client.get("/desk/4692/", ASKED | {"unit": UNIT}))
    assert f"商户编码 {MERCHANT} 商户名称 POWER01 青溪供电公司 核算单位 {UNIT}" in page
    assert f"过渡户账号 {TRANSIT}" in page
    assert SETTLED not in page
    foreign = site.client_of(desk.place.foreign.teller)
    for code in ("4690", "4692"):
        assert "没有这样的准入或账户" in said(foreign.get(f"/desk/{code}/", ASKED | {"unit": ""}))


def test_who_has_no_right_is_refused_by_number(desk: Agency):
    client = site.client_of(desk.teller)
    for code, functions in (("4690", "123"), ("4692", "12")):
        for function in functions:
            assert "2102" in said(client.get(f"/desk/{code}/", ASKED | {"function": function}))
    assert "3 终止" not in said(client.get("/desk/4692/"))


def test_who_may_propose_is_led_to_the_consoles_form_if_it_is_his_levels_duty(desk: Agency):
    """No role of today has both the desk and the parameters: the rights are given here by hand."""
    from yifen.core.access.models import UserRole

    both = person("both4690", desk.county, "teller")
    UserRole.objects.create(user=both, role="institution_admin")
    client, asked = site.client_of(both), ASKED | {"function": "1"}
    assert client.get("/desk/4690/", asked)["Location"] == "/console/agency/admissions/new/"
    assert "8953" in said(client.get("/desk/4692/", asked))
