"""Out of a backup, whose disk others may write: the bytes of plain files, and nothing else that lies there.

No link is followed, no device or pipe is opened, and no mode comes along.
"""

import os
import shutil
import stat
from pathlib import Path

from yifen.core.runtime import EdgeError


def copy_folder(there: Path, to: Path) -> None:
    """For us alone. EdgeError: something in it is neither a file nor a folder."""
    to.mkdir(mode=0o700)
    with os.scandir(there) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                copy_folder(Path(one.path), to / one.name)
            else:
                copy_file(Path(one.path), to / one.name)


def copy_file(there: Path, to: Path) -> None:
    """For us alone, where none is. EdgeError: it is no plain file."""
    try:
        handle = os.open(there, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise EdgeError(f"{there} cannot be copied: {error.strerror}") from None
    with open(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise EdgeError(f"{there} is neither a file nor a folder: it does not belong into a backup")
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
