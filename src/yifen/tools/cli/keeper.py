"""A server's first process: it holds the sockets and keeps as many processes as were asked for.

On SIGHUP it becomes the version that is on the disk now 不停机换版: the same process, the same sockets, new code.
Its processes of before serve on until the new ones do, then leave (`core/incoming/leaving.py`). A version that
would not start is not switched to.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from granian._granian import SocketHolder
from granian.server import Server
from granian.server.mp import WorkerProcess

from yifen.core.incoming import front
from yifen.core.incoming.leaving import LEAVE, LEAVE_S_MAX, READY_FD
from yifen.tools.cli import addresses
from yifen.tools.cli.addresses import BACKLOG, HELD
from yifen.tools.cli.standing import AS_STARTED, Standing

RESPAWN_S = 1.0
CHECK_S_MAX = 90
ENDS_S_MAX = LEAVE_S_MAX + 60  # for a long file, too
log = structlog.get_logger()


class Keeper(Server):  # type: ignore[misc,valid-type]
    """A process that dies is started again however often it died, at most one a RESPAWN_S: the
    server of the package would end for all when one died twice. Each has a socket of its own, which
    stays open here: who waits in it waits for the next."""

    def __init__(self, *args: Any, standing: Standing, **more: Any) -> None:
        super().__init__(*args, **more)
        held = json.loads(os.environ.pop(HELD, "{}"))
        self._sockets = [socket.socket(fileno=number) for number in held.get("sockets", ())]
        self._before: list[int] = held.get("processes", [])
        self._standing = standing

    def serve_own(self, certificate: Path | None, key: Path | None, most: int) -> None:
        """As `serve`, with our own front in each process. `most`: connections of one caller."""

        def run(worker: int, application: Any, *_: Any) -> None:
            front.serve(application, self._sockets[worker - 1], certificate, key, most)

        self.serve(WorkerProcess.wrap_target(run))  # type: ignore[no-untyped-call]

    def _init_shared_socket(self) -> None:
        self._ssp = self._sso = None
        while len(self._sockets) < self.workers:
            self._sockets.append(addresses.listening(self.bind_addr, self.bind_port))
        ready, told = os.pipe()
        os.environ[READY_FD] = str(told)
        Thread(target=self._hand_over, args=(ready,), daemon=True).start()

    def _drop_shared_socket(self) -> None:
        for one in self._sockets:
            one.close()

    def _spawn_worker(self, idx: int, *args: Any, **more: Any) -> Any:
        self._shd = SocketHolder(self._sockets[idx].fileno(), False, BACKLOG)  # type: ignore[call-arg]
        return super()._spawn_worker(idx, *args, **more)

    def _respawn_workers(self, *args: Any, **more: Any) -> None:
        time.sleep(RESPAWN_S)
        super()._respawn_workers(*args, **more)
        self.respawned_wrks.clear()

    def _stop_workers(self) -> None:
        for process in self._before:
            _tell(process, signal.SIGTERM)
        super()._stop_workers()
        for process in self._before:
            _ended(process, self.workers_kill_timeout)
        self._standing.end()

    def _hand_over(self, ready: int) -> None:
        """Once every process of ours serves, those of before leave."""
        told = 0
        while told < self.workers:
            told += len(os.read(ready, self.workers - told))
        self._standing.serves()
        for process in self._before:
            _tell(process, LEAVE)
        for process in self._before:
            _ended(process, ENDS_S_MAX)
        self._before.clear()

    def _reload(self, *_: Any) -> None:
        self.reload_signal = False
        self.main_loop_interrupt.clear()
        if why := _refused():
            log.error("the new version does not start; the one of before serves on", said=why)
            self._standing.refused(why)
        elif not self.interrupt_signal:
            self._become()

    def _become(self) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what comes before the next one listens for it
        for one in self._sockets:
            one.set_inheritable(True)
        held = {"sockets": [one.fileno() for one in self._sockets],
                "processes": [*self._before, *(worker.inner.pid for worker in self.wrks)]}  # fmt: skip
        log.info("becoming the version on the disk", processes=held["processes"])
        os.execve(sys.executable, _command(), AS_STARTED | {HELD: json.dumps(held)})  # noqa: S606


def _command() -> list[str]:
    return [sys.executable, *sys.orig_argv[1:]]


def _refused() -> str:
    """Why the version on the disk would not start, in its own last words; "" when it would."""
    try:
        done = subprocess.run([*_command(), "--check"], capture_output=True, text=True, errors="replace",
                              env=AS_STARTED, timeout=CHECK_S_MAX, stdin=subprocess.DEVNULL)  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it did not say so within {CHECK_S_MAX} s"
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _tell(process: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, sign)


def _ended(process: int, seconds: float) -> None:
    """Waits for a child that another version of us started; one that does not end is killed."""
    until = time.monotonic() + seconds
    with suppress(ChildProcessError):
        while os.waitpid(process, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                _tell(process, signal.SIGKILL)
            time.sleep(0.05)
