"""PostgreSQL's own programs, and the server that is backed up."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yifen.core import runtime
from yifen.core.embedded.binaries import wanted_folder
from yifen.core.embedded.cluster import DATABASE, SUPERUSER
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import OWNER
from yifen.core.facts.settings import Settings
from yifen.core.runtime import EdgeError

NO_URL = ("YIFEN_BACKUP_URL is not set: it is the address of a role with REPLICATION on your server "
          "(docs/operations.md, Backups)")  # fmt: skip


class Programs(NamedTuple):
    """As `YIFEN_PG_BIN` or the package has them; we run them as ourselves."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


def programs(settings: Settings) -> Programs:
    """EdgeError: there are none."""
    folder = Path(settings.pg_bin) if settings.pg_bin else wanted_folder()
    try:
        said = subprocess.run([folder / "pg_basebackup", "--version"], capture_output=True, text=True).stdout
        return Programs(folder, int(re.findall(r"\(PostgreSQL\) (\d+)", said)[0]))
    except (OSError, IndexError):
        raise EdgeError(f"{folder}/pg_basebackup does not run: set YIFEN_PG_BIN to PostgreSQL's bin folder") from None


class CopySource(NamedTuple):
    """`owner_url` reads the facts, `copies_url` may copy the whole cluster."""

    owner_url: str
    copies_url: str
    embedded: bool

    def command(self, program: str, *words: str) -> tuple[list[str], dict[str, str]]:
        """With the environment that it needs: a password in a command line is for everybody to read."""
        parts = conninfo_to_dict(self.copies_url)
        word = str(parts.pop("password", "") or "")
        parts.pop("dbname", None)
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "YIFEN_"))}
        line = make_conninfo("", **parts)
        return [program, "--no-password", f"--dbname={line}", *words], env | ({"PGPASSWORD": word} if word else {})


@contextmanager
def source(settings: Settings) -> Iterator[CopySource]:
    """While it runs, where it is our own. EdgeError."""
    if (settings.database_url or settings.owner_url) and not settings.backup_url:
        raise EdgeError(NO_URL)
    with runtime.database(settings, OWNER) as found:
        if not found.urls:
            yield CopySource(found.url, settings.backup_url, embedded=False)
            return
        bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
        with EmbeddedPostgres(runtime.data_folder(settings) / "postgres", bin_dir=bin_dir) as server:
            yield CopySource(found.url, server.url(SUPERUSER, DATABASE), embedded=True)


def reading(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection that only reads. EdgeError."""
    try:
        return psycopg.connect(url, options="-c default_transaction_read_only=on", autocommit=True)
    except psycopg.Error as error:
        raise EdgeError(f"the database cannot be reached: {error}") from None
