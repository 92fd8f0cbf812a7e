"""Amounts where there is little room."""

import pytest

from yifen.core.documents.figures import short_yuan


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0", "0"), (99, "0", "0"), (12_345, "123", "123"), (999_999, "9,999", "9.9k"),
        (14_109_999, "14.1 万", "141k"), (-14_109_999, "-14.1 万", "-141k"), (10**10, "1 亿", "100M"),
        (12_345_678_901, "1.2 亿", "123.4M"), (3 * 10**13, "3,000 亿", "300,000M"),
    ],
    ids=str,
)  # fmt: skip
def test_yuan_as_people_say_it(fen: int, zh: str, en: str) -> None:
    assert (short_yuan(fen, chinese=True), short_yuan(fen, chinese=False)) == (zh, en)
