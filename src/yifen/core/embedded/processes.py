"""Which process serves a data folder, by postmaster.pid and the table of processes."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Postmaster(NamedTuple):
    pid: int
    port: int
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """What postmaster.pid says, true or stale; None without a (whole) one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), int(lines[3]), lines[7:8] == ["ready   "])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def running_postmaster(data: Path) -> Postmaster | None:
    """The living server of these data; a dead one's pid may be another program's by now."""
    found = read_postmaster(data)
    return found if found and str(data) in command_line(found.pid) else None


def drop_stale_pid_file(data: Path) -> None:
    """PostgreSQL clears a dead server's file itself, but not when its pid is in use again.

    Call only while holding the start lock and with no server running. Orphaned children of a killed
    server still keep a new one out: they hold the shared memory that goes with the folder's inode.
    """
    found = read_postmaster(data)
    if found and exists(found.pid):
        (data / "postmaster.pid").unlink(missing_ok=True)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int) -> str:
    """Empty for a process that is gone or a zombie."""
    if not _PROC.joinpath("self").exists():
        return _ps("-o", "command=", "-p", str(pid))
    try:
        words = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace")


def children(pid: int) -> list[int]:
    return [child for child, parent in _table() if parent == pid]


def _table() -> list[tuple[int, int]]:
    """(pid, parent) of every process."""
    if not _PROC.joinpath("self").exists():
        rows = (line.split() for line in _ps("-A", "-o", "pid=,ppid=").splitlines())
        return [(int(pid), int(parent)) for pid, parent in rows]
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # ended meanwhile
            found.append((int(folder.name), int(after_name[1])))
    return found


def _ps(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True).stdout
