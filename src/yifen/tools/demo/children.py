"""Child processes of the demo: started with a log file, watched, ended in order, never orphaned."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from yifen.core.runtime import EdgeError

GUARD = Path(__file__).with_name("guard.py")
STOP_S_MAX = 30  # a gateway needs up to 20 to end its own processes
START_S_MAX = 60
TICK_S = 0.02


class Child(NamedTuple):
    """One of our processes, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """Starts and ends them. The guard, a process too, ends them should we be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._children = folder, list[Child]()
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)], stdin=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def watch(self, pid: int | Path, first: signal.Signals = signal.SIGTERM) -> None:
        """Have the guard end this process too, or the one that a file will name in its first line,
        should we be killed."""
        self._tell(f"{STOP_S_MAX} {int(first)} {pid}\n")

    def start(self, name: str, arguments: list[str], env: Mapping[str, str]) -> Child:
        """`python -m yifen …` in a session of its own: the terminal's Ctrl-C reaches only us."""
        log = self._folder / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "yifen", *arguments], stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, env=dict(env), start_new_session=True,
            )  # fmt: skip
        child = Child(name, process, log)
        self._children.append(child)
        self.watch(process.pid)
        return child

    def wait_for(self, child: Child, url: str) -> None:
        """Until it answers there. EdgeError with the end of its log when it does not."""
        deadline = time.monotonic() + START_S_MAX
        while time.monotonic() < deadline:
            self.check(child)
            try:
                get(url)
                return
            except (OSError, HTTPException):
                time.sleep(TICK_S)
        raise EdgeError(f"the {child.name} does not answer at {url}\n{tail(child.log)}")

    def check(self, child: Child | None = None) -> None:
        """EdgeError when one of them ended."""
        for one in [child] if child else self._children:
            if one.process.poll() is not None:
                raise EdgeError(f"the {one.name} ended by itself; {one.log}:\n{tail(one.log)}")

    def stop(self) -> None:
        """All of them, the last one first."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        for child in reversed(self._children):
            try:
                child.process.wait(STOP_S_MAX)
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)  # its own processes too
                child.process.wait()
        self._children.clear()

    def dismiss(self) -> None:
        """Everything is ended: the guard may go."""
        self._tell("done\n")
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _tell(self, line: str) -> None:
        if self._guard.stdin and self._guard.poll() is None:
            self._guard.stdin.write(line.encode())
            self._guard.stdin.flush()


def get(url: str) -> bytes:
    """What stands there. OSError or HTTPException when nothing answers well."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        if response.status != 200:
            raise HTTPException(f"{url} answers {response.status}")
        return response.read()
    finally:
        connection.close()


def tail(log: Path, lines: int = 8) -> str:
    text = log.read_text(errors="replace") if os.path.exists(log) else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])
