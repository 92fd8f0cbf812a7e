"""What is said of a backup beside it; a folder that has no such word is no backup."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from yifen.core.runtime import EdgeError

NAME, BASE, WAL = "backup.json", "base", "wal"
UNFINISHED = ".unfinished-"
STAMP = "%Y%m%dT%H%M%SZ"
_STAMPED = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True)
class Manifest:
    """`system`: the cluster's identifier; `first_segment`: the oldest WAL that it needs; `last_payment`: one that
    is in it for certain; `keys`: versions of the key ring that open it; `proved`: what a restore of it said;
    `base`: `whole.digest`; `seal`: of all the rest (sealing.py)."""

    yifen: str
    postgres: int
    system: str
    embedded: bool
    database: str
    buckets: int
    migrations: int
    migration: str
    began_at: str
    ended_at: str
    timeline: int
    start_lsn: str
    end_lsn: str
    first_segment: str
    files: int
    bytes: int
    keys: list[int]
    last_payment: Mapping[str, Any] | None = None
    proved: Mapping[str, Any] | None = field(default=None)
    base: str = ""
    seal: str = ""

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.ended_at)


def write(folder: Path, manifest: Manifest) -> None:
    """On the disk before it counts."""
    new = folder / f"{NAME}.new"
    new.unlink(missing_ok=True)  # never through a link that somebody laid there
    with new.open("x", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / NAME)
    flush(folder)


def read(folder: Path) -> Manifest:
    """EdgeError: this is no whole backup of ours."""
    try:
        return Manifest(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise EdgeError(f"{folder} is no backup, or was never finished: it has no {NAME}") from None
    except (OSError, ValueError, TypeError) as error:
        raise EdgeError(f"{folder / NAME} cannot be read: {error}") from None


def backups(folder: Path) -> list[Path]:
    """Those that were finished, the oldest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if _STAMPED.fullmatch(one.name) and (one / NAME).is_file())


def flush(folder: Path) -> None:
    """What a folder lists is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
