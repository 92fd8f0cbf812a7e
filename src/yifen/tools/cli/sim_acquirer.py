"""`yifen sim acquirer`: an acquirer on this machine, which decides on cards and keeps its books."""

import argparse
import asyncio
import signal
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_keys import ALGORITHMS, MASTER_BYTES, WorkingKeys
from yifen.hub.simulators.acquirer import OF_SALES, OF_UNDOS, SimulatedAcquirer
from yifen.tools.cli import given_keys


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=8495,
        help="监听的端口（默认 8495；0：任意）\nport to listen on (default 8495; 0: any)")  # fmt: skip
    add("--key", required=True,
        help="与本系统共享的密钥：64 位十六进制（PIN、MAC 各 16 字节），或存有它的 @FILE\n"
             "the keys it shares with the hub: 64 hex digits (of PINs, of MACs), or @FILE that holds them")  # fmt: skip
    add("--algorithm", choices=ALGORITHMS, default="des-x919",
        help="MAC 算法（默认 des-x919）\nof MACs (default des-x919)")  # fmt: skip
    for option, words, zh, en in (
        ("--script", OF_SALES, "消费", "sales"), ("--undo-script", OF_UNDOS, "冲正、撤销、退货", "undos"),
    ):  # fmt: skip
        add(option, default="",
            help=in_turn(Text(f"前几笔{zh}依次遇到的：ok,lost,…",
                              f"what the first {en} meet in turn: ok,lost,…"), words))  # fmt: skip
    add("--late-s", type=float, default=20.0, help="迟答迟多久（默认 20 秒）\nhow late a late answer is (default 20 s)")
    add("--blacklist", default="", metavar="CARDS",
        help="终端下载的黑名单卡号（或其开头），逗号分隔\n"
             "cards, or how they begin, of the blacklist that terminals download, by commas")  # fmt: skip
    add("--file", type=Path, metavar="FOLDER",
        help="停止时把当日对账文件写入此目录（如 inbox/acquirers/UMS）\n"
             "when it is stopped, its file of the day goes into this folder (such as inbox/acquirers/UMS)")  # fmt: skip


def in_turn(head: Text, words: Mapping[str, Text]) -> str:
    """The help of a script, with what each word is."""
    zh, en = (f"{head[at]}；" + "；".join(f"{word} {what[at]}" for word, what in words.items()) for at in (0, 1))
    return f"{zh}\n{en.replace('；', '; ')}"


async def serve(args: argparse.Namespace) -> None:
    """Until it is stopped. EdgeError: the keys or the scripts cannot be used."""
    acquirer = SimulatedAcquirer(
        args.algorithm, keys_of_hex(args.key), sales=_words(args.script, OF_SALES),
        undos=_words(args.undo_script, OF_UNDOS), late_s=args.late_s,
        blacklist=[one for one in args.blacklist.split(",") if one])  # fmt: skip
    found = await acquirer.open(args.host, args.port)
    print(f"the acquirer listens on {args.host}:{found}", flush=True)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    await acquirer.close()
    if args.file:
        today = datetime.now(ZONE).date()
        args.file.mkdir(parents=True, exist_ok=True)
        (args.file / f"{today:%Y%m%d}.csv").write_bytes(acquirer.books.file_of(today))


def keys_of_hex(text: str) -> WorkingKeys:
    """EdgeError."""
    key = hex_of(text, 2 * MASTER_BYTES)
    return WorkingKeys(key[:MASTER_BYTES], key[MASTER_BYTES:])


def hex_of(text: str, size: int) -> bytes:
    """EdgeError: not so many bytes."""
    try:
        key = bytes.fromhex(given_keys.secret_of(text).decode())
    except ValueError:
        key = b""
    if len(key) != size:
        raise EdgeError(f"--key: {2 * size} hex digits")
    return key


def _words(text: str, known: Mapping[str, Text]) -> list[str]:
    words = [word for word in text.split(",") if word]
    for word in words:
        if word != "ok" and word not in known:
            raise EdgeError(f"{word!r} is not one of ok {' '.join(sorted(known))}")
    return ["" if word == "ok" else word for word in words]
