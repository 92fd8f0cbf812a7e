"""What the commands share: where the database is, and the embedded one when none was named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg

from yifen.core.embedded.errors import EmbeddedError
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.settings import ROOT, SettingError, Settings, read_settings

NOT_MIGRATED = "the database is not of this version yet: run ./yifen migrate"


class EdgeError(Exception):
    """Something around the program is not as it must be; the message says what to do."""


class Database(NamedTuple):
    """Addresses of the same database: as the restricted role, as its owner."""

    app_url: str
    owner_url: str

    @property
    def app_role(self) -> str:
        return urlsplit(self.app_url).username or ""


def settings_of(env: dict[str, str] | None = None) -> Settings:
    """The settings. EdgeError names the one that is wrong."""
    try:
        return read_settings(os.environ if env is None else env)
    except SettingError as error:
        raise EdgeError(str(error)) from None


def data_folder(settings: Settings) -> Path:
    """The data folder; a relative one is relative to the checkout."""
    return ROOT / settings.data


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database that the settings name, else the embedded server, running while in use."""
    if settings.database_url:
        yield Database(settings.database_url, settings.owner_url or settings.database_url)
        return
    bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
    try:
        with EmbeddedPostgres(data_folder(settings) / "postgres", bin_dir=bin_dir) as server:
            yield Database(server.url("yifen_app", "yifen"), server.url("yifen_owner", "yifen"))
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def environment(settings: Settings, found: Database) -> dict[str, str]:
    """The environment of a child process that is to use this database."""
    return {
        **os.environ,
        "YIFEN_DATABASE_URL": found.app_url,
        "YIFEN_DATA": str(data_folder(settings)),
        "PYTHONPATH": str(ROOT / "src"),
    }


def migrate(settings: Settings, found: Database) -> None:
    """Tables, functions, grants. EdgeError with what to do when it cannot be."""
    os.environ["YIFEN_OWNER_URL"] = found.owner_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"
    from yifen.core.starting import check_tasks

    check_tasks()
    from yifen.core.schema import BucketsChanged
    from yifen.core.schema import migrate as bring_up

    try:
        bring_up(found.owner_url, found.app_role, settings.buckets)
    except (BucketsChanged, psycopg.Error) as error:
        raise EdgeError(f"migrate: {error}") from None


def require_migrated(settings: Settings, found: Database) -> None:
    """EdgeError when the tables are not there, or were made with another number of buckets; PlugError
    when a plug names what is not there."""
    from yifen.core.starting import check_tables, check_tasks

    check_tasks()
    try:
        with psycopg.connect(found.app_url, connect_timeout=5) as conn:
            conn.execute("SELECT version FROM master_version")
            row = conn.execute("SELECT count(*) FROM ledger_head").fetchone()
            check_tables(conn)
        if row is not None and row[0] != settings.buckets:
            raise EdgeError(BUCKETS_CHANGED.format(have=row[0], want=settings.buckets))
    except psycopg.errors.UndefinedTable:
        raise EdgeError(NOT_MIGRATED) from None
    except psycopg.OperationalError as error:
        raise EdgeError(f"the database cannot be reached: {error}") from None
