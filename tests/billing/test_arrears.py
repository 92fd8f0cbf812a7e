"""The list of arrears: which accounts owe, how much, since when; by area, class, overdue; and which bills are open."""

import re
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.billing.world import agreed, csv_of, imported, row, rows
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import OWNER

ARREARS, BILLS, CUSTOMERS = "/console/billing/arrears/", "/console/billing/bills/", "/console/billing/customers/"
OWED = """SELECT payments_import_payables_v1(%(bucket)s::smallint, ARRAY[%(biller)s], ARRAY[%(account)s],
    ARRAY['B' || %(bill)s], '{电费}',
    '{partial}', ARRAY[%(due)s::bigint], '{1}', '{999999999999999}', ARRAY[%(due_on)s::date], '{NULL}')"""
BILL = """WITH run AS (
    INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by, published_at)
    SELECT %(biller)s, s.fee_id, 'period', '2026-01-01', '2026-01-31', %(due_on)s, now(), 'staff', now()
    FROM billing_service s WHERE s.service_id = %(service)s RETURNING run_id
), piece AS (
    INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services, bills_upto)
    SELECT run_id, 0, %(bucket)s, %(service)s, %(service)s, 1, %(bill)s FROM run
)
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli, used_milli,
    amount_fen)
SELECT %(bucket)s, %(bill)s, run_id, 0, %(service)s, %(account)s, '2026-01-01', '2026-01-31', 1000, 0, %(due)s
FROM run"""


@pytest.fixture(scope="module")
def owing(place: Province) -> Province:
    """D1 owes two bills, one of them overdue and partly paid, D2 one that is not due yet, D3 paid his, D4 has no bill
    but a balance."""
    body = csv_of(row("D1", "欧阳小明", 小区="金水湾", 楼栋="8号楼", 门牌="101"),
                  row("D2", "王小明", 小区="金水湾", 楼栋="9号楼", 门牌="102", 用户类别="非居民"),
                  row("D3", "李四", 小区="金水湾", 楼栋="9号楼", 门牌="101"),
                  row("D4", "赵六", 小区="银水湾", 楼栋="1号楼", 门牌="101"))  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        imported(place, agreed(place, body), patch)
    with psycopg.connect(place.database.url(OWNER)) as conn:
        for account, number, due, due_on in (
            ("D1", 900_001, 10_000, date(2026, 2, 1)), ("D1", 900_002, 2_550, date(2030, 3, 1)),
            ("D2", 900_003, 7_700, date(2030, 3, 1)), ("D3", 900_004, 5_000, date(2026, 2, 1)),
        ):  # fmt: skip
            _, bucket, service = _of(place, account)
            facts = {"bucket": bucket, "biller": place.own.biller, "account": account, "due": due, "due_on": due_on,
                     "bill": number * 1000 + bucket, "service": service}  # fmt: skip
            conn.execute(BILL, facts)
            assert conn.execute(OWED, facts).fetchone() == (1,)
        conn.execute("UPDATE payable SET paid_fen = 3999 WHERE account_no = 'D1' AND due_fen = 10000")
        conn.execute("UPDATE payable SET paid_fen = due_fen, state = 'settled' WHERE account_no = 'D3'")
        bucket = _of(place, "D4")[1]
        conn.execute("SELECT payments_balance_v1(%s::smallint, %s, '{D4}', '{PREPAID}', '预存款', 1, 99999, NULL)",
                     (bucket, place.own.biller))  # fmt: skip
        conn.execute("UPDATE payable SET balance_fen = 500, paid_fen = 500 WHERE account_no = 'D4'")
    return place


def _of(place: Province, account: str) -> tuple[int, int, int]:
    return rows(place, "SELECT c.customer_id, c.bucket, s.service_id FROM billing_customer c"
                " JOIN billing_service s ON s.bucket = c.bucket AND s.customer_id = c.customer_id"
                " WHERE c.account_no = %s", account)[0]  # fmt: skip


def listed(place: Province, role: str = "biller_staff", **asked: str) -> list[tuple[Any, ...]]:
    """(account, oldest due date, open bills, fen, state) of the rows of these four."""
    from django.http import QueryDict

    from yifen.face.lists import showing
    from yifen.face.lists.paging import page
    from yifen.trades.billing.pages.arrears.lists import ARREARS as LISTING

    access, query = site.access(place.users[role]), QueryDict("", mutable=True)
    query.update(asked)
    form = showing.form_of(LISTING, query, access)
    assert form.is_valid(), form.errors
    found = page(LISTING, showing.ask_of(LISTING, query, access, form)).rows
    return sorted((r.account_no, r.due_on, r.bills, r.owed_fen, r.state) for r in found if r.account_no[0] == "D")


D1 = ("D1", date(2026, 2, 1), 2, 8_551, "overdue")
D2 = ("D2", date(2030, 3, 1), 1, 7_700, "due")


def test_only_accounts_that_owe_are_listed_with_what_is_open_of_each(owing: Province) -> None:
    assert listed(owing) == [D1, D2]
    assert listed(owing, due="overdue") == [D1]
    assert listed(owing, due="due") == [D2]
    assert listed(owing, area="金水湾 9号楼") == [D2]
    assert listed(owing, area="银水湾") == []
    assert listed(owing, account="D1") == [D1]


def test_arrears_are_asked_for_by_a_class_of_customers(owing: Province) -> None:
    from yifen.trades.billing.pages.arrears import lists as arrears_lists

    with psycopg.connect(owing.database.url(OWNER)) as conn:
        conn.execute("INSERT INTO billing_price (fee_id, class, name, valid_from) SELECT fee_id, c, c, '2020-01-01'"
                     " FROM billing_fee, unnest('{居民,非居民}'::text[]) c WHERE biller_id = %s AND code = 'POWER'",
                     (owing.own.biller,))  # fmt: skip
    assert ("非居民", "非居民") in arrears_lists.classes(site.access(owing.users["biller_staff"]))
    assert listed(owing, of_class="非居民") == [D2]
    assert listed(owing, of_class="居民") == [D1]


def test_an_area_that_is_too_large_to_be_listed_whole_says_so(owing: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    from yifen.trades.billing.pages.arrears import lists as arrears_lists

    monkeypatch.setattr(arrears_lists, "AREA_MAX", 1)
    page = site.client_of(owing.users["biller_staff"]).get(ARREARS, {"area": "金水湾"}).content.decode()
    assert "超过 1 处地址，请把区域写得更细" in page


def test_the_page_masks_the_holder_and_another_companys_staff_see_no_row(owing: Province) -> None:
    one = _of(owing, "D1")[0]
    page = site.client_of(owing.users["biller_staff"]).get(ARREARS).content.decode()
    assert f'"{CUSTOMERS}{one}/"' in page
    for shown in ("**小明", "金水湾 8号楼 2单元 101", "85.51", "2026-02-01", "已逾期"):
        assert shown in re.sub("<[^>]*>", "", page), shown
    assert "欧阳小明" not in page
    assert {row[0] for row in listed(owing, "institution_admin")} >= {"D1", "D2"}
    assert str(owing.foreign.more["customer"]) not in page


def test_bills_are_filtered_by_what_is_open_and_what_is_overdue(owing: Province) -> None:
    browser = site.client_of(owing.users["biller_staff"])
    for state, numbers in (("open", {900_001, 900_002, 900_003}), ("overdue", {900_001})):
        page = browser.get(BILLS, {"state": state}).content.decode()
        assert {n for n in range(900_001, 900_005) if f"B{n}" in page} == numbers, state
