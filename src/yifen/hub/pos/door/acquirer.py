"""The line to an acquirer: one connection, many questions at once, each known again by type, terminal, trace and batch.

Only an answer with the acquirer's MAC, about just this question and amount, counts. Never called inside a database
transaction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import structlog

from yifen.core.wire.outbound import Unsent, connected
from yifen.core.wire.pos_frames import LENGTH_BYTES, PosFault, PosFrame, read_frame
from yifen.core.wire.pos_keys import WorkingKeys, is_mac, signed_frame

log = structlog.get_logger()
WAITING_MOST = 4096
Key = tuple[str, str, str, str]


class NoAcquirerAnswer(Exception):
    """`sent`: it may have been heard."""

    def __init__(self, why: str, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


class AcquirerPlace(NamedTuple):
    """Where it is, and the keys of both, with their version."""

    code: str
    version: int
    host: str
    port: int
    algorithm: str
    keys: WorkingKeys
    timeout_s: int


class AcquirerWord(NamedTuple):
    """Its answer, read and as it came; `by`: its code and the version of the key that signed it."""

    fields: dict[str, str]
    body: bytes
    by: str


class AcquirerLine:
    """Connects when it is needed, and again when it broke."""

    def __init__(self, place: AcquirerPlace) -> None:
        self.place = place
        self._waiting: dict[Key, asyncio.Future[AcquirerWord]] = {}
        self._opening = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def ask(self, frame: PosFrame) -> AcquirerWord:
        """The answer. NoAcquirerAnswer."""
        key = _key(frame.fields, 10)
        if key in self._waiting or len(self._waiting) >= WAITING_MOST:
            raise NoAcquirerAnswer("too much is asked at once", False)
        line = signed_frame(frame, self.place.algorithm, self.place.keys.mac)
        future = self._waiting[key] = asyncio.get_running_loop().create_future()
        sent = False
        try:
            async with asyncio.timeout(self.place.timeout_s):
                writer = await self._connected()
                sent = True
                writer.write(line)
                await writer.drain()
                said: AcquirerWord = await future
        except (TimeoutError, Unsent, OSError, ConnectionError) as error:
            raise NoAcquirerAnswer(repr(error)[:200], sent) from None
        finally:
            del self._waiting[key]
        if said.fields.get("4", frame.fields.get("4")) != frame.fields.get("4"):
            raise NoAcquirerAnswer("the answer speaks of another amount", True)
        return said

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        self._drop("closed")

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._opening:
            if self._writer is None or self._writer.is_closing():
                sock = await connected(self.place.host, self.place.port)
                reader, self._writer = await asyncio.open_connection(sock=sock)
                self._reading = asyncio.create_task(self._read(reader, self._writer))
            return self._writer

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        why = "the acquirer closed the line"
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
                self._heard(await reader.readexactly(size))
        except (OSError, asyncio.IncompleteReadError) as error:
            why = repr(error)[:200]
        finally:
            writer.close()
            if self._writer is writer:
                self._drop(why)

    def _heard(self, body: bytes) -> None:
        try:
            frame = read_frame(body)
        except PosFault as error:
            log.warning("an acquirer's frame cannot be read", why=str(error))
            return
        future = self._waiting.get(_key(frame.fields, 0))
        if "64" not in frame.fields or not is_mac(self.place.algorithm, self.place.keys.mac, body):
            log.warning("an acquirer's frame has a wrong MAC")
        elif future is not None and not future.done():
            future.set_result(AcquirerWord(frame.fields, body, f"{self.place.code}:{self.place.version}"))

    def _drop(self, why: str) -> None:
        """Whoever waits will not be answered on this line."""
        self._writer = None
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError(why))


class AcquirerLines:
    """Those of a process, one an acquirer; a changed one is called anew."""

    def __init__(self) -> None:
        self._lines: dict[int, AcquirerLine] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def line(self, acquirer_id: int, place: Callable[[], AcquirerPlace]) -> AcquirerLine:
        wanted, found = place(), self._lines.get(acquirer_id)
        if found is None or found.place != wanted:
            if found is not None:
                task = asyncio.create_task(self._leave(found))
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)
            found = self._lines[acquirer_id] = AcquirerLine(wanted)
        return found

    async def close(self) -> None:
        for line in self._lines.values():
            await line.close()

    @staticmethod
    async def _leave(line: AcquirerLine) -> None:
        await asyncio.sleep(line.place.timeout_s)  # whoever waits is still answered
        await line.close()


def _key(fields: dict[str, str], step: int) -> Key:
    return (f"{int(fields['t']) + step:04d}", fields.get("41", ""), fields.get("11", ""), fields.get("60", "")[:8])
