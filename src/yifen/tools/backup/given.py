"""What a backup must not have beside it: the key ring and the environment, kept apart in a file of their own."""

import os
from pathlib import Path

from yifen.core import runtime
from yifen.core.embedded.cluster import write_private
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import SETTINGS, Settings
from yifen.core.runtime import EdgeError

RING = "YIFEN_KEY_RING"


def ring_text(settings: Settings) -> str:
    """Of the settings, without making one. EdgeError."""
    file = runtime.data_folder(settings) / "key-ring"
    try:
        return settings.key_ring or file.read_text().strip()
    except OSError as error:
        raise EdgeError(f"the key ring {file} cannot be read: {error.strerror}") from None


def versions(text: str) -> list[int]:
    """EdgeError: this is no key ring."""
    try:
        return sorted(KeyRing.read(text).versions, reverse=True)
    except KeyRingError as error:
        raise EdgeError(f"the key ring cannot be read: {error}") from None


def keep(settings: Settings, file: Path, backups: Path) -> None:
    """Ring and environment into this file, for nobody else. EdgeError: it would lie beside what it opens."""
    place = file.absolute().parent.resolve()
    if place == backups.resolve() or backups.resolve() in place.parents:
        raise EdgeError(f"{file} would lie beside the backups that it opens: whoever takes them has all. "
                        "Name a place that is kept apart, or put it there encrypted by a program of yours")  # fmt: skip
    known = {row.name for row in SETTINGS}
    told = {name: value for name, value in sorted(os.environ.items()) if name in known} | {RING: ring_text(settings)}
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_private(file, "".join(f"{name}={value}\n" for name, value in told.items()))
    except OSError as error:
        raise EdgeError(f"{file}: {error.strerror}") from None


def ring_in(file: Path) -> str:
    """The ring out of such a file, or out of a `key-ring`. EdgeError."""
    try:
        text = file.read_text()
    except (OSError, UnicodeError) as error:
        raise EdgeError(f"{file} cannot be read: {error}") from None
    named = [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{RING}=")]
    found = (named or [text])[0].strip()
    versions(found)
    return found
