"""SFTP: files are laid down on the partner's server, whole or not at all under their name (decision 0026).

Written as NAME.part, its size checked, then renamed. A name that is there with the same content was delivered: whoever
died behind the rename finds it so. With other content it is an error, and never written over.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.events import FileWithdrawn
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.trades.pipes.codes import PipeCode
from yifen.trades.pipes.files import file_of, has_file
from yifen.trades.pipes.port import (
    Outcome,
    PipeEnd,
    PipeTransport,
    SaidSetting,
    ToldEvent,
    TryResult,
)
from yifen.trades.pipes.sftp_terms import (
    LineFault,
    address_parts,
    check_path,
    check_secret,
    fingerprint,
)
from yifen.trades.pipes.webhook import body_of

if TYPE_CHECKING:
    from yifen.trades.pipes.sftp_line import SftpLine

WAIT_S = 300.0
PLACES = 2  # a server lets few in at once
LEAVE, MOVE = "leave", "move"
AFTER = {LEAVE: Text("留在原处", "Left there"), MOVE: Text("移到 taken/", "Moved to taken/")}
PIECE_BYTES = 1 << 20
_READERS = BoundedSemaphore(4)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")


class Laid(NamedTuple):
    """What is laid down: a name for one content, and what it is known by."""

    name: str
    size: int
    sha256: bytes
    parts: Iterable[bytes]


def deliver(pipe: PipeEnd, event: ToldEvent, now: datetime) -> Outcome:
    """The event's file, or where it has none the event itself as JSON, into the pipe's folder."""
    from yifen.trades.pipes.sftp_line import SftpLine  # large: only where files go

    try:
        where = address_parts(pipe.address)
        laid = laid_of(pipe, event)
        with SftpLine(where, pipe.settings["host_key"], pipe.secrets[0], WAIT_S) as line:
            return lay(line, where.folder, laid)
    except FileWithdrawn as gone:
        return Outcome(TryResult.REFUSED, str(gone))
    except LineFault as fault:
        return Outcome(TryResult.FAILED, str(fault))
    except Refused as refused:
        return Outcome(TryResult.FAILED, f"{refused.code:04d} {refused.detail}")


def laid_of(pipe: PipeEnd, event: ToldEvent) -> Laid:
    """What is laid down for this event."""
    data = event.data
    if has_file(event):
        if not _NAME.fullmatch(data["name"]):
            raise LineFault(f"no name for a file: {data['name']!r}")
        return Laid(data["name"], data["size"], bytes.fromhex(data["sha256"]), file_parts(pipe, event))
    body = body_of(event)
    return Laid(f"{event.kind}-{event.uid}.json", len(body), hashlib.sha256(body).digest(), (body,))


def file_parts(pipe: PipeEnd, event: ToldEvent) -> Iterator[bytes]:
    """The bytes of the file that the event is about. It is read whole first: a slow server holds no connection of
    the database, and few files are read at once."""
    with TemporaryFile() as kept:
        with _READERS, reading() as conn:
            kept.writelines(file_of(conn, pipe.partner, event))
        kept.seek(0)
        while piece := kept.read(PIECE_BYTES):
            yield piece


def reading() -> AbstractContextManager[psycopg.Connection[Any]]:
    """A connection for a file's parts alone: a try has a thread of its own, and no transaction."""
    return psycopg.connect(read_settings().database_url, autocommit=True)


def lay(line: "SftpLine", folder: str, laid: Laid) -> Outcome:
    """One file down, as the head of this module says."""
    target = f"{folder.rstrip('/')}/{laid.name}".encode()
    part = target + b".part"
    there = line.look_at(target)
    if there is not None:
        if there.is_file and there.size == laid.size and _digest(line.read(target, laid.size)) == laid.sha256:
            return Outcome(TryResult.DELIVERED, f"{laid.name} was there")
        return Outcome(TryResult.REFUSED, f"{laid.name} is there with other content ({there.size} bytes)")
    try:
        written = line.write(part, laid.parts)
    except FileWithdrawn:
        line.remove(part)
        raise
    if written != (laid.size, laid.sha256):
        line.remove(part)
        return Outcome(TryResult.FAILED, "the file here is not what its event says")
    arrived = line.look_at(part)
    if arrived is None or arrived.size != laid.size:
        return Outcome(TryResult.FAILED, f"{arrived.size if arrived else 0} of {laid.size} bytes arrived")
    line.rename(part, target)
    return Outcome(TryResult.DELIVERED, f"{laid.name}, {laid.size} bytes")


def _digest(parts: Iterable[bytes]) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.digest()


def check(address: str, settings: Mapping[str, Any]) -> None:
    """`host_key`: the server's, agreed by two people. `fetch`: a folder from which the partner's files are
    fetched, or ""; `after`: whether they are left there or moved to `taken/`. Refused: PIPE_ADDRESS_INVALID,
    PIPE_SETTING_INVALID, INPUT_INVALID."""
    address_parts(address)
    fingerprint(str(settings.get("host_key", "")))
    if fetch := settings.get("fetch", ""):
        check_path(fetch, "fetch")
    if settings.get("after", LEAVE) not in AFTER:
        raise Refused(PipeCode.PIPE_SETTING_INVALID, "after", Bilingual("取走之后", "afterwards"))


def words(settings: Mapping[str, Any]) -> dict[str, SaidSetting]:
    """The host key by its fingerprint, as the partner reads it out of `ssh-keygen -l`."""
    said = {"host_key": SaidSetting(Text("主机密钥指纹", "Host key"), fingerprint(str(settings.get("host_key", ""))))}
    if fetch := settings.get("fetch"):
        said["fetch"] = SaidSetting(Text("取文件的目录", "Files fetched from"), str(fetch))
        said["after"] = SaidSetting(Text("取走之后", "Afterwards"), AFTER[str(settings.get("after", LEAVE))])
    return said


def secret_goes_to(address: str, settings: Mapping[str, Any]) -> tuple[list[str], Any]:
    """User, host and port, and the host key, as they are written: the trigger of `pipes_v1.sql` compares the same."""
    return address.split("/")[:3], settings.get("host_key")


TRANSPORT = PipeTransport("sftp", deliver, WAIT_S, check, PLACES, words, check_secret, secret_goes_to)
