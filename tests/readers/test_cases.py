"""Small real-life files that once failed, byte by byte as they came, each with its right answer."""

import hashlib
import io
from datetime import date

import pytest

from tests.readers.files import FOLDER, column
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.looks import HEAD, sniff
from yifen.trades.reconciliation.readers.reading import SeveralDays
from yifen.trades.reconciliation.readers.registry import Hints, Reading, open_file

CASES = FOLDER / "cases"
DAY = date(2026, 11, 23)
SALE = ("sale", 10000, -60)
Money = tuple[str, int, int]

SHA256 = {
    "01-multiday-camt053.xml": "b2040a55ad748d01215362fc3cb4a9d67dafc41a3c499ed5c7ccdc25ff6a12c5",
    "01-multiday.sta": "147c68dd61989f540ee53021f3f1a98b9f0624f6f01653be2e181c56b2c36fb0",
    "02-wechat-zero.csv": "76ff3965ac4c5daac00c38a97a03d65b2df71ba73a0fa73168489bde0628a84b",
    "03-place-twice.sta": "33db14365e67e2cdd90df8fe883dbd63e72a1647a4b22b00f77ffaa361a3a763",
    "04-nonref.sta": "f04c2e130081df7690eac0e57cb42438d01fa27162768e8e78f6e3e97db926a1",
    "05-zm-crlf/INN26112388ZM_999000000000001":
        "424d56fb391a2313f7d7b86ac0d76e62d7b33ac5d443c9000e54314b717e9090",
    "05-zm-lf-reads/INN26112388ZM_999000000000001":
        "0a1523b184b10547c886d689c0a08a2af5d195d07e5bd4f21e43262b3fee20fc",
    "06-ums-crlf.txt": "3668cb40c076fba832e9cbc0c577bc4f53f1e129594818141e8a3d73fe331229",
    "06-ums-lf-reads.txt": "2c28856f49c25b14fdfd5a002e0667157c9b10e77db841e299be985d4acbed54",
    "07-ums-netbank.txt": "dad73496b78df0bd95bfddd0b03383b8e0646060cf6fa34d4d362f0337bac3f2",
    "08-999000000000001_20261123.zip":
        "3e479bbf2c7a1e3d9a00107b378a5562717325f45c708908292e0b3c9613fca1",
    "09-empty/INN26112388ZM_999000000000001":
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "10-wechat.csv.gz": "895cac1096603cdf710f7fa83a586afefc1d11645f10c67fe10a9143f139875b",
    "11-dash.sta": "071f081f08a405d8eaa315943edfd0a13e46a0525a5d279af09cdeb60c664779",
    "13-charges-camt053.xml": "891d748fd3aeda3d45311dbc19aad24e7e09cf2a4269c1428522c6d8a8b95290",
    "16-described-bom.csv": "5b9fff6b6df2e544ae6dc662da04da3f93292f2654d4818dd322ac225ec8b250",
    "16-described.csv": "ccee106220ad64e0d10fff57d897fc0e7feb6a2e40770aea114f5354c6585c3e",
}  # fmt: skip

ANSWERS: dict[str, list[Money]] = {
    "03-place-twice.sta": [("in", 1000, 0), ("in", 1000, 0)],
    "04-nonref.sta": [("in", 1000, 0), ("in", 2000, 0)],
    "05-zm-crlf/INN26112388ZM_999000000000001": [SALE],
    "05-zm-lf-reads/INN26112388ZM_999000000000001": [SALE],
    "06-ums-crlf.txt": [SALE],
    "06-ums-lf-reads.txt": [SALE],
    "07-ums-netbank.txt": [SALE],
    "08-999000000000001_20261123.zip": [SALE],
    "09-empty/INN26112388ZM_999000000000001": [],
    "10-wechat.csv.gz": [("sale", 100, -1)],
    "11-dash.sta": [("in", 1000, 0)],
    "13-charges-camt053.xml": [("in", 9800, 0)],
}


def opened(name: str, day: date | None = None) -> Reading:
    """A case by its looks."""
    path = CASES / name
    data = path.read_bytes()
    code = sniff(path.name, data[:HEAD])
    assert code is not None
    return open_file(code, io.BytesIO(data), Hints(name=path.name, day=day))


def test_the_files_have_the_bytes_that_they_came_with() -> None:
    found = {
        str(path.relative_to(CASES)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in CASES.rglob("*")
        if path.is_file()
    }
    assert found == SHA256


@pytest.mark.parametrize("name", ANSWERS)
def test_a_case_has_its_right_answer(name: str) -> None:
    reading = opened(name)
    rows = list(reading)
    assert [(row.kind, row.amount_fen, row.fee_fen) for row in rows] == ANSWERS[name]
    assert len({row.serial for row in rows}) == len(rows)
    assert reading.day == DAY
    assert [row.serial for row in opened(name, DAY)] == [row.serial for row in rows]


@pytest.mark.parametrize("name", ["01-multiday.sta", "01-multiday-camt053.xml"])
def test_statements_of_two_days_are_named_and_each_read_by_its_day(name: str) -> None:
    with pytest.raises(SeveralDays, match="of several days: 2026-11-22, 2026-11-23") as several:
        list(opened(name))
    assert several.value.code is FileCode.FILE_OF_ANOTHER_DAY
    assert several.value.days == (date(2026, 11, 22), date(2026, 11, 23))
    found = []
    for day in several.value.days:
        reading = opened(name, day)
        found.append(([row.amount_fen for row in reading], reading.opening_fen, reading.closing_fen))
        assert reading.day == day
    assert found == [([1000], 0, 1000), ([500], 1000, 1500)]


def test_charges_are_shown_beside_what_was_booked() -> None:
    reading = opened("13-charges-camt053.xml")
    list(reading)
    assert reading.notes == ["E1: 98.00 was booked of 100.00, charges 2.00"]


def test_a_bill_without_rows_is_of_the_day_that_is_said() -> None:
    for day in (None, date(2026, 11, 20), date(2026, 11, 21)):
        reading = opened("02-wechat-zero.csv", day)
        assert (list(reading), reading.day, reading.whole) == ([], day, True)


@pytest.mark.parametrize(("name", "more"), [
    ("16-described-bom.csv", ()),
    ("16-described.csv", (column(3, "时间", "moment", "time"),)),
], ids=["mark", "time"])  # fmt: skip
def test_a_described_file_may_have_a_byte_order_mark_and_a_dashed_time(
    name: str, more: tuple[object, ...]
) -> None:
    columns = (column(1, "流水号", "text", "serial"), column(2, "金额", "yuan", "amount"), *more)
    layout = FileLayout(code="l", shape="delimited", delimiter=",", header_lines=1, named=True,
                        columns=columns)  # type: ignore[arg-type]  # fmt: skip
    data = (CASES / name).read_bytes()
    (row,) = open_file("layout", io.BytesIO(data), Hints(layout=layout, day=DAY))
    assert (row.serial, row.kind, row.amount_fen) == ("1", "sale", 200)
    assert (row.at and row.at.isoformat()) == ("2026-11-23T10:11:12" if more else None)
