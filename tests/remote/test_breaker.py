"""The breaker as a table: what happens at which second, and whether a call may pass."""

import pytest

from yifen.hub.payments.remote.breaker import FAILURES_MAX, OPEN_S, Breaker

FAIL, OK = "fails", "succeeds"


def after(*events: tuple[str, float]) -> Breaker:
    breaker = Breaker()
    for event, at_s in events:
        breaker.failed(at_s) if event == FAIL else breaker.succeeded()
    return breaker


FIVE = tuple((FAIL, float(second)) for second in range(FAILURES_MAX))
LAST = float(FAILURES_MAX - 1)


def test_the_numbers() -> None:
    assert (FAILURES_MAX, OPEN_S) == (5, 10.0)


@pytest.mark.parametrize(
    ("events", "at_s", "passes"),
    [
        ((), 0, True),
        (FIVE[:4], LAST, True),
        (FIVE, LAST, False),
        (FIVE, LAST + OPEN_S - 0.01, False),
        (FIVE, LAST + OPEN_S, True),
        ((*FIVE[:4], (OK, 4), *FIVE[:4]), LAST, True),  # in a row, not in sum
        ((*FIVE, (FAIL, 20)), 29.99, False),  # the trial failed: open again from then
        ((*FIVE, (FAIL, 20)), 30, True),
        ((*FIVE, (OK, 20)), 20, True),  # the trial succeeded: closed at once
        ((*FIVE, (OK, 20), *FIVE[:4]), 21, True),
    ],
)
def test_when_a_call_passes(
    events: tuple[tuple[str, float], ...], at_s: float, passes: bool
) -> None:
    assert after(*events).is_open(at_s) is not passes
    assert after(*events).lets_through(at_s) is passes


def test_half_open_lets_one_call_through_and_looking_is_no_call() -> None:
    breaker = after(*FIVE)
    now = LAST + OPEN_S
    assert not breaker.is_open(now)
    assert not breaker.is_open(now)
    assert breaker.lets_through(now)
    assert not breaker.lets_through(now)
    assert breaker.is_open(now)
    assert breaker.lets_through(now + OPEN_S)  # the trial never came back: another one
