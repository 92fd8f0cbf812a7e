"""requirements.lock as data: names, versions, hashes."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class LockError(ValueError):
    """The lock cannot be read; says where."""


class Pin(NamedTuple):
    """A package in the one version that is installed; `marker`: on which platforms, empty for all;
    `sha256`: of every file of it that may be installed."""

    name: str
    version: str
    marker: str
    sha256: tuple[str, ...]


def read_lock(path: Path) -> list[Pin]:
    """LockError: a line that is no pin, or a pin without a hash: such a lock is not whole."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LockError(f"{path}: {error.strerror}") from None
    pins = [_pin(f"{path}:{number}", line) for number, line in _joined(text)]
    if not pins:
        raise LockError(f"{path}: there is no pin in it")
    return pins


def _pin(where: str, line: str) -> Pin:
    words, hashes = line.partition("--hash=")[0].strip(), tuple(_HASH.findall(line))
    try:
        asked = Requirement(words)
    except InvalidRequirement:
        raise LockError(f"{where}: {words[:60]!r} is no requirement") from None
    [only, *more] = [*asked.specifier] or [None]
    if only is None or more or only.operator != "==" or not hashes:
        raise LockError(f"{where}: {words[:60]!r} is no NAME==VERSION with a sha256")
    marker = str(asked.marker) if asked.marker else ""
    return Pin(canonicalize_name(asked.name), only.version, marker, hashes)


def _joined(text: str) -> list[tuple[int, str]]:
    """(number of its first line, a line with those behind a backslash)."""
    found: list[tuple[int, str]] = []
    goes_on = False
    for number, line in enumerate(text.splitlines(), 1):
        body = line.rstrip("\\").strip()
        if goes_on:
            found[-1] = (found[-1][0], f"{found[-1][1]} {body}")
        elif body and not body.startswith("#"):
            found.append((number, body))
        else:
            continue
        goes_on = line.endswith("\\")
    return found
