"""Long suites in the time of a run: every so manieth case; all of them by `YIFEN_TESTS=all ./yifen test FILE`."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

Case = TypeVar("Case")
THINNED = {
    "web/test_hostile.py": 3, "certify/test_biller.py": 3, "endofday/test_killed.py": 3, "cli/test_addresses.py": 3,
    "trade/test_plug.py": 3, "console/test_whole_days.py": 2, "endofday/test_one_of_ten.py": 3,
    "access/test_second.py": 2, "remote/test_charge.py": 2, "readers/test_any_bytes.py": 3,
    "sql/test_installed.py": 2, "onboarding/test_trial_channel.py": 2, "torture/test_demo_day.py": 2,
    "console/test_sort_links.py": 2, "readers/test_memory.py": 2, "torture/test_superuser_changes.py": 2,
    "traffic/test_gateway.py": 2, "cli/test_reconcile.py": 2, "concurrency/test_processes.py": 2,
}  # fmt: skip
"""Files with many cases that take long: in a run of everything each of their tests has every so manieth case."""


def rest(items: Sequence[pytest.Item], root: Path) -> list[pytest.Item]:
    """The cases that a run of everything leaves out; none when all are asked for."""
    left, seen = list[pytest.Item](), Counter[tuple[Path, str]]()
    for item in items:
        every = THINNED.get(item.path.relative_to(root).as_posix()) if hasattr(item, "callspec") else None
        if every and os.environ.get("YIFEN_TESTS") != "all":
            name = item.path, item.name.partition("[")[0]
            if seen[name] % every:
                left.append(item)
            seen[name] += 1
    return left


def sampled(cases: Sequence[Case], every: int) -> Sequence[Case]:
    """All of them when they are asked for."""
    return cases if os.environ.get("YIFEN_TESTS") == "all" else cases[::every]


def stride(every: int) -> int:
    """From one step to the next at which something dies: each, when all are asked for."""
    return 1 if os.environ.get("YIFEN_TESTS") == "all" else every
