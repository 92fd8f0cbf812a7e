"""Which address of the database each process has, and no other: not even as /proc shows it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cluster import FAST, IN_FOLDER
from tests.running import Gateway, Web
from tests.world import APP, Database
from yifen.core.embedded.processes import children
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import EVERYONE, GATEWAY, NIGHT, OWNER, POS, WEB, WORKER

SRC = str(Path(__file__).resolve().parents[2] / "src")


class Hub:
    """An embedded server as an operator has it, every role with a password of its own."""

    def __init__(self, data: Path, server: EmbeddedPostgres) -> None:
        self.data, self.server = data, server
        self.words: dict[str, str] = json.loads((server.home / "passwords.json").read_text())

    def env(self, **more: str) -> dict[str, str]:
        ours = {name: word for name, word in os.environ.items() if not name.startswith("YIFEN_")}
        ring = os.environ["YIFEN_KEY_RING"]
        return {**ours, "PYTHONPATH": SRC, "YIFEN_KEY_RING": ring, "YIFEN_DATA": str(self.data), **more}

    def url(self, role: str) -> str:
        return self.server.url(role, "yifen")

    def known_to(self, pid: int) -> set[str]:
        """The roles whose passwords stand in the environment of a process."""
        shown = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
        return {role for role, word in self.words.items() if word in shown}


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with tempfile.TemporaryDirectory(prefix="yifen-test-") as folder:
        data = Path(folder)
        data.chmod(0o755)
        server = EmbeddedPostgres(data / "postgres", settings=IN_FOLDER | FAST)
        with server:
            made = Hub(data, server)
            done = subprocess.run([sys.executable, "-m", "yifen", "migrate"], env=made.env(),
                                  capture_output=True, text=True)  # fmt: skip
            assert done.returncode == 0, done.stderr
            yield made


def family(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(one for child in children(pid) for one in family(child))]


@pytest.mark.parametrize(("command", "role"), [(Gateway, GATEWAY), (Web, WEB)])
@pytest.mark.parametrize("told", ["nothing", "its own and the owner's"])
def test_gateway_and_pages_know_their_own_address_alone(
    hub: Hub, command: type[Gateway], role: str, told: str
) -> None:
    more = {"YIFEN_DATABASE_URL": hub.url(role), "YIFEN_OWNER_URL": hub.url(OWNER)}
    with command(hub.env(**({} if told == "nothing" else more)), workers=2) as running:
        assert running.process is not None
        found = [hub.known_to(pid) for pid in family(running.process.pid)]
    assert len(found) >= 3
    assert set().union(*found) == (set() if told == "nothing" else {role})


@pytest.mark.parametrize("told", ["nothing", "its own and the owner's"])
def test_the_worker_knows_its_own_address_and_the_nights_process_that_of_the_night(
    hub: Hub, told: str
) -> None:
    more = {"YIFEN_DATABASE_URL": hub.url(WORKER), "YIFEN_OWNER_URL": hub.url(OWNER)}
    env = hub.env(**({} if told == "nothing" else more))
    worker = subprocess.Popen([sys.executable, "-m", "yifen", "worker"], env=env)
    try:
        queues = {"steady", "asked"} | ({"night"} if told == "nothing" else set())
        at_work(hub, queues)
        pids = family(worker.pid)
        night = [pid for pid in pids if b"--night" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        found = {pid: hub.known_to(pid) for pid in pids}
    finally:
        worker.terminate()
        assert worker.wait(30) == 0
    assert len(night) == (told == "nothing")
    assert set().union(*(found[pid] for pid in night)) == ({NIGHT} if night else set())
    assert set().union(*(found[pid] for pid in pids if pid not in night)) <= {WORKER}
    assert not any(Path(f"/proc/{pid}").exists() for pid in night)  # it ended with the worker


def test_the_nights_process_ends_when_its_worker_is_killed(hub: Hub) -> None:
    worker = subprocess.Popen([sys.executable, "-m", "yifen", "worker"], env=hub.env())
    at_work(hub, {"steady", "asked", "night"})
    (night,) = (pid for pid in family(worker.pid)
                if b"--night" in Path(f"/proc/{pid}/cmdline").read_bytes())  # fmt: skip
    worker.kill()
    worker.wait()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{night}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def at_work(hub: Hub, queues: set[str]) -> None:
    """Until a worker of each of these queues gave a sign of life."""
    deadline = time.monotonic() + 60
    alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s"
    with psycopg.connect(hub.url("postgres"), autocommit=True) as conn:
        began = conn.execute("SELECT now()").fetchone()
        while conn.execute(alive, began).fetchone() != (len(queues),):
            assert time.monotonic() < deadline
            time.sleep(0.05)


COMMANDS = {
    ("serve",): GATEWAY, ("web",): WEB, ("worker",): WORKER, ("worker", "--night"): NIGHT, ("pos",): POS,
    ("eod",): NIGHT, ("cut",): NIGHT, ("reconcile", "x", "--partner", "X"): NIGHT,
}  # fmt: skip


@pytest.mark.parametrize(("command", "role"), COMMANDS.items())
def test_a_process_does_not_start_as_somebody_else(
    database: Database, command: tuple[str, ...], role: str
) -> None:
    other = next(name for name in EVERYONE if name != role)
    why = {
        database.super_url: "postgres: it is a superuser",
        database.owner_url: "yifen_owner: it owns tables",
        database.app_url: f"{APP}: it is a member of",
        database.url(other): f"{other}: this process works as {role} alone",
    }
    for url, said in why.items():
        env = database.environment(role) | {"YIFEN_DATABASE_URL": url}
        done = subprocess.run([sys.executable, "-m", "yifen", *command], env=env,
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.startswith(f"yifen: YIFEN_DATABASE_URL comes as {said}"), done.stderr
        assert done.stderr.endswith(
            f"give this process the address of {role} (docs/operations.md)\n"
        )


def test_the_owners_address_alone_starts_no_process(database: Database) -> None:
    env = database.environment() | {"YIFEN_DATABASE_URL": "", "YIFEN_OWNER_URL": database.owner_url}
    for command in ("serve", "web", "worker", "eod"):
        done = subprocess.run([sys.executable, "-m", "yifen", command], env=env,
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert (done.returncode, "YIFEN_DATABASE_URL is not set" in done.stderr) == (1, True), done
