"""An acquirer 收单机构 as a TCP server: it decides on cards, keeps its books, and may misbehave by script or by amount.

A PIN that is not of its card and key is refused with 99. Without a script an amount decides: one whose last two digits
are 51, 54, 55, 61, 14 or 41 is refused with that code.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from yifen.core.facts.money import format_yuan
from yifen.core.facts.plug import Text
from yifen.core.wire.pos_frames import LENGTH_BYTES, PosFault, PosFrame, answer_to, read_frame
from yifen.core.wire.pos_keys import WorkingKeys, is_mac, pin_of, signed_frame

_LATE = Text("已办，迟答，超过时限", "done, answered after the time-out")
_LOST = Text("已办，无应答", "done, no answer")
_DROP = Text("未办，无应答", "not done, no answer")
OF_SALES = {
    "late": _LATE, "lost": _LOST, "drop": _DROP, "twice": Text("已办，应答发两遍", "done, the answer sent twice"),
    "garbage": Text("已办，应答不是报文", "done, the answer is no frame"),
    "forged": Text("已办，应答 MAC 错", "done, the answer's MAC is wrong"),
    "unknown": Text("已办，答 98", "done, answered 98"),
    "otherwise": Text("已办，答 10", "done, answered 10: it agrees, to something else"),
    "reject": Text("未办，答 05", "not done, answered 05"),
}  # fmt: skip
"""What a sale meets."""
OF_UNDOS = {"late": _LATE, "lost": _LOST, "drop": _DROP, "busy": Text("未办，答 96", "not done, answered 96"),
            "refuse": Text("未办，答 12", "not done, answered 12")}  # fmt: skip
"""What meets what takes a sale back."""
BY_AMOUNT = frozenset({"51", "54", "55", "61", "14", "41"})
LINES = {"void": "消费撤销", "refund": "退货", "reversal": "冲正"}
FILE_HEAD = "清算日期,终端号,批次号,流水号,交易类型,交易金额,参考号"
TOLD_AT_ONCE = 20  # cards of the blacklist in a part
DOWNLOADS = ("0800", "0820")
Trace = tuple[str, str, str]


class CardSale(NamedTuple):
    """One of its books; `back_fen`: what was given back of it. `state`: sold, refused, reversed."""

    ref: str
    fen: int
    state: str
    back_fen: int = 0


class CardLine(NamedTuple):
    """What stands, as its file of the day tells it; `kind`: 消费, 消费撤销, 退货, 冲正."""

    kind: str
    trace: Trace
    fen: int
    ref: str


class CardBooks:
    """By terminal, batch and trace. A reversal that comes first blocks its sale."""

    def __init__(self) -> None:
        self.sales: dict[Trace, CardSale] = {}
        self.undone: dict[tuple[str, Trace], str] = {}
        self.lines: list[CardLine] = []
        self._count = 0

    def charged_fen(self) -> int:
        """What all cards together have paid."""
        return sum(one.fen - one.back_fen for one in self.sales.values() if one.state == "sold")

    def sell(self, trace: Trace, fen: int, refused: str) -> tuple[str, CardSale]:
        """(field 39, the sale). The same again is the same."""
        found = self.sales.get(trace)
        if found is None:
            self._count += 1
            found = self.sales[trace] = CardSale(f"{self._count:012d}", fen, "refused" if refused else "sold")
            if not refused:
                self.lines.append(CardLine("消费", trace, fen, found.ref))
            return refused or "00", found
        is_same = found.fen == fen and found.state == "sold"
        return "00" if is_same else "94" if found.state == "sold" else "12", found

    def undo(self, kind: str, own: Trace, original: Trace, fen: int) -> str:
        """Field 39. `kind`: reversal, void, refund; the same again is the same."""
        if (kind, own) in self.undone:
            return self.undone[kind, own]
        found = self.sales.get(original)
        if found is None or found.state != "sold":
            if kind == "reversal" and found is None:
                self.sales[original] = CardSale("", fen, "reversed")
            said = "00" if found is not None and kind == "reversal" else "25"
        elif fen > found.fen - found.back_fen:
            said = "13"
        elif kind == "refund":
            self.sales[original] = found._replace(back_fen=found.back_fen + fen)
            said = "00"
        else:
            self.sales[original] = found._replace(state="reversed")
            said = "00"
        if said == "00" and found is not None and found.state == "sold":
            self.lines.append(CardLine(LINES[kind], own, fen, found.ref))
        self.undone[kind, own] = said
        return said

    def file_of(self, day: date, lines: "Iterable[CardLine] | None" = None, whole: bool = True) -> bytes:
        """Its own file of a day: these lines, or all; `whole`: with its totals."""
        told = list(self.lines if lines is None else lines)
        rows = [f"{day:%Y%m%d},{','.join(one.trace)},{one.kind},{format_yuan(_signed(one))},{one.ref}" for one in told]
        totals = [f"总笔数,{len(told)},总金额,{format_yuan(sum(map(_signed, told)))}"] if whole else []
        return "\r\n".join([FILE_HEAD, *rows, *totals, ""]).encode("gb18030")


class SimulatedAcquirer:
    """Answers with its MAC whoever has it. `sales`, `undos`: faults in turn, "" none; `by_amount`: amounts
    decide too."""

    def __init__(
        self, algorithm: str, keys: WorkingKeys, *, sales: Iterable[str] = (), undos: Iterable[str] = (),
        late_s: float = 2.0, by_amount: bool = True, blacklist: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.books, self.sales, self.undos = CardBooks(), deque(sales), deque(undos)
        self.heard: list[PosFrame] = []
        self.blacklist = list(blacklist)
        self._algorithm, self._keys, self._late_s, self._by_amount = algorithm, keys, late_s, by_amount
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        self._server = await asyncio.start_server(self._meet, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                body = await reader.readexactly(int.from_bytes(await reader.readexactly(LENGTH_BYTES)))
                task = asyncio.create_task(self._one(body, writer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, body: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            frame = read_frame(body)
        except PosFault:
            writer.close()
            return
        if not is_mac(self._algorithm, self._keys.mac, body):
            writer.write(self._line(frame, "A0"))
            return
        self.heard.append(frame)
        if frame.fields["t"] in DOWNLOADS:
            writer.write(self._downloaded(frame))
            return
        is_sale = (frame.fields["t"], frame.fields.get("3")) == ("0200", "000000")
        faults = self.sales if is_sale else self.undos
        fault = faults.popleft() if faults else ""
        said = "" if fault == "drop" else self._sold(frame, fault) if is_sale else self._undone(frame, fault)
        if fault in ("drop", "lost"):
            writer.close()
            return
        if fault == "late":
            await asyncio.sleep(self._late_s)
        with suppress(OSError):
            writer.write(self._spoilt(frame, said, fault))
            await writer.drain()

    def _sold(self, frame: PosFrame, fault: str) -> str:
        fen = int(frame.fields["4"])
        ends = f"{fen % 100:02d}" if self._by_amount and not fault else ""
        refused = "05" if fault == "reject" else ends if ends in BY_AMOUNT else "" if self._reads_pin(frame) else "99"
        said, _ = self.books.sell(_trace(frame), fen, refused)
        return {"unknown": "98", "otherwise": "10"}.get(fault, said)

    def _downloaded(self, frame: PosFrame) -> bytes:
        """The blacklist in parts: field 62 asks from which card on (3 digits), and is told whether more follow (0 there
        is none, 1 the last part, 2 more), the version (how many cards it has), how many come now, and each card's
        first digits behind their count. Of chip cards it has nothing to tell."""
        cards, code = self.blacklist, frame.fields["60"][8:11]
        asked = bytes.fromhex(frame.fields.get("62", ""))
        first = int(asked) if asked.isdigit() else 0
        part = cards[first : first + TOLD_AT_ONCE] if code == "390" else []
        more = "0" if not part else "1" if first + TOLD_AT_ONCE >= len(cards) else "2"
        text = f"{more}{len(cards):06d}{len(part):02d}" + "".join(f"{len(one):02d}{one}" for one in part)
        kept = {name: frame.fields[name] for name in ("11", "41", "42", "60")}
        told = {} if code.endswith("1") else {"62": text.encode().hex().upper()}
        return signed_frame(answer_to(frame, kept | {"39": "00"} | told), self._algorithm, self._keys.mac)

    def _reads_pin(self, frame: PosFrame) -> bool:
        """Whether the PIN that comes with it, if one does, is of its card and under its own key."""
        if "52" not in frame.fields:
            return True
        card = frame.fields.get("2", "") if frame.fields.get("53", "")[:1] != "1" else ""
        try:
            return bool(pin_of(bytes.fromhex(frame.fields["52"]), card, self._keys.pin, self._algorithm))
        except ValueError:
            return False

    def _undone(self, frame: PosFrame, fault: str) -> str:
        if fault in ("busy", "refuse"):
            return "96" if fault == "busy" else "12"
        kind = "reversal" if frame.fields["t"] == "0400" else "void" if frame.fields["t"] == "0200" else "refund"
        original = (frame.fields["41"], frame.fields["61"][:6], frame.fields["61"][6:12])
        if kind == "refund" and original not in self.books.sales:  # sold by another terminal of the merchant
            ref = frame.fields.get("37", "").strip()
            original = next((trace for trace, one in self.books.sales.items() if ref and one.ref == ref), original)
        return self.books.undo(kind, _trace(frame), original, int(frame.fields["4"]))

    def _spoilt(self, frame: PosFrame, said: str, fault: str) -> bytes:
        if fault == "garbage":
            return b"\x00\x15" + b"\xff" * 21
        line = self._line(frame, said)
        return line[:-1] + bytes([line[-1] ^ 1]) if fault == "forged" else line * 2 if fault == "twice" else line

    def _line(self, frame: PosFrame, said: str) -> bytes:
        kept = {name: frame.fields[name] for name in ("3", "4", "11", "41", "42", "49", "60") if name in frame.fields}
        found = self.books.sales.get(_trace(frame))
        ref = found.ref.rjust(12, "0") if found and frame.fields["t"] == "0200" else frame.fields.get("37", "0" * 12)
        fields = kept | {"37": ref, "39": said or "96"}
        if said == "00":
            fields["38"] = ref[-6:]
        return signed_frame(answer_to(frame, fields), self._algorithm, self._keys.mac)


def _signed(line: CardLine) -> int:
    return line.fen if line.kind == "消费" else -line.fen


def _trace(frame: PosFrame) -> Trace:
    return frame.fields["41"], frame.fields["60"][2:8], frame.fields["11"]
