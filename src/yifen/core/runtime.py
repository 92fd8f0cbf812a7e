"""What the commands share: where the database is, and the embedded one when none was named."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from types import MappingProxyType
from typing import NamedTuple

import psycopg
import structlog

from yifen.core import loops, tracing
from yifen.core.embedded.cluster import DATABASE, require
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.private import close_data
from yifen.core.facts.processes import EVERYONE, OWNER
from yifen.core.facts.settings import ROOT, SettingError, Settings, read_settings
from yifen.core.standing import EdgeError as EdgeError
from yifen.core.standing import Unreachable, check_standing

log = structlog.get_logger()
WAIT_S = LOOK_S = 1.0
NO_URL = "YIFEN_DATABASE_URL is not set: it is the address of this process, of a role of its own"
ABOVE = ("YIFEN_OWNER_URL", "YIFEN_BACKUP_URL")
"""Addresses of commands: no process that stays has them."""
_READ_AT = time.monotonic()


class Database(NamedTuple):
    """`url`: as the role that was asked for; `urls`: of every role by its name, where the server is
    our own: an operator's server is told to each process by itself."""

    url: str
    urls: Mapping[str, str] = MappingProxyType({})


def settings_of(env: dict[str, str] | None = None) -> Settings:
    """The settings. EdgeError names the one that is wrong."""
    try:
        found = read_settings(os.environ if env is None else env)
        tracing.check(found)
        return found
    except (SettingError, tracing.TracesMissing) as error:
        raise EdgeError(str(error)) from None


def age_s() -> float:
    """How long ago this process began, imports and all; where the system does not say, since this file
    was read."""
    try:
        began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError):
        return time.monotonic() - _READ_AT


def data_folder(settings: Settings) -> Path:
    """The data folder; a relative one is relative to the checkout."""
    return ROOT / settings.data


def _close(folder: Path) -> None:
    try:
        close_data(folder)
    except OSError as error:
        raise EdgeError(f"{folder}: {error.strerror}; set YIFEN_DATA to a folder of yours") from None


@contextmanager
def database(settings: Settings, role: str, *, makes: bool = False) -> Iterator[Database]:
    """The database that the settings name, else the embedded server, running while in use; for the
    process of this role, or for the owner. The data folder is closed to others. EdgeError: whoever
    the settings name is not that role, or may do more; no server is named, none of our own lies there,
    and the command is none that `makes` one."""
    if not (settings.database_url or settings.owner_url or makes):
        require_database(settings)
    _close(data_folder(settings))
    if settings.database_url or settings.owner_url:
        owner = settings.owner_url or settings.database_url
        url = owner if role == OWNER else settings.database_url
        if not url:
            raise EdgeError(NO_URL)
        yield Database(url)
        return
    bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
    try:
        with EmbeddedPostgres(data_folder(settings) / "postgres", bin_dir=bin_dir, makes=makes) as server:
            loops.in_thread("embedded PostgreSQL", server.revive, LOOK_S)
            urls = {name: server.url(name, DATABASE) for name in (*EVERYONE, OWNER)}
            yield Database(urls[role], urls)
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def require_database(settings: Settings) -> None:
    """That the embedded one is there; nothing is made. EdgeError."""
    try:
        require(data_folder(settings) / "postgres")
    except EmbeddedError as error:
        raise EdgeError(str(error)) from None


def forget_owner() -> None:
    """A process that stays never knows the addresses ABOVE it: this one becomes the same command
    without them, for what a process was started with can be read for as long as it runs."""
    if os.environ.get("YIFEN_OWNER_URL") and not os.environ.get("YIFEN_DATABASE_URL"):
        raise EdgeError(NO_URL)
    if not os.environ.keys().isdisjoint(ABOVE):
        kept = {name: value for name, value in os.environ.items() if name not in ABOVE}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], kept)  # noqa: S606


def environment(settings: Settings, url: str) -> dict[str, str]:
    """The environment of a child process that is to use this database, as the role of this URL."""
    kept = {name: value for name, value in os.environ.items() if name not in ABOVE}
    return {
        **kept,
        "YIFEN_DATABASE_URL": url,
        "YIFEN_DATA": str(data_folder(settings)),
        "PYTHONPATH": str(ROOT / "src"),
    }


def migrate(settings: Settings, owner_url: str, as_it_stands: bool = False) -> None:
    """Tables, functions, grants. EdgeError with what to do when it cannot be."""
    as_owner(owner_url)
    from yifen.core.grants import RolesMissing
    from yifen.core.starting import check_tasks

    check_tasks()
    from django.db import DatabaseError

    from yifen.core.schema import BucketsChanged
    from yifen.core.schema import migrate as bring_up

    try:
        bring_up(owner_url, settings.buckets, as_it_stands)
    except (BucketsChanged, RolesMissing, psycopg.Error, DatabaseError) as error:
        raise EdgeError(f"migrate: {error}") from None


def as_owner(owner_url: str) -> None:
    """Django, once it is set up, works as the owner."""
    os.environ["YIFEN_OWNER_URL"] = owner_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "yifen.project.settings"


def require_migrated(settings: Settings, found: Database, role: str) -> None:
    """EdgeError when the tables are not there, or were made with another number of buckets, or when
    a process comes as somebody else than its role; PlugError when a plug names what is not there."""
    from yifen.core.starting import check_tables, check_tasks

    check_tasks()
    check_standing(found.url, role, settings.buckets, check_tables)


def await_migrated(settings: Settings, found: Database, role: str) -> None:
    """As `require_migrated`, for a process that serves nobody yet: a database that is away is waited
    for."""
    while True:
        try:
            return require_migrated(settings, found, role)
        except Unreachable as error:
            log.warning("the database is waited for", error=str(error)[:300])
            sleep(WAIT_S)


def checked_when_there(settings: Settings, found: Database, role: str) -> None:
    """As `require_migrated`, for a server that listens in any case: its processes ask again."""
    try:
        require_migrated(settings, found, role)
    except Unreachable as error:
        log.warning("the database is away; it is listened all the same", error=str(error)[:300])
