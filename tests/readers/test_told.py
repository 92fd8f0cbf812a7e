"""What a file itself tells, beside its rows: whose it is, its days, its balances, whether it is whole."""

from datetime import date

import pytest

from tests.readers.files import (
    ALIPAY,
    CAMT_053,
    FUND,
    LAYOUT_NAMED,
    MT940,
    SHORT_UMS,
    SHORT_ZM,
    WECHAT_27,
    Sample,
)

TOLD = [
    (SHORT_ZM, "898319849000018", (2017, 7, 18), None, None, False),
    (SHORT_UMS, "898319849000019", (2017, 6, 25), None, None, True),
    (WECHAT_27, "1900000109", (2019, 7, 25), None, None, True),
    (FUND, "", (2019, 7, 25), None, None, True),
    (ALIPAY, "20880211096256330156", (2019, 9, 16), None, None, True),
    (CAMT_053, "NL77ABNA0574908765", (2014, 1, 5), 1556827, 1555528, True),
    (MT940, "ICBKCNBJ/1001014009012345678", (2026, 11, 24), 10000000, 10103402, True),
    (LAYOUT_NAMED, "", (2026, 11, 24), None, None, True),
]


@pytest.mark.parametrize(
    ("sample", "owner", "day", "opening", "closing", "whole"), TOLD, ids=[t[0].format for t in TOLD]
)
def test_a_file_tells_whose_it_is_and_whether_it_is_whole(
    sample: Sample,
    owner: str,
    day: tuple[int, int, int],
    opening: int | None,
    closing: int | None,
    whole: bool,
) -> None:
    reading = sample.open()
    list(reading)
    assert (reading.told_owner, reading.days) == (owner, {date(*day)})
    assert (reading.opening_fen, reading.closing_fen, reading.whole) == (opening, closing, whole)
