"""A biller's system behind a line of the TCP dialect, as the clauses work with it."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from yifen.core.facts.addresses import EVERYWHERE
from yifen.core.wire import outbound
from yifen.core.wire.messages import WireFault
from yifen.core.wire.moments import moment_text
from yifen.core.wire.tcp_client import TcpClient, TcpRefused
from yifen.core.wire.tcp_messages import (
    LENGTH_DIGITS,
    TcpMessage,
    amount_fen,
    amount_text,
    framed,
    mac_text,
    size_of,
    written,
)
from yifen.hub.certify.report import Failed, need, skip
from yifen.hub.certify.target import Timing

PAID, REFUSED = "1", "2"
POLL_S = 0.2


class TcpTarget(Struct, frozen=True, kw_only=True):
    """A biller's system as the hub would know it. `account_no`: a sandbox account that owes something."""

    host: str
    port: int
    partner: str
    inst: str
    algorithm: str
    master: bytes
    account_no: str
    is_yuan: bool = False
    timeout_s: float = 5.0


class TcpBill(NamedTuple):
    """What is owed, as it came."""

    number: str
    fen: int


class TcpSession:
    """What the clauses work with. `paid`: serials that are booked there, and how much of each."""

    def __init__(self, target: TcpTarget, timing: Timing, run: str) -> None:
        self.target, self.timing, self._run = target, timing, run
        self.at = moment_text(timing.now())
        self.trace: list[str] = []
        self.bills: list[TcpBill] = []
        self.quote = ""
        self.paid: dict[str, int] = {}
        self.first: tuple[dict[str, str], TcpMessage] | None = None
        self._numbers = 0
        self.client = TcpClient(target.host, target.port, target.inst, target.algorithm, target.master, EVERYWHERE)

    def serial(self) -> str:
        self._numbers += 1
        return f"{self._run}.{self._numbers}"

    def bill(self, place: int) -> TcpBill:
        """NotRun: it owes less than that."""
        if len(self.bills) <= place:
            skip(f"该户只有 {len(self.bills)} 笔欠费", f"the account owes {len(self.bills)} bills only")
        return self.bills[place]

    def charge(self, bill: TcpBill, fen: int | None = None) -> dict[str, str]:
        """What asks to pay it, under a new serial."""
        return {
            "billKey": self.target.account_no, "companyId": self.target.partner, "billNo": self.serial(),
            "payDate": self.at, "filed1": self.quote, "filed2": "", "filed3": "", "filed4": "", "customerName": "",
            "payAccount": "", "pin": "", "acType": "", "contractNo": bill.number,
            "payAmount": amount_text(bill.fen if fen is None else fen, self.target.is_yuan),
        }  # fmt: skip

    async def ask(self, code: str, fields: Mapping[str, str]) -> TcpMessage:
        """The answer under a right MAC. TcpRefused; Failed: none came in time, or none that can be believed."""
        try:
            async with asyncio.timeout(self.target.timeout_s):
                said = await self.client.call(code, fields)
        except (outbound.NoReply, TimeoutError) as error:
            raise self._silent(code, error) from None
        except TcpRefused as refused:
            self.trace.append(f"{code} → {refused.code}")
            raise
        self.trace.append(f"{code} → {said.code}")
        return said

    async def simply(self, what: str, work: str) -> None:
        """The session key, a heart beat: a method of the client. Failed."""
        try:
            async with asyncio.timeout(self.target.timeout_s):
                await getattr(self.client, work)()
        except (outbound.NoReply, TimeoutError) as error:
            raise self._silent(what, error) from None
        except TcpRefused as refused:
            raise Failed(f"{what} 被拒 {refused}", f"{what} was refused: {refused}") from None
        self.trace.append(f"{what} → ok")

    async def refused(self, code: str, fields: Mapping[str, str]) -> None:
        """Failed unless it says no, under its MAC."""
        try:
            said = await self.ask(code, fields)
        except TcpRefused:
            return
        raise Failed(f"本应拒绝，却答 {said.code}", f"it should have refused, and answered {said.code}")

    async def owed(self, first: int = 1, most: int = 100) -> TcpMessage:
        """TcpRefused: it owes nothing, or is not known."""
        return await self.ask("BJCEBQBIReq", {
            "billKey": self.target.account_no, "companyId": self.target.partner, "beginNum": str(first),
            "queryNum": str(most), "filed1": "", "filed2": "", "filed3": "", "filed4": ""})  # fmt: skip

    async def standing(self, serial: str) -> str:
        """What it says of a charge; "": it never saw it."""
        try:
            said = await self.ask(
                "BJCEBBRQReq", {"billKey": self.target.account_no, "billNo": serial, "payDate": self.at}
            )
        except TcpRefused:
            return ""
        need(said.fields.get("billNo") == serial, "应答的流水号不是所问的", "its answer is of another serial")
        return said.fields.get("payState", "")

    async def until_definite(self, serial: str) -> str:
        """Asked again while it says that it does not know yet. Failed: it never does."""
        until = self.timing.elapsed_s() + self.target.timeout_s
        while (state := await self.standing(serial)) == "3":
            need(self.timing.elapsed_s() < until, "一直没有确定结果", "it never became definite")
            await asyncio.sleep(POLL_S)
        return state

    async def not_booked(self, serial: str) -> None:
        """Failed: it is, or may be."""
        state = await self.until_definite(serial)
        if state == PAID:
            self.paid.setdefault(serial, 0)
        need(state in ("", REFUSED), f"已入账或不明（payState {state}）", f"it is booked, or may be: payState {state}")

    def fen(self, text: str) -> int:
        """Failed: no amount of the agreed unit."""
        try:
            return amount_fen(text, self.target.is_yuan, "")
        except WireFault:
            raise Failed(f"金额 {text!r} 不合约定", f"{text!r} is no amount as agreed") from None

    def frame(self, code: str, fields: Mapping[str, str], key: bytes | None = None) -> bytes:
        """As it goes on the line, by a key."""
        xml = written(TcpMessage(self.target.inst, code, self.serial()[-16:], fields), "in")
        return framed(xml, mac_text(self.target.algorithm, key or self.client.key, xml))

    async def alone(self, what: str, sent: bytes, is_heard: bool = True) -> bytes:
        """On a connection of its own: what comes back, b"": the line ended. Not `is_heard`: we hang up at once."""
        try:
            async with asyncio.timeout(self.target.timeout_s):
                way = await outbound.connected(self.target.host, self.target.port, EVERYWHERE)
                reader, writer = await asyncio.open_connection(sock=way)
                try:
                    writer.write(sent)
                    await writer.drain()
                    size = size_of(await reader.readexactly(LENGTH_DIGITS)) if is_heard else 0
                    body = await reader.readexactly(size or 0)
                finally:
                    writer.close()
        except asyncio.IncompleteReadError:
            body = b""
        except (OSError, TimeoutError, outbound.NoReply) as error:
            raise self._silent(what, error) from None
        self.trace.append(f"{what} → {len(body)} B")
        return body

    def _silent(self, what: str, error: Exception) -> Failed:
        self.trace.append(f"{what} → –")
        said = str(error)[:120] or type(error).__name__
        return Failed(f"没有可信的应答：{said}", f"no answer that can be believed: {said}")
