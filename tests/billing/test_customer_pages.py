"""The pages of customers, readings and their files: who sees what, and what is done with them."""

import io
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.billing.readings import customer, doubts, fee_of, month_end, read, usage
from tests.billing.world import agreed, csv_of, imported, row, rows
from tests.console.pages import Page
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import WEB

CUSTOMERS, READINGS = "/console/billing/customers/", "/console/billing/readings/"


def browser(place: Province, role: str = "biller_staff") -> Any:
    return site.client_of(place.users[role])


def number(place: Province, account: str) -> int:
    return int(rows(place, "SELECT customer_id FROM billing_customer WHERE account_no = %s", account)[0][0])


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.fixture(scope="module")
def lived_in(place: Province) -> Province:
    """Three customers of one community, by the file of two people."""
    body = csv_of(row("L1", "欧阳小明", 小区="金水湾", 楼栋="8号楼", 门牌="101", 手机="13812345678"),
                  row("L2", "王小明", 小区="金水湾", 楼栋="8号楼", 门牌="102"),
                  row("L3", "李四", 小区="金水湾", 楼栋="9号楼", 门牌="101"))  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        imported(place, agreed(place, body), patch)
    return place


def found(place: Province, **asked: str) -> list[str]:
    """Of the three, by the links to their pages: numbers are masked."""
    page = text(browser(place).get(CUSTOMERS, asked))
    return [one for one in ("L1", "L2", "L3") if f'"{CUSTOMERS}{number(place, one)}/"' in page]


def test_customers_are_found_by_a_part_of_the_name_and_by_words_of_the_address(lived_in: Province) -> None:
    assert found(lived_in, name="小明") == ["L1", "L2"]
    assert found(lived_in, name="阳小") == ["L1"]
    assert found(lived_in, name="明小") == []
    assert found(lived_in, address="金水") == ["L1", "L2", "L3"]
    assert found(lived_in, address="8号楼 金水湾") == ["L1", "L2"]
    assert found(lived_in, address="金水湾 101") == ["L1", "L3"]
    assert found(lived_in, address="101", name="李四") == ["L3"]
    assert found(lived_in, address="没有") == []
    assert found(lived_in, account="L2") == ["L2"]
    assert "户名至少输入 2 个字" in text(browser(lived_in).get(CUSTOMERS, {"name": "明"}))


@pytest.mark.parametrize(("address", "who"), [
    ("8-2-101", ["L1"]), ("8－2－102", ["L2"]), ("2-101", ["L1", "L3"]), ("8-101", ["L1"]), ("金水湾9-2-101", ["L3"]),
    ("8-2-1", []), ("18-2-101", []), ("金水湾8号楼", ["L1", "L2"]), ("金水湾8号楼2单元102", ["L2"]),
    ("水湾9号楼", ["L3"]),
    ("8", ["L1", "L2"]), ("湾", ["L1", "L2", "L3"]), ("金水湾 01", []), ("金水湾-", []),
])  # fmt: skip
def test_an_address_is_found_as_people_write_it(lived_in: Province, address: str, who: list[str]) -> None:
    assert found(lived_in, address=address) == who


def test_one_letter_of_a_name_counts_at_an_address_and_a_part_of_an_account_number(lived_in: Province) -> None:
    assert found(lived_in, name="明", address="金水湾") == ["L1", "L2"]
    assert found(lived_in, name="李", address="金水湾9号楼") == ["L3"]
    body = csv_of(*(row(account, 小区="长河") for account in ("3307001234", "3307001299", "33_7")))
    with pytest.MonkeyPatch.context() as patch:
        imported(lived_in, agreed(lived_in, body), patch)

    def accounts(part: str, role: str = "biller_staff") -> int:
        page = text(browser(lived_in, role).get(CUSTOMERS, {"account": part, "address": "长河"}))
        return sum(f'"{CUSTOMERS}{number(lived_in, one)}/"' in page for one in ("3307001234", "3307001299", "33_7"))

    assert [accounts(part) for part in ("0700", "1299", "3307001234", "33_", "12", "999")] == [2, 1, 1, 1, 0, 0]
    assert accounts("0700", "auditor") == 0  # to whom numbers are shown masked


def test_a_customers_page_masks_the_holder_and_shows_meters_readings_and_usage(lived_in: Province) -> None:
    one = number(lived_in, "L1")
    assert read(lived_in, "ML1", "2026-01-31", 160) == 0
    page = text(browser(lived_in).get(f"{CUSTOMERS}{one}/"))
    for shown in ("**小明", "金水湾 8号楼 2单元 101", "****5678", "ML1", "160", "实抄", "2025-12-31", "录入读数"):
        assert shown in page, shown
    assert "欧阳小明" not in page
    assert "13812345678" not in page
    assert "录入读数" not in text(browser(lived_in, "auditor").get(f"{CUSTOMERS}{one}/"))


def test_staff_of_a_biller_see_his_customers_only(lived_in: Province) -> None:
    far = lived_in.foreign.more["customer"]
    for address in (f"{CUSTOMERS}{far}/", f"{CUSTOMERS}{far}/holder/", f"{READINGS}{lived_in.foreign.more['doubt']}/"):
        assert browser(lived_in).get(address).status_code == 404
    assert "8802000001" not in text(browser(lived_in).get(CUSTOMERS))


def test_a_reading_typed_on_the_page_is_kept_and_a_wrong_one_says_why(lived_in: Province) -> None:
    one = number(lived_in, "L2")
    staff = browser(lived_in)
    asked = {"meter": "qty ML2", "day": "2026-01-31", "value": "123.5", "note": "电话报"}
    assert staff.post(f"{CUSTOMERS}{one}/reading/", asked).status_code == 302
    reading = """SELECT value_milli, kind, note, taken_by FROM billing_reading
        JOIN billing_meter USING (bucket, meter_id) WHERE number = %s"""
    assert rows(lived_in, reading, "ML2") == [(123_500, "read", "电话报", "biller01")]
    early = staff.post(f"{CUSTOMERS}{one}/reading/", asked | {"day": "2025-12-01"})
    assert "8824" in text(early)
    assert "须为不小于零的数" in text(staff.post(f"{CUSTOMERS}{one}/reading/", asked | {"value": "-1"}))
    swap = {"meter": "qty ML2", "day": "2026-02-10", "last": "130", "new": "ML2B", "first": "0", "multiplier": "1",
            "digits": "6"}  # fmt: skip
    assert staff.post(f"{CUSTOMERS}{one}/swap/", swap).status_code == 302
    assert rows(lived_in, "SELECT number, removed_milli FROM billing_meter WHERE number LIKE 'ML2%%' ORDER BY 1") == [
        ("ML2", 130_000), ("ML2B", None)]  # fmt: skip


def test_a_change_of_holder_is_proposed_on_the_page_and_done_by_another(lived_in: Province) -> None:
    one = number(lived_in, "L3")
    asked = {"day": "2026-03-01", "meter_0": "150", "account_no": "L3-2", "name": "周新", "persons": "2",
             "reason": "卖房"}  # fmt: skip
    lacking = browser(lived_in).post(f"{CUSTOMERS}{one}/holder/", asked | {"meter_0": ""})
    assert lacking.status_code == 200
    sent = browser(lived_in).post(f"{CUSTOMERS}{one}/holder/", asked)
    assert sent.status_code == 302, text(sent)
    assert rows(lived_in, "SELECT count(*) FROM billing_customer WHERE account_no = 'L3-2'") == [(0,)]
    from yifen.core.access.models import Authorisation

    proposal = Authorisation.objects.get(action="billing.holder", subject_key=str(one))
    site.agree(lived_in.users["finance"], proposal, _now())
    page = text(browser(lived_in).get(f"{CUSTOMERS}{number(lived_in, 'L3-2')}/"))
    assert "前一户主" in page
    assert "已销户" in text(browser(lived_in).get(f"{CUSTOMERS}{one}/"))


def _now() -> Any:
    from yifen.core.access.edge import now

    return now()


def test_doubts_are_accepted_or_estimated_on_their_page(place: Province) -> None:
    service = customer(place, "W1", ("qty", 0))
    staff = browser(place)
    for day, value in (("2026-01-31", 31), ("2026-02-28", 59)):
        read(place, "W1", day, value)
        made = staff.post(f"{READINGS}usage/", {"fee": fee_of(place), "since": day[:8] + "01", "until": day})
        assert made.status_code == 302
    read(place, "W1", "2026-03-31", 500)
    staff.post(f"{READINGS}usage/", {"fee": fee_of(place), "since": "2026-03-01", "until": "2026-03-31"})
    [(doubt,)] = rows(place, "SELECT doubt_id FROM billing_doubt WHERE service_id = %s", service)
    page = text(staff.get(f"{READINGS}{doubt}/"))
    assert "突增" in page
    assert "441 kWh" in page
    assert staff.post(f"{READINGS}{doubt}/accept/", {"qty": "441000"})["Location"] == f"{READINGS}{doubt}/"  # no reason
    assert len(usage(place, service)) == 2
    assert staff.post(f"{READINGS}{doubt}/accept/", {"qty": "441000", "reason": "装修"})["Location"] == READINGS
    assert usage(place, service)[2][2] == 441_000
    staff.post(f"{READINGS}usage/", {"fee": fee_of(place), "since": "2026-04-01", "until": "2026-04-30"})
    [(missing,)] = rows(place, "SELECT doubt_id FROM billing_doubt WHERE service_id = %s AND fault = 'missing'",
                        service)  # fmt: skip
    assert staff.post(f"{READINGS}{missing}/estimate/")["Location"] == READINGS
    assert usage(place, service)[3][5] is True
    assert doubts(place, service) == []
    assert browser(place, "auditor").post(f"{READINGS}{missing}/estimate/").status_code == 403


def test_a_file_of_customers_is_uploaded_previewed_and_proposed(place: Province) -> None:
    staff = browser(place)
    bad = staff.post("/console/billing/files/customers/", upload(place, csv_of(row("X1"), row("X2", 起始日="13月"))))
    page = text(staff.get(bad["Location"]))
    assert "8835" in page
    wrong = staff.get(f"{bad['Location']}wrong/")
    assert "错误原因" in wrong.content.decode()
    assert "8835" in wrong.content.decode().splitlines()[2]
    good = staff.post("/console/billing/files/customers/", upload(place, csv_of(row("X1"))))
    page = text(staff.get(good["Location"]))
    assert "新用户" in page
    assert "现在导入会怎样" in page
    assert staff.post(f"{good['Location']}propose/")["Location"].startswith("/console/proposals/")
    assert "现在导入会怎样" not in text(staff.get(good["Location"]))  # the proposal says it
    assert "待复核" in text(staff.get("/console/billing/files/"))


def test_a_file_of_readings_is_taken_whole_or_not_at_all(place: Province) -> None:
    customer(place, "R1", ("qty", 0))
    customer(place, "R2", ("qty", 0))
    staff = browser(place)
    head, address = "表号,抄表日,读数", "/console/billing/readings/upload/"
    half = staff.post(address, upload(place, csv_of("R1,2026-01-31,5", "NONE,2026-01-31,6", head=head)))
    count = """SELECT m.number, r.value_milli FROM billing_reading r JOIN billing_meter m USING (bucket, meter_id)
        WHERE number LIKE 'R_'"""
    assert rows(place, count) == []
    page = text(staff.get(half["Location"]))
    assert "8821" in page
    assert rows(place, count) == []  # looking at it writes nothing either
    assert "8821" in staff.get(f"{half['Location']}wrong/").content.decode().splitlines()[2]
    body = csv_of("R1,2026-01-31,5", "R2,2026/01/31,6.5", head=head)
    whole = staff.post(address, upload(place, body))
    assert rows(place, count) == []  # seen first
    staff.post(f"{whole['Location']}take/")
    staff.post(f"{whole['Location']}take/")  # a double click
    assert sorted(rows(place, count)) == [("R1", 5_000), ("R2", 6_500)]
    assert staff.post(address, upload(place, body))["Location"] == whole["Location"]  # the same is the same
    assert rows(place, "SELECT count(*) FROM billing_reading r JOIN billing_meter m USING (bucket, meter_id)"
                       " WHERE number LIKE 'R_'") == [(2,)]  # fmt: skip


def test_a_file_of_readings_says_what_it_would_do_and_lists_what_is_odd(place: Province) -> None:
    """50 a month is usual, 200 a spike, 90 behind 100 smaller; of one meter the first row stands before the second."""
    for account in ("V1", "V2", "V3", "V4"):
        customer(place, account, ("qty", 0))
        for month, value in enumerate((50, 100, 150), 1):
            assert read(place, account, month_end(month), value) == 0
    staff, april, may = browser(place), month_end(4), month_end(5)
    head = "表号,抄表日,读数"
    body = csv_of(f"V1,{april},200", f"V2,{month_end(3)},150", f"V2,{april},350", f"V3,{month_end(3)},90",
                  f"V4,{april},210", f"V4,{may},205", head=head)  # fmt: skip
    kept = staff.post("/console/billing/readings/upload/", upload(place, body))["Location"]
    page = Page(staff, kept)
    shown = " ".join(page.text.split())
    assert [f"{label}{count}" in shown for label, count in (
        ("新读数", 4), ("相同", 1), ("更正", 1), ("突增、变小", 3))] == [True] * 4  # fmt: skip
    assert [[row[1], *row[3:]] for row in page.table(0)] == [
        ["V2", april, "350", month_end(3), "150", "200", "50", "突增"],
        ["V3", month_end(3), "90", month_end(2), "100", "99,990", "52.542", "读数变小"],
        ["V4", may, "205", april, "210", "99,995", "51.667", "读数变小"],
    ]  # fmt: skip
    after = """SELECT m.number, r.read_on::text, r.value_milli FROM billing_reading r JOIN billing_meter m
        USING (bucket, meter_id) WHERE r.read_on > '2026-03-31' AND m.number LIKE 'V_' ORDER BY 1, 2"""
    assert rows(place, after) == []
    assert "已收下" in text(staff.post(f"{kept}take/", follow=True))
    assert "/take/" not in text(staff.get(kept))
    assert rows(place, after) == [
        ("V1", april, 200_000), ("V2", april, 350_000), ("V4", april, 210_000), ("V4", may, 205_000)]  # fmt: skip


def test_a_file_of_readings_is_not_taken_with_other_rows_than_it_has(place: Province) -> None:
    customer(place, "W71", ("qty", 0))
    body = csv_of("W71,2026-01-31,5", head="表号,抄表日,读数")
    kept = browser(place).post("/console/billing/readings/upload/", upload(place, body))["Location"]
    [(file_id,)] = rows(place, "SELECT max(file_id) FROM billing_file")
    key = site.access(place.users["biller_staff"]).session
    take = "SELECT billing_read_file_v1(%s, %s, %s, %s, %s::date[], %s::bigint[], now())"
    with psycopg.connect(place.database.url(WEB)) as conn:
        for given in ([], ["W71", "W71"]):
            count = len(given)
            codes = conn.execute(take, (key, file_id, given, ["qty"] * count, ["2026-01-31"] * count, [5] * count))
            assert codes.fetchone() == ([Code.PERMISSION_MISSING] * max(count, 1),)
    assert rows(place, "SELECT count(*) FROM billing_file_taken WHERE file_id = %s", file_id) == [(0,)]
    assert "已收下" in text(browser(place).post(f"{kept}take/", follow=True))


def test_what_the_books_refuse_by_now_is_not_taken_in_part(place: Province) -> None:
    for account in ("Y1", "Y2"):
        customer(place, account, ("qty", 0))
    staff, head = browser(place), "表号,抄表日,读数"
    kept = staff.post("/console/billing/readings/upload/",
                      upload(place, csv_of("Y1,2026-01-31,5", "Y2,2026-01-31,6", head=head)))["Location"]  # fmt: skip
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("UPDATE billing_meter SET (removed_on, removed_milli) = ('2026-01-15', 3) WHERE number = 'Y2'")
    assert "现有 1 行不能收" in text(staff.post(f"{kept}take/", follow=True))
    assert rows(place, "SELECT count(*) FROM billing_reading JOIN billing_meter m USING (bucket, meter_id)"
                       " WHERE m.number IN ('Y1', 'Y2')") == [(0,)]  # fmt: skip


def upload(place: Province, body: bytes) -> dict[str, Any]:
    return {"biller": place.own.biller, "file": SimpleUploadedFile("f.csv", io.BytesIO(body).read())}


def test_a_read_sheet_is_a_pdf_of_the_meters_of_an_address(lived_in: Province) -> None:
    asked = {"fee": fee_of(lived_in), "address": "金水湾"}
    sheet = browser(lived_in).post(f"{READINGS}sheet/", asked)
    assert (sheet.status_code, sheet["Content-Type"], sheet.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert "没有这样的表计" in text(browser(lived_in).post(f"{READINGS}sheet/", asked | {"address": "无此处"}))


def test_what_waits_is_told_on_the_first_page(place: Province) -> None:
    from yifen.core.access import edge
    from yifen.trades.billing.pages.customer_waiting import what_waits

    waiting = {line.title.zh: line.number for line in what_waits(site.access(place.users["biller_staff"]), edge.now())}
    [(open_doubts,)] = rows(place, "SELECT count(*) FROM billing_doubt JOIN billing_fee USING (fee_id)"
                                   " WHERE biller_id = %s AND accepted_at IS NULL", place.own.biller)  # fmt: skip
    assert waiting["抄表异常待处理"] == open_doubts
    assert set(waiting) <= {"抄表异常待处理", "用户、抄表文件待办理"}
    assert what_waits(site.access(place.users["teller"]), edge.now()) == []
