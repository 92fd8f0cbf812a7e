"""Known weaknesses out of a folder, a zip or a file of OSV records (the form of osv.dev), offline."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import DecodeError, json
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from yifen.tools.supply.lock import Pin

Record = dict[str, Any]
RECORD_MAX = 8 << 20  # bytes of one record; more is no record


class DatabaseError(ValueError):
    """The database cannot be read."""


class Advisory(NamedTuple):
    """A weakness that a pin has; `fixed`: versions without it."""

    id: str
    aliases: tuple[str, ...]
    package: str
    version: str
    summary: str
    fixed: tuple[str, ...]


class AdvisoryDatabase(NamedTuple):
    """What was read. `records`: of PyPI, by package; `newest`: when the newest was written, as it says;
    `unread`: names of what could not be read, which may be a weakness that is missed."""

    records: dict[str, list[Record]]
    size: int
    newest: str
    unread: list[str]


def read_database(path: Path) -> AdvisoryDatabase:
    """DatabaseError: it is not there, or holds no record of PyPI."""
    records: dict[str, list[Record]] = {}
    size, newest, unread = 0, "", []
    for name, raw in _files(path):
        rows = _records(raw)
        if rows is None:
            unread.append(name)
            continue
        for row in rows:
            packages = {_package(part) for part in _affected(row)}
            size += bool(packages)
            newest = max(newest, str(row.get("modified", "")))
            for package in packages:
                records.setdefault(package, []).append(row)
    if not size:
        raise DatabaseError(f"{path}: no OSV record of PyPI in it")
    return AdvisoryDatabase(records, size, newest, unread)


def _records(raw: bytes) -> list[Record] | None:
    """A record, or a list of them; None: it is neither."""
    try:
        found = json.decode(raw) if 0 < len(raw) <= RECORD_MAX else None
    except DecodeError:
        return None
    rows: list[Any] = found if isinstance(found, list) else [found]
    fits = all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows)
    return rows if fits else None


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                yield str(file.relative_to(path)), file.read_bytes()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for part in archive.infolist():
                    if part.filename.endswith(".json"):
                        whole = b"" if part.file_size > RECORD_MAX else archive.read(part)
                        yield part.filename, whole
        else:
            yield path.name, path.read_bytes()
    except (OSError, zipfile.BadZipFile) as error:
        raise DatabaseError(f"{path}: {error}") from None


def _affected(record: Record) -> list[Record]:
    """Its parts about PyPI; of a withdrawn record none."""
    parts = record.get("affected")
    if record.get("withdrawn") or not isinstance(parts, list):
        return []
    return [part for part in parts if isinstance(part, dict) and isinstance(part.get("package"), dict)
            and part["package"].get("ecosystem") == "PyPI"]  # fmt: skip


def _package(part: Record) -> str:
    return canonicalize_name(str(part["package"].get("name", "")))


def weaknesses(pin: Pin, database: AdvisoryDatabase) -> list[Advisory]:
    """Of this package in this version."""
    found = []
    for record in database.records.get(pin.name, ()):
        parts = [part for part in _affected(record) if _package(part) == pin.name]
        if any(is_affected(pin.version, part) for part in parts):
            fixed = {event["fixed"] for part in parts for span in _ranges(part)
                     for event in span.get("events") or () if "fixed" in event}  # fmt: skip
            said = str(record.get("summary") or record.get("details") or "")
            aliases = tuple(map(str, record.get("aliases") or ()))
            found.append(Advisory(record["id"], aliases, pin.name, pin.version,
                                  " ".join(said.split())[:200], tuple(sorted(fixed))))  # fmt: skip
    return sorted(found)


def is_affected(version: str, part: Record) -> bool:
    """By the list of versions, or by a range of events. What cannot be read counts as affected: a
    person has to look."""
    if version in (part.get("versions") or ()):
        return True
    return any(_within(version, span.get("events") or ()) for span in _ranges(part))


def _ranges(part: Record) -> list[Record]:
    return [span for span in part.get("ranges") or () if span.get("type") in ("ECOSYSTEM", "SEMVER")]


def _within(version: str, events: Sequence[dict[str, str]]) -> bool:
    """The state after the last event that is not behind this version."""
    try:
        mine, inside = Version(version), False
        for event in sorted(events, key=lambda event: Version(next(iter(event.values())))):
            (kind, at), = event.items()
            if kind == "introduced" and mine >= Version(at):
                inside = True
            elif (kind == "fixed" and mine >= Version(at)) or (
                kind == "last_affected" and mine > Version(at)
            ):
                inside = False
    except (InvalidVersion, TypeError, ValueError, StopIteration):
        return True
    return inside
