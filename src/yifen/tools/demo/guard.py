"""Ends the demo's processes when the demo itself is killed: run as a file, with nothing but stdlib.

Standard input: one line a process, `patience_s signal pid`, or in place of the pid the file whose
first line has it. End of input without `done` means that the demo is gone; then each is told to
end, and killed when it does not within its patience; the first one, the database, after all others.
"""

import os
import signal
import sys
import time

TICK_S = 0.05


def alive(pid: int) -> bool:
    """A zombie, which only waits for somebody to notice, is not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        pass  # gone, or there is no /proc
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
            time.sleep(TICK_S)
    return 0


def tell(pid: int, number: int, group: bool = False) -> None:
    try:
        os.killpg(pid, number) if group else os.kill(pid, number)
    except OSError:
        return  # it has ended


def end(rows: list[list[str]]) -> None:
    """Ask all, wait for all, then kill whoever is left with the processes of its own."""
    found = [(pid, float(patience), int(number)) for patience, number, who in rows
             if (pid := pid_of(who))]  # fmt: skip
    for pid, _, number in found:
        tell(pid, number)
    began = time.monotonic()
    for pid, patience_s, _ in found:
        while alive(pid) and time.monotonic() - began < patience_s:
            time.sleep(TICK_S)
        tell(pid, signal.SIGKILL, group=True)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rows = []
    for line in sys.stdin:
        if line.strip() == "done":
            return
        rows.append(line.strip().split(" ", 2))
    end(rows[:0:-1])
    end(rows[:1])


if __name__ == "__main__":
    main()
