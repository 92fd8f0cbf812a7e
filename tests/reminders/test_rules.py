"""When a reminder may go out: chosen hours, quiet hours, clocks that jump."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yifen.core.facts.settings import SettingError, quiet_hours, read_settings
from yifen.trades.reminders.rules import next_moment, no_reason, not_quiet, retry_at

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
QUIET = quiet_hours("21-8")
NONE = quiet_hours("0-0")


def at(hour: int, minute: int = 0, day: int = 24, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(("after", "hours", "then"), [
    (at(8, 30), [9], at(9)), (at(9), [9], at(9)), (at(9, 59), [9], at(9, 59)), (at(10), [9], at(9, day=25)),
    (at(10), [9, 18], at(18)), (at(23), [18, 9], at(9, day=25)), (at(10), [22], at(10)), (at(22), [23], at(8, day=25)),
    (at(22), [23, 9], at(9, day=25)),
], ids=str)  # fmt: skip
def test_it_is_the_next_chosen_hour_that_is_not_quiet(after: datetime, hours: list[int], then: datetime) -> None:
    assert next_moment(after, hours, QUIET, SHANGHAI) == then


def test_a_clock_that_leaves_an_hour_out_or_repeats_it_has_one_moment() -> None:
    spring = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30; two o'clock does not come
    assert next_moment(spring, [2], NONE, BERLIN).astimezone(UTC) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00
    autumn = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30; two o'clock comes twice
    first = next_moment(autumn, [2], NONE, BERLIN).astimezone(UTC)
    assert first == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert next_moment(first + timedelta(hours=2), [2], NONE, BERLIN).astimezone(UTC).day == 26
    assert not_quiet(datetime(2026, 3, 28, 22, tzinfo=UTC), QUIET, BERLIN) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_a_carrier_is_tried_again_later_and_later_but_not_in_the_quiet_hours() -> None:
    found = [retry_at(at(12), tries, QUIET, SHANGHAI) for tries in range(1, 9)]
    assert [one and int((one - at(12)).total_seconds() / 60) for one in found] == [1, 5, 30, 120, 120, 240, 240, None]
    assert retry_at(at(20, 59), 1, QUIET, SHANGHAI) == at(8, day=25)


def test_what_is_soon_due_is_no_reason_once_it_is_past() -> None:
    due = date(2026, 11, 24)
    assert [no_reason("soon", due, due), no_reason("soon", due, due + timedelta(days=1)),
            no_reason("overdue", due, due + timedelta(days=1)), no_reason("new", None, due)] == [
        False, True, False, False]  # fmt: skip


@pytest.mark.parametrize("text", ["", "21", "24-8", "21-25", "a-b", "-1-8"])
def test_quiet_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="YIFEN_QUIET_HOURS must be two hours"):
        quiet_hours(text)


def test_the_settings_are_read() -> None:
    assert sorted(QUIET) == [0, 1, 2, 3, 4, 5, 6, 7, 21, 22, 23]
    assert (quiet_hours("12-14"), NONE) == ({12, 13}, set())
    with pytest.raises(SettingError, match="leaves no hour"):
        read_settings({"YIFEN_QUIET_HOURS": "1-24"})
    with pytest.raises(SettingError, match="YIFEN_SMS must be one of aliyun, tencent"):
        read_settings({"YIFEN_SMS": "other"})
