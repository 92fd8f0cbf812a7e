"""What the commands of simulators with a signed port share: where it listens, its key, what its callers meet."""

import argparse
from collections.abc import Mapping

from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.keys import Key
from yifen.hub.corebank.rules import KEY_LEAST, KEY_MOST, KEY_SHAPE
from yifen.hub.simulators.signed_door import OF_ANSWERS, SignedDoor, read_words


def arguments(parser: argparse.ArgumentParser, port: int, code: str, orders: frozenset[str], what: Text) -> None:
    """`what`: it is asked for, 付款 payments."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="监听的地址（默认 127.0.0.1）\naddress to listen on (default 127.0.0.1)")
    add("--port", type=int, default=port,
        help=f"监听的端口（默认 {port}；0：任意）\n"
             f"port to listen on (default {port}; 0: any)")  # fmt: skip
    add("--code", default=code, help=f"合作方代码（默认 {code}）\nthe partner's code (default {code})")
    add("--key", required=True,
        help="与本系统共享的密钥，或存有它的 @FILE\n"
             "the secret it shares with the hub, or @FILE that holds it")  # fmt: skip
    add("--key-version", type=int, default=1, help="该密钥的版本（默认 1）\nthat key's version (default 1)")
    words = " ".join(sorted(orders))
    add("--script", default="",
        help=f"前几次{what.zh}依次遇到的：ok,lost,slow,…；{words}\n"
             f"what the first {what.en} meet in turn: ok,lost,slow,…; {words}")  # fmt: skip
    words = " ".join(sorted(OF_ANSWERS))
    add("--question-script", default="",
        help=f"前几次查询依次遇到的：{words}\n"
             f"the same of the first questions: {words}")  # fmt: skip
    add("--late-s", type=float, default=12.0, help="迟答迟多久（默认 12 秒）\nhow late a late answer is (default 12 s)")


def key_of(args: argparse.Namespace, code: str, secret: bytes) -> Key:
    """The one that it shares with the hub."""
    return Key(partner=code, version=args.key_version, algorithm="hmac-sha256", secret=secret)


def check_shared(secret: bytes) -> None:
    """EdgeError: one that the hub's page would not take."""
    if not (KEY_LEAST <= len(secret) <= KEY_MOST and secret.isascii()):
        raise EdgeError(f"--key: {KEY_SHAPE.zh} · {KEY_SHAPE}")


def scripts(args: argparse.Namespace, orders: frozenset[str]) -> tuple[list[str], list[str]]:
    """What its first orders and questions meet. EdgeError."""
    try:
        return read_words(args.script, orders), read_words(args.question_script, OF_ANSWERS)
    except ValueError as error:
        raise EdgeError(str(error)) from None


async def opened(doors: Mapping[int, SignedDoor], host: str) -> None:
    """Each on its port."""
    for port, door in doors.items():
        print(f"{door.code} listens on http://{host}:{await door.open(host, port)}", flush=True)
