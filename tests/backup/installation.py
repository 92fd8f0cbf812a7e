"""An installation with the embedded server, as a demo has one, that charges, is backed up and is lost."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.cluster import IN_FOLDER, add_app, migrated
from tests.torture.traffic import committed, owe_many
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres

BUCKETS = 2


class Installation:
    """`folder`: YIFEN_DATA; `backups` lie beside it, as on another disk."""

    def __init__(self, top: Path) -> None:
        self.top, self.folder, self.backups = top, top / "data", top / "backups"
        self.server = EmbeddedPostgres(self.folder / "postgres", settings=IN_FOLDER | {"shared_buffers": "32MB"})
        self.server.start()
        add_app(self.server)
        self.database: Database = migrated(self.server, "yifen", BUCKETS)
        with committed(self.database) as world:
            self.bills = iter(owe_many(world, 3000))
        (self.folder / "key-ring").write_text(os.environ["YIFEN_KEY_RING"] + "\n")

    def env(self, **more: str) -> dict[str, str]:
        """Of a command on this machine: the embedded server, its own ring."""
        kept = self.database.environment() | {"YIFEN_DATA": str(self.folder)} | more
        return {name: value for name, value in kept.items() if name not in ("YIFEN_DATABASE_URL", "YIFEN_KEY_RING")}

    def yifen(self, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "yifen", *map(str, words)], env=self.env(**more),
                              capture_output=True, text=True)  # fmt: skip

    @contextmanager
    def followed(self) -> Iterator[subprocess.Popen[bytes]]:
        """The WAL is kept meanwhile; what was committed before the end is there."""
        words = [sys.executable, "-m", "yifen", "backup", "--follow", "--to", str(self.backups)]
        child = subprocess.Popen(words, env=self.env())
        try:
            self.caught_up()
            yield child
            self.caught_up()
        finally:
            child.terminate()
            assert child.wait(20) == 0

    def caught_up(self) -> None:
        with psycopg.connect(self.database.super_url, autocommit=True) as conn:
            until, at = time.monotonic() + 30, conn.execute("SELECT pg_current_wal_flush_lsn()").fetchall()[0][0]
            asked = ("SELECT count(*) FROM pg_stat_replication WHERE application_name = 'pg_receivewal'"
                     " AND write_lsn >= %s")  # fmt: skip
            while conn.execute(asked, (at,)).fetchall() != [(1,)]:
                assert time.monotonic() < until
                time.sleep(0.05)

    def lose(self) -> None:
        """The machine is gone."""
        self.server.kill()
        shutil.rmtree(self.folder)


@contextmanager
def installed() -> Iterator[Installation]:
    with TemporaryDirectory(prefix="yifen-test-") as name:
        Path(name).chmod(0o755)  # as root the server runs as nobody
        made = Installation(Path(name))
        try:
            yield made
        finally:
            if made.folder.exists():
                made.server.kill()
