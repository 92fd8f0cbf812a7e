"""Where a server that runs is found, so that `--restart` can ask it to become the new version and hear how it went."""

import json
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

from yifen.core.embedded.processes import command_line, exists
from yifen.core.runtime import EdgeError

RESTART_S_MAX = 150
TICK_S = 0.05
AS_STARTED = dict(os.environ)
"""Before a command added to it: the next version begins with the same."""


class Standing:
    """A small file beside the data: who serves at a port, since when, and what kept it from the next version."""

    def __init__(self, folder: Path, command: str, port: int) -> None:
        self._command, self._folder, self._file = command, folder, folder / f"{command}-{port}.json"

    @property
    def pid(self) -> int:
        """Of the one that serves; 0: none does."""
        pid = self._read().get("pid", 0)
        return pid if pid and self._command in command_line(pid) else 0

    def serves(self) -> None:
        self._write(serving_since=time.time_ns())
        _notify("READY=1")

    def refused(self, why: str) -> None:
        self._write(**self._read() | {"refused_at": time.time_ns(), "refused": why})

    def end(self) -> None:
        """Its own is removed; another one's stays."""
        if self._read().get("pid") == os.getpid():
            self._file.unlink(missing_ok=True)

    def restart(self) -> None:
        """Returns once the version on the disk serves. EdgeError: none runs, or that version would not start."""
        before, pid = self._read(), self.pid
        if not pid:
            others = "; ".join(f"{port} 在运行 runs: --port {port}" for port in running(self._folder, self._command))
            raise EdgeError(f"{self._command}: {self._file} 所指的没有在运行 · none is running that it tells of"
                            + (f"; {others}" if others else ""))  # fmt: skip
        try:
            os.kill(pid, signal.SIGHUP)
        except PermissionError:
            raise EdgeError(f"{self._command}: process {pid} is another account's: ask as that, or as root") from None
        until = time.monotonic() + RESTART_S_MAX
        while time.monotonic() < until:
            now = self._read()
            if now.get("refused_at") != before.get("refused_at") and "refused" in now:
                raise EdgeError(f"the new version does not start; the one of before serves on: {now['refused']}")
            if now.get("serving_since") != before.get("serving_since") and "serving_since" in now:
                return
            if not exists(pid):
                raise EdgeError(f"{self._command}: process {pid} ended meanwhile; see its log")
            time.sleep(TICK_S)
        raise EdgeError(f"{self._command}: the new version does not serve after {RESTART_S_MAX} s; see its log")

    def _read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        return found

    def _write(self, **facts: Any) -> None:
        new = self._file.with_suffix(".new")
        try:
            new.write_text(json.dumps(facts | {"pid": os.getpid()}, ensure_ascii=False) + "\n")
            new.replace(self._file)
        except OSError:
            return  # a folder that it may only read: it serves all the same


def running(folder: Path, *commands: str) -> dict[int, int]:
    """By port the process of each that serves of this data folder."""
    found = {}
    for command in commands:
        for file in sorted(folder.glob(f"{command}-*.json")):
            port = file.stem.removeprefix(f"{command}-")
            if port.isdecimal() and (pid := Standing(folder, command, int(port)).pid):
                found[int(port)] = pid
    return found


def _notify(said: str) -> None:
    """To systemd, where that started it (`Type=notify`)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(said.encode())
