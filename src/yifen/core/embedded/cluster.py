"""The files of one embedded cluster: data, passwords, port; made whole or not at all."""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from yifen.core.embedded.account import SHARED, Account, account_for, name_of, shared_folder
from yifen.core.embedded.binaries import Binaries
from yifen.core.embedded.errors import (
    FolderNotWritable,
    NoDatabase,
    NotYours,
    PasswordsLost,
    RestoreUnfinished,
    WrongMajorVersion,
    explain,
)
from yifen.core.facts.private import make_private
from yifen.core.facts.processes import OWNER

SUPERUSER, DATABASE = "postgres", "yifen"
DATA, RESTORING = "data", "data.restoring"
_INITDB = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--no-locale",
    "--encoding=UTF8",
    "--data-checksums",
)
_ROLES = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{{{OWNER}}}'
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""


@dataclass(frozen=True)
class Cluster:
    """`home` holds everything; as root it may lie elsewhere than the folder asked for."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.home / DATA

    @property
    def restoring(self) -> Path:
        """What a restore has not finished: no database, and nothing to make one over."""
        return self.home / RESTORING

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def _password_file(self) -> Path:
        return self.home / "passwords.json"

    def passwords(self) -> dict[str, str]:
        """Role → password."""
        try:
            found: dict[str, str] = json.loads(self._password_file.read_text())
        except (FileNotFoundError, ValueError):
            raise self.passwords_lost() from None
        return found

    def keep_passwords(self, words: dict[str, str]) -> None:
        """Replaced at once: a crash leaves the old ones or the new ones."""
        new = self._password_file.with_suffix(".new")
        write_private(new, json.dumps(words, indent=1) + "\n")
        new.replace(self._password_file)

    def passwords_lost(self) -> PasswordsLost:
        return PasswordsLost(file=self._password_file)

    def ensure(self, binaries: Binaries) -> None:
        """Made if new, then checked. The data appear by one rename, after their passwords."""
        if not self.data.exists():
            if self.restoring.exists():
                raise RestoreUnfinished(folder=self.home)
            self._make(binaries)
        have = (self.data / "PG_VERSION").read_text().strip()
        if have != str(binaries.major):
            raise WrongMajorVersion(
                data=self.data, have=have, want=binaries.major, where=binaries.folder
            )

    def _make(self, binaries: Binaries) -> None:
        words = {role: secrets.token_hex(16) for role in (SUPERUSER, OWNER)}
        self.keep_passwords(words)
        new, password_file = self.home / "data.new", self.home / "initdb.password"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.account.own(new)
        write_private(password_file, words[SUPERUSER] + "\n")
        self.account.own(password_file)
        initdb, where = binaries.program("initdb"), f"--pgdata={new}"
        try:
            self._run(initdb, where, *_INITDB, "--no-sync", f"--pwfile={password_file}")
        finally:
            password_file.unlink()
        silent = ("-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse")
        single = ("--single", "-D", str(new), "-c", "fsync=off", *silent, SUPERUSER)
        self._run(binaries.program("postgres"), *single, feed=_ROLES.format(**words))
        self._run(initdb, where, "--sync-only")
        new.rename(self.data)

    def _run(self, *command: str, feed: str = "") -> None:
        done = subprocess.run(
            command,
            input=feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=environment(),
            **self.account.popen(),
        )
        if done.returncode != 0 or "ERROR:" in done.stdout or "FATAL:" in done.stdout:
            self.log.write_text(done.stdout)
            raise explain(done.stdout, folder=self.home, log=self.log)


def cluster_in(folder: Path) -> Cluster:
    """The cluster of this folder: in it, or under /var/lib/yifen when only root can reach it."""
    home = folder.absolute()
    try:
        make_private(home)
        home = home.resolve()
        account = account_for(home / "data")
        if not account.reaches(home):
            name = _apart(home)
            (home / "location").write_text(f"{shared_folder(name)}\n")
            home = shared_folder(name)
            account = account_for(home / "data")
        (home / "start.lock").touch(0o600)
    except OSError as error:
        raise _unusable(home, error) from error
    return Cluster(home, account)


def require(folder: Path) -> None:
    """That a cluster lies there, or in the folder that root has apart; nothing is made. NoDatabase,
    RestoreUnfinished."""
    here = folder.absolute().resolve()
    for home in (here, SHARED / _apart(here)):
        try:
            if (home / DATA).exists():
                return
            if (home / RESTORING).exists():
                raise RestoreUnfinished(folder=home)
        except PermissionError:
            return  # `cluster_in` says whose it is
    raise NoDatabase(folder=folder)


def _apart(home: Path) -> str:
    return f"data-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def _unusable(home: Path, error: OSError) -> FolderNotWritable | NotYours:
    data = home / "data"
    if data.exists() and os.geteuid() not in (0, owner := data.stat().st_uid):
        return NotYours(data=data, owner=name_of(owner), account=name_of(os.geteuid()))
    return FolderNotWritable(folder=home, reason=error.strerror)


def write_private(path: Path, text: str) -> None:
    """Only its owner may read it, from the first moment; replaced at once."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def environment() -> dict[str, str]:
    """No PG… variable of the caller gets in; TZ spares initdb its search for the time zone."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
