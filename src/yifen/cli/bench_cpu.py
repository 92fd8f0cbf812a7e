"""Who is busy: CPU seconds of a process and all that descend from it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from yifen.embedded.processes import children

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system time since their start, ended children included; 0 where /proc is not."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS + sum(map(cpu_s, children(pid)))


@contextmanager
def cpu_of(pids: Mapping[str, int]) -> Iterator[dict[str, float]]:
    """Filled at the end: what each of the named processes used meanwhile."""
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    used: dict[str, float] = {}
    yield used
    used.update({name: round(cpu_s(pid) - before[name], 2) for name, pid in pids.items()})
