"""A short run of the deployment under faults; the long one is a command (`deployment.py`)."""

import os

import pytest

from tests.torture.deployment import trial

FAULTS = 6


@pytest.mark.skipif(os.environ.get("YIFEN_TESTS") != "all", reason="two minutes: YIFEN_TESTS=all")
@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_left_undecided() -> None:
    told = trial(seconds=20, seed=11, pause_s=(0.2, 1.0))
    assert sum(told["faults"].values()) >= FAULTS, told["faults"]
    assert told["acknowledged"] > 150
    assert [told[name] for name in ("lost", "doubled", "undecided", "foreign", "amounts", "problems")] == [
        [], 0, [], [], [], [],
    ]  # fmt: skip
    assert told["gateways"] == [None, None]  # they run
    assert not any(0 in codes for codes in told["ends"].values())  # none ended as if all were well
