"""The door itself: a frame, whose it is, what it asks, and the answer under the line's MAC."""

import asyncio
from collections.abc import Mapping
from time import perf_counter_ns
from typing import NamedTuple
from weakref import WeakKeyDictionary

import structlog

from yifen.core.facts.buckets import serial_bucket
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.incoming.framed import FRAME_S, IDLE_S, FrameDoor
from yifen.core.wire.messages import Request, WireFault
from yifen.core.wire.pos_keys import check_value, sealed
from yifen.core.wire.replies import Reply
from yifen.core.wire.signatures import unproved
from yifen.core.wire.tcp_messages import (
    ERROR,
    HEARTBEAT,
    KEY_ASKED,
    KEY_TOLD,
    LENGTH_DIGITS,
    TcpMessage,
    framed,
    read,
    size_of,
    split,
    written,
)
from yifen.core.wire.tcp_verbs import SAYS, Speaker, Spoken, error_code
from yifen.hub.doors.unproved import TOLD_S
from yifen.hub.doors.verbs import run
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.tcp_lines import TcpLine
from yifen.hub.payments.traffic_recorder import whole_ms
from yifen.hub.payments.wirelog_queue import Exchange
from yifen.hub.tcp.codes import TcpCode
from yifen.hub.tcp.door.notices import NOTICES, SQL

log = structlog.get_logger()
WRONG_MOST = 5  # messages of a connection that prove nothing
NOBODY = "0"


class LineProof(NamedTuple):
    """Whose message it was, and by which key."""

    line: TcpLine
    key: bytes

    def told(self, said: TcpMessage) -> bytes:
        return self.line.signed(written(said, "out"), self.key)


class TcpDoor(FrameDoor):
    """Of the lines. `most`: connections of one caller, 0: no limit."""

    head_bytes = LENGTH_DIGITS

    def __init__(self, hub: Hub, most: int, frame_s: float = FRAME_S, idle_s: float = IDLE_S) -> None:
        super().__init__(most, frame_s, idle_s)
        self._hub = hub
        self._lines: Mapping[str, TcpLine] = {}
        self._by_number: Mapping[str, TcpLine] = {}
        self._wrong: WeakKeyDictionary[asyncio.StreamWriter, int] = WeakKeyDictionary()

    def size_of(self, head: bytes) -> int | None:
        return size_of(head)

    async def answer(self, body: bytes, writer: asyncio.StreamWriter | None = None) -> bytes | None:
        """What goes back on the line. None: it never proves anything."""
        if not body:
            return HEARTBEAT
        exchange = Exchange(at=self._hub.clock(), dialect="tcp", verb="", body=body, encoding="gb18030")
        began_ns = perf_counter_ns()
        said = await self._answer(body, exchange, writer)
        if exchange.verb:
            self._hub.recorder.hear(exchange, said or b"", whole_ms(perf_counter_ns() - began_ns))
        return said

    async def _answer(self, body: bytes, exchange: Exchange, writer: asyncio.StreamWriter | None) -> bytes | None:
        xml, told = split(body)
        proof, asked = None, TcpMessage(NOBODY, ERROR, "0", {})
        code: ResultCode
        detail = ""
        try:
            asked = read(xml, "in")
            line = self._line(asked.inst)
            if asked.code == KEY_ASKED and not told:
                return self._key(asked, line)
            if (key := line.key_of(xml, told, exchange.at)) is None:
                raise unproved()
            proof, exchange.proved, exchange.mark = LineProof(line, key), True, told.encode()
            if writer is not None:
                self.strangers.left(writer)
            spoken = await self._spoken(line, asked, exchange)
            return proof.told(TcpMessage(line.inst, spoken.code, asked.serial, spoken.fields, spoken.rows))
        except Refused as refused:
            told = f"{refused.field} {refused.detail}".strip()  # of our own side and of billers nothing is told
            code, detail = refused.code, "" if refused.code.meaning.status >= 500 else told
        except Exception:
            log.exception("a message failed", code=asked.code, line=asked.inst)
            code = Code.FAULT
        exchange.code = code if isinstance(code, Code) else Code.MESSAGE_INVALID
        return await self._refusal(code, detail, asked, proof, writer)

    async def _spoken(self, line: TcpLine, asked: TcpMessage, exchange: Exchange) -> Spoken:
        partner = exchange.partner = self._hub.roster.known(line.partner)
        if partner.suspended:
            raise WireFault(Code.PARTNER_SUSPENDED)
        if notice := NOTICES.get(asked.code):
            return await notice(self._hub, partner, asked)
        if asked.code not in SAYS:
            raise Refused(TcpCode.TCP_MESSAGE_UNKNOWN, "", asked.code[:40])
        exchange.verb, says = SAYS[asked.code]

        async def ask(message: Request) -> tuple[Code, Reply | None]:
            if exchange.verb == message.VERB:
                exchange.message = message
            return await run(self._hub, partner, message, exchange.mark)

        async def paid(serial: str) -> list[tuple[str, int]]:
            home = serial_bucket(partner.id, serial, len(self._hub.lanes))
            return [(ref, fen) for ref, fen in await self._hub.read(SQL["paid"], (home, partner.id, serial))]

        spoken = await says(Speaker(ask, paid, line.is_yuan), asked)
        exchange.code, exchange.result = spoken.told, spoken.result
        return spoken

    def _line(self, inst: str) -> TcpLine:
        """Whose number it is. WireFault: what everybody is told who proves nothing."""
        if self._lines is not self._hub.lines:
            self._lines = self._hub.lines
            self._by_number = {line.inst: line for line in self._lines.values()}
        if (line := self._by_number.get(inst)) is None:
            raise unproved()
        return line

    def _key(self, asked: TcpMessage, line: TcpLine) -> bytes:
        """The day's key under the master key: whoever asks learns nothing by it that he did not know."""
        key = line.key(self._hub.clock().astimezone(ZONE).date())
        fields = {
            "partnerCode": line.inst, "returnCode": "0000", "errorDescription": "", "keyName": "MAK",
            "keyValue": sealed(line.algorithm, line.master, key).hex().upper(),
            "verifyValue": check_value(line.algorithm, key).hex().upper(),
        }  # fmt: skip
        return framed(written(TcpMessage(line.inst, KEY_TOLD, asked.serial, fields), "out"))

    async def _refusal(
        self, code: ResultCode, detail: str, asked: TcpMessage, proof: LineProof | None,
        writer: asyncio.StreamWriter | None,
    ) -> bytes | None:  # fmt: skip
        """In the dialect's own shape; with a MAC for who had one."""
        fields = {"errorCode": error_code(code), "errorMessage": code.meaning.zh, "errorDetail": detail[:200]}
        said = TcpMessage(asked.inst, ERROR, asked.serial, fields)
        if proof is not None:
            return proof.told(said)
        await asyncio.sleep(TOLD_S)  # an unknown number, a line that is shut, a wrong MAC: all at one time
        if writer is not None:
            self._wrong[writer] = self._wrong.get(writer, 0) + 1
            if self._wrong[writer] >= WRONG_MOST:
                return None
        return framed(written(said, "out"))
