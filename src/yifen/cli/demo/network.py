"""The demo with the sample network: load, pay, close the day, prove it, stay up."""

import argparse
import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import psycopg

from yifen.cli import sample_network
from yifen.cli.demo import closing, finish, traffic
from yifen.cli.demo.screen import Screen
from yifen.cli.demo.serving import stay
from yifen.cli.demo.stage import Stage, stage
from yifen.cli.sample_network import REMOTE, Network
from yifen.embedded.cluster import write_private
from yifen.embedded.ports import remembered_or_free
from yifen.kernel.money import format_yuan
from yifen.kernel.secrets import read_ring
from yifen.kernel.settings import Settings
from yifen.simulators.channel import Channel
from yifen.simulators.counters import added
from yifen.wire.moments import HUB_ZONE

EACH = 4_000
FAULTS = (
    "late=0.01,lost=0.015,drop=0.015,twice=0.01,garbage=0.01,forged=0.005,wrong_amount=0.005,"
    "busy=0.01,reject=0.01,reverse.lost=0.1"
)


def run(args: argparse.Namespace, settings: Settings, screen: Screen) -> int:
    """Exit code 0 only if everything agrees."""
    screen.say("starting an embedded PostgreSQL with a fresh demo database")
    with stage(settings) as found:
        network, biller_url = set_up(found, args.seed, screen)
        screen.say(f"the gateway listens on {found.base_url}; {args.payments:,} payments follow")
        channels = traffic.run(network, found.base_url, args.payments, args.seed, screen)
        with psycopg.connect(found.database.app_url, autocommit=True) as conn:
            result = close(found, network, channels, conn, biller_url, screen)
        found.children.check()
        result["seconds"] = round(screen.seconds(), 1)
        code = finish(args, screen, result)
        if not args.once:
            stay(found, network, screen)
    return code


def set_up(found: Stage, seed: int, screen: Screen) -> tuple[Network, str]:
    """The network in the database, the gas company's own system, gateway and worker."""
    port = remembered_or_free(found.folder / "biller.port")
    url = f"http://127.0.0.1:{port}"
    ring = read_ring(found.settings.key_ring, found.folder)
    now = datetime.now(UTC)
    network = sample_network.load(
        ring, found.database.app_url, now=now, day=now.astimezone(HUB_ZONE).date(),
        buckets=found.settings.buckets, endpoint=url, each=EACH, seed=seed,
    )  # fmt: skip
    screen.say(f"loaded {len(sample_network.INSTITUTIONS)} institutions, {len(network.billers)} "
               f"billers, {len(network.channels)} channels, {len(network.orders):,} payers, "
               f"{network.payables:,} payables")  # fmt: skip
    keep_keys(found, network)
    simulator = start_biller(found, network, seed, port)
    found.start_worker()
    found.start_gateway()
    found.children.wait_for(simulator, f"{url}/books")
    return network, url


def keep_keys(found: Stage, network: Network) -> None:
    """The partners' own sides of their keys, for who wants to call the gateway himself."""
    rows = [
        {"keyid": key.keyid, "algorithm": key.algorithm, "name": member.name,
         "secret": key.secret.decode() if key.algorithm == "sha1" else key.secret.hex()}
        for member in (*network.channels, *network.billers)
        for key in dict.fromkeys((member.identity.key, member.identity.reply_key))
    ]  # fmt: skip
    write_private(found.folder / "keys.json", json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


def start_biller(found: Stage, network: Network, seed: int, port: int) -> Any:
    gas = next(member for member in network.billers if member.identity.partner == REMOTE)
    key_file = found.folder / "gas.key"
    write_private(key_file, gas.identity.key.secret.decode())
    return found.children.start(
        "biller",
        ["sim", "biller", "--port", str(port), "--code", REMOTE, "--key", f"@{key_file}",
         "--payers", str(EACH), "--seed", str(seed), "--day", network.day.isoformat(),
         "--faults", FAULTS],
        found.env(),
    )  # fmt: skip


def close(
    found: Stage, network: Network, channels: list[Channel], conn: psycopg.Connection[Any],
    biller_url: str, screen: Screen,
) -> dict[str, Any]:  # fmt: skip
    """Wait, cut, check every file, prove the ledger. The result but for its seconds."""
    screen.say("waiting until no payment is undecided")
    problems = [f"{left} payments are undecided" for left in [closing.undecided(conn)] if left]
    lines = closing.cut(conn, network.day)
    screen.say(f"business day {network.day} is closed; checking {len(lines)} daily files")
    checked = asyncio.run(check_files(found.base_url, network, channels, conn, biller_url))
    screen.table("daily files 对账文件, fetched through the gateway and checked",
                 ("partner", "name", "lines", "checked against", "differences"),
                 [(code, name, f"{lines.get(code, 0):,}", by, str(len(wrong)))
                  for code, name, by, wrong in checked])  # fmt: skip
    problems += [f"{code}: {problem}" for code, _, _, wrong in checked for problem in wrong]
    balanced, altered = closing.ledger_balanced(conn), closing.chain_problems(conn)
    screen.say(f"ledger balanced: {balanced}; hash chain intact: {not altered}")
    problems += altered + ([] if balanced else ["the ledger's balances"])
    return summary(conn, channels, balanced, not altered, problems)


async def check_files(
    base_url: str, network: Network, channels: list[Channel], conn: psycopg.Connection[Any],
    biller_url: str,
) -> list[tuple[str, str, str, list[str]]]:  # fmt: skip
    """For each partner: code, name, what its file was checked against, what differs."""
    found = []
    for member, channel in zip(network.channels, channels, strict=True):
        wrong = await closing.channel_file(base_url, member, channel, network.day)
        found.append((member.identity.partner, member.name, "its own record", wrong))
    for member in network.billers:
        own = biller_url if member.identity.partner == REMOTE else ""
        wrong = await closing.biller_file(base_url, member, conn, network.day, own)
        by = "hub and its own system" if own else "the hub's payments"
        found.append((member.identity.partner, member.name, by, wrong))
    return found


def summary(
    conn: psycopg.Connection[Any], channels: list[Channel], balanced: bool, intact: bool,
    problems: list[str],
) -> dict[str, Any]:  # fmt: skip
    """What the hub has, and whether the channels together say the same."""
    count, amount_fen, returned = closing.one(conn, closing.TOTALS_SQL)
    total = added([channel.counters for channel in channels])
    believed = (total.payments, total.amount_fen, total.reversed)
    problems += total.problems
    if believed != (count, amount_fen, returned):
        problems.append(f"the hub has {count} payments, {format_yuan(amount_fen)} yuan, "
                        f"{returned} reversed; the channels say {believed}")  # fmt: skip
    return {
        "payments": count, "amount_fen": amount_fen, "reversed": returned,
        "duplicates_refused": total.duplicates_refused, "unknown_resolved": total.resolved,
        "ledger_balanced": balanced, "chain_ok": intact, "problems": problems,
    }  # fmt: skip
