"""Who is busy: CPU seconds of a process and all that descend from it, and of the whole machine."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from yifen.core.embedded.processes import children

REAP_S = 0.1  # what an ended child used counts once its parent has noticed
_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_s(pid: int) -> float:
    """User and system time since their start, ended children included; 0 where /proc is not."""
    try:
        words = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / _TICKS + sum(map(cpu_s, children(pid)))


def machine_s() -> float:
    """Busy time of all processors; what the named processes did not use, others did."""
    try:
        user, nice, system, _, _, irq, softirq, steal = map(
            int, (_PROC / "stat").read_text().split()[1:9]
        )
    except OSError:
        return 0.0
    return (user + nice + system + irq + softirq + steal) / _TICKS


@contextmanager
def cpu_of(pids: Mapping[str, int]) -> Iterator[dict[str, float]]:
    """Filled at the end: what each of the named processes used meanwhile, and the machine."""
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    machine = machine_s()
    used: dict[str, float] = {}
    yield used
    machine = machine_s() - machine
    time.sleep(REAP_S)
    used.update({name: round(cpu_s(pid) - before[name], 2) for name, pid in pids.items()})
    used["machine"] = round(machine, 2)
