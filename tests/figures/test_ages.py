"""Ages have the same ends wherever they are told: in arrears, in the view for BI tools, in reports."""

import re
from pathlib import Path

from yifen.trades.figures.catalogue import _AGE, AGES

TRADES = Path(__file__).parents[2] / "src" / "yifen" / "trades"


def test_ages_have_the_same_ends_everywhere() -> None:
    first_days = [int(day) for day in re.findall(r"\d+", _AGE[_AGE.index("ARRAY") :])]
    assert len(AGES) == len(first_days) + 2  # nothing owing, not due
    view = (TRADES / "figures" / "sql" / "views_v1.sql").read_text()
    ends = [int(day) for day in re.findall(r"d\.days <= (\d+)", view)]
    assert ends == [first - 1 for first in first_days]
    arrears = (TRADES / "arrears" / "sql" / "due_v1.sql").read_text()
    bands = re.findall(r"b\.days BETWEEN (\d+) AND (\d+)", arrears)
    assert [int(first) for first, _ in bands] == first_days[:-1]
    assert re.findall(r"b\.days > (\d+)", arrears)[-1] == str(first_days[-1] - 1)
