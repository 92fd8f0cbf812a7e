"""Heating service by its pages: a season, a stop from the paper to the agreement, a building, a stop that is warm."""

from hashlib import sha256
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.billing.world import rows
from tests.console.pages import Page
from tests.heating.proposals import NOW, a_flat, asked, in_force, seen, warm_stop
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number

PDF = b"%PDF-1.7 the signed paper"
CLERK, CHECKER = "finance", "biller_staff"


def browser(place: Province, role: str = CLERK) -> Any:
    return site.client_of(place.users[role])


def page_of(clerk: Any, path: str, **asked: str) -> Page:
    return Page(clerk, f"/console/heating/{path}", **asked)


def decided(place: Province, url: str, role: str = CHECKER) -> None:
    """The second person's yes to the proposal that this address shows."""
    from yifen.core.access.models import Authorisation

    proposal = Authorisation.objects.get(pk=int(url.rstrip("/").rpartition("/")[2]))
    site.agree(place.users[role], proposal, NOW)


def test_a_season_is_begun_with_a_citys_terms_and_put_before_another(place: Province) -> None:
    from tests.billing.price_proposals import a_fee

    fee = a_fee(place.own.biller, "HSPAGE")
    staff = browser(place, "biller_staff")
    form = Page(staff, "/console/heating/seasons/new/", city="tianjin", year="2029")
    values = {field.get("name"): field.get("value") for field in form.tree.xpath("//form[@method='post']//input")}
    assert (values["from_on"], values["to_on"], values["ask_until"]) == ("2029-11-15", "2030-03-15", "2029-09-30")
    assert values["terms_percent"] == ""  # of the last row, the first has the city's
    assert form.tree.xpath("//input[@name='terms_percent']/@value")[0] == "20"
    sent = {"fee": fee, "name": "2029–2030", "from_on": "2029-11-15", "to_on": "2030-03-15", "terms_class": ["", ""],
            "terms_region": ["", ""], "terms_percent": ["20", ""],
            "heated_from": "2029-11-15", "heated_to": "2030-03-15", "ask_until": "2029-09-30", "answer_days": "10",
            "reason": "市政府令"}  # fmt: skip
    for wrong, said in (
        ({"terms_percent": ["2O"]}, "比例须是"), ({"terms_class": ["居民"]}, "8631"), ({"terms_percent": []}, "必填"),
        ({"ask_until": "2030-03-16"}, "8631"),
        ({"reason": ""}, str(int(Code.REASON_MISSING))),
    ):  # fmt: skip
        assert said in staff.post("/console/heating/seasons/new/", sent | wrong).content.decode()
    answer = staff.post("/console/heating/seasons/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    shown = {row[0]: row[1:] for row in Page(staff, answer["Location"]).table(0)}
    assert shown["基本费比例"][-1] == "其他 20 %"
    decided(place, answer["Location"], "institution_admin")
    (season,) = rows(place, "SELECT season_id FROM heating_season WHERE fee_id = %s", fee)[0]
    assert Page(staff, f"/console/heating/seasons/{season}/").facts()["报停截止日"] == "2029-09-30"
    assert "2029–2030" in Page(staff, "/console/heating/seasons/").text
    again = staff.post("/console/heating/seasons/new/", sent | {"name": "另一个"})
    assert "8632" in again.content.decode()
    otherwise = {"terms_class": ["", "居民"], "terms_region": ["", "北区"], "terms_percent": ["３０", "12.5 %"]}
    changed = staff.post(f"/console/heating/seasons/new/?season={season}", sent | otherwise)
    assert {row[0]: row[1:] for row in Page(staff, changed["Location"]).table(0)}[
        "基本费比例"] == ["其他 20 %", "其他 30 %；居民 北区 12.5 %"]  # fmt: skip


def scan(body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.pdf", body)


def test_a_stop_from_the_paper_to_the_agreement(place: Province) -> None:
    from yifen.trades.heating.proof import altered

    season, flat = in_force(place)
    clerk = browser(place)
    account = rows(place, "SELECT account_no FROM billing_customer JOIN billing_service USING (bucket, customer_id)"
                          " WHERE service_id = %s", flat)[0][0]  # fmt: skip
    assert page_of(clerk, "flats/", account=account).table(0)[0][-1] == "供热"
    for role, said in (("biller_staff", account), ("institution_admin", masked_number(account))):
        assert page_of(browser(place, role), "flats/", account=account).table(0)[0][0] == said
        assert page_of(browser(place, role), f"flats/{flat}/").facts()["户号"] == said
    sent = {"kind": "stop", "season": season, "asked_by": "agent", "document": "SQ-7", "reason": "外出务工",
            "name": "李小龙", "phone": "１３９ 0000 1234", "neighbours": "refused"}  # fmt: skip
    for wrong, said in (({"document": ""}, "必填"), ({"kind": "start"}, "8635"), ({"kind": "x"}, "选择"),
                        ({"season": "0"}, "选择"), ({"phone": ""}, "受托人须填"), ({"phone": "打给我"}, "不是电话"),
                        ({"neighbours": ""}, "报停须选"), ({"scan": scan(b"GIF89a")}, "须是 PDF")):  # fmt: skip
        assert said in clerk.post(f"/console/heating/flats/{flat}/ask/", sent | wrong).content.decode()
    assert rows(place, "SELECT count(*) FROM heating_request WHERE service_id = %s", flat) == [(0,)]
    answer = clerk.post(f"/console/heating/flats/{flat}/ask/", sent | {"scan": scan()})
    assert answer.status_code == 302, answer.content.decode()
    url, number = answer["Location"], int(answer["Location"].rstrip("/").rpartition("/")[2])
    shown = page_of(clerk, f"requests/{number}/")
    assert (shown.facts()["状态"], shown.facts()["本季应缴（元）"]) == ("待验收", "尚无价格")
    assert "8643" in shown.text  # nobody was there
    assert (shown.facts()["申请人"], shown.facts()["邻居"]) == ("受托人 李小龙 139 0000 1234", "未同意")
    got = clerk.get(f"{url}scan/")
    assert (got.content, got["Content-Type"], got["Content-Disposition"]) == (
        PDF, "application/pdf", f'attachment; filename="R{number}.pdf"')
    with psycopg.connect(place.database.owner_url) as conn:
        assert altered(conn) == []
        conn.execute("UPDATE heating_paper SET neighbours = 'agreed' WHERE request_id = %s", (number,))
        assert altered(conn) == [f"heating_paper {number} is another than the audit trail has"]
        conn.rollback()
    assert "李小龙" not in page_of(browser(place, "auditor"), f"requests/{number}/").text
    assert browser(place, "auditor").get(f"{url}scan/").status_code == 404
    assert "8641" in clerk.post(f"/console/heating/flats/{flat}/ask/", sent).content.decode()
    blind = clerk.post(f"{url}decide/", {"answer": "yes", "reason": "急"}, follow=True)
    assert (blind.request["PATH_INFO"], "8643" in blind.content.decode()) == (url, True)

    seen(place, f"R{number}", "no_access")
    assert "8644" in page_of(clerk, f"requests/{number}/").text
    clerk.post(f"{url}again/")
    seen(place, f"R{number}")
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("WITH p AS (INSERT INTO billing_price (fee_id, class, name, valid_from)"
                     " SELECT fee_id, class, '热价', '2020-01-01' FROM billing_service WHERE service_id = %s"
                     " RETURNING price_id)"
                     " INSERT INTO billing_part SELECT price_id, 1, '热费', 'area', 0, 38.32 FROM p",
                     (flat,))  # fmt: skip
    assert page_of(clerk, f"requests/{number}/").facts()["本季应缴（元）"] == "540.31"
    assert f"R{number}" in page_of(clerk, "requests/", state="seen").text
    answer = clerk.post(f"{url}decide/", {"answer": "yes", "reason": "资料齐全"})
    told = {row[0]: row[1:] for row in Page(clerk, answer["Location"]).table(0)}
    assert told["户号"][-1] == masked_number(account)
    assert (told["邻居"][-1], told["申请人"][-1]) == ("未同意", "受托人 *小龙 *********1234")
    assert told["申请书扫描件"][-1].endswith(sha256(PDF).hexdigest())
    assert (told["本季应缴（元）"][-1], told["验收"][-1], told["答复"][-1]) == ("540.31", "合格", "同意")
    assert page_of(clerk, f"requests/{number}/").facts()["状态"] == "待复核"
    decided(place, answer["Location"])
    facts = page_of(clerk, f"requests/{number}/").facts()
    assert (facts["状态"], facts["协议编号"]) == ("已同意", f"TG2027-{number:06d}")
    paper = clerk.get(f"{url}agreement/")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    who_looks = browser(place, "auditor")
    assert who_looks.get(f"{url}agreement/").status_code == 403  # it has the holder's whole name
    assert "agreement/" not in Page(who_looks, url).text
    assert rows(place, "SELECT actor, note FROM audit_entry WHERE action = 'download' AND subject_key = %s"
                       " AND subject = 'heating_request' ORDER BY note", str(number)) == [
                           (place.users[CLERK].login, f"R{number}.pdf"),
                           (place.users[CLERK].login, f"TG2027-{number:06d}.pdf")]  # fmt: skip
    assert page_of(clerk, f"flats/{flat}/").text.count(f"TG2027-{number:06d}") == 1

    shown = Page(clerk, f"/console/billing/bills/{billed(place, flat)}/")
    assert shown.table(0)[0] == ["热费", "", "70.5", "38.32", "24.4/122", "540.31", "热价"]
    assert shown.table(1) == [["2027-11-15", "2028-03-15", "122", "0.2", "停供 2027–2028"]]


def billed(place: Province, flat: int) -> int:
    """The number of its bill of the season."""
    at = {"flat": flat}
    with psycopg.connect(place.database.owner_url) as conn:
        at["run"] = conn.execute(
            "SELECT b.run_id FROM billing_service s, billing_begin_by_v1(s.fee_id, s.service_id, '2027-11-15',"
            " '2028-03-15', '2028-04-01', 'x', '2026-11-25') b WHERE s.service_id = %(flat)s", at).fetchall()[0][0]
        conn.execute("SELECT billing_make_v1(%(run)s, 0, '2026-11-25')", at)
        return int(conn.execute("SELECT bill_id FROM billing_bill WHERE run_id = %(run)s", at).fetchall()[0][0])


def test_a_request_is_taken_back_refused_or_answered_once(place: Province) -> None:
    number, _ = asked(place)
    clerk, url = browser(place), f"/console/heating/requests/{number}/"
    assert clerk.get(f"{url}agreement/").status_code == 404
    for word in ({}, {"answer": "是"}):
        assert "2111" in clerk.post(f"{url}decide/", {"reason": "材料不符"} | word, follow=True).content.decode()
    assert rows(place, "SELECT count(*) FROM access_authorisation WHERE action = 'heating.decide'"
                       " AND subject_key = %s", str(number)) == [(0,)]  # fmt: skip
    answer = clerk.post(f"{url}decide/", {"answer": "no", "reason": "材料不符"})
    assert {row[0]: row[1:] for row in Page(clerk, answer["Location"]).table(0)}["答复"][-1] == "不同意"
    assert "已撤回" in clerk.post(f"{url}withdraw/", follow=True).content.decode()
    assert rows(place, "SELECT granted, answer FROM access_authorisation WHERE action = 'heating.decide'"
                       " AND subject_key = %s", str(number))[0][0] is not True  # fmt: skip
    assert "8642" in clerk.post(f"{url}withdraw/", follow=True).content.decode()
    assert "8642" in clerk.post(f"{url}decide/", {"answer": "yes", "reason": "又来"}, follow=True).content.decode()


def test_a_flat_is_marked_and_then_not_stopped(place: Province) -> None:
    season, flat = in_force(place)
    clerk, url = browser(place), f"/console/heating/flats/{flat}/"
    assert "8646" in clerk.post(f"{url}mark/", {"kind": "warranty"}).content.decode()
    assert clerk.post(f"{url}mark/", {"kind": "not_separate", "note": "串联"}).status_code == 302
    assert "非分户" in page_of(clerk, f"flats/{flat}/").text
    sent = {"kind": "stop", "season": season, "asked_by": "holder", "neighbours": "separate", "document": "SQ-8"}
    assert "8637" in clerk.post(f"{url}ask/", sent).content.decode()
    assert clerk.post(f"{url}mark/", {"kind": "not_separate", "ends": "on"}).status_code == 302
    assert clerk.post(f"{url}ask/", sent).status_code == 302


def test_a_building_is_told_door_by_door_and_somebody_is_sent_to_it(place: Province) -> None:
    season, flat = in_force(place)
    building = rows(place, "SELECT c.place_id FROM billing_customer c JOIN billing_service USING (bucket, customer_id)"
                           " WHERE service_id = %s", flat)[0][0]  # fmt: skip
    clerk, url = browser(place), f"/console/heating/buildings/{building}/"
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE heating_season SET heated_from = heated_from - 1000 WHERE season_id = %s", (season,))
        conn.execute("UPDATE heating_season s SET heated_from = from_on WHERE season_id <> %s", (season,))
    assert "未出账" in Page(clerk, url).text
    assert page_of(clerk, "unpaid/", season=str(season)).table(0)[0][-1] == "未出账"
    assert "8634" in clerk.post(url, {"due": "2020-01-01"}).content.decode()
    done = clerk.post(url, {"due": "2029-12-01"}, follow=True).content.decode()
    assert "已派检查：1 户" in done
    assert Page(clerk, url).table(0)[0][-1] == "已派"
    a_second_fee(place, building)
    assert [row[-1] for row in Page(clerk, url).table(0)] == ["已派", ""]
    assert "已派检查：2 户" in clerk.post(url, {"due": "2029-12-01"}, follow=True).content.decode()
    community = rows(place, "INSERT INTO billing_place (biller_id, name, path) VALUES (%s, '无人区', '无人区')"
                            " RETURNING place_id", place.own.biller)[0][0]  # fmt: skip
    assert clerk.get(f"/console/heating/buildings/{community}/").status_code == 404  # no building
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE heating_season SET heated_from = from_on")
    assert "今天不供热" in Page(clerk, url).text


def a_second_fee(place: Province, building: int) -> None:
    """The flat pays another fee that is in heat today."""
    season, flat = in_force(place)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE heating_season SET heated_from = heated_from - 1000 WHERE season_id = %s", (season,))
        conn.execute("UPDATE billing_customer SET place_id = %s WHERE customer_id = (SELECT customer_id"
                     " FROM billing_service WHERE service_id = %s)", (building, flat))  # fmt: skip


def test_a_stop_that_is_warm_is_charged_again(place: Province) -> None:
    share = warm_stop(place)
    clerk, url = browser(place), f"/console/heating/stops/{share}/"
    assert page_of(clerk, "warm/").table(0) == []  # its season does not run yet
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE heating_season SET from_on = '2026-01-01', heated_from = '2026-01-01'"
                     " WHERE season_id IN (SELECT season_id FROM heating_stop WHERE share_id = %s)",
                     (share,))  # fmt: skip
    for asked_for in ({}, {"which": ""}):
        assert [row[-2] for row in page_of(clerk, "warm/", **asked_for).table(0)] == ["2027-12-01"]
    assert Page(clerk, url).tree.xpath("//input[@name='day']/@value") == ["2027-12-01"]
    assert "8634" in clerk.post(url, {"day": "2027-11-14", "reason": "启封"}).content.decode()
    answer = clerk.post(url, {"day": "2027-12-01", "reason": "启封"})
    told = {row[0]: row[1:] for row in Page(clerk, answer["Location"]).table(0)}
    assert set(told["户号"][-1]) == {"*"}
    assert told["停供"] == ["2027-11-15 – 2028-03-15", "2027-11-15 – 2027-11-30"]
    decided(place, answer["Location"])
    assert "没有停供用热的用户" in page_of(clerk, "warm/").text
    assert clerk.get(url).status_code == 404  # another share stands for it


def test_another_companys_flat_request_and_building_are_not_there(place: Province) -> None:
    number, flat = asked(place)
    foreign, clerk = site.client_of(place.foreign.user), browser(place, "auditor")
    building = rows(place, "SELECT c.place_id FROM billing_customer c JOIN billing_service USING (bucket, customer_id)"
                           " WHERE service_id = %s", flat)[0][0]  # fmt: skip
    season = rows(place, "SELECT season_id FROM heating_request WHERE request_id = %s", number)[0][0]
    for path in (f"flats/{flat}/", f"requests/{number}/", f"buildings/{building}/", f"seasons/{season}/",
                 f"stops/{2**61}/", f"flats/{2**63}/", f"requests/{2**63}/"):  # fmt: skip
        assert (path, foreign.get(f"/console/heating/{path}").status_code) == (path, 404)
    assert clerk.get(f"/console/heating/requests/{number}/").status_code == 200  # who only looks
    assert clerk.post(f"/console/heating/requests/{number}/withdraw/").status_code == 403
    assert clerk.get(f"/console/heating/flats/{flat}/ask/").status_code == 403


@pytest.mark.parametrize("listed", ["requests", "flats", "unpaid", "warm", "seasons"])
def test_each_list_opens_in_english_too(place: Province, listed: str) -> None:
    a_flat(place, rows(place, "SELECT fee_id FROM billing_fee LIMIT 1")[0][0], f"E{listed}")
    client = browser(place)
    client.cookies["django_language"] = "en"
    assert client.get(f"/console/heating/{listed}/").status_code == 200
