"""Who runs PostgreSQL: we ourselves, or as root somebody without rights (it refuses root)."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED = Path("/var/lib/yifen")  # root only: programs and data that `nobody` cannot reach elsewhere
_NOBODY_UID = 65534


@dataclass(frozen=True)
class Account:
    """`other` says that it is not the account of this process: then root changes over to it."""

    uid: int
    gid: int
    name: str
    other: bool

    def popen(self) -> dict[str, Any]:
        """What subprocess needs to become this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def own(self, path: Path) -> None:
        """The path itself: what a link leads to is not given away."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, folder: Path) -> bool:
        """May it go into this folder, through all the parents?"""
        return not self.other or all(map(self._enters, [folder, *folder.parents]))

    def _enters(self, folder: Path) -> bool:
        facts = folder.stat()
        shift = 6 if facts.st_uid == self.uid else 3 if facts.st_gid == self.gid else 0
        return bool(facts.st_mode >> shift & 1)


def shared_folder(name: str = "") -> Path:
    """SHARED, or a folder in it; everybody may go in, whatever the umask is."""
    for made in (SHARED, SHARED / name):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
    return made


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def account_for(data: Path) -> Account:
    """Ourselves; as root the owner of the data, or `nobody` when there are none yet."""
    me = os.geteuid()
    if me != 0:
        return Account(me, os.getegid(), name_of(me), other=False)
    owner = data.stat().st_uid if data.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        uid = owner or _NOBODY_UID
        return Account(uid, uid, name_of(uid), other=True)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other=True)
