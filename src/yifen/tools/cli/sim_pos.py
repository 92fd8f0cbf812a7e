"""`yifen sim pos`: a POS terminal on this machine, by a script of what its cashier does."""

import argparse

from yifen.core.facts.money import AmountError, parse_yuan
from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_frames import PosFault, PosFrame
from yifen.core.wire.pos_keys import ALGORITHMS, MASTER_BYTES
from yifen.hub.simulators.terminal import NoHostAnswer, PosIdentity, SimulatedTerminal, StoppedCard
from yifen.tools.cli.sim_acquirer import hex_of

WORDS = ("sign-on", "download", "query", "sale:YUAN", "lost:YUAN", "cut:YUAN", "twice:YUAN", "void", "reverse",
         "refund:YUAN", "settle")  # fmt: skip


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
        help=f"收银员依次所做：{' '.join(WORDS)}（默认 sign-on,query）\n"
             f"what its cashier does in turn: {' '.join(WORDS)} (default sign-on,query)")  # fmt: skip


async def serve(args: argparse.Namespace) -> None:
    """To the end of the script. EdgeError."""
    who = PosIdentity(args.terminal, args.merchant, hex_of(args.key, MASTER_BYTES), args.algorithm)
    terminal = SimulatedTerminal(who, args.host, args.port)
    try:
        for word in args.script.split(","):
            print(f"{word:12} {told(await done(terminal, args.account, word, args.pin))}", flush=True)
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
    last = terminal.trace
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
        case "reverse" if last in terminal.sold:
            return await terminal.reverse(last, terminal.sold.pop(last).fen)
        case "refund":
            return await terminal.refund(terminal.batch, last, fen)
        case "settle":
            return await terminal.settle()
    raise EdgeError(f"{word!r} is not one of {' '.join(WORDS)}")


def told(said: PosFrame | None) -> str:
    """Field 39 with its words, the amount, and what 62 says of a query."""
    if said is None:
        return "-- no answer"
    parts = [said.fields["39"], said.fields.get("56", "")]
    if said.fields["t"] == "0110" and "62" in said.fields:
        parts.append(bytes.fromhex(said.fields["62"]).decode("gb18030", "replace").replace("\n", " ; "))
    return " ".join(filter(None, parts))
