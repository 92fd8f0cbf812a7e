"""Where partners' files land: `inbox/…/<PARTNER>/`, from where SFTP or a person puts them.

A file counts once it no longer grows; `*.part` and names with a dot in front never do.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from yifen.hub.aside import Seen, seen_of

INBOX = "inbox"
DEBITS = "debits"  # billers' debit files, apart from day files
TAKEN, REFUSED = "taken", "refused"
Landed = tuple[str, Path]


def lying(inbox: Path, codes: set[str], quiet_s: int, unusable: dict[str, OSError] | None = None) -> list[Landed]:
    """(partner, file) of what has landed whole, by partner and name; `unusable`: by partner, where its
    folder cannot be read."""
    found: dict[str, OSError] = {} if unusable is None else unusable
    before = dict(_look(inbox, codes, found))
    if not before:
        return []
    time.sleep(quiet_s)
    after = dict(_look(inbox, codes, found))
    return sorted((path.parent.name, path) for path in before if after.get(path) == before[path])


def shown(path: Path) -> str:
    """A file's name as text of ours; what is no UTF-8 in it as \\x..."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _look(inbox: Path, codes: set[str], unusable: dict[str, OSError]) -> Iterator[tuple[Path, Seen]]:
    for code in codes:
        try:
            yield from _landed(inbox / code)
        except OSError as error:
            unusable[code] = error


def _landed(folder: Path) -> Iterator[tuple[Path, Seen]]:
    for path in folder.iterdir() if folder.exists() else ():
        hidden = path.name.startswith(".") or path.suffix == ".part"
        if not hidden and path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):  # whoever put it there took it away
                yield path, seen_of(path)
