"""`yifen bench pos`: sales by card a second through one POS door, with everything on: TCP, MACs, an acquirer, the
charge in the books; and what an idle terminal costs in memory. Terminals and acquirer run in the measuring process, on
the same machine."""

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from rich.console import Console

from yifen.core import runtime
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.runtime import EdgeError
from yifen.core.wire.pos_keys import WorkingKeys
from yifen.hub.payments.payables import PAYERS_SQL, pack_payers
from yifen.hub.pos.door import process
from yifen.hub.pos.door.terminals import acquirer_context, terminal_context
from yifen.hub.simulators.acquirer import SimulatedAcquirer
from yifen.hub.simulators.load_requests import bill
from yifen.hub.simulators.terminal import PosIdentity, SimulatedTerminal
from yifen.tools.bench import stored
from yifen.tools.bench.charge import stored_count
from yifen.tools.bench.cpu import cpu_of
from yifen.tools.bench.hub import BILLERS, CHANNEL, import_bills, now_utc
from yifen.tools.bench.report import row, table

GOAL, MEMORY_KB, CORES = 1_000.0, 64.0, 2
MASTER, KEYS, MERCHANT = bytes(range(16)), WorkingKeys(bytes(range(16)), bytes(range(16, 32))), "898450180620001"
_SQL = queries(__package__)


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--terminals", type=stored_count, default=1_000, metavar="N",
        help="终端数（默认 1000）\nterminals that are connected (default 1000)")  # fmt: skip
    add("--sales", type=stored_count, default=10_000, metavar="N", help="消费笔数（默认 10k）\nsales (default 10k)")
    add("--at-once", type=int, default=128, metavar="N",
        help="同时在消费的终端数（默认 128）\nterminals that sell at a time (default 128)")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if not 1 <= args.at_once <= args.terminals:
        raise EdgeError("--at-once: 1 to --terminals")
    os.environ["YIFEN_KEY_RING"] = "1:" + base64.b64encode(secrets.token_bytes(32)).decode()  # of this measure alone
    os.environ["YIFEN_OUTBOUND_ALLOW"] = "127.0.0.0/8"
    with stored.scratch_hub() as (found, network):
        import_bills(found, 1, network.billers, 0, args.sales)
        rate, kilobytes, cpu = asyncio.run(_measured(found, network.billers, args))
    rows = [row("pos sales", rate, GOAL, 1.0, "sales/s"),
            row("pos memory", kilobytes, MEMORY_KB, 0.0, "kB a terminal"),
            *(row(f"pos CPU of the {name}", 1_000 * used / args.sales, 1_000 * CORES / GOAL, 0.0, "ms a sale")
              for name, used in cpu.items() if name != "machine")]  # fmt: skip
    Console().print(table(rows))
    if args.json:
        print(json.dumps(msgspec.to_builtins(rows[0]) | {"rows": msgspec.to_builtins(rows)}))
    return 0


async def _measured(
    found: Any, billers: dict[str, int], args: argparse.Namespace
) -> tuple[float, float, dict[str, float]]:
    """(sales a second, kB for each terminal that is connected, CPU seconds of door, database and generator).
    EdgeError: a sale failed, or the books differ."""
    ring = KeyRing.read(os.environ["YIFEN_KEY_RING"])
    acquirer = SimulatedAcquirer("des-x919", KEYS, by_amount=False)
    _register(found.url, ring, billers, await acquirer.open("127.0.0.1", 0), args)
    with _door(found.url) as (port, pid):
        made = [SimulatedTerminal(PosIdentity(f"{at:08d}", MERCHANT, MASTER), "127.0.0.1", port)
                for at in range(args.terminals)]  # fmt: skip
        before = _resident_kb(pid)
        for terminal in made:
            await terminal.sign_on()
        kilobytes = max(0.0, (_resident_kb(pid) - before) / args.terminals)
        with cpu_of({"door": pid, "database": _postmaster(found.url)}) as cpu:
            began, used = time.perf_counter(), time.process_time()
            await asyncio.gather(*(_sell(made, at, args) for at in range(args.at_once)))
            rate = args.sales / (time.perf_counter() - began)
            generator = time.process_time() - used
        for terminal in made:
            await terminal.close()
    await acquirer.close()
    with psycopg.connect(found.url) as conn:
        booked = conn.execute(_SQL["pos_booked"]).fetchone()
    if booked != (args.sales, acquirer.books.charged_fen()):
        raise EdgeError(f"of {args.sales} sales {booked} were booked; the cards paid {acquirer.books.charged_fen()}")
    return rate, kilobytes, cpu | {"generator": generator}


async def _sell(made: list[SimulatedTerminal], first: int, args: argparse.Namespace) -> None:
    """Every so manieth bill, at a terminal of its biller that nobody else sells at now."""
    step = args.at_once
    for number in range(first, args.sales, step):
        index, account_no, _ref, fen = bill(number, len(BILLERS))
        mine = [at for at in range(first, len(made), step) if at % len(BILLERS) == index] or [
            at for at in range(len(made)) if at % len(BILLERS) == index]  # fmt: skip
        said = await made[mine[number // step % len(mine)]].sale(account_no, fen)
        if said is None or said.fields["39"] != "00":
            raise EdgeError(f"a sale was answered {said and said.fields['39']}")


def _register(url: str, ring: KeyRing, billers: dict[str, int], port: int, args: argparse.Namespace) -> None:
    """An acquirer, as many terminals of each biller in turn, and who owes the bills."""
    with psycopg.connect(url) as conn:
        sealed = ring.seal(KEYS.pin + KEYS.mac, acquirer_context("BENCH"))
        conn.execute(_SQL["pos_acquirer"], {"port": port, "sealed": sealed})
        ids = list(billers.values())
        rows = [{"no": no, "merchant": MERCHANT, "channel": CHANNEL, "biller": ids[int(no) % len(ids)],
                 "sealed": ring.seal(MASTER, terminal_context(no))}
                for no in (f"{at:08d}" for at in range(args.terminals))]  # fmt: skip
        conn.cursor().executemany(_SQL["pos_terminal"], rows)
        bills = (bill(number, len(ids)) for number in range(args.sales))
        payers = [(ids[index], account_no, "张三") for index, account_no, *_ in bills]
        conn.execute(PAYERS_SQL, pack_payers(ring, 0, payers))


@contextmanager
def _door(url: str) -> Iterator[tuple[int, int]]:
    """A door in a process of its own: its port and number."""
    spawn = multiprocessing.get_context("spawn")
    told = spawn.Queue()
    child = spawn.Process(target=_serve, args=(url, told), daemon=True)
    child.start()
    try:
        assert child.pid is not None
        yield int(told.get(timeout=60).rsplit(":", 1)[1]), child.pid
    finally:
        child.terminate()
        child.join(60)


def _serve(url: str, told: Any) -> None:
    import uvloop

    settings = runtime.settings_of({"YIFEN_BUCKETS": "1", "YIFEN_CLIENT_CONNECTIONS": "0"})
    ring = KeyRing.read(os.environ["YIFEN_KEY_RING"])
    uvloop.run(process.serve(settings, url, ring, "127.0.0.1", 0, now_utc, told.put))


def _postmaster(url: str) -> int:
    """The parent of whoever serves us."""
    with psycopg.connect(url) as conn:
        stat = Path(f"/proc/{conn.info.backend_pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
