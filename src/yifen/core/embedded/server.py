"""An embedded PostgreSQL: start or reuse, stop, kill. No root tricks, no port open to others."""

import os
import signal
import time
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Self

from yifen.core.embedded.binaries import find_binaries
from yifen.core.embedded.cluster import Cluster, cluster_in, require
from yifen.core.embedded.errors import NotRunning
from yifen.core.embedded.launch import DEFAULTS, TICK_S, Child, launch, wait_until_ready
from yifen.core.embedded.locks import locked, try_lock
from yifen.core.embedded.logins import complete
from yifen.core.embedded.processes import Postmaster, children, command_line

STOP_S_MAX = 60


class EmbeddedPostgres:
    """One cluster in one folder, with the roles postgres, yifen_owner and those of the processes.

    `settings` are PostgreSQL's own and hold for a server that we start; one that is found running
    keeps those it has. With `port` among them that port is used or none. Who does not make (`makes`)
    finds a cluster there or is refused.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        bin_dir: Path | None = None,
        makes: bool = True,
    ) -> None:
        self._folder = Path(folder)
        self._bin_dir = bin_dir
        self._makes = makes
        self._settings = {**DEFAULTS, **settings}
        self._cluster: Cluster | None = None
        self._server: Postmaster | None = None
        self._child: Child | None = None
        self._ownership: int | None = None
        self._looking = Lock()
        self._passwords: dict[str, str] = {}
        ours = weakref.WeakMethod(self._forked)
        os.register_at_fork(after_in_child=lambda: (forked := ours()) and forked())

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def port(self) -> int:
        return self._running().port

    @property
    def home(self) -> Path:
        """Where the files are, once started: as root not always the folder asked for."""
        self._running()
        return self._cluster.home if self._cluster else self._folder

    def url(self, role: str, database: str) -> str:
        """For psycopg and Django alike; passwords are plain hexadecimal digits."""
        port = self._running().port
        return f"postgresql://{role}:{self._passwords[role]}@127.0.0.1:{port}/{database}"

    def start(self) -> None:
        """Returns when it accepts connections. Of two starters at once the second reuses."""
        if self._server:
            return
        if not self._makes:
            require(self._folder)
        cluster = cluster_in(self._folder)
        with locked(cluster.home / "start.lock"):
            binaries = find_binaries(cluster.account, self._bin_dir)
            cluster.ensure(binaries)
            server = wait_until_ready(cluster)
            if server is None:
                self._child, server = launch(cluster, binaries, self._settings)
            passwords = complete(cluster, server.port)
        self._cluster, self._server, self._passwords = cluster, server, passwords
        if self._ownership is None:
            self._ownership = try_lock(cluster.home / "owner.lock")

    def revive(self) -> bool:
        """Look whether it lives. Killed though nobody stopped it, it is started again at the same port,
        which others know; by its owner, and when he died with it by whoever looks first."""
        with self._looking:
            if self._server is None or command_line(self._server.pid):
                return False
            if self._child is None and self._ownership is None and self._cluster:
                self._ownership = try_lock(self._cluster.home / "owner.lock")
                if self._ownership is None:
                    return False
            if self._child:
                self._child.wait()
            self._settings["port"] = str(self._server.port)
            dead, self._server = self._server, None
            try:
                self.start()
            except BaseException:
                self._server = dead  # it is looked for again
                raise
            return True

    def stop(self) -> None:
        """Fast shutdown of a server that we started or whose starter died; others run on."""
        with self._looking:
            self._stop()

    def _stop(self) -> None:
        if self._server and (self._child or self._ownership is not None):
            for hint in (signal.SIGINT, signal.SIGQUIT):  # the second leaves work to recovery
                self._send([self._server.pid], hint)
                if self._ended([self._server.pid]):
                    break
            else:
                self.kill()
        self._forget()

    def kill(self) -> None:
        """As a power cut would: SIGKILL for the server and its children. start() works again."""
        pid = self._running().pid
        self._send([pid], signal.SIGSTOP)  # no new children while we look
        victims = [*children(pid), pid]
        self._send(victims, signal.SIGKILL)
        self._ended(victims)
        self._forget()

    def _running(self) -> Postmaster:
        if self._server is None:
            raise NotRunning(folder=self._folder)
        return self._server

    def _send(self, pids: Iterable[int], sign: signal.Signals) -> None:
        if self._child and self._child.poll() is not None:
            return  # reaped: its pid may be another program's
        for pid in pids:
            if command_line(pid):
                os.kill(pid, sign)

    def _ended(self, pids: Iterable[int]) -> bool:
        """True when all are gone in time."""
        deadline = time.monotonic() + STOP_S_MAX
        while any(map(command_line, pids)):
            if self._child:
                self._child.poll()  # a child that nobody reaps is never gone
            if time.monotonic() > deadline:
                return False
            time.sleep(TICK_S)
        return True

    def _forked(self) -> None:
        """In a child: the server is its parent's, who may become another program and keep it."""
        if self._ownership is not None:
            os.close(self._ownership)
        self._ownership = self._child = None

    def _forget(self) -> None:
        if self._child:
            self._child.wait()
        if self._ownership is not None:
            os.close(self._ownership)
        self._server = self._child = self._ownership = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
