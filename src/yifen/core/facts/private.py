"""Folders and files of ours are for nobody else on the machine (A4: keys, logs, exports, reports)."""

import os
from pathlib import Path

PASSED = ("postgres", "demo")  # of the data folder: PostgreSQL's own account goes through, as root
CLOSED = ("exports",)  # the inbox is its operator's affair
_STICKY = 0o1000


def folder_mode(*, passed: bool = False) -> int:
    """Closed; others may only pass through to what they know of where they must: root's PostgreSQL runs as
    another account, and partners' accounts reach the inbox."""
    return 0o711 if passed or os.geteuid() == 0 else 0o700


def make_private(folder: Path) -> Path:
    """This folder, and those above it that are missing."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(folder_mode())
    return folder


def close_data(folder: Path) -> None:
    """A data folder that an earlier version, or a wider umask, left open. One that everybody writes in
    (/tmp) is nobody's to close."""
    make_private(folder)
    modes = {folder / name: folder_mode() for name in PASSED} | {folder / name: 0o700 for name in CLOSED}
    modes[folder] = folder_mode(passed=(folder / "inbox").is_dir())
    for path, mode in modes.items():
        if _is_ours(path):
            path.chmod(path.stat().st_mode & mode)
    for name in PASSED:
        close_files(folder / name)


def close_files(folder: Path) -> None:
    """The files right in a folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode & 0o700)


def _is_ours(path: Path) -> bool:
    if not path.is_dir():
        return False
    facts = path.stat()
    return facts.st_uid == os.geteuid() and not facts.st_mode & _STICKY
