"""`yifen sim pos`: a POS terminal on this machine, by a script of what its cashier does."""

import argparse

from yifen.core.facts.money import AmountError, format_yuan, parse_yuan
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_frames import PosFault, PosFrame
from yifen.core.wire.pos_keys import ALGORITHMS, MASTER_BYTES
from yifen.hub.simulators.terminal import NoHostAnswer, PosIdentity, SimulatedTerminal, StoppedCard
from yifen.tools.cli.pos_screen import on_screen
from yifen.tools.cli.sim_acquirer import hex_of, in_turn

WORDS = {
    "sign-on": Text("签到，取工作密钥", "takes the working keys"),
    "download": Text("下载参数和黑名单", "takes parameters and blacklist"),
    "query": Text("查户名和应缴", "name, and what is owed"),
    "sale:YUAN": Text("消费", "a sale"),
    "lost:YUAN": Text("消费，线路断，听不到应答；下次操作前先冲正", "a sale whose answer is not heard, the line breaks;"
                      " it is reversed before anything else"),
    "cut:YUAN": Text("同上，终端断电重启", "the same, the terminal loses its power and comes back"),
    "twice:YUAN": Text("消费，同一报文发两遍", "a sale whose frame leaves twice"),
    "void": Text("撤销上一笔", "takes back the sale before"),
    "reverse": Text("冲正上一笔", "reverses the sale before"),
    "refund:YUAN": Text("退上一笔的一部分", "gives back a part of the sale before"),
    "settle": Text("批结算", "closes the batch"),
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="前置的地址（默认 127.0.0.1）\nwhere the door is (default 127.0.0.1)")
    add("--port", type=int, default=8464, help="前置的端口（默认 8464）\nthe door's port (default 8464)")
    add("--terminal", required=True, help="终端号，8 位\nterminal number, 8 characters")
    add("--merchant", required=True, help="商户号，15 位\nmerchant number, 15 characters")
    add("--key", required=True,
        help="终端主密钥：32 位十六进制，或存有它的 @FILE\n"
             "the master key: 32 hex digits, or @FILE that holds it")  # fmt: skip
    add("--algorithm", choices=ALGORITHMS, default="des-ecb",
        help="MAC 算法（默认 des-ecb）\nof MACs (default des-ecb)")  # fmt: skip
    add("--account", required=True, help="所缴的户号（案款子账号）\nthe account that is paid (a case's sub-account)")
    add("--pin", default="", help="刷卡时输入的密码\nthe PIN that is typed when a card pays")
    add("--script", default="sign-on,query",
        help=in_turn(Text("收银员依次所做（默认 sign-on,query）",
                          "what its cashier does in turn (default sign-on,query)"), WORDS))  # fmt: skip
    add("--screen", action="store_true",
        help="然后显示终端屏幕，逐条键入操作\nthen its screen, on which each word is typed")


async def serve(args: argparse.Namespace) -> None:
    """To the end of the script. EdgeError."""
    who = PosIdentity(args.terminal, args.merchant, hex_of(args.key, MASTER_BYTES), args.algorithm)
    terminal = SimulatedTerminal(who, args.host, args.port)

    async def did(account_no: str, word: str) -> str:
        return told(await done(terminal, account_no, word, args.pin))

    try:
        for word in args.script.split(","):
            print(f"{word:12} {await did(args.account, word)}", flush=True)
        if args.screen:
            await on_screen(terminal, args.account, WORDS, did)
    except (NoHostAnswer, PosFault, StoppedCard) as error:
        raise EdgeError(str(error)) from None
    finally:
        await terminal.close()


async def done(terminal: SimulatedTerminal, account_no: str, word: str, pin: str = "") -> PosFrame | None:
    """One word of the script. EdgeError."""
    name, _, yuan = word.partition(":")
    try:
        fen = parse_yuan(yuan) if yuan else 0
    except AmountError as error:
        raise EdgeError(f"{word!r}: {error}") from None
    last = next(reversed(terminal.sold), 0)
    if name in ("void", "reverse", "refund") and not last:
        raise EdgeError(f"{word}: 本批没有交易 · nothing was sold in this batch")
    match name:
        case "sign-on":
            return await terminal.sign_on()
        case "download":
            said = await terminal.download()
            cards = " ".join(terminal.blacklist) or "-"
            print(f"{terminal.merchant_name} v{terminal.version}; blacklist {cards}", flush=True)
            return said
        case "query":
            return await terminal.query(account_no)
        case "sale" | "lost" | "cut" | "twice":
            return await terminal.sale(account_no, fen, "" if name == "sale" else name, pin)
        case "void":
            return await terminal.void(last)
        case "reverse":
            return await terminal.reverse(last, terminal.sold.pop(last).fen)
        case "refund":
            return await terminal.refund(terminal.batch, last, fen)
        case "settle":
            return await terminal.settle()
    raise EdgeError(f"{word!r} is not one of {' '.join(WORDS)}")


def told(said: PosFrame | None) -> str:
    """Field 39 with its words, and what a query tells."""
    if said is None:
        return "-- no answer"
    parts = [said.fields["39"], said.fields.get("56", "")]
    if said.fields["t"] == "0110" and "62" in said.fields:
        parts.append(owed(said.fields))
    return " ".join(filter(None, parts))


def owed(fields: dict[str, str]) -> str:
    """The name, what is owed in sum, and of each bill what is owed and from where to where it may be paid at once."""
    name, *lines = bytes.fromhex(fields["62"]).decode("gb18030", "replace").split("\n")
    told = [f"{name} owes {format_yuan(int(fields['4']))}"]
    for title, *fen in (line.split("|") for line in lines):
        due, least, most = (format_yuan(int(one)) if one.isdecimal() else "?" for one in (fen + [""] * 3)[:3])
        told.append(f"{title}: {due}, pays {least} to {most}")
    return "; ".join(told)
