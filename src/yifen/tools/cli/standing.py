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
        self._command, self._file = command, folder / f"{command}-{port}.json"

    def serves(self) -> None:
        self._write(serving_since=time.time_ns())
        _notify("READY=1")

    def refused(self, why: str) -> None:
        self._write(**self._read() | {"refused_at": time.time_ns(), "refused": why})

    def end(self) -> None:
        self._file.unlink(missing_ok=True)

    def restart(self) -> None:
        """Returns once the version on the disk serves. EdgeError: none runs, or that version would not start."""
        before = self._read()
        pid = before.get("pid", 0)
        if not pid or self._command not in command_line(pid):
            raise EdgeError(f"{self._command}: none is running that {self._file} tells of")
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


def _notify(said: str) -> None:
    """To systemd, where that started it (`Type=notify`)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(said.encode())
