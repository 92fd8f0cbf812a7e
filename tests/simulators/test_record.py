"""A channel's record finds whatever a daily file has wrong."""

from datetime import date, datetime
from hashlib import sha256

import pytest

from yifen.core.facts import daily_file
from yifen.core.facts.daily_file import DailyHead, DailyLine, DailyTail
from yifen.hub.simulators.record import PaymentRecord, Recorded

AT = datetime.fromisoformat("2026-11-30T09:30:00")  # local wall clock, as files hold it
GOOD = (("charge", "S1", None, 100), ("charge", "S2", None, 250), ("reverse", "R1", "S2", 250))


def file(rows: tuple[tuple[str, str, str | None, int], ...], json: bool) -> bytes:
    head = DailyHead("WX", date(2026, 11, 30), 0, 0, 0, 0, "ab" * 32)
    lines = [DailyLine(kind, serial, original, "1000", "GAS01", "户1", fen, AT, AT, None)
             for kind, serial, original, fen in rows]  # fmt: skip
    if json:
        body = daily_file.json_head(head) + b"".join(map(daily_file.json_line, lines))
    else:
        text = daily_file.text_head(head) + "".join(map(daily_file.text_line, lines))
        body = text.encode("gb18030")
    tail = DailyTail(len(rows), sha256(body).hexdigest())
    return body + (daily_file.json_tail(tail) if json else daily_file.text_tail(tail).encode())


def record() -> PaymentRecord:
    found = PaymentRecord()
    found.entries = {
        "S1": Recorded("GAS01", "户1", 100, "booked"),
        "S2": Recorded("GAS01", "户1", 250, "reversed", "R1"),
        "S3": Recorded("GAS01", "户1", 70, "refused"),
    }
    return found


@pytest.mark.parametrize("json", [False, True], ids=["text", "json"])
def test_a_file_that_agrees(json: bool) -> None:
    assert record().check(file(GOOD, json), "utf-8" if json else "gb18030") == []
    assert record().total("booked", "reversed") == (2, 350)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (GOOD[1:], "charge S1: we have (None, 100), the file None"),
        ((*GOOD, GOOD[0]), "S1: stands twice"),
        ((*GOOD, ("charge", "S3", None, 70)), "charge S3: we have None, the file (None, 70)"),
        ((("charge", "S1", None, 101), *GOOD[1:]), "we have (None, 100), the file (None, 101)"),
        (GOOD[:2], "return R1: we have ('S2', 250), the file None"),
    ],
)
def test_what_a_file_has_wrong_is_named(rows, said: str) -> None:
    (problem,) = record().check(file(rows, json=True))
    assert said in problem


def test_an_altered_byte_shows_in_the_digest() -> None:
    content = file(GOOD, json=True).replace(b'"100', b'"200').replace(b"1000", b"1001", 1)
    assert any("the digest is" in problem for problem in record().check(content))
