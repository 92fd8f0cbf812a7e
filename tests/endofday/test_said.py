"""What fails in a night is told in both languages where the words are ours, and named as a program's where not."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.world import DAY, NOON
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.refused import Refused
from yifen.hub.failing import NightFailures
from yifen.night.queries import StepRow
from yifen.night.runner import _try
from yifen.night.words import reason_text
from yifen.trades.reconciliation.codes import FileCode

OURS = Refused(FileCode.FILE_BROKEN, "file", Bilingual("第 {} 行：{{坏}}", "line {}: {{bad}}", 2))
NOT_OURS = ValueError("Incorrect padding\n(postgresql://web:secret@db)")


@pytest.fixture
def conn() -> Any:
    return SimpleNamespace(closed=False)


@pytest.mark.parametrize(("fault", "zh", "en"), [
    (OURS, "第 2 行：{坏}", "line 2: {bad}"),
    (NOT_OURS, "程序报错：ValueError: Incorrect padding", "ValueError: Incorrect padding"),
], ids=["ours", "not_ours"])  # fmt: skip
def test_a_partners_failure_and_a_steps_are_read_in_the_readers_language(conn: Any, fault: Exception, zh: str, en: str):
    failures = NightFailures(conn, DAY)
    with failures.of("WX", 1):
        raise fault
    (line,) = failures.told
    assert reason_text(line, "zh-hans").endswith(zh)
    assert reason_text(line, "en").endswith(en)
    assert "secret" not in str(line)

    def step(*_: Any) -> Any:
        raise fault

    state, result, error = _try(conn, SimpleNamespace(day=DAY), "settle", step)  # type: ignore[arg-type]
    row = StepRow("settle", state, 1, NOON, None, result, error)
    assert (state, row.error_in("zh-hans")[-len(zh) :], row.error_in("en")[-len(en) :]) == ("failed", zh, en)
    assert "secret" not in str(result)
    assert row._replace(result={}).error_in("zh-hans") == error  # of a night before there were two languages
