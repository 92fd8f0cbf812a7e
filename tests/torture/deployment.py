"""A real deployment under seeded faults: two gateways, two workers, two nights, a biller of its own that
lies now and then, all behind a line to PostgreSQL that breaks; channels charge, ask and take back meanwhile.

Long: `.venv/bin/python -m tests.torture.deployment --seconds 600 --seed 7`; its last line is JSON. The tests
run a short one.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.cluster import cluster_of, migrated
from tests.running import Gateway
from tests.torture.line import Line
from tests.torture.traffic import (
    Door,
    Lost,
    ask_until_answered,
    charge_of,
    committed,
    now,
    owe_many,
)
from tests.world import Database
from yifen.core.embedded.server import EmbeddedPostgres
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY, NIGHT, WORKER
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Reverse
from yifen.hub.payments.verify import verify
from yifen.hub.simulators.biller import SimulatedBiller
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.faults import Faults, read_rates
from yifen.hub.simulators.identity import Identity
from yifen.hub.simulators.people import Payer, exact

ACCOUNTS, TELLERS, BACK_EVERY = 12_000, 12, 9
LIES = ("late=0.03,lost=0.03,drop=0.03,busy=0.02,garbage=0.02,forged=0.02,reject=0.02,"
        "confirm.drop=0.2,confirm.garbage=0.1")  # fmt: skip
BILLER_SECRET = b"shared with the gas company"
FINAL_S = 180


class Program:
    """One command that must run: started again when it was killed, as a service manager does."""

    def __init__(self, name: str, words: list[str], env: dict[str, str], log: Path) -> None:
        self.name, self._words, self._env, self._log = name, words, env, log
        self.ends: list[int] = []  # codes with which it ended by itself
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "yifen", *self._words], env=self._env,
                                            stdout=log, stderr=log, start_new_session=True)  # fmt: skip

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def look(self) -> None:
        if (code := self.process.poll()) is not None:
            self.ends.append(code)
            self.start()


class Deployment:
    """All of it; `faults()` are what may happen to it."""

    def __init__(self, server: EmbeddedPostgres, database: Database, seed: int) -> None:
        self.server, self.database, self.dice = server, database, Random(seed)
        parts = urlsplit(database.app_url)
        assert parts.hostname
        assert parts.port
        self.line, self._own_port = Line(parts.hostname, parts.port), parts.port
        self.bills: list[tuple[str, str, int]] = []  # biller, account, fen
        self.sent: dict[str, Charge] = {}
        self.back: dict[str, Reverse] = {}
        self.told: dict[str, Code] = {}
        self.happened: Counter[str] = Counter()
        self.commands: list[tuple[str, int, str]] = []
        self._serials = count()

    async def __aenter__(self) -> "Deployment":
        self._stack = AsyncExitStack()
        self._logs = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="yifen-trial-")))
        await self.line.open()
        self._stack.push_async_callback(self.line.close)
        await self._found()
        self.gateways = [
            await asyncio.to_thread(self._stack.enter_context, Gateway(self.env(GATEWAY), workers=1))
            for _ in range(2)
        ]
        self.programs = [
            Program(f"{name}-{n}", words, self.env(role), self._logs / f"{name}-{n}.log")
            for name, role, words in (("worker", WORKER, ["worker"]), ("night", NIGHT, ["worker", "--night"]))
            for n in range(2)
        ]
        self.doors = [
            await self._stack.enter_async_context(Door(gateway.url, dialect=dialect))
            for gateway in self.gateways for dialect in ("xml", "json")
        ]  # fmt: skip
        return self

    async def __aexit__(self, *error: object) -> None:
        for program in self.programs:
            program.process.kill()
        await self._stack.aclose()

    def env(self, role: str, direct: bool = False) -> dict[str, str]:
        url = self.database.url(role)
        through = url if direct else url.replace(f":{self._own_port}/", f":{self.line.port}/")
        return self.database.environment(role, YIFEN_DATABASE_URL=through)

    async def _found(self) -> None:
        """The network, and the biller's own system with the same bills."""
        with committed(self.database) as world:
            hosted = owe_many(world, ACCOUNTS)
            remote = owe_many(world, ACCOUNTS, "GAS")
            self.bills = [("WATER", *bill) for bill in hosted] + [("GAS", *bill) for bill in remote]
            day = now().date()
            books = BillerBooks("GAS", [Payer(a, "王小明", (exact("B", "燃气费", fen, day),)) for a, fen in remote])
            key = Key(partner="GAS", version=1, algorithm="sha1", secret=BILLER_SECRET)
            self.books = books
            self.biller = SimulatedBiller(
                Identity(partner="GAS", dialect="xml", key=key, reply_key=key), books,
                Faults(read_rates(LIES), seed=self.dice.randrange(1000)), now, late_s=2.5,
            )  # fmt: skip
            port = await self.biller.open()
            self._stack.push_async_callback(self.biller.listener.close)
            world.key("GAS", 1, "sha1", BILLER_SECRET)
            world.set_up("UPDATE biller SET endpoint = %s, timeout_s = 2 WHERE partner_id = %s",
                         f"http://127.0.0.1:{port}", world.ids["GAS"])  # fmt: skip
        self.dice.shuffle(self.bills)

    # --- what happens to it ---------------------------------------------------------------------

    def faults(self) -> list[Any]:
        return [self.kill_gateway, self.kill_program, self.kill_postgres, self.silence, self.cut_lines,
                self.away, self.read_only, self.two_cuts, self.two_nights, self.biller_down]  # fmt: skip

    async def kill_gateway(self) -> None:
        gateway = self.dice.choice(self.gateways)
        await asyncio.to_thread(gateway.kill)
        await asyncio.to_thread(gateway.start)

    async def kill_program(self) -> None:
        await asyncio.to_thread(self.dice.choice(self.programs).kill)

    async def kill_postgres(self) -> None:
        await asyncio.to_thread(self.server.kill)
        await asyncio.sleep(self.dice.uniform(0, 3))
        await asyncio.to_thread(self.server.start)

    async def silence(self) -> None:
        self.line.silence()

    async def cut_lines(self) -> None:
        self.line.cut()

    async def away(self) -> None:
        self.line.health = "away"
        self.line.cut()
        await asyncio.sleep(self.dice.choice((2, 5, 15)))
        self.line.health = "well"

    async def read_only(self) -> None:
        await self._read_only("on")
        await asyncio.sleep(5)
        await self._read_only("off")

    async def _read_only(self, word: str) -> None:
        def act() -> None:
            with psycopg.connect(self.server.url("postgres", "postgres"), autocommit=True) as conn:
                conn.execute(f"ALTER SYSTEM SET default_transaction_read_only = {word}")
                conn.execute("SELECT pg_reload_conf()")

        await asyncio.to_thread(act)

    async def two_cuts(self) -> None:
        await self._two("cut")

    async def two_nights(self) -> None:
        await self._two("eod")

    async def _two(self, *words: str) -> None:
        def act() -> list[tuple[int, str]]:
            both = [
                subprocess.Popen([sys.executable, "-m", "yifen", *words], env=self.env(NIGHT, direct=True),
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                for _ in range(2)
            ]  # fmt: skip
            return [(one.wait(120), one.stdout.read() if one.stdout else "") for one in both]

        self.commands += [(words[0], *ended) for ended in await asyncio.to_thread(act)]

    async def biller_down(self) -> None:
        self.biller.listener.pause(self.dice.uniform(1, 6))

    # --- the run --------------------------------------------------------------------------------

    async def run(self, seconds: float, pause_s: tuple[float, float] = (1.0, 4.0)) -> None:
        """Every kind of fault once in random order, then whatever comes, until the time is over."""
        stop = asyncio.Event()
        tellers = [asyncio.create_task(self._teller(door, stop)) for door in self.doors for _ in range(TELLERS // 4)]
        end, kinds = asyncio.get_running_loop().time() + seconds, self.faults()
        self.dice.shuffle(kinds)
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self.dice.uniform(*pause_s))
            fault = kinds.pop() if kinds else self.dice.choice(self.faults())
            self.happened[fault.__name__] += 1
            await fault()
            for program in self.programs:
                program.look()
        stop.set()
        await asyncio.gather(*tellers)

    async def _teller(self, door: Door, stop: asyncio.Event) -> None:
        while not stop.is_set() and self.bills:
            biller, account_no, fen = self.bills.pop()
            number = next(self._serials)
            charge = charge_of(f"S{number}", account_no, fen, biller)
            self.sent[charge.serial] = charge
            await self._say(door, charge)
            if number % BACK_EVERY == 0:
                self.back[charge.serial] = Reverse(serial=f"R{number}", original_serial=charge.serial, amount_fen=fen)
                await self._say(door, self.back[charge.serial])

    async def _say(self, door: Door, message: Charge | Reverse) -> None:
        try:
            code = (await door.ask(message)).code
        except Lost:
            await asyncio.sleep(0.25)
        else:
            self.told[message.serial] = code
            if code not in (Code.OK, Code.PROCESSING):
                await asyncio.sleep(0.1)

    # --- how it ends ----------------------------------------------------------------------------

    async def settle(self) -> dict[str, list[str]]:
        """All is well again; everything is asked to its end. What is still not decided, by name."""
        at_once = asyncio.Semaphore(16)

        async def one(message: Charge | Reverse) -> None:
            async with at_once:
                self.told[message.serial] = (await ask_until_answered(self.doors[0], message)).code

        await asyncio.gather(*(one(charge) for s, charge in self.sent.items() if self.told.get(s) is not Code.OK))
        await asyncio.gather(*map(one, self.back.values()))
        async with asyncio.timeout(FINAL_S):
            while await asyncio.to_thread(self._waiting):
                await asyncio.sleep(1)
                for program in self.programs:
                    program.look()
        undecided = [s for s, code in self.told.items() if code is Code.PROCESSING]
        await asyncio.gather(*(one(self.back[f"S{s[1:]}"] if s[0] == "R" else self.sent[s]) for s in undecided))
        left, lost = {s for s in undecided if self.told[s] is Code.PROCESSING}, self._lost_twice()
        return {"undecided": sorted(left - lost), "lost_twice": sorted(left & lost)}

    def _waiting(self) -> int:
        """Calls of billers that are asked again; their next rung is now, not in an hour."""
        with psycopg.connect(self.database.owner_url, autocommit=True) as conn:
            conn.execute("UPDATE biller_call SET due_at = least(due_at, now()) WHERE due_at > now() + interval '1 s'")
            (found,) = conn.execute("SELECT count(*) FROM biller_call WHERE due_at IS NOT NULL").fetchall()
        return int(found[0])

    def _lost_twice(self) -> set[str]:
        """Charges that never reached the biller, nor did the one re-send: the ladder is over, and people or the
        biller's file decide (decision 0005)."""
        known = {(account_no, fen) for account_no, fen, _state in self._theirs()}
        with psycopg.connect(self.database.app_url) as conn:
            rows = conn.execute("SELECT y.serial, y.account_no, y.amount_fen FROM biller_call c"
                                " JOIN payment y USING (bucket, payment_id)"
                                " WHERE c.due_at IS NULL AND c.resent AND y.biller_state = 'unknown'"
                                " AND y.biller_code = '4003'").fetchall()  # fmt: skip
        return {serial for serial, account_no, fen in rows if (account_no, fen) not in known}

    def judge(self) -> dict[str, Any]:
        """What the books say against what channels were told and what the biller has."""
        with psycopg.connect(self.database.app_url) as conn:
            rows = conn.execute(
                "SELECT y.serial, y.account_no, p.code, y.amount_fen, y.payer_state::text, y.biller_state::text"
                " FROM payment y JOIN partner p ON p.id = y.biller_id").fetchall()  # fmt: skip
            days = conn.execute("SELECT business_day, count(*) FROM daily_file GROUP BY 1 ORDER BY 1").fetchall()
            open_day = conn.execute("SELECT current_day FROM ledger_book").fetchall()[0][0]
        with psycopg.connect(self.database.app_url) as conn:
            problems = verify(conn).problems
        here = {row[0]: row[1:] for row in rows}
        acknowledged = {serial for serial, code in self.told.items() if code is Code.OK and serial in self.sent}
        theirs = {(account, fen): state for account, fen, state in self._theirs()}
        ours = {(account, fen): state for account, biller, fen, state, _ in here.values() if biller == "GAS"}
        return {
            "charges": len(self.sent), "acknowledged": len(acknowledged), "reversals": len(self.back),
            "lost": sorted(acknowledged - here.keys()),
            "doubled": len(rows) - len(here),
            "foreign": [key for key in set(ours) | set(theirs)
                        if (ours.get(key) == "taken") != (theirs.get(key) == "booked")],
            "amounts": [s for s, row in here.items() if row[2] != self.sent[s].amount_fen],
            "problems": problems, "days": [(str(day), files) for day, files in days], "open_day": str(open_day),
            "faults": dict(self.happened), "ends": {p.name: p.ends for p in self.programs if p.ends},
            "gateways": [g.process.poll() if g.process else "gone" for g in self.gateways],
            "codes": {code.name: n for code, n in Counter(self.told.values()).items()},
            "commands": Counter(f"{name} {code}" for name, code, _ in self.commands),
        }  # fmt: skip

    def _theirs(self) -> list[tuple[str, int, str]]:
        charges = self.books._charges
        return [(charges[serial].account_no, fen, state) for serial, (fen, state) in self.books.state().items()]

    def said(self) -> str:
        """The logs, for who must find out."""
        return "\n".join(f"== {file.name}\n{file.read_text()[-3000:]}" for file in sorted(self._logs.iterdir()))


def trial(
    seconds: float, seed: int, pause_s: tuple[float, float] = (1.0, 4.0), logs: Path | None = None
) -> dict[str, Any]:
    """One whole run on a durable PostgreSQL of its own."""

    async def run(server: EmbeddedPostgres, database: Database) -> dict[str, Any]:
        async with Deployment(server, database, seed) as it:
            await it.run(seconds, pause_s)
            try:
                left = await it.settle()
            finally:
                if logs:
                    logs.write_text(it.said())
            return left | await asyncio.to_thread(it.judge)

    with cluster_of({"shared_buffers": "64MB", "max_connections": "200"}) as server:
        with psycopg.connect(server.url("yifen_owner", "postgres"), autocommit=True) as conn:
            conn.execute("CREATE DATABASE trial")
        return asyncio.run(run(server, migrated(server, "trial", buckets=2)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="where to put what the processes said")
    args = parser.parse_args()
    told = {"seed": args.seed} | trial(args.seconds, args.seed, logs=args.logs)
    print(json.dumps(told, ensure_ascii=False, default=str))


if __name__ == "__main__":
    from tests.conftest import pytest_configure

    pytest_configure()
    main()
