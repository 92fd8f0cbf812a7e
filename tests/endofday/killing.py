"""A runner that dies: a connection and a hub that end the process before or after any round trip."""

from typing import Any

import psycopg

from tests.endofday.network import Network
from yifen.hub.night import NightOutside


class Killed(BaseException):
    """The process is gone: no handler of the product may catch it."""


class Stopped(Killed):
    """Died between two steps, where the test wanted it to."""


class Fuse:
    """Burns one step a round trip; at the end of it, and ever after, everything dies."""

    def __init__(self, steps: int | None = None) -> None:
        self.left = steps
        self.burnt = 0

    def step(self) -> None:
        self.burnt += 1
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise Killed


class DyingConnection(psycopg.Connection[Any]):
    """The real thing; its process may die before the server hears, or before the answer is read."""

    fuse = Fuse()

    def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
        self.fuse.step()
        answer = super().wait(gen, *args, **more)
        self.fuse.step()
        return answer


class DyingHub:
    """The hub, reached by a process that may die before or after each call."""

    def __init__(self, hub: Any, fuse: Fuse) -> None:
        self._hub, self._fuse = hub, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._hub, name)

        def call(*args: Any) -> Any:
            self._fuse.step()
            answer = found(*args)
            self._fuse.step()
            return answer

        return call


def run_and_die(network: Network, steps: int | None, **more: Any) -> tuple[str, Fuse]:
    """A run by a process that dies after so many steps: its state, or "killed"."""
    fuse = Fuse()
    conn = DyingConnection.connect(network.database.app_url, autocommit=True)
    conn.fuse = fuse
    fuse.left = steps
    outside = NightOutside(DyingHub(network.hub, fuse), network.inbox, network.outside.bank_port,
                      quiet_s=0)  # fmt: skip
    try:
        return network.run(conn=conn, outside=outside, **more).state, fuse
    except Stopped:
        return "killed", fuse
    except (Killed, psycopg.OperationalError):  # who is dead may trip over himself
        assert fuse.left is not None
        assert fuse.left < 0
        return "killed", fuse
    finally:
        fuse.left = None
        conn.pgconn.finish()  # as the kernel does it for a dead process
