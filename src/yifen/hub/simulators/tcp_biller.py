"""A biller's own system that speaks the TCP dialect: the hub is its bank. `meets`: of charges in turn."""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import date

from yifen.core.facts.plug import Text
from yifen.core.incoming.framed import FrameDoor
from yifen.core.wire.messages import Request, WireFault
from yifen.core.wire.pos_keys import check_value, sealed
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
    session_key,
    size_of,
    split,
    written,
)
from yifen.core.wire.tcp_verbs import SAYS, Speaker, error_code
from yifen.hub.simulators.books import BillerBooks, Said
from yifen.hub.simulators.door import Clock

MEETS = {
    "lost": Text("已办，无应答", "booked, no answer"), "drop": Text("未办，无应答", "not booked, no answer"),
    "late": Text("已办，迟答", "booked, answered late"), "forged": Text("已办，应答 MAC 错", "booked, a wrong MAC"),
}  # fmt: skip
"""What a charge meets."""


class SimulatedTcpBiller(FrameDoor):
    """Its own books behind its own door; its session key is its own matter, here of one day for ever."""

    head_bytes = LENGTH_DIGITS

    def __init__(
        self, books: BillerBooks, algorithm: str, master: bytes, clock: Clock, meets: Iterable[str] = (),
        late_s: float = 2.0,
    ) -> None:  # fmt: skip
        super().__init__(0)
        self._books, self._algorithm, self._master, self._clock = books, algorithm, master, clock
        self.meets, self._late_s = deque(meets), late_s
        self.key = session_key(master, "sim", date(2000, 1, 1))

    def size_of(self, head: bytes) -> int | None:
        return size_of(head)

    async def answer(self, body: bytes, writer: asyncio.StreamWriter | None = None) -> bytes | None:
        if not body:
            return HEARTBEAT
        xml, told = split(body)
        try:
            asked = read(xml, "in")
        except WireFault:
            return None
        if asked.code == KEY_ASKED:
            return framed(written(TcpMessage(asked.inst, KEY_TOLD, asked.serial, {
                "keyValue": sealed(self._algorithm, self._master, self.key).hex().upper(),
                "verifyValue": check_value(self._algorithm, self.key).hex().upper()}), "out"))  # fmt: skip
        if not is_mac_text(self._algorithm, self.key, xml, told) or asked.code not in SAYS:
            return self._framed(TcpMessage(asked.inst, ERROR, asked.serial, {"errorCode": "MAC0001"}))
        meets = self.meets.popleft() if self.meets and asked.code == "BJCEBBCReq" else ""
        if meets == "drop":
            return None
        said = await self._said(asked)
        if meets == "late":
            await asyncio.sleep(self._late_s)
        return None if meets == "lost" else self._framed(said, self.key if meets != "forged" else bytes(16))

    async def _said(self, asked: TcpMessage) -> TcpMessage:
        async def ask(message: Request) -> Said:
            return self._books.answer(message, self._clock())

        async def paid(serial: str) -> list[tuple[str, int]]:
            charge = self._books.charge_of(serial)
            return [(line.payable, line.amount_fen) for line in charge.lines] if charge else []

        try:
            said = await SAYS[asked.code][1](Speaker(ask, paid, False), asked)
        except WireFault as fault:
            fields = {"errorCode": error_code(fault.code), "errorMessage": fault.code.meaning.zh}
            return TcpMessage(asked.inst, ERROR, asked.serial, fields)
        return TcpMessage(asked.inst, said.code, asked.serial, said.fields, said.rows)

    def _framed(self, said: TcpMessage, key: bytes = b"") -> bytes:
        xml = written(said, "out")
        return framed(xml, mac_text(self._algorithm, key or self.key, xml))
