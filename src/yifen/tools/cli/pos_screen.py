"""A simulated terminal's screen: what it shows, and what its cashier types, until he switches it off."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping

from yifen.core.facts.money import format_yuan
from yifen.core.facts.plug import Text
from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_frames import PosFault
from yifen.hub.simulators.terminal import NoHostAnswer, SimulatedTerminal, StoppedCard

ACCOUNT = "account:NO"
OWN: dict[str, Text] = {ACCOUNT: Text("换户号", "another account"), "off": Text("关机", "switches it off")}
_LINE = "─" * 60

Did = Callable[[str, str], Awaitable[str]]  # (account, word) → what the host said


async def on_screen(terminal: SimulatedTerminal, account_no: str, words: Mapping[str, Text], did: Did) -> None:
    """What goes wrong stands on the screen, as at a counter."""
    lines, said = await _typed(), ""
    for word, what in {**words, **OWN}.items():
        print(f"  {word:12} {what.zh} · {what.en}")
    while True:
        print(_shown(terminal, account_no, said), end="", flush=True)
        word = (await lines.readline()).decode().strip()
        if word in ("", "off"):
            return
        if word.startswith("account:"):
            account_no, said = word.partition(":")[2], ""
            continue
        try:
            said = f"{word}: {await did(account_no, word)}"
        except (NoHostAnswer, PosFault, StoppedCard, EdgeError) as error:
            said = f"{word}: {error}"


def _shown(terminal: SimulatedTerminal, account_no: str, said: str) -> str:
    sold = sum(one.fen for one in terminal.sold.values())
    rows = (
        f"{terminal.merchant_name or terminal.who.merchant_no}  {terminal.who.terminal_no}",
        f"批次 batch {terminal.batch:06d}  流水 trace {terminal.trace:06d}",
        f"本批 sold {len(terminal.sold)}, {format_yuan(sold)}", f"户号 account {account_no}", said or "请操作 ready",
    )  # fmt: skip
    return "\n".join(("", _LINE, *(f" {row}" for row in rows), _LINE, "> "))


async def _typed() -> asyncio.StreamReader:
    """Lines of the keyboard, or of what is piped in."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    return lines
