"""The door itself: frames of terminals over TCP, each answered on its own connection, one after the other."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.incoming.framed import FRAME_S, IDLE_S, FrameDoor
from yifen.core.wire.pos_frames import (
    FRAME_LEAST,
    FRAME_MOST,
    LENGTH_BYTES,
    PosFault,
    PosFrame,
    read_frame,
)
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door import batches, downloads, returns, sales
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides

log = structlog.get_logger()
Handler = Callable[[PosSides, KnownTerminal, PosFrame], Awaitable[bytes]]

HANDLERS: dict[tuple[str, str, str], Handler] = {
    ("0800", "", ""): batches.sign_on, ("0820", "", ""): batches.network,
    ("0100", "360000", ""): sales.query,
    ("0200", "000000", rules.SALE): sales.sale, ("0200", "200000", rules.VOID): returns.give_back,
    ("0220", "200000", rules.REFUND): returns.give_back,
    ("0400", "000000", rules.SALE): returns.reverse, ("0400", "200000", rules.VOID): returns.reverse,
    ("0500", "", ""): batches.settle, ("0320", "", ""): batches.upload,
    ("0820", "", rules.STATUS): downloads.parameters, ("0800", "", rules.PARAMETERS): downloads.parameters,
    ("0800", "", rules.PARAMETERS_END): downloads.parameters,
    **{(what, "", code): downloads.of_acquirer for what, codes in rules.OF_ACQUIRER.items() for code in codes},
}  # fmt: skip
"""By type, field 3, and of field 60 the first two digits or the network code."""
MONEY = frozenset({"0200", "0220", "0400"})


class PosDoor(FrameDoor):
    """Of terminals. `most`: connections of one caller, 0: no limit."""

    head_bytes = LENGTH_BYTES

    def __init__(self, sides: PosSides, most: int, frame_s: float = FRAME_S, idle_s: float = IDLE_S) -> None:
        super().__init__(most, frame_s, idle_s)
        self.sides = sides

    def size_of(self, head: bytes) -> int | None:
        size = int.from_bytes(head)
        return size if FRAME_LEAST <= size <= FRAME_MOST else None

    async def answer(self, body: bytes, writer: asyncio.StreamWriter | None = None) -> bytes | None:
        """What goes back on the line; None: this is nobody who speaks our table."""
        try:
            frame = read_frame(body)
        except PosFault as fault:
            log.info("a frame cannot be read", why=str(fault))
            return None
        kind = frame.fields["t"]
        if kind < "0100" or not kind.endswith("0") or int(kind[2]) % 2:
            return None  # no message asks so, and an answer is not answered
        terminal: KnownTerminal | None = None
        code: ResultCode
        try:
            handler = self._handler(frame)
            terminal = await self.sides.known(frame, body, handler is batches.sign_on)
            if handler is not batches.sign_on and writer is not None:
                self.strangers.left(writer)
            return await handler(self.sides, terminal, frame)
        except Refused as refused:
            code = refused.code
        except Exception:
            log.exception("a frame failed", kind=frame.fields["t"], terminal=frame.fields.get("41"))
            code = Code.FAULT
        if code in (Code.UNAVAILABLE, Code.FAULT) and frame.fields["t"] in MONEY:
            code = PosCode.POS_UNKNOWN  # its work may be done, and only the answer lost
        with suppress(PosFault):
            return self.sides.answer(frame, code, terminal)
        return None

    @staticmethod
    def _handler(frame: PosFrame) -> Handler:
        """Refused: POS_NOT_SUPPORTED, POS_FIELD_MISSING."""
        rules.number(frame.fields, "11")
        what, of = frame.fields["t"], frame.fields.get("3", "")
        kind = rules.kind_60(frame.fields)
        for key in ((what, of, kind.kind), (what, "", kind.network), (what, of, ""), (what, "", "")):
            if found := HANDLERS.get(key):
                return found
        raise Refused(PosCode.POS_NOT_SUPPORTED, "3")
