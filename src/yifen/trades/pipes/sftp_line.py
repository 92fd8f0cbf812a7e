"""A connection to a partner's SFTP server: behind the wall of every call, its host key the agreed one, each step and
all of it within a deadline. Never inside a database transaction.

Its steps are plain calls that wait: one event loop of its own turns only while one of them does, so that the
database may be asked in between.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import asyncssh
import asyncssh.sftp

from yifen.core.wire import outbound
from yifen.trades.pipes.sftp_terms import FileFault, LineFault, SftpAddress, host_key

STEP_S = 30.0  # one answer, or one piece
PIECE_BYTES = 1 << 18
BLOCK_BYTES = 1 << 15  # asked for at once, several to a piece; whatever the server says of its limits
NAMES_MAX = 10_000
NAME_BYTES_MAX = 180
LISTING_BYTES_MAX = 8 << 20  # of names, with what stands beside them
_Came = TypeVar("_Came")
# A packet is taken apart whole: of the 4 MB that the library allows, names become 130 MB. OpenSSH ends at 256 KB.
asyncssh.sftp.MAX_SFTP_PACKET_LEN = 1 << 19


class FileThere(NamedTuple):
    """What the server says of one name; `mtime` in seconds of its clock, 0 where it does not say."""

    name: bytes
    is_file: bool
    is_folder: bool
    size: int
    mtime: int


class FolderList(NamedTuple):
    """What lies in a folder. `has_more`: than NAMES_MAX names, or LISTING_BYTES_MAX bytes; `long`: how many names were
    longer than NAME_BYTES_MAX, and are not kept."""

    files: list[FileThere]
    has_more: bool
    long: int


class _Client(asyncssh.SSHClient):
    """Believes the agreed key alone, and keeps in mind what it was shown."""

    shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.shown = f"{key.get_algorithm()} {key.get_fingerprint()}"
        return False


class SftpLine:
    """`with SftpLine(…) as line`. Every step raises LineFault (FileFault: of this file alone)."""

    def __init__(self, where: SftpAddress, agreed: str, secret: bytes, wait_s: float) -> None:
        self._where, self._secret = where, json.loads(secret)
        self._agreed = asyncssh.import_public_key(host_key(agreed))
        self._ends = time.monotonic() + wait_s
        self._runner = asyncio.Runner()
        self._client = _Client()
        self._connection: asyncssh.SSHClientConnection | None = None

    def __enter__(self) -> Self:
        try:
            self._sftp = self._step(self._opened())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            with suppress(Exception):
                self._runner.run(asyncio.wait_for(self._connection.wait_closed(), 1))
        self._runner.close()

    async def _opened(self) -> asyncssh.SFTPClient:
        way = await outbound.connected(self._where.host, self._where.port)
        key = self._secret.get("private_key")
        try:
            self._connection = await asyncssh.connect(
                self._where.host, self._where.port, sock=way, config=None, username=self._where.user,
                known_hosts=([self._agreed], [], []), client_factory=lambda: self._client, agent_path=None,
                client_keys=[asyncssh.import_private_key(key)] if key else None, password=self._secret.get("password"),
                preferred_auth="publickey" if key else "password,keyboard-interactive",
                login_timeout=STEP_S, connect_timeout=None,
                compression_algs=None,  # a few bytes of it may be gigabytes here
            )  # fmt: skip
        except BaseException:
            way.close()
            raise
        return await self._connection.start_sftp_client()

    def _step(self, doing: Awaitable[_Came]) -> _Came:
        left_s = min(STEP_S, self._ends - time.monotonic())
        try:
            return self._runner.run(asyncio.wait_for(doing, max(left_s, 0.001)))
        except TimeoutError:
            raise LineFault(f"no answer within {STEP_S:g} s" if left_s == STEP_S else "it took too long") from None
        except asyncssh.HostKeyNotVerifiable:
            shown = self._client.shown or "none of its kind"
            raise LineFault(f"the server's host key is not the agreed one: {shown}") from None
        except asyncssh.PermissionDenied:
            raise LineFault(f"the server does not let {self._where.user} in") from None
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
            raise LineFault(_words(error)) from None
        except asyncssh.SFTPError as error:
            raise FileFault(_words(error)) from None
        except outbound.Unsent as error:
            raise LineFault(str(error)) from None
        except (asyncssh.Error, OSError, ValueError) as error:
            raise LineFault(_words(error)) from None

    def look_at(self, path: bytes) -> FileThere | None:
        """What stands under this name, a link as the link that it is; None: nothing."""
        return self._step(self._looked_at(path))

    async def _looked_at(self, path: bytes) -> FileThere | None:
        try:
            return _there(path.rpartition(b"/")[2], await self._sftp.lstat(path))
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None

    def listed(self, folder: bytes) -> FolderList:
        """What lies there, as far as it is bounded."""
        return self._step(self._listed(folder))

    async def _listed(self, folder: bytes) -> FolderList:
        found, long, size = list[FileThere](), 0, 0
        async for entry in self._sftp.scandir(folder):
            name = entry.filename if isinstance(entry.filename, bytes) else entry.filename.encode()
            size += len(name) + len(entry.longname)
            if len(found) + long == NAMES_MAX or size > LISTING_BYTES_MAX:
                return FolderList(found, True, long)
            if len(name) > NAME_BYTES_MAX:
                long += 1
            elif name not in (b".", b".."):
                found.append(_there(name, entry.attrs))
        return FolderList(found, False, long)

    def write(self, path: bytes, parts: Iterable[bytes]) -> tuple[int, bytes]:
        """All parts into a new file of this name, or over what was left of one. Answers (size, SHA-256)."""
        file = self._step(self._sftp.open(path, "wb"))
        size, digest = 0, hashlib.sha256()
        try:
            for part in parts:
                for start in range(0, len(part), PIECE_BYTES):
                    self._step(file.write(part[start : start + PIECE_BYTES]))
                size += len(part)
                digest.update(part)
        except FileFault:
            with suppress(LineFault):  # a line that is gone has nothing to close
                self._step(file.close())
            raise
        self._step(file.close())
        return size, digest.digest()

    def read(self, path: bytes, most: int) -> Iterator[bytes]:
        """The file in pieces, of `most` bytes and one more at most: a file that grows does not end."""
        file, left = self._step(self._sftp.open(path, "rb", block_size=BLOCK_BYTES)), most + 1
        while left > 0 and (piece := self._step(_piece(file, min(PIECE_BYTES, left)))):
            left -= len(piece)
            yield piece
        with suppress(LineFault):  # what was read counts; a file that broke is closed with the line
            self._step(file.close())

    def rename(self, path: bytes, to: bytes) -> None:
        """As SFTP has it: never over another file."""
        self._step(self._sftp.rename(path, to))

    def remove(self, path: bytes) -> None:
        self._step(self._sftp.remove(path))

    def make_folder(self, path: bytes) -> None:
        """If it is not there."""
        if self.look_at(path) is None:
            self._step(self._sftp.mkdir(path))


async def _piece(file: Any, size: int) -> bytes:
    piece: bytes = await file.read(size)
    if len(piece) > size:
        raise FileFault(f"{len(piece)} bytes came where {size} were asked for")
    return piece


def _there(name: bytes, facts: asyncssh.SFTPAttrs) -> FileThere:
    return FileThere(name, facts.type == asyncssh.FILEXFER_TYPE_REGULAR, facts.type == asyncssh.FILEXFER_TYPE_DIRECTORY,
                     facts.size or 0, int(facts.mtime or 0))  # fmt: skip


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
