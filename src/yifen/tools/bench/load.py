"""Runs the load generator as a process of its own, over bills that are charged once each."""

import argparse
import os
import subprocess
import sys
from datetime import datetime, time
from typing import IO, cast

import msgspec
import psycopg
from msgspec import Struct
from msgspec.structs import replace

from yifen.core import runtime
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.days import ZONE
from yifen.core.facts.settings import Settings
from yifen.core.runtime import Database, EdgeError
from yifen.hub.simulators.load import LoadResult
from yifen.hub.simulators.load_requests import Plan
from yifen.tools.bench import hub as bench_hub
from yifen.tools.bench.cpu import cpu_of
from yifen.tools.bench.desk import desk_charges
from yifen.tools.bench.gateway import GatewayProcess

PLENTY_A_S = 20_000  # bills for each second of a measurement, before we know better
WARM_UP, WARM_UP_CONNECTIONS = 2000, 32
SPREAD_S_MAX = 3600
SETTLED = 10_000  # charges after which a gateway has all that it needs


class ChargeRun(Struct, frozen=True):
    """One measurement; `paced`: requests a second that were offered, None: as many as possible."""

    round: int
    connections: int
    rate: float
    p50_ms: float
    p99_ms: float
    cpu: dict[str, float]
    ok: int
    others: dict[str, int]
    lost: int
    checked: int
    seconds: float
    paced: float | None = None
    door: str = "xml"


class Load:
    """Knows which bills are ready, which were charged and how many answers said 0000."""

    def __init__(
        self,
        args: argparse.Namespace,
        settings: Settings,
        found: Database,
        network: bench_hub.BenchNetwork,
        server: EmbeddedPostgres,
        gateway: GatewayProcess,
    ) -> None:
        self._seconds, self._wanted = args.seconds, args.payments
        self._settings, self._found, self._network = settings, found, network
        self._gateway = gateway
        self._pids = {"postgres": server.pid, "gateway": gateway.pid}
        self._ready = self._next = 0  # bills in the database, first one not charged
        self._best = 0.0
        self.answered = 0
        self.memory: list[tuple[int, float]] = []  # charges answered by the gateway so far, and the MB it holds

    def warm_up(self) -> None:
        """Connections, prepared plans and caches, as in a hub that has been running."""
        self._import(WARM_UP)
        self._charge(self._plan(WARM_UP_CONNECTIONS))

    def prepare(self) -> None:
        """Enough bills for one measurement."""
        plenty = int(self._best * 1.5) + 1000 if self._best else PLENTY_A_S
        self._import(self._wanted or plenty * self._seconds)

    def measure(
        self, number: int, connections: int, rate: float | None = None, door: str = "xml",
        of: GatewayProcess | None = None,
    ) -> ChargeRun:  # fmt: skip
        """Charge bills for the time, or until none is left. `of`: another process than the gateway."""
        plan = self._plan(connections, rate, door)
        result, cpu = self._charge(replace(plan, port=of.port) if of else plan, of)
        self._best = max(self._best, result.rate)
        if of is None:
            self.memory.append((self.answered, self._gateway.memory_mb()))
        return ChargeRun(
            number, connections, round(result.rate, 1), result.p50_ms, result.p99_ms,
            {**cpu, "generator": round(result.cpu_s, 2)}, result.ok, result.others, result.lost,
            result.checked, result.seconds, rate, door,
        )  # fmt: skip

    def at_desk(self, url: str, tellers: int) -> float:
        """Charges a second by the hosted channel."""
        plan = self._plan(tellers)
        booked, seconds = desk_charges(self._settings, url, plan)
        self.answered += booked
        self._next += plan.count  # which of them were charged is the tellers' affair
        return booked / seconds

    @property
    def growth(self) -> tuple[tuple[int, float], tuple[int, float]]:
        """Charges and MB after the first that settled the gateway, and at the end."""
        settled = [found for found in self.memory if found[0] >= SETTLED]
        return (settled or self.memory)[0], self.memory[-1]

    def _import(self, count: int) -> None:
        missing = self._next + count - self._ready
        if missing > 0:
            bench_hub.import_bills(
                self._found, self._settings.buckets, self._network.billers, self._ready, missing
            )
            self._ready += missing
        with psycopg.connect(self._found.url, autocommit=True) as conn:
            conn.execute("VACUUM (ANALYZE) payable")

    def _charge(self, plan: Plan, of: GatewayProcess | None = None) -> tuple[LoadResult, dict[str, float]]:
        with subprocess.Popen(
            [sys.executable, "-m", "yifen.hub.simulators.load"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=os.sep,
            env=runtime.environment(self._settings, ""),
        ) as child:  # fmt: skip
            tell, hear = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
            tell.write(msgspec.json.encode(plan) + b"\n")
            tell.flush()
            if hear.readline() != b"ready\n":
                raise EdgeError("the load generator did not start")
            with cpu_of(self._pids | ({"gateway": of.pid} if of else {})) as cpu:
                tell.write(b"go\n")
                tell.flush()
                said = hear.readline()
        if child.returncode != 0:
            raise EdgeError("the load generator failed")
        result = msgspec.json.decode(said, type=LoadResult)
        self._next += result.sent
        self.answered += result.ok
        return result, cpu

    def _plan(self, connections: int, rate: float | None = None, door: str = "xml") -> Plan:
        now: datetime = bench_hub.now_utc().astimezone(ZONE).replace(microsecond=0)
        today_s = (now - datetime.combine(now.date(), time(), now.tzinfo)).seconds
        return Plan(
            port=self._gateway.port,
            partner=bench_hub.CHANNEL,
            key=bench_hub.KEY,
            billers=list(self._network.billers),
            first=self._next,
            count=self._ready - self._next,
            business_day=self._network.day,
            paid_at=now,
            connections=connections,
            seconds=float(self._seconds),
            rate=rate,
            spread_s=min(today_s, SPREAD_S_MAX),
            door=door,
        )
