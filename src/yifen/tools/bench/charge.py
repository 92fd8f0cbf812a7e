"""`yifen bench charge`: signed, durable, unique charges a second over HTTP ÷ pgbench's tps."""

import argparse
import json
import os
from pathlib import Path

import msgspec
import psycopg
from rich.console import Console

from yifen.core import runtime
from yifen.core.embedded.cluster import DATABASE, SUPERUSER
from yifen.core.embedded.errors import EmbeddedError
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.processes import GATEWAY, OWNER
from yifen.core.facts.settings import Settings
from yifen.core.runtime import Database, EdgeError
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench import pgledger, stored
from yifen.tools.bench import report as bench_report
from yifen.tools.bench.gateway import GatewayProcess
from yifen.tools.bench.load import ChargeRun, Load
from yifen.tools.bench.pgbench import Pgbench, PgbenchRun
from yifen.tools.bench.scratch import temporary_folder

SECONDS_MAX = 120  # requests are signed before the clock starts and must not get stale
TELLERS = 16
STORED_MAX = 100_000_000


def counts(text: str) -> list[int]:
    """`1,8,16`."""
    numbers = [int(part) for part in text.split(",")]
    if not all(0 < number <= 900 for number in numbers):
        raise ValueError(text)
    return numbers


def stored_count(text: str) -> int:
    """`10M`, `500k` or a plain number."""
    digits, times = (text[:-1], {"k": 1000, "M": 1_000_000}[text[-1]]) if text[-1:] in ("k", "M") else (text, 1)
    if not 0 < int(digits) * times <= STORED_MAX:
        raise ValueError(text)
    return int(digits) * times


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--seconds", type=int, default=5, help="每次测量的时长（默认 5）\nlength of each measurement (default 5)")
    add("--rounds", type=int, default=2,
        help="pgbench 与销账轮流的次数（默认 2）\n"
             "pgbench and charges by turns (default 2)")  # fmt: skip
    add("--clients", type=counts, default=[1, 8, 16],
        help="pgbench 的客户端数（默认 1,8,16）\n"
             "of pgbench (default 1,8,16)")  # fmt: skip
    add("--concurrency", type=counts, default=[16, 64, 128, 256],
        help="负载发生器的连接数（默认 16,64,128,256）\n"
             "connections of the load generator (default 16,64,128,256)")  # fmt: skip
    add("--buckets", type=int, default=1, help="本系统的桶数（默认 1）\nbuckets of the hub (default 1)")
    add("--workers", type=int, default=1, help="网关进程数（默认 1）\ngateway processes (default 1)")
    add("--payments", type=int,
        help="每次测量备好的账单数（默认足够多）\n"
             "bills ready for each measurement (default: plenty)")  # fmt: skip
    add("--stored", type=stored_count, metavar="N",
        help="再存入这么多笔（如 10M）后重新测量，给出两者之比\n"
             "measure again behind this many stored payments (10M, say), and the ratio of both")  # fmt: skip
    add("--pgledger", type=Path, action="append", default=[], metavar="FILE",
        help="pgledger 的 SQL 文件，依次载入（可重复），并测量其每秒转账数\n"
             "pgledger's SQL, files in their order (may be repeated): its transfers a second beside ours")  # fmt: skip
    add("--json", action="store_true", help="末行输出一个 JSON 对象\none JSON object as the last line")


def run(args: argparse.Namespace) -> int:
    if not 1 <= args.seconds <= SECONDS_MAX:
        raise EdgeError(f"--seconds must be from 1 to {SECONDS_MAX}")
    if args.stored and args.buckets > 1:
        raise EdgeError("--stored goes with one bucket")
    console = Console()
    with temporary_folder() as folder:
        settings = runtime.settings_of({
            **{name: value for name, value in os.environ.items() if name.startswith("YIFEN_")},
            "YIFEN_DATABASE_URL": "", "YIFEN_OWNER_URL": "", "YIFEN_DATA": str(folder),
            "YIFEN_BUCKETS": str(args.buckets),
        })  # fmt: skip
        try:
            report = measure(args, settings, folder, console)
        except EmbeddedError as error:
            raise EdgeError(str(error)) from None
    console.print(bench_report.table(report.rows))
    console.print(bench_report.verdict(report))
    if args.json:
        print(json.dumps(msgspec.to_builtins(report)))
    return 0 if report.books_agree else 1


def measure(
    args: argparse.Namespace, settings: Settings, folder: Path, console: Console
) -> bench_report.ChargeReport:
    """Both sides on one server, by turns, so that noise hits both."""
    bin_dir = Path(settings.pg_bin) if settings.pg_bin else None
    with EmbeddedPostgres(folder / "postgres", bin_dir=bin_dir) as server:
        console.print("[dim]pgbench -i, migrate, register …[/]")
        base = Pgbench(server, bin_dir)
        base.prepare()
        found = Database(server.url(OWNER, DATABASE))
        runtime.migrate(settings, found.url)
        network = bench_hub.register(settings, bench_hub.now_utc())
        url = server.url(GATEWAY, DATABASE)
        gateway = GatewayProcess(settings, url, args.workers, folder / "gateway.log")
        with gateway:
            load = Load(args, settings, found, network, server, gateway)
            load.warm_up()
            sides = _by_turns(args, server, base, load, console)
            report = bench_report.ChargeMeasures(*sides)
            _paced(args, server, load, report, console)
            _beside(args, settings, folder / "tcp.log", server, bin_dir, load, report, console)
            if args.stored:
                report.stored = stored.store(found, network, args.stored, bench_hub.now_utc(), console)
                for number in range(1, args.rounds + 1):
                    run = _charges(server, load, console, number, report.best.connections)
                    report.behind.append(run)
        return bench_report.report_of(report, load, bench_hub.books(found))


def _by_turns(
    args: argparse.Namespace, server: EmbeddedPostgres, base: Pgbench, load: Load, console: Console
) -> tuple[list[PgbenchRun], list[ChargeRun]]:
    bases, ours = [], []
    for number in range(1, args.rounds + 1):
        for clients in args.clients:
            checkpoint(server)
            bases.append(base.measure(number, clients, args.seconds))
            console.print(bench_report.line_of(bases[-1]), soft_wrap=True)
        ours += [_charges(server, load, console, number, connections) for connections in args.concurrency]
    return bases, ours


def _charges(
    server: EmbeddedPostgres, load: Load, console: Console, number: int, connections: int,
    rate: float | None = None, door: str = "xml", of: GatewayProcess | None = None,
) -> ChargeRun:  # fmt: skip
    load.prepare()
    checkpoint(server)
    run = load.measure(number, connections, rate, door, of)
    console.print(bench_report.line_of(run), soft_wrap=True)
    return run


def _paced(
    args: argparse.Namespace, server: EmbeddedPostgres, load: Load, report: bench_report.ChargeMeasures,
    console: Console,
) -> None:  # fmt: skip
    """At pgbench's own best, and at half of ours."""
    for rate in (report.base.rate, report.best.rate / 2):
        report.paced.append(_charges(server, load, console, args.rounds, max(args.concurrency), rate))


def _beside(
    args: argparse.Namespace, settings: Settings, log: Path, server: EmbeddedPostgres, bin_dir: Path | None,
    load: Load, report: bench_report.ChargeMeasures, console: Console,
) -> None:  # fmt: skip
    """The other dialects, the hosted channel, the other ledger."""
    report.json = _charges(server, load, console, args.rounds, report.best.connections, door="json")
    with GatewayProcess(settings, server.url(GATEWAY, DATABASE), 1, log, "tcp") as door:
        report.tcp = _charges(server, load, console, args.rounds, report.best.connections, door="tcp", of=door)
    load.prepare()
    checkpoint(server)
    report.desk = load.at_desk(server.url(GATEWAY, DATABASE), TELLERS)
    console.print(f"desk, {TELLERS} tellers of one process  {report.desk:,.0f}/s")
    if args.pgledger:
        checkpoint(server)
        report.pgledger = pgledger.best_of(server, bin_dir, args.pgledger, args.clients, args.seconds)
        console.print("pgledger: " + bench_report.line_of(report.pgledger), soft_wrap=True)


def checkpoint(server: EmbeddedPostgres) -> None:
    """So that no measurement pays for the writes of the one before."""
    with psycopg.connect(server.url(SUPERUSER, DATABASE), autocommit=True) as conn:
        conn.execute("CHECKPOINT")
