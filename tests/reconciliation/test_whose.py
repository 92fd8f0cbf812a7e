"""A file proves whose it is and of which day, by what it tells of itself; else it is refused, whole."""

import io
from datetime import date, datetime, time, timedelta

import msgspec
import pytest

from tests.readers.files import CAMT_053, MT940, SHORT_UMS, SHORT_ZM, WECHAT_27, Sample
from tests.reconciliation.day import NIGHT, Day
from tests.world import DAY, World
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import files, proving
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.profile import read_profile

TELLING = [
    (SHORT_ZM, "898319849000018"), (SHORT_UMS, "898319849000019"), (WECHAT_27, "1900000109"),
    (CAMT_053, "NL77ABNA0574908765"), (MT940, "1001014009012345678"),
]  # fmt: skip
IDS = [sample.format for sample, _ in TELLING]


@pytest.fixture
def told(world: World):
    """Takes a sample in for a partner with these owners agreed on; answers the refusal, or None."""
    world.network()

    def take(sample: Sample, owner: str) -> Refused | None:
        before = world.rows("SELECT count(*) FROM recon_file UNION ALL SELECT count(*) FROM recon_row")
        profile = msgspec.structs.replace(
            read_profile(world.conn, "WX"), format=sample.format, owner=owner, described=True,
            own_cut_off=sample.hints.cut_off, currency=sample.hints.currency,
        )  # fmt: skip
        try:
            files.take_in(world.conn, profile, io.BytesIO(sample.data), sample.hints.name, "test", NIGHT,
                          sample.hints.day)  # fmt: skip
        except Refused as refused:
            after = world.rows("SELECT count(*) FROM recon_file UNION ALL SELECT count(*) FROM recon_row")
            assert after == before
            return refused
        return None

    return take


@pytest.mark.parametrize(("sample", "owner"), TELLING, ids=IDS)
def test_a_file_of_another_or_of_nobody_agreed_on_is_refused_and_says_both(
    told, monkeypatch, sample: Sample, owner: str
):
    monkeypatch.setattr(proving, "_day", lambda *_: None)
    for marks, expected in (("", "none: no owner"), (f"X{owner}", f"expected X{owner}"), ("1 2", "expected 1 2")):
        refused = told(sample, marks)
        assert refused is not None
        assert refused.code is FileCode.FILE_OF_ANOTHER
        assert (owner in refused.detail, expected in refused.detail) == (True, True)
    assert told(sample, f"other {owner}") is None


@pytest.mark.parametrize(("sample", "owner"), TELLING, ids=IDS)
def test_a_file_of_years_ago_is_refused_and_says_both_days(told, sample: Sample, owner: str):
    refused = told(sample, owner)
    if sample is MT940:
        assert refused is None or refused.code is FileCode.FILE_OF_ANOTHER_DAY  # of the book's own days
        return
    assert refused is not None
    assert refused.code is FileCode.FILE_OF_ANOTHER_DAY
    assert f"expected {DAY - timedelta(days=1)} to" in refused.detail


@pytest.mark.parametrize(
    ("day", "taken"),
    [(date(2026, 11, 21), False), (date(2026, 11, 22), True), (date(2026, 11, 23), True), (date(2026, 11, 24), True),
     (date(2026, 11, 25), False)],
    ids=str,
)  # fmt: skip
def test_days_are_those_that_the_book_has_had(world: World, day: date, taken: bool):
    """Cut on the 23rd; it is the 24th. Lines around the first cut may stand in the file before it."""
    wx = Day(world, 2)
    wx.lines = [line._replace(at=datetime.combine(day, time(9))) for line in wx.lines]
    if taken:
        assert wx.take_in(wx.lines, day).business_day == day
        return
    with pytest.raises(Refused) as refused:
        wx.take_in(wx.lines, day)
    assert refused.value.code is FileCode.FILE_OF_ANOTHER_DAY
    assert refused.value.detail == f"WX.txt: told {day}, expected 2026-11-22 to 2026-11-24"
