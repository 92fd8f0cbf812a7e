"""Ends the demo's processes when the demo itself is killed: run as a file, with nothing but stdlib.

Standard input: one line a process, `pid patience_s signal`. End of input without `done` means that
the demo is gone; then each is told to end, and killed when it does not within its patience.
"""

import os
import signal
import sys
import time


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def end(pid: int, patience_s: float, first: int) -> None:
    """Ask, wait, then kill it together with the processes of its own."""
    try:
        os.kill(pid, first)
        deadline = time.monotonic() + patience_s
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)  # whoever is left
    except OSError:
        return  # nobody is


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rows = []
    for line in sys.stdin:
        if line.strip() == "done":
            return
        rows.append(line.split())
    for pid, patience, number in reversed(rows):  # the database, which came first, goes last
        end(int(pid), float(patience), int(number))


if __name__ == "__main__":
    main()
