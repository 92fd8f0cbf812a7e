"""A POS terminal: signs on, asks, sells, takes back, settles; and does what terminals do when the line fails: what got
no answer is reversed before anything else, again and again.

`lost`: it does not hear the answer; `cut`: its power fails after sending, it comes back with what it had written down;
`twice`: the frame leaves it twice.
"""

import asyncio
from contextlib import suppress
from typing import NamedTuple

from yifen.core.wire.pos_frames import (
    HEADER,
    LENGTH_BYTES,
    SM4_PIN,
    TPDU,
    PosFrame,
    frame_bytes,
    framed,
    read_frame,
)
from yifen.core.wire.pos_keys import WorkingKeys, is_mac, is_sm4, keys_of, pin_block, signed_frame

ANSWER_S = 20.0
CARD = "6224242300000069"
UPLOAD_AT_ONCE = 7


class PosIdentity(NamedTuple):
    """As it is registered: numbers, the master key, its MAC, how it writes the account (`62` or `62-actn`)."""

    terminal_no: str
    merchant_no: str
    master: bytes
    algorithm: str = "des-ecb"
    account_in: str = "62"


class SoldOnce(NamedTuple):
    """In its own journal."""

    trace: int
    fen: int
    fields: dict[str, str]


class NoHostAnswer(Exception):
    """Nothing came, or nothing of the host's."""


class StoppedCard(Exception):
    """The card stands on the blacklist: nobody is asked."""


class SimulatedTerminal:
    """One terminal; its journal outlives a power cut."""

    def __init__(self, who: PosIdentity, host: str, port: int, answer_s: float = ANSWER_S) -> None:
        self.who, self._host, self._port, self._answer_s = who, host, port, answer_s
        self.keys: WorkingKeys | None = None
        self.batch, self.trace = 0, 0
        self.sold: dict[int, SoldOnce] = {}
        self.credits: dict[int, int] = {}
        self.version, self.merchant_name, self.blacklist = 0, "", list[str]()
        self.pending: dict[str, str] | None = None  # what got no answer
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    # --- what a cashier does -------------------------------------------------------------------

    async def sign_on(self) -> PosFrame:
        said = await self._told({"t": "0800", "11": self._next(), "60": "00000001003", "63": b"01 ".hex()}, mac=False)
        if said.fields["39"] == "00":
            self.keys = keys_of(self.who.algorithm, self.who.master, bytes.fromhex(said.fields["62"]))
            self.batch = int(said.fields["60"][2:8])
        return said

    async def download(self) -> PosFrame:
        """Its parameters, if there are newer ones, and the blacklist, part by part."""
        if (await self._downloaded("0820", "362", f"{self.version:06d}"))[:1] != b"0":
            told = await self._downloaded("0800", "360", f"{self.version:06d}")
            self.version, self.merchant_name = int(told[1:7]), told[-40:].decode("gb18030").rstrip()
            await self._downloaded("0800", "361", f"{self.version:06d}")
        cards, more = list[str](), b"2"
        while more == b"2":
            told = await self._downloaded("0800", "390", f"{len(cards):03d}")
            more, part = told[:1], told[9:].decode()
            while part:
                size = int(part[:2])
                cards, part = [*cards, part[2 : 2 + size]], part[2 + size :]
        self.blacklist = cards
        return await self._told(self._download("0800", "391", ""))

    async def query(self, account_no: str) -> PosFrame:
        return await self._told({"t": "0100", "3": "360000", "11": self._next(), "25": "92",
                                 **self._account(account_no), "60": f"01{self.batch:06d}000"})  # fmt: skip

    async def sale(self, account_no: str, fen: int, meets: str = "", pin: str = "", trace: int = 0) -> PosFrame | None:
        """None: no answer came, and it will be reversed. StoppedCard."""
        if CARD.startswith(tuple(self.blacklist)):
            raise StoppedCard(f"the card {CARD[:6]} is on the blacklist")
        await self.make_good()
        fields = {"t": "0200", "2": CARD, "3": "000000", "4": f"{fen:012d}",
                  "11": f"{trace:06d}" if trace else self._next(), "14": "2903", "22": "021", "25": "00",
                  "35": f"{CARD}D29032200000", "49": "156",
                  **self._account(account_no), "60": f"22{self.batch:06d}000"}  # fmt: skip
        if pin and self.keys is not None:
            block = pin_block(pin, CARD, self.keys.pin, self.who.algorithm)
            fields |= {"26": "12", "52": block.hex().upper(),
                       "53": f"2{SM4_PIN if is_sm4(self.who.algorithm) else 6}".ljust(16, "0")}  # fmt: skip
        said = await self._paid(fields, meets)
        if said is not None and said.fields["39"] == "00":
            trace_no = int(fields["11"])
            self.sold[trace_no] = SoldOnce(trace_no, fen, said.fields)
        return said

    async def void(self, trace: int, fen: int = 0) -> PosFrame:
        """Of a sale of the batch."""
        await self.make_good()
        return await self._back("0200", "23", trace, fen or self.sold[trace].fen, "")

    async def refund(self, batch: int, trace: int, fen: int, ref: str = "") -> PosFrame:
        await self.make_good()
        return await self._back("0220", "25", trace, fen, ref, batch)

    async def reverse(self, trace: int, fen: int, reason: str = "98") -> PosFrame:
        """A 0400 by hand."""
        return await self._told(self._reversal(f"{trace:06d}", f"{fen:012d}", reason))

    async def make_good(self) -> bool:
        """Before anything else: the reversal of what got no answer, until the host answers. Whether there was one."""
        if self.pending is None:
            return False
        await self._told(self._reversal(self.pending["11"], self.pending["4"], "98"))
        self.pending = None
        return True

    async def settle(self) -> PosFrame:
        """With the upload, where the totals differ; then the next batch is open."""
        await self.make_good()
        half = (f"{sum(one.fen for one in self.sold.values()):012d}{len(self.sold):03d}"
                f"{sum(self.credits.values()):012d}{len(self.credits):03d}0")  # fmt: skip
        said = await self._told({"t": "0500", "11": self._next(), "48": half + "0" * 31, "49": "156",
                                 "60": f"00{self.batch:06d}201", "63": b"01 ".hex()})  # fmt: skip
        equal = said.fields.get("48", "")[30:31]
        if said.fields["39"] == "00" and equal == "2":
            await self._upload()
        if said.fields["39"] == "00":
            self.sold.clear()
            self.credits.clear()
            await self.sign_on()
        return said

    async def _upload(self) -> None:
        items = [(trace, one.fen) for trace, one in self.sold.items()] + list(self.credits.items())
        for at in range(0, len(items), UPLOAD_AT_ONCE):
            part = items[at : at + UPLOAD_AT_ONCE]
            text = f"{len(part):02d}" + "".join(f"00{trace:06d}{CARD.rjust(20, '0')}{fen:012d}" for trace, fen in part)
            await self._told({"t": "0320", "11": self._next(), "48": text, "60": f"00{self.batch:06d}201"})
        await self._told({"t": "0320", "11": self._next(), "48": f"{len(items):04d}", "60": f"00{self.batch:06d}207"})

    # --- the line ------------------------------------------------------------------------------

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _paid(self, fields: dict[str, str], meets: str) -> PosFrame | None:
        """Written down before it is sent; what got no answer, or 98, is reversed later."""
        self.pending = fields
        try:
            if meets in ("lost", "cut"):
                await self._send(self._line(fields))
                await asyncio.sleep(0.02)
                await self.close()
                return None
            said = await self._told(fields, twice=meets == "twice")
        except NoHostAnswer:
            return None
        if said.fields["39"] != "98":
            self.pending = None
        return said

    async def _back(self, kind: str, code: str, trace: int, fen: int, ref: str, batch: int = 0) -> PosFrame:
        own = self._next()
        fields = {"t": kind, "2": CARD, "3": "200000", "4": f"{fen:012d}", "11": own, "22": "021", "25": "00",
                  "49": "156", "60": f"{code}{self.batch:06d}000",
                  "61": f"{batch or self.batch:06d}{trace:06d}0000"}  # fmt: skip
        said = await self._told(fields | ({"37": ref} if ref else {}))
        if said.fields["39"] == "00":
            self.credits[int(own)] = fen
        return said

    async def _downloaded(self, kind: str, code: str, asked: str) -> bytes:
        """Field 62 of the answer. NoHostAnswer: it is refused."""
        said = await self._told(self._download(kind, code, asked))
        if said.fields["39"] != "00":
            raise NoHostAnswer(f"{code} is answered {said.fields['39']}")
        return bytes.fromhex(said.fields.get("62", ""))

    def _download(self, kind: str, code: str, asked: str) -> dict[str, str]:
        told = {"62": asked.encode().hex().upper()} if asked else {}
        return {"t": kind, "11": self._next(), "60": f"00{self.batch:06d}{code}", **told}

    def _reversal(self, trace: str, fen: str, reason: str) -> dict[str, str]:
        return {"t": "0400", "3": "000000", "4": fen, "11": trace, "22": "021", "25": "00", "39": reason, "49": "156",
                "60": f"22{self.batch:06d}000", "61": f"{self.batch:06d}{trace}0000"}  # fmt: skip

    def _account(self, account_no: str) -> dict[str, str]:
        text = f"ACTN{account_no:<15}" if self.who.account_in == "62-actn" else account_no
        return {"62": text.encode("gb18030").hex().upper()}

    def _next(self) -> str:
        self.trace = self.trace % 999999 + 1
        return f"{self.trace:06d}"

    def _line(self, fields: dict[str, str], mac: bool = True) -> bytes:
        frame = PosFrame({"41": self.who.terminal_no, "42": self.who.merchant_no, **fields}, TPDU, HEADER)
        if not mac or self.keys is None:
            return framed(frame_bytes(frame))
        return signed_frame(frame, self.who.algorithm, self.keys.mac)

    async def _told(self, fields: dict[str, str], mac: bool = True, twice: bool = False) -> PosFrame:
        """The host's answer to just this. NoHostAnswer."""
        line = self._line(fields, mac)
        try:
            await self._send(line * 2 if twice else line)
            said = await self._heard()
            if twice:
                assert await self._heard() is not None
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise NoHostAnswer(f"{self._host}:{self._port}: {_why(error)}") from None
        if int(said.fields["t"]) != int(fields["t"]) + 10 or said.fields.get("11") != fields["11"]:
            raise NoHostAnswer("the answer speaks of something else")
        return said

    async def _send(self, line: bytes) -> None:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(line)
        await self._writer.drain()

    async def _heard(self) -> PosFrame:
        """One frame; of a host that has our keys, with its MAC."""
        assert self._reader is not None
        async with asyncio.timeout(self._answer_s):
            body = await self._reader.readexactly(int.from_bytes(await self._reader.readexactly(LENGTH_BYTES)))
        frame = read_frame(body)
        if "64" in frame.fields and self.keys and not is_mac(self.who.algorithm, self.keys.mac, body):
            raise NoHostAnswer("the host's MAC is wrong")
        return frame


def _why(error: Exception) -> str:
    """In words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there (./yifen pos starts the door; the demo prints its own port)"
    return "the host hung up" if isinstance(error, EOFError) else str(error)
