"""The real gateway and the real pages as processes, over real HTTP."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from yifen.core.embedded.ports import remembered_or_free

START_S_MAX = 30


def port_of_ours(file: Path) -> int:
    """A free port that no other worker of the tests takes meanwhile."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ours = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % workers
    while (port := remembered_or_free(file)) % workers != ours:
        file.unlink()
    return port


class Gateway:
    """`yifen serve` in a session of its own; `log()` tells what it said."""

    COMMAND, HEALTH = "serve", "/health"

    def __init__(self, env: dict[str, str], workers: int = 1) -> None:
        self.env, self.workers = env, workers
        self._folder = Path(tempfile.mkdtemp(prefix="yifen-gateway-"))
        self.port = port_of_ours(self._folder / "port")
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "yifen", self.COMMAND, "--port", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(self.workers)],
                env=self.env,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S_MAX
        while not self.answers():
            assert self.process.poll() is None, f"the gateway ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"the gateway does not answer:\n{self.log()}"
            time.sleep(0.02)

    def answers(self) -> bool:
        asking = HTTPConnection("127.0.0.1", self.port, timeout=2)  # the lightest there is
        try:
            asking.request("GET", self.HEALTH)
            return asking.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            asking.close()

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def terminate(self) -> None:
        """Ask it to drain and end, without waiting."""
        assert self.process is not None
        self.process.terminate()

    def kill(self) -> None:
        """SIGKILL for the whole session: the parent and its workers, at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> int:
        """Drain and end; the exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
        for file in self._folder.iterdir():
            file.unlink()
        self._folder.rmdir()


class Web(Gateway):
    """`yifen web`, the pages for people."""

    COMMAND, HEALTH = "web", "/sign-in/"
