"""Whatever is taken and given back in whatever order: no debit is above its limit, no month above its own; several
mandates of a customer stand in one order."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mandates.bench import MandateBench
from tests.sampling import ALL
from yifen.trades.mandates.codes import MandateCode

STEPS = st.lists(st.tuples(st.sampled_from(["take", "untake"]), st.integers(1, 6), st.integers(1, 400),
                           st.integers(0, 40)), max_size=25)  # fmt: skip
SAMPLES = settings(max_examples=200 if ALL else 15, deadline=None, derandomize=True,
                   suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


@pytest.fixture(scope="module")
def one(bench: MandateBench) -> Any:
    return bench.sign(bench.customer(), once_fen=300, month_fen=500)


@SAMPLES
@given(STEPS)
def test_no_debit_and_no_month_is_above_its_limit(bench: MandateBench, one: Any, steps: list[Any]):
    """By a model: documents, their fen, the month in which each was taken, whether it was given back."""
    taken: dict[str, tuple[int, date, bool]] = {}
    with psycopg.connect(bench.place.database.owner_url) as conn:
        first: datetime = bench.clock()
        for what, document_no, fen, days in steps:
            document, at = f"test:{document_no}", first + timedelta(days=days)
            if what == "untake":
                conn.execute("SELECT mandates_untake_v1(%s)", (document,))
                if document in taken:
                    taken[document] = (*taken[document][:2], True)
                continue
            ((code, day),) = conn.execute("SELECT mandates_take_v1(%s, %s, %s, %s), mandates_day_v1(%s, %s)", (
                one.mandate_id, document, fen, at, bench.biller, at)).fetchall()  # fmt: skip
            month = sum(had for had, on, back in taken.values() if not back and on.replace(day=1) == day.replace(day=1))
            if document in taken:
                had, _on, back = taken[document]
                assert code == (0 if had == fen and not back else MandateCode.MANDATE_USED_OTHERWISE)
            elif fen > 300:
                assert code == MandateCode.MANDATE_OVER_ONCE
            elif month + fen > 500:
                assert code == MandateCode.MANDATE_OVER_MONTH
            else:
                assert code == 0
                taken[document] = (fen, day, False)
        conn.rollback()
