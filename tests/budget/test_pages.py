"""A bureau's pages: each sees his own units, a list is seen before it counts, an indicator tells what moved it."""

import io
from typing import Any

import pytest
from django.utils.timezone import localdate

from tests.budget import proposals
from tests.budget.proposals import CODE, a_list, an_administrator, granted, in_force
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province


@pytest.fixture(scope="module")
def at_work(place: Province) -> dict[str, Any]:
    """The bureau's officer, a cashier of the one unit, a card holder whose post has ended; an indicator."""
    in_force(place)
    number = granted(place)
    for login, role in (("cash01", "unit_cashier"), ("left01", "card_holder")):
        site.user(login, place.own.county, role, partner=place.own.biller, person=login.upper())
    posts = ("工号,姓名,单位编码,职务,任职日,离任日\n"
             "CASH01,出纳,101001,出纳,2020-01-01,\nLEFT01,离任,101001,教师,2020-01-01,2020-12-31\n")  # fmt: skip
    site.agree(an_administrator(place), a_list(place, "posts", posts, place.own.user), proposals.at())
    return {"number": number, "one": proposals.as_owner("SELECT indicator_id FROM budget_indicator WHERE number = %s",
                                                        [number])}  # fmt: skip


def page(login: str, address: str, **post: Any) -> Any:
    from yifen.core.access.models import User

    client = site.client_of(User.objects.get(login=login))
    return client.post(address, post) if post else client.get(address)


def test_each_sees_what_is_at_his_posts(place: Province, at_work: dict[str, Any]):
    address, number = f"/console/budget/indicators/{at_work['one']}/", at_work["number"]
    for login, status in (("bureau01", 200), ("cash01", 200), ("left01", 404), ("ia02", 404)):
        assert page(login, address).status_code == status, login
        assert (number in page(login, "/console/budget/indicators/").content.decode()) == (status == 200), login
        assert ("第一中学" in page(login, "/console/budget/").content.decode()) == (status == 200), login
    for login, where in (("cash01", "第一中学"), ("bureau01", "")):  # the head says where he works
        head = page(login, "/console/budget/").content.decode().split('class="console-where">')[1]
        assert (head.startswith(where), head.startswith("第一中学")) == (True, bool(where)), login
    assert "出纳" in page("bureau01", "/console/budget/posts/").content.decode()
    assert "第一中学" in page("bureau01", "/console/budget/units/").content.decode()
    assert page("cash01", f"/console/search/?find={number}")["Location"] == address
    assert page("left01", f"/console/search/?find={number}").status_code == 200  # nothing of it
    for asked in ("CASH01", "出纳"):
        assert "101001 第一中学" in page("bureau01", f"/console/search/?find={asked}").content.decode(), asked


def test_a_list_is_seen_before_it_counts(place: Province, at_work: dict[str, Any]):
    from yifen.core.access.models import User

    def upload(text: str) -> str:
        file = io.BytesIO(text.encode())
        file.name = "额度.csv"
        answer = page("bureau01", "/console/budget/lists/new/", bureau=place.own.biller, kind="quota", file=file)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    empty = io.BytesIO(page("bureau01", "/console/budget/lists/blank/quota/").content)
    empty.name = "quota.xlsx"  # what is handed out is what is read
    shown = page("bureau01", "/console/budget/lists/new/", bureau=place.own.biller, kind="quota", file=empty)
    assert "没有该指标" in page("bureau01", shown["Location"]).content.decode()
    head = "指标编号,到账通知书号,金额\n"
    wrong = page("bureau01", upload(f"{head}{at_work['number']},DZ1,1000.01\nNONE,DZ1,1.00\n")).content.decode()
    assert ("指标余额不足" in wrong, "没有该指标" in wrong, 'id="propose"' in wrong) == (True, True, False)
    right = upload(f"青溪县额度到账通知单\n{head}{at_work['number']},ＤＺ１,600.00\n合计,,600.00\n")
    before = page("bureau01", right).content.decode()
    assert ('id="propose"' in before, "青溪县额度到账通知单" in before, ">DZ1<" in before) == (True, True, True)
    assert f"指标 {at_work['number']}" in before  # what it would change
    assert page("cash01", right).status_code == 403
    proposal = page("bureau01", right, propose="1")["Location"]
    shown = page("bureau02", proposal).content.decode()
    assert ("600.00" in shown, "DZ1" in shown) == (True, True)
    # The wrong one waits for nobody any more: another came instead.
    states = Page(site.client_of(User.objects.get(login="bureau01")), "/console/budget/lists/").column("状态")
    assert states[:2] == ["待复核", "已有后来的清单"]


def test_more_of_an_indicator_is_put_before_another(place: Province, at_work: dict[str, Any]):
    address = f"/console/budget/indicators/{at_work['one']}/"
    asked = {"move": "cut", "fen": "1000.01", "doc_no": "调1", "reason": "年中压减"}
    refused = page("bureau01", address, **asked).content.decode()
    assert "指标余额不足" in refused
    assert page("bureau01", address, **(asked | {"fen": "10.00"})).status_code == 302
    assert 'id="send"' not in page("cash01", address).content.decode()


def test_rules_and_year_ends_are_proposed(place: Province, at_work: dict[str, Any]):
    day = proposals.as_owner("SELECT max(valid_from) + 1 FROM budget_rule WHERE bureau_id = %s", [place.own.biller])
    rule = {"bureau": place.own.biller, "code": CODE, "valid_from": day, "control": "indicator", "due_day": 25,
            "buy": "30000.00", "cut_off": "14:00", "return_days": 3, "year_end": "all",
            "levels": "单位经办 0\n单位负责人 0\n国库管理 20000 报账"}  # fmt: skip
    alone = page("bureau01", "/console/budget/rules/new/", **(rule | {"levels": "head 0"}))
    assert "至少两级" in alone.content.decode()
    made = page("bureau01", "/console/budget/rules/new/", **rule)
    shown = page("bureau02", made["Location"]).content.decode()
    assert "国库管理（20,000.00 元起、报账）" in shown
    assert "单位负责人" in page("bureau01", "/console/budget/rules/").content.decode()
    asked = {"bureau": place.own.biller, "year": localdate(proposals.at()).year - 1}
    early = page("bureau01", "/console/budget/year-end/", **(asked | {"year": asked["year"] + 1}))
    assert "9340" in early.content.decode()
    ended = page("bureau01", "/console/budget/year-end/", **asked)
    assert "结转下年" in page("bureau02", ended["Location"]).content.decode()
