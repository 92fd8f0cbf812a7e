"""The calling side of the TCP dialect: one connection, one message and its answer after the other.

It asks for the session key when it has none, and once more when its MAC is refused. Never called inside a database
transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import count

from yifen.core.facts.addresses import Network
from yifen.core.wire import outbound
from yifen.core.wire.messages import WireFault
from yifen.core.wire.outbound import Unread
from yifen.core.wire.pos_keys import check_value, opened
from yifen.core.wire.tcp_messages import (
    ERROR,
    HEARTBEAT,
    KEY_ASKED,
    KEY_TOLD,
    LENGTH_DIGITS,
    TcpMessage,
    framed,
    is_mac_text,
    mac_text,
    read,
    size_of,
    split,
    written,
)


class TcpRefused(Exception):
    """The other side's Error: its code of seven places, its words."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(f"{code} {text} {detail}".strip())
        self.code, self.text = code, text


class TcpClient:
    """One line to `host:port`. `key`: the session's, once it is known."""

    def __init__(
        self, host: str, port: int, inst: str, algorithm: str, master: bytes, allowed: Sequence[Network] | None = None,
    ) -> None:  # fmt: skip
        self._host, self._port, self._inst = host, port, inst
        self._algorithm, self._master, self._allowed = algorithm, master, allowed
        self.key = b""
        self._numbers = count(1)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def call(self, code: str, fields: Mapping[str, str]) -> TcpMessage:
        """The answer under a right MAC. outbound.Unsent; Unread: nothing, or nothing that can be believed; TcpRefused.
        The caller sets the deadline: a call that is broken off closes the line."""
        is_fresh = not self.key
        if is_fresh:
            await self.sign_on()
        try:
            return await self._signed(code, fields)
        except _Unproved:
            if is_fresh:
                raise Unread("its answer has no MAC of this session") from None
        await self.sign_on()
        try:
            return await self._signed(code, fields)
        except _Unproved:
            raise Unread("its answer has no MAC of this session") from None

    async def sign_on(self) -> None:
        """The session key, asked for. Unsent, Unread, TcpRefused."""
        said, _, _ = await self._exchange(KEY_ASKED, {"partnerCode": self._inst, "operationDate": ""}, is_plain=True)
        if said.code != KEY_TOLD:
            raise TcpRefused(said.fields.get("errorCode", ""), said.fields.get("errorMessage", ""))
        try:
            key = opened(self._algorithm, self._master, bytes.fromhex(said.fields.get("keyValue", "")))
            told = bytes.fromhex(said.fields.get("verifyValue", ""))
        except ValueError:
            raise Unread("its key is no key") from None
        if len(key) != 16 or told != check_value(self._algorithm, key)[: len(told)] or len(told) < 3:
            raise Unread("the check value of its key is wrong")
        self.key = key

    async def beat(self) -> None:
        """A heart beat and its echo. Unsent, Unread."""
        if await self._line(HEARTBEAT):
            raise Unread("a heart beat was answered by a message")

    async def _signed(self, code: str, fields: Mapping[str, str]) -> TcpMessage:
        said, xml, told = await self._exchange(code, fields)
        is_proved = bool(told) and is_mac_text(self._algorithm, self.key, xml, told)
        if not is_proved and said.code == ERROR:
            raise _Unproved(said.fields.get("errorCode", ""))
        if not is_proved:
            await self.close()
            raise Unread("its answer has no MAC of this session")
        if said.code == ERROR:
            raise TcpRefused(*(said.fields.get(name, "") for name in ("errorCode", "errorMessage", "errorDetail")))
        return said

    async def _exchange(
        self, code: str, fields: Mapping[str, str], is_plain: bool = False
    ) -> tuple[TcpMessage, bytes, str]:
        serial = f"{next(self._numbers):016d}"
        xml = written(TcpMessage(self._inst, code, serial, fields), "in")
        body = await self._line(framed(xml, "" if is_plain else mac_text(self._algorithm, self.key, xml)))
        xml, told = split(body)
        try:
            said = read(xml, "out")
        except WireFault as fault:
            await self.close()
            raise Unread(f"its answer cannot be read: {fault}") from None
        if said.serial != serial:
            await self.close()
            raise Unread("its answer is of another message")
        return said, xml, told

    async def _line(self, frame: bytes) -> bytes:
        """One frame there, one back."""
        if self._streams is None:
            way = await outbound.connected(self._host, self._port, self._allowed)
            self._streams = await asyncio.open_connection(sock=way)
        reader, writer = self._streams
        try:
            writer.write(frame)
            await writer.drain()
            size = size_of(await reader.readexactly(LENGTH_DIGITS))
            if size is None:
                raise Unread("its answer is no frame")
            return await reader.readexactly(size)
        except (OSError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise Unread(f"{type(error).__name__}: {error}"[:200]) from None
        except BaseException:  # an answer may still come: nobody is to take it for that of the next
            await self.close()
            raise


class _Unproved(Exception):
    """It refuses our MAC: the key may be a day old."""

