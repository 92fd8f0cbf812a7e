"""Requests that come as a file: a preview, wrong rows told in the user's own file, taken in by two people, whole."""

import io
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import load_workbook

from tests.billing.world import rows
from tests.console.pages import Page
from tests.heating.proposals import NOW, a_flat, in_force, warm_stop
from tests.heating.test_pages import CHECKER, browser, decided
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_codes

FILES = "/console/heating/files/"


def account_of(place: Province, service: int) -> str:
    return str(rows(place, "SELECT account_no FROM billing_customer JOIN billing_service USING (bucket, customer_id)"
                           " WHERE service_id = %s", service)[0][0])  # fmt: skip


def another(place: Province, service: int, account: str) -> int:
    (fee,) = rows(place, "SELECT fee_id FROM billing_service WHERE service_id = %s", service)[0]
    return a_flat(place, fee, account)


def sent(client: Any, season: int, body: bytes | str, name: str = "报停.csv") -> Any:
    file = SimpleUploadedFile(name, body.encode() if isinstance(body, str) else body)
    return client.post(f"{FILES}new/", {"season": season, "file": file})


def requests_of(place: Province, season: int) -> list[tuple[Any, ...]]:
    return rows(place, "SELECT c.account_no, r.kind, r.document, r.reason, r.asked_by, r.taken_by, f.line_no,"
                       " v.kind FROM heating_request r JOIN billing_customer c USING (bucket, customer_id)"
                       " LEFT JOIN heating_filed f USING (request_id) LEFT JOIN visit v ON v.asked_trade = 'heating'"
                       " AND v.asked_ref = 'R' || r.request_id WHERE r.season_id = %s ORDER BY f.line_no",
                season)  # fmt: skip


def test_a_file_of_stops_is_seen_put_before_another_and_taken_in_whole_and_once(place: Province) -> None:
    season, flat = in_force(place)
    first, second = account_of(place, flat), "HBULK2"
    another(place, flat, second)
    clerk = browser(place)
    body = ("户号,地址,申请,申请人,申请书编号,理由\n"
            f"{first},1 号楼,报停,,B-1,外出\n{second},2 号楼,报停,受托人,B-2,\n")  # fmt: skip
    answer = sent(clerk, season, body)
    assert answer.status_code == 302, answer.content.decode()
    url = answer["Location"]
    shown = Page(clerk, url)
    assert [row[1:] for row in shown.table(0)] == [
        [first, "报停", "", "户主本人", "B-1", "外出"], [second, "报停", "", "受托人", "B-2", ""]]  # fmt: skip
    assert requests_of(place, season) == []
    assert sent(clerk, season, body)["Location"] == url  # the same file again
    proposal = clerk.post(f"{url}propose/")["Location"]
    told = {row[0]: row[1:] for row in Page(clerk, proposal).table(0)}
    assert (told["报停"][-1], told["报开（恢复）"][-1]) == ("2", "0")
    decided(place, proposal)
    login = place.users["finance"].login
    assert requests_of(place, season) == [
        (first, "stop", "B-1", "外出", "holder", login, 2, "inspect"),
        (second, "stop", "B-2", "", "agent", login, 3, "inspect")]  # fmt: skip
    assert "已受理" in Page(clerk, url).text
    again = clerk.post(f"{url}propose/", follow=True).content.decode()
    assert "8648" in again
    assert len(requests_of(place, season)) == 2


def test_each_wrong_row_is_told_in_the_users_own_file_and_nothing_of_it_is_taken(place: Province) -> None:
    season, flat = in_force(place)
    account, clerk = account_of(place, flat), browser(place)
    body = ("户号,申请,自,申请书编号\n"
            f"{account},报停,,B-1\n{account},报停,,B-2\nX-1,停,,B-3\nX-2,报停,昨天,\n")  # fmt: skip
    url = sent(clerk, season, body.encode("gb18030"))["Location"]
    told = Page(clerk, url).table(0)
    assert [(row[0], row[1].split("：")[0].split(" ")[0]) for row in told] != []
    assert [row[0] for row in told] == ["3", "4", "5"]
    assert ("8837" in told[0][1], "2111" in told[1][1], "8835" in told[2][1], "2111" in told[2][1]) == (True,) * 4
    assert "id=\"propose\"" not in clerk.get(url).content.decode()
    file = clerk.get(f"{url}faults/").content.decode("gb18030").splitlines()
    assert file[0] == "户号,申请,自,申请书编号,错误原因"
    assert file[1] == f"{account},报停,,B-1,"
    assert file[3].startswith("X-1,停,,B-3,")
    assert "停" in file[3].rpartition(",")[2]
    assert "8816" in clerk.post(f"{url}propose/", follow=True).content.decode()
    assert requests_of(place, season) == []


def test_what_the_books_have_against_a_row_is_told_too(place: Province) -> None:
    season, flat = in_force(place)
    account, clerk = account_of(place, flat), browser(place)
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet = book.add_worksheet()
        for place_no, row in enumerate((("户号", "申请", "申请书编号"), (account, "报开", "B-1"),
                                        ("NOBODY", "报停", "B-2"))):  # fmt: skip
            sheet.write_row(place_no, 0, row)
    url = sent(clerk, season, body.getvalue(), "报停.xlsx")["Location"]
    unknown = result_codes()["SERVICE_UNKNOWN"]
    told = Page(clerk, url).table(0)
    assert [row[0] for row in told] == ["2", "3"]
    assert "8635" in told[0][1]
    assert str(int(unknown)) in told[1][1]
    found = load_workbook(io.BytesIO(clerk.get(f"{url}faults/").content)).get_sheet_by_index(0).to_python()
    assert found[0] == ["户号", "申请", "申请书编号", "错误原因"]
    assert "8635" in str(found[1][3])


def test_a_row_that_is_refused_by_the_time_of_the_second_word_leaves_nothing_behind(place: Province) -> None:
    from yifen.trades.heating import requests

    season, flat = in_force(place)
    account, other, clerk = account_of(place, flat), "HBULK4", browser(place)
    service = another(place, flat, other)
    url = sent(clerk, season, f"户号,申请,申请书编号\n{account},报停,C-1\n{other},报停,C-2\n")["Location"]
    proposal = clerk.post(f"{url}propose/")["Location"]
    requests.ask(site.access(place.users["finance"]), service, season, "stop", None, "holder", "SQ", "", NOW)
    number = int(proposal.rstrip("/").rpartition("/")[2])
    from yifen.core.access.models import Authorisation

    with pytest.raises(Refused) as refused:
        site.agree(place.users[CHECKER], Authorisation.objects.get(pk=number), NOW)
    assert refused.value.code.name == "REQUEST_OPEN"
    assert [row[2] for row in requests_of(place, season)] == ["SQ"]


def test_a_file_is_of_who_may_take_requests_and_of_his_companies_alone(place: Province) -> None:
    season, flat = in_force(place)
    url = sent(browser(place), season, f"户号,申请,申请书编号\n{account_of(place, flat)},报停,D-1\n")["Location"]
    assert browser(place, "auditor").get(url).status_code == 403
    assert browser(place, "auditor").get(f"{FILES}new/").status_code == 403
    assert "选择" in sent(browser(place), 0, "户号,申请,申请书编号\nA,报停,1\n").content.decode()


def test_a_customers_page_offers_a_request_to_who_may_take_it(place: Province) -> None:
    _season, flat = in_force(place)
    (customer,) = rows(place, "SELECT customer_id FROM billing_service WHERE service_id = %s", flat)[0]
    url = f"/console/billing/customers/{customer}/"
    assert f"/console/heating/flats/{flat}/ask/" in browser(place).get(url).content.decode()
    assert "/ask/" not in browser(place, "auditor").get(url).content.decode()


def test_a_warm_stop_is_left_at_that_by_two_people_until_it_is_found_warm_again(place: Province) -> None:
    share, clerk = warm_stop(place), browser(place)
    url = f"/console/heating/stops/{share}/"
    assert "2113" in clerk.post(f"{url}spare/", {"spare-reason": ""}, follow=True).content.decode()
    proposal = clerk.post(f"{url}spare/", {"spare-reason": "邻户串热，阀门完好"})["Location"]
    told = {row[0]: row[1:] for row in Page(clerk, proposal).table(0)}
    assert (told["检查见热"][-1], told["处理"][-1]) == ("2027-12-01", "不追收，停供照旧")
    decided(place, proposal)
    assert [row[-2] for row in Page(clerk, "/console/heating/warm/", which="spared").table(0)] == ["2027-12-01"]
    assert Page(clerk, url).facts()["处理"] == "不追收"
    assert "8647" in clerk.post(f"{url}spare/", {"spare-reason": "又来"}, follow=True).content.decode()
    (flat,) = rows(place, "SELECT service_id FROM heating_stop WHERE share_id = %s", share)[0]
    assert rows(place, "SELECT from_on, to_on FROM heating_stop WHERE share_id = %s", share) != []  # it stays stopped
    rows(place, "INSERT INTO visit (biller_id, bucket, customer_id, service_id, kind, asked_trade, asked_ref, why,"
                " due_on, asked_at, done_at, done_by, finding) SELECT biller_id, bucket, customer_id, service_id, kind,"
                " asked_trade, asked_ref || 'x', why, due_on, asked_at, '2028-01-05 12:00+08', done_by, finding"
                " FROM visit WHERE service_id = %s AND finding = 'warm' RETURNING 1", flat)  # fmt: skip
    assert Page(clerk, "/console/heating/warm/", which="spared").table(0) == []
    assert "8647" not in clerk.post(f"{url}spare/", {"spare-reason": "再次"}, follow=True).content.decode()


def test_what_a_proposal_is_about_is_named_as_people_call_it(place: Province) -> None:
    from yifen.trades.heating import charging, deciding

    share = warm_stop(place)
    ((path, request),) = rows(
        place, "SELECT l.path, k.request_id FROM heating_stop k JOIN billing_service s USING (bucket, service_id)"
        " JOIN billing_customer c USING (bucket, customer_id) JOIN billing_place l USING (place_id)"
        " WHERE k.share_id = %s", share)  # fmt: skip
    assert charging.named(str(share)).zh == f"{path} 2027-11-15 – 2028-03-15"
    assert deciding.named(str(request)).en == f"R{request} {path}"
    assert [of("x").zh for of in (charging.named, deciding.named)] == ["x", "x"]
