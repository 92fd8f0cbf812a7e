"""Every column of billing's files with what is wrong: the row's number, and nothing is taken."""

from datetime import date

import psycopg
import pytest

from tests.billing.readings import customer
from tests.billing.world import csv_of, proposed, row, rows, taken_in
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.refused import Refused
from yifen.core.plugs import plugs
from yifen.trades.billing.codes import BillingCode as B
from yifen.trades.billing.customers import filed_rows, reading_files
from yifen.trades.bills.rules import FILING

NUL, LONG, HUGE, ENDLESS = "1\x00", "9" * 120, str(10**18), "9" * 5_000
NUMBER = ("-1", "0", "abc", "1.00001", LONG, NUL, HUGE, ENDLESS, "1e5", "①", "٣")
TEXT = ("", LONG, NUL, "\u202eabc")
DAY = ("", "0", "2026-02-30", "20261301", "x", LONG, NUL, "0001-01-01", "9999-12-31")
FAULTS: dict[str, tuple[B, tuple[str, ...]]] = {
    "户号": (B.ROW_ACCOUNT, (*TEXT, "3.2E+09")),
    "户名": (B.ROW_NAME, TEXT),
    "小区": (B.ROW_PLACE, TEXT),
    "楼栋": (B.ROW_PLACE, TEXT),  # a unit below none
    "单元": (B.ROW_PLACE, TEXT),
    "门牌": (B.ROW_PLACE, TEXT[1:]),
    "费种": (B.ROW_FEE, (*TEXT, "NONE", "1")),
    "用户类别": (B.ROW_CLASS, TEXT),
    "地区": (B.ROW_CLASS, TEXT[1:]),
    "人口": (B.ROW_NUMBER, (*(one for one in NUMBER if one not in ("①", "٣")), "100")),
    "面积": (B.ROW_NUMBER, tuple(one for one in NUMBER if one != "①")),
    "系数": (B.ROW_NUMBER, tuple(one for one in NUMBER if one != "①")),
    "起始日": (B.ROW_DAY, DAY),
    "表号": (B.ROW_METER, (*TEXT[1:], "3.2E+09")),
    "计量": (B.ROW_METER, ("x", "2", LONG, NUL)),
    "倍率": (B.ROW_NUMBER, tuple(one for one in NUMBER if one != "①")),
    "位数": (B.ROW_NUMBER, ("-1", "0", "2", "13", "abc", "6.5", LONG, NUL, HUGE, ENDLESS)),
    "起码": (B.ROW_NUMBER, ("-1", "abc", "1.0001", LONG, NUL, HUGE, ENDLESS, "1e5", "1000000")),
    "手机": (B.ROW_NUMBER, ("12", "abc1234567", "+", "++8613912345678", "1" * 20, NUL, "٣٣٣٣٣٣")),
    "同意短信": (B.ROW_NUMBER, ("x", "2", LONG, NUL)),
    "预付费": (B.ROW_NUMBER, ("x", "2", LONG, NUL)),
}


@pytest.mark.parametrize("column", FAULTS)
def test_a_wrong_cell_of_a_customer_says_which(column: str) -> None:
    code, values = FAULTS[column]
    titles = csv_of().decode().splitlines()[0].split(",")
    header = titles if column in titles else [*titles, column]
    found = {}
    for value in values:
        check = filed_rows.CustomerCheck(header, {"POWER": 1}, {})
        cells = [*row("A1").split(","), value][: len(header)]
        cells[header.index(column)] = value
        taken, faults = check.read(2, cells)
        found[value] = (taken is None, {fault.code for fault in faults})
    assert found == {value: (True, {code}) for value in values}


def test_each_column_that_is_read_has_its_faults() -> None:
    titles = {names[0] for key, names in filed_rows.CUSTOMERS.columns.items() if key != "why"}
    assert set(FAULTS) == titles


def test_full_width_digits_are_digits(place: Province) -> None:
    cells = {"人口": "３", "面积": "９０．５", "起始日": "２０２６－０１－０１", "起码": "１００"}
    cells["手机"] = "１３９１２３４５６７８"
    body = csv_of(row("FW1", **cells))
    file_id = taken_in(place, body)
    [(persons, area, since, first)] = rows(
        place, "SELECT persons, area_milli, from_on, first_milli FROM billing_row WHERE file_id = %s", file_id
    )
    assert (persons, area, since, first) == (3, 90_500, date(2026, 1, 1), 100_000)


def test_a_file_with_one_wrong_cell_is_kept_and_nothing_of_it_is_to_be_imported(place: Province) -> None:
    file_id = taken_in(place, csv_of(row("OK1"), row("OK2", 人口="0")))
    assert rows(place, "SELECT rows, wrong FROM billing_file WHERE file_id = %s", file_id) == [(2, 1)]
    assert rows(place, "SELECT count(*) FROM billing_row WHERE file_id = %s", file_id) == [(0,)]
    with pytest.raises(Refused, match="ROWS_WRONG"):
        proposed(place, file_id)


READ_FAULTS: dict[str, tuple[B, tuple[str, ...]]] = {
    "表号": (B.ROW_METER, (*TEXT, "3.2E+09")),
    "计量": (B.ROW_METER, ("x", "2", LONG, NUL)),
    "抄表日": (B.ROW_DAY, DAY),
    "读数": (B.ROW_NUMBER, ("", "-1", "abc", "1.0001", LONG, NUL, HUGE, ENDLESS, "1e5")),
}


@pytest.mark.parametrize("column", READ_FAULTS)
def test_a_wrong_cell_of_a_reading_says_which_and_nothing_is_read(place: Province, column: str) -> None:
    import io
    from datetime import UTC, datetime

    from yifen.core.facts.processes import WEB
    from yifen.trades.billing.customers import files

    if not rows(place, "SELECT FROM billing_customer WHERE account_no = 'RF'"):
        customer(place, "RF", ("qty", 0))
    code, values = READ_FAULTS[column]
    count = "SELECT count(*) FROM billing_reading"
    before = rows(place, count)
    staff = site.access(place.users["biller_staff"]).session
    for value in values:
        cells = {"表号": "RF", "计量": "总", "抄表日": "2026-01-31", "读数": "5"} | {column: value}
        body = io.BytesIO(f"{','.join(cells)}\n{','.join(cells.values())}\n".encode())
        [_, line] = list(reading_files.check(body))
        assert (value, line.row, {fault.code for fault in line.faults}) == (value, None, {code})
        body.seek(0)
        with psycopg.connect(place.database.url(WEB)) as conn:
            biller = files.billing_biller(conn, place.own.biller)
            file_id = reading_files.take_in(conn, biller, body, "r.csv", "x", staff, datetime.now(UTC))
        assert rows(place, "SELECT wrong FROM billing_file WHERE file_id = %s", file_id) == [(1,)]
    assert rows(place, count) == before


@pytest.mark.parametrize(
    ("number", "day", "value", "code"),
    [
        ("RF2", "2025-12-31", "5", B.READING_DAY),  # when it was fitted
        ("RF2", "2037-01-01", "5", B.READING_DAY),
        ("RF2", "2026-01-31", "100000", B.ROW_NUMBER),  # more than its five digits
        ("NONE", "2026-01-31", "5", B.METER_UNKNOWN),
        ("{far}", "2026-01-31", "5", B.METER_UNKNOWN),  # another company's
    ],
)
def test_what_the_books_refuse_of_readings_stands_at_its_row(
    place: Province, number: str, day: str, value: str, code: B
) -> None:
    import io
    from datetime import UTC, datetime

    from yifen.core.facts.processes import WEB
    from yifen.trades.billing.customers import files

    if not rows(place, "SELECT FROM billing_customer WHERE account_no = 'RF2'"):
        customer(place, "RF2", ("qty", 0))
    far = rows(place, "SELECT number FROM billing_meter WHERE biller_id = %s LIMIT 1", place.foreign.biller)[0][0]
    body = io.BytesIO(f"表号,抄表日,读数\nRF2,2026-01-30,4\n{number.format(far=far)},{day},{value}\n".encode())
    with psycopg.connect(place.database.url(WEB)) as conn:
        biller = files.billing_biller(conn, place.own.biller)
        staff = site.access(place.users["biller_staff"]).session
        lines = list(reading_files.checked_by(conn, body, biller, staff, datetime.now(UTC)))
        conn.rollback()
    assert [[fault.code for fault in line.faults] for line in lines[1:]] == [[], [code]]


def test_what_people_write_in_a_file_is_read() -> None:
    header = csv_of().decode().splitlines()[0].split(",")
    cells = row("A1", 面积="96.48㎡", 手机="138 0013-8000", 起始日="2026年9月1日", 人口="x", 表号="").split(",")
    taken, faults = filed_rows.CustomerCheck(header, {"POWER": 1}, {}).read(2, cells)
    assert (taken, [(fault.code, fault.detail) for fault in faults]) == (None, [(B.ROW_NUMBER, "人口 x")])
    cells[header.index("人口")] = "3"
    taken, _ = filed_rows.CustomerCheck(header, {"POWER": 1}, {}).read(2, cells)
    assert taken is not None
    assert (taken.area_milli, taken.phone, taken.from_on) == (96_480, "13800138000", date(2026, 9, 1))


def test_a_file_as_large_as_its_kind_allows_comes_through_the_door():
    doors = {route: most for plug in plugs() for route, most in plug.uploads.items()}
    assert doors["billing_customers_upload"] > filed_rows.CUSTOMERS.bytes_max
    assert doors["billing_readings_upload"] > reading_files.READINGS.bytes_max
    assert doors["bill_upload"] > FILING.bytes_max
