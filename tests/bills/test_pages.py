"""Bill imports on the console: upload, preview, two people, result, downloads."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import load_workbook

from tests.bills.proposals import csv_of
from tests.console.pages import Page
from tests.jobs.running import work
from tests.web import site
from tests.web.province import Province

LIST, UPLOAD = "/console/bill-imports/", "/console/bill-imports/upload/"


@pytest.fixture
def staff(place: Province) -> Any:
    return site.client_of(place.users["biller_staff"])


def upload(place: Province, browser: Any, body: bytes, name: str = "十一月.csv") -> Any:
    return browser.post(UPLOAD, {"biller": place.own.biller, "file": SimpleUploadedFile(name, body)})


def test_a_file_is_tried_agreed_to_and_imported(place: Province, staff: Any) -> None:
    head = "户号,户名,账单号,名称,应缴金额,到期日,撤销"
    url = upload(place, staff, csv_of("3299001,欧阳小明,G1,十一月电费,12.34,2026-11-30,",
                                      "3299001,欧阳小明,G2,十二月电费,1000.00,,",
                                      "3299002,张三,G9,没有的,,,是", head=head)).url  # fmt: skip
    page = Page(staff, url)
    assert page.table(0) == [["新账单", "2", "1,012.34"], ["没有可撤的账单", "1", "0.00"]]
    assert "这是该收费单位的第一份账单文件" in page.text
    assert page.table(2)[0] == ["2", "***9001", "**小明", "G1", "十一月电费", "全额", "12.34", "2026-11-30", "新账单"]
    assert page.table(1)[0][6] == "1,000.00"
    proposal = staff.post(f"{url}propose/", {"reason": "十一月"}).url
    assert Page(staff, LIST).column("状态") == ["待复核", "有错误行"]
    finance = site.client_of(place.users["finance"])
    seen = Page(finance, proposal)
    assert url in [link.get("href") for link in seen.tree.xpath("//main//a")]
    assert Page(finance, url).table(0) == page.table(0)  # the decider sees the same
    digest = seen.tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{proposal}decide/", {"word": "yes", "seen": digest})
    assert Page(staff, LIST).column("状态")[0] == "导入中"
    work(place.database)
    assert [Page(staff, LIST).column(title)[0] for title in ("状态", "写入", "未写入")] == ["已导入", "2", "1"]
    body = staff.get(f"{url}refused/").content.decode("utf-8-sig").splitlines()
    assert body[1:] == ["4,3299002,张三,G9,没有的,0.00,没有可撤的账单"]
    auditor = site.client_of(place.users["auditor"])
    trail = Page(auditor, "/console/audit/", q=place.own.biller_code).text
    assert "导入账单" in trail
    assert "账单文件" in Page(auditor, "/console/audit/").text


def test_the_same_file_again_says_so_and_a_withdrawn_import_is_no_refused_one(place: Province, staff: Any) -> None:
    body = csv_of("3299077,欧阳小明,T1,电费,5.00,")
    url = upload(place, staff, body, "一.csv").url
    assert "先前已收" not in Page(staff, url).text
    again = staff.post(UPLOAD, {"biller": place.own.biller, "file": SimpleUploadedFile("二.csv", body)}, follow=True)
    assert again.request["PATH_INFO"] == url
    assert "此文件先前已收（一.csv，biller01）" in again.content.decode()
    proposal = staff.post(f"{url}propose/", {"reason": "x"}).url
    staff.post(f"{proposal}decide/", {"word": "withdraw"})
    assert Page(staff, LIST).column("状态")[0] == "已撤回"
    assert Page(staff, LIST, state="withdrawn").column("状态") == ["已撤回"]
    proposal = staff.post(f"{url}propose/", {"reason": "x"}).url
    finance = site.client_of(place.users["finance"])
    seen = Page(finance, proposal).tree.xpath("//input[@name='seen']/@value")[0]
    finance.post(f"{proposal}decide/", {"word": "no", "seen": seen})
    assert (Page(staff, LIST).column("状态")[0], Page(staff, LIST, state="withdrawn").table()) == ("未同意", [])


def test_a_wrong_file_comes_back_with_the_reasons_in_the_readers_language(place: Province, staff: Any) -> None:
    body = csv_of("W1,张三,M1,电费,5,", "W2,=李四,M1,电费,1.234,").decode().encode("gb18030")
    url = upload(place, staff, body).url
    page = Page(staff, url)
    assert page.table(0) == [["3", "8616 应缴金额须大于零，单位元，最多两位小数 (1.234)"]]
    assert page.tree.xpath("//button[@id='propose']") == []
    lines = staff.get(f"{url}wrong/").content.decode("gb18030").splitlines()
    assert lines[0].endswith(",错误原因")
    assert lines[1] == "W1,张三,M1,电费,5,,"
    assert lines[2] == "W2,'=李四,M1,电费,1.234,,8616 应缴金额须大于零，单位元，最多两位小数 (1.234)"
    assert "8606" in staff.post(f"{url}propose/", follow=True).content.decode()
    once_more = upload(place, staff, "\n".join(lines).encode()).url  # as it came back
    again = staff.get(f"{once_more}wrong/").content.decode("utf-8-sig").splitlines()
    assert (again[0], again[2]) == (lines[0], lines[2])
    mended = "\n".join(lines).replace(",1.234,,", ",1.23,,").encode()
    assert Page(staff, upload(place, staff, mended).url).tree.xpath("//button[@id='propose']") != []
    staff.post("/language/", {"language": "en", "next": "/"})
    assert "above zero" in staff.get(f"{url}wrong/", HTTP_ACCEPT_LANGUAGE="en").content.decode("gb18030")


def test_a_wrong_workbook_comes_back_as_a_workbook(place: Province, staff: Any) -> None:
    import xlsxwriter

    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["户号", "户名", "账单号", "名称", "应缴金额"])
        sheet.write_row(1, 0, ["W1", "张三", "M1", "电费", 0])
    url = upload(place, staff, whole.getvalue(), "b.xlsx").url
    back = load_workbook(io.BytesIO(staff.get(f"{url}wrong/").content)).get_sheet_by_index(0).to_python()
    assert back[1] == ["W1", "张三", "M1", "电费", "0", "8616 应缴金额须大于零，单位元，最多两位小数 (0)"]


def test_what_is_no_file_of_bills_is_told_on_the_form(place: Province, staff: Any) -> None:
    for body, number in ((b"\xff\xfe\x00a", "8601"), (b"a,b\n1,2\n", "8603"), (csv_of(), "8605")):
        assert number in upload(place, staff, body).content.decode()
    foreign = staff.post(UPLOAD, {"biller": place.foreign.biller, "file": SimpleUploadedFile("b.csv", csv_of("x"))})
    assert foreign.status_code == 200
    assert staff.get(f"{LIST}{place.foreign.more['bills']}/").status_code == 404
    assert staff.post(f"{LIST}{place.foreign.more['bills']}/propose/").status_code == 404
