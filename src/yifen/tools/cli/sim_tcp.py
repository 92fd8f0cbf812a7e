"""`yifen sim tcp-bank`, `sim tcp-biller`: the other sides of the TCP dialect on this machine."""

import argparse
import asyncio
from datetime import datetime

from yifen.core.facts.addresses import networks
from yifen.core.facts.days import ZONE
from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.messages import WireFault
from yifen.core.wire.outbound import NoReply
from yifen.core.wire.tcp_client import TcpClient, TcpRefused
from yifen.core.wire.tcp_messages import ALGORITHMS, TcpMessage
from yifen.hub.simulators import people
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.tcp_bank import SimulatedTcpBank
from yifen.hub.simulators.tcp_biller import MEETS, SimulatedTcpBiller
from yifen.tools.cli.sim_acquirer import hex_of, in_turn

KEY_BYTES = 16
LOCAL = networks("127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16")
WORDS = {
    "query": Text("查应缴", "what is owed"),
    "pay:YUAN": Text("缴费，按所查的账单和报价", "pays, the bill and the quote of the query"),
    "again": Text("上一笔原样重发", "the same payment again"), "result": Text("问上一笔结果", "what became of it"),
    "notify": Text("通知对账文件已备", "tells that its file is ready"),
}  # fmt: skip


def _shared(parser: argparse.ArgumentParser, port: int, zh: str, en: str) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help=f"{zh}的地址（默认 127.0.0.1）\n{en} (default 127.0.0.1)")
    add("--port", type=int, default=port, help=f"{zh}的端口（默认 {port}）\nthe port (default {port})")
    add("--key", required=True,
        help="专线主密钥：32 位十六进制，或存有它的 @FILE\n"
             "the line's master key: 32 hex digits, or @FILE that holds it")  # fmt: skip
    add("--algorithm", choices=ALGORITHMS, default=ALGORITHMS[0],
        help=f"MAC 算法（默认 {ALGORITHMS[0]}）\nof MACs (default {ALGORITHMS[0]})")  # fmt: skip


def bank_arguments(parser: argparse.ArgumentParser) -> None:
    _shared(parser, 8465, "前置", "where the door is")
    add = parser.add_argument
    add("--inst", required=True, help="机构号\nthe line's number")
    add("--biller", required=True, help="收费单位代码\nthe biller's code")
    add("--account", required=True, help="户号\nthe account that is paid")
    add("--serial", default=f"{datetime.now(ZONE):%Y%m%d%H%M%S}",
        help="首笔缴费的流水号之前一号（默认按时间）\nthe number before the first payment's serial (default: by time)")
    add("--script", default="query",
        help=in_turn(Text("银行依次所做（默认 query）", "what the bank does in turn (default query)"), WORDS))


def biller_arguments(parser: argparse.ArgumentParser) -> None:
    _shared(parser, 8471, "监听", "address to listen on")
    add = parser.add_argument
    add("--code", default="GAS01", help="收费单位的合作方代码（默认 GAS01）\nthe biller's partner code (default GAS01)")
    add("--category", default="gas", help="费种（默认 gas）\nwhat it bills (default gas)")
    add("--prefix", default="77", help="户号的开头（默认 77）\nhow its account numbers begin (default 77)")
    add("--payers", type=int, default=20, help="多少户（默认 20）\nhow many payers (default 20)")
    add("--script", default="",
        help=in_turn(Text("前几笔缴费依次遇到的：ok,lost,…", "what the first charges meet in turn: ok,lost,…"), MEETS))


class BankDid:
    """What the bank did last, so that it can ask of it and do it again."""

    def __init__(self, account_no: str, serial: str) -> None:
        self._account, self._serial, self._last = account_no, int(serial), (0, _now())
        self._owed: TcpMessage | None = None

    async def done(self, bank: SimulatedTcpBank, word: str) -> str:
        """One word of the script, and what came of it. EdgeError."""
        name, _, yuan = word.partition(":")
        try:
            said = await self._do(bank, name, parse_yuan(yuan) if yuan else 0)
        except AmountError as error:
            raise EdgeError(f"{word!r}: {error}") from None
        except TcpRefused as refused:
            return str(refused)
        rows = [f"{row['contractNo']} {row['payAmount']} {row['customerName']}" for row in said.rows]
        shown = ("billNo", "payAmount", "bankBillNo", "payState", "filed1", "totalNum", "fileName")
        return "; ".join([" ".join(f"{name}={said.fields[name]}" for name in shown if said.fields.get(name)), *rows])

    async def _do(self, bank: SimulatedTcpBank, name: str, fen: int) -> TcpMessage:
        if name == "pay":
            self._serial, self._last = self._serial + 1, (fen, _now())
        elif name not in ("query", "again", "result", "notify"):
            raise EdgeError(f"{name!r} is not one of {' '.join(WORDS)}")
        serial, at = str(self._serial), self._last[1]
        match name:
            case "query":
                self._owed = await bank.query(self._account)
                return self._owed
            case "result":
                return await bank.result(self._account, serial, at)
            case "notify":
                return await bank.file_ready(f"{at:%Y%m%d}", f"FXB_{at:%Y%m%d}_1.txt")
        return await bank.pay(self._account, serial, self._last[0], at, *self._named(bank))

    def _named(self, bank: SimulatedTcpBank) -> tuple[str, str]:
        """The bill of just this amount, else the one that is owed; and the quote: of the query before."""
        if self._owed is None:
            return "", ""
        text, rows = bank.amount(self._last[0]), self._owed.rows
        bill = next((row["contractNo"] for row in rows if row["payAmount"] == text), "")
        return bill or (rows[0]["contractNo"] if len(rows) == 1 else ""), self._owed.fields.get("item1", "")


def _now() -> datetime:
    return datetime.now(ZONE)


async def serve_bank(args: argparse.Namespace) -> None:
    """To the end of the script. EdgeError."""
    line = TcpClient(args.host, args.port, args.inst, args.algorithm, hex_of(args.key, KEY_BYTES), allowed=LOCAL)
    bank, did = SimulatedTcpBank(line, args.biller), BankDid(args.account, args.serial)
    try:
        for word in args.script.split(","):
            print(f"{word:12} {await did.done(bank, word)}", flush=True)
    except (NoReply, WireFault) as error:
        raise EdgeError(str(error)) from None
    finally:
        await line.close()


async def serve_biller(args: argparse.Namespace) -> None:
    """Until it is stopped. EdgeError."""
    meets = ["" if word == "ok" else word for word in args.script.split(",") if word]
    if wrong := [word for word in meets if word and word not in MEETS]:
        raise EdgeError(f"{wrong[0]!r} is not one of ok {' '.join(sorted(MEETS))}")
    payers = people.payers(args.category, args.prefix, args.payers, 1, _now().date())
    books, key = BillerBooks(args.code, payers), hex_of(args.key, KEY_BYTES)
    biller = SimulatedTcpBiller(books, args.algorithm, key, _now, meets)
    print(f"{args.code} listens on {args.host}:{await biller.open(args.host, args.port)}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await biller.close()
