"""The demo's stage: its own data folder, an embedded PostgreSQL with a fresh database, children."""

import json
import os
import signal
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from yifen.core import runtime
from yifen.core.embedded.cluster import DATABASE, SUPERUSER, cluster_in
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.embedded.locks import try_lock
from yifen.core.embedded.ports import remembered_or_free
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.private import make_private
from yifen.core.facts.processes import EVERYONE, GATEWAY, NIGHT, OWNER, WEB, WORKER
from yifen.core.facts.secrets import KeyRing, read_ring
from yifen.core.facts.settings import Settings
from yifen.core.runtime import Database, EdgeError
from yifen.core.wire.keys import Key
from yifen.core.wire.outbound import ALLOW
from yifen.tools.demo.children import Child, Children, get

FOLDER = "demo"
_MADE_ANEW = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nothing waits for the disk: a demo that is broken off begins anew."""


class Stage:
    """What a demo stands on. `base_url` is the gateway's, once it is started."""

    def __init__(
        self, settings: Settings, folder: Path, database: Database, children: Children
    ) -> None:
        self.settings, self.folder = settings, folder
        self.database, self.children = database, children
        self.base_url = self.web_url = ""
        self.ports: dict[str, int] = {}  # of simulators, by their names
        self._coming: list[tuple[Child, str]] = []

    def env(self, role: str = "") -> dict[str, str]:
        """For a child: the demo's database as this role, or none, and nothing of another one."""
        return runtime.environment(self.settings, self.database.urls.get(role, ""))

    def start_gateway(self) -> None:
        """The real gateway, as `./yifen serve` runs it; up once `wait` returns."""
        port = remembered_or_free(self.folder / "gateway.port")
        child = self.children.start("gateway", ["serve", "--port", str(port)], self.env(GATEWAY))
        self.base_url = f"http://{self.settings.host}:{port}"
        self._coming.append((child, f"{self.base_url}/health"))

    def start_web(self) -> None:
        """The pages, as `./yifen web` runs them; payers pay by the simulated method; up once `wait` returns."""
        port, self.web_url = self._web_place()
        env = self.env(WEB) | {"YIFEN_WEB_ORIGIN": self.web_url, "YIFEN_GATEWAY_ORIGIN": self.base_url,
                               "YIFEN_PAY_METHODS": "simulated"}  # fmt: skip
        child = self.children.start("web", ["web", "--port", str(port)], env)
        self._coming.append((child, f"{self.web_url}/sign-in/"))

    def wait(self) -> None:
        """Until all that was started answers: they come up side by side."""
        while self._coming:
            self.children.wait_for(*self._coming.pop(0))

    def _web_place(self) -> tuple[int, str]:
        """The port of the pages, and their address."""
        port = remembered_or_free(self.folder / "web.port")
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::") else self.settings.host  # noqa: S104
        return port, f"http://{host}:{port}"

    def start_worker(self) -> None:
        """The jobs: re-query of what billers left undecided; and the night's, in a process of its own."""
        paying = {"YIFEN_PAY_METHODS": "simulated", "YIFEN_WEB_ORIGIN": self._web_place()[1]}  # messages lead there
        self.children.start("worker", ["worker"], self.env(WORKER) | paying)
        self.children.start("night", ["worker", "--night"], self.env(NIGHT) | paying)

    def ring(self) -> KeyRing:
        """The key ring that the gateway will read."""
        return read_ring(self.settings.key_ring, self.folder)

    def hub_key(self) -> Key:
        """The gateway's public key, as any partner fetches it."""
        row = json.loads(get(f"{self.base_url}/keys"))["keys"][0]
        partner, version = row["keyid"].split(":")
        return Key(
            partner=partner,
            version=int(version),
            algorithm=row["algorithm"],
            public=b64decode(row["public"]),
        )


@contextmanager
def stage(settings: Settings) -> Iterator[Stage]:
    """Everything but the children; ended in order whatever happens. EdgeError."""
    folder = runtime.data_folder(settings) / FOLDER
    own = settings._replace(data=str(folder), database_url="", owner_url="")
    os.environ["YIFEN_DATA"] = str(folder)  # of Django in this process too: it seals by this ring
    # The demo's biller and bank stand on this machine.
    os.environ[ALLOW] = ",".join(filter(None, (settings.outbound_allow, "127.0.0.0/8")))
    try:
        make_private(folder)
        lock = try_lock(folder / "lock")
    except OSError as error:
        raise EdgeError(
            f"{folder}: {error.strerror}; set YIFEN_DATA to a folder of yours"
        ) from None
    if lock is None:
        raise EdgeError(f"another demo runs in {folder}: stop it, or set YIFEN_DATA to another one")
    children = Children(folder)
    try:
        home = cluster_in(folder / "postgres")
        children.watch(home.data / "postmaster.pid", signal.SIGINT)
        with _server(own, folder) as server:
            renew(server)
            urls = {role: server.url(role, DATABASE) for role in (*EVERYONE, OWNER)}
            found = Database(urls[OWNER], urls)
            runtime.migrate(own, found.url)
            try:
                yield Stage(own, folder, found, children)
            finally:
                children.stop()
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None
    finally:
        children.dismiss()
        os.close(lock)


def _server(settings: Settings, folder: Path) -> EmbeddedPostgres:
    bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
    return EmbeddedPostgres(folder / "postgres", settings=_MADE_ANEW, bin_dir=bin_dir)


def renew(server: EmbeddedPostgres) -> None:
    """An empty database: each demo makes its own. What a killed demo half dropped goes too."""
    try:
        with psycopg.connect(server.url(SUPERUSER, DATABASE)) as conn:
            fresh = conn.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    except psycopg.OperationalError:
        fresh = None
    if fresh and fresh[0]:
        return
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        conn.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
