"""Ends the demo's processes when the demo itself is killed: run as a file, with nothing but stdlib.

Standard input: one line a process, `patience_s signal pid`, or in place of the pid the file whose
first line has it. End of input without `done` means that the demo is gone; then each is told to
end, and killed when it does not within its patience.
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


def pid_of(who: str) -> int:
    """0 when the file names nobody, even after a moment: the process may be about to write it."""
    if who.isdigit():
        return int(who)
    for _ in range(20):
        try:
            with open(who) as file:
                return int(file.readline())
        except (OSError, ValueError):
            time.sleep(0.05)
    return 0


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
        rows.append(line.strip().split(" ", 2))
    for patience, number, who in reversed(rows):  # the database, which came first, goes last
        pid = pid_of(who)
        if pid:
            end(pid, float(patience), int(number))


if __name__ == "__main__":
    main()
