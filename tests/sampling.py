"""Long suites in the time of a run: every so manieth case; all of them by `YIFEN_TESTS=all ./yifen test FILE`."""

import os
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")


def sampled(cases: Sequence[Case], every: int) -> Sequence[Case]:
    """All of them when they are asked for."""
    return cases if os.environ.get("YIFEN_TESTS") == "all" else cases[::every]


def stride(every: int) -> int:
    """From one step to the next at which something dies: each, when all are asked for."""
    return 1 if os.environ.get("YIFEN_TESTS") == "all" else every
