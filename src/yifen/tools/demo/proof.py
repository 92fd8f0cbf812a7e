"""The sample network's day is closed, and everybody's book is laid beside the hub's."""

import asyncio
from datetime import date
from operator import add
from typing import NamedTuple

from yifen.core.facts.money import format_yuan
from yifen.hub.simulators.channel import SimulatedChannel
from yifen.hub.simulators.counters import added
from yifen.tools.demo import bureau, closing, collected, connector, court, night, till
from yifen.tools.demo.closing import Conn, Result
from yifen.tools.demo.sample_network import SampleNetwork
from yifen.tools.demo.sample_rows import BOOK_ID, REMOTE
from yifen.tools.demo.screen import DemoScreen
from yifen.tools.demo.stage import Stage
from yifen.tools.demo.till import TillDay

PARTS = (court, connector, bureau, collected)  # of trades: each tells its figures, and what is wrong with them


class DemoUrls(NamedTuple):
    """Where the books of others are read."""

    biller: str
    core: str
    tax: str


class Checked(NamedTuple):
    """One partner's file, what it was laid beside, and what differed."""

    code: str
    name: str
    beside: str
    problems: list[str]


def close(
    found: Stage,
    network: SampleNetwork,
    channels: list[SimulatedChannel],
    conn: Conn,
    urls: DemoUrls,
    counter: TillDay,
    screen: DemoScreen,
) -> Result:
    """Wait, cut, check every file, go through the night, prove the ledger."""
    screen.say("waiting until no payment is undecided")
    problems = [f"{left} payments are undecided" for left in [closing.undecided(conn)] if left]
    lines = closing.cut(conn, BOOK_ID, network.day)
    files = len(network.channels) + len(network.billers)
    screen.say(f"business day {network.day} is closed; checking {files} daily files")
    checked = asyncio.run(check_files(found.base_url, network, channels, conn, urls.biller))
    screen.table(
        "daily files 对账文件, fetched through the gateway and checked",
        ("partner", "name", "lines", "checked against", "differences"),
        [(c.code, c.name, f"{lines[c.code]:,}", c.beside, str(len(c.problems))) for c in checked],
    )
    problems += [f"{c.code}: {problem}" for c in checked for problem in c.problems]
    problems += compare(conn, channels, network.day, counter)
    screen.ends("files")
    figures, wrong = night.run(found, network, channels, conn, screen)
    screen.ends("night")
    desk, differing = till.figures(conn, urls.core, urls.tax)
    screen.say(till.told(desk))
    from yifen.tools.demo import debiting, signing  # Django is set up by now

    of_trades: Result = {}
    for part in (signing, debiting, *PARTS):
        found_there, apart = part.figures(conn)
        screen.say(part.told(found_there))
        of_trades |= found_there
        problems += apart
    problems += [*wrong, *differing]
    screen.ends("books")
    proved = closing.prove(conn, problems, screen)
    screen.ends("verify")
    total = added([channel.counters for channel in channels])
    return {
        **closing.totals(conn, network.day),
        "duplicates_refused": total.duplicates_refused,
        "unknown_resolved": total.resolved,
        **figures,
        **desk,
        **of_trades,
        **proved,
    }


async def check_files(
    base_url: str,
    network: SampleNetwork,
    channels: list[SimulatedChannel],
    conn: Conn,
    biller_url: str,
) -> list[Checked]:
    """Every channel's and every biller's file, fetched by its partner."""
    found = []
    for member, channel in zip(network.channels, channels, strict=True):
        wrong = await closing.channel_file(base_url, member, channel, network.day)
        found.append(Checked(member.code, member.name, "its own record", wrong))
    for member in network.billers:
        own = biller_url if member.code == REMOTE else ""
        wrong = await closing.biller_file(base_url, member, conn, network.day, own)
        beside = "the hub's payments and its own system" if own else "the hub's payments"
        found.append(Checked(member.code, member.name, beside, wrong))
    return found


def compare(conn: Conn, channels: list[SimulatedChannel], day: date, counter: TillDay) -> list[str]:
    """The hub's totals of the day against the sum of what the channels and the desk believe."""
    have = tuple(closing.totals(conn, day).values())
    total = added([channel.counters for channel in channels])
    believed = tuple(map(add, (total.payments, total.amount_fen, total.reversed), counter))
    if believed == have:
        return total.problems
    ours, theirs = (dict(zip(("count", "yuan", "back"), (count, format_yuan(fen), back), strict=True))
                    for count, fen, back in (have, believed))  # fmt: skip
    zh, en = "{count} 笔、{yuan} 元、冲正 {back} 笔", "{count} payments, {yuan} yuan, {back} reversed"
    return [*total.problems, f"平台记 {zh.format(**ours)}；渠道记 {zh.format(**theirs)} · "
            f"the hub has {en.format(**ours)}; the channels have {en.format(**theirs)}"]  # fmt: skip
