"""The gateway under load: `yifen serve` as a child process."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from yifen.core import runtime
from yifen.core.embedded.processes import children
from yifen.core.facts.settings import Settings
from yifen.core.runtime import EdgeError
from yifen.core.wire.tcp_messages import HEARTBEAT

START_S_MAX, STOP_S_MAX = 30, 40


class GatewayProcess:
    """Serves while in use; its output is in a file."""

    def __init__(self, settings: Settings, url: str, workers: int, log: Path, dialect: str = "") -> None:
        """`dialect`: tcp, that of `yifen tcp`."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._log, self._is_tcp = log, dialect == "tcp"
        environment = {
            **runtime.environment(settings, url),
            "YIFEN_BUCKETS": str(settings.buckets),
            "YIFEN_HOST": "127.0.0.1",
        }
        serve = ["tcp"] if self._is_tcp else ["serve", "--workers", str(workers)]
        command = [sys.executable, "-m", "yifen", *serve, "--port", str(self.port)]
        with log.open("wb") as output:
            self._child = subprocess.Popen(
                command, env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=os.sep,
                start_new_session=True,  # Ctrl-C reaches us first, and we stop it
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._child.pid

    def memory_mb(self) -> float:
        """What its processes hold; 0 where /proc is not."""
        return _held_kb(self.pid) / 1024

    def __enter__(self) -> "GatewayProcess":
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Drained; killed if that takes too long."""
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_S_MAX
        while not self._healthy():
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise EdgeError(f"the gateway did not start: {self._log.read_text()[-1000:]}")
            time.sleep(0.05)

    def _healthy(self) -> bool:
        if self._is_tcp:
            return self._beats()
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            asking.request("GET", "/health")
            return asking.getresponse().status == 200
        except OSError:
            return False
        finally:
            asking.close()

    def _beats(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2) as line:
            line.sendall(HEARTBEAT)
            return line.recv(len(HEARTBEAT)) == HEARTBEAT
        return False


def _held_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
    return own + sum(map(_held_kb, children(pid)))
