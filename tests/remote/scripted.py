"""A biller with a system of its own that does what a test's script says, and the hub that calls it.

The hub runs in this process with a clock that the test moves: the ladder needs no waiting.
"""

import asyncio
import gzip
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.world import Database, World
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import GATEWAY
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import read_settings
from yifen.core.wire import http_signed, json_http, xml_sha1
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Confirm, Line, Query, Reverse, WireFault
from yifen.core.wire.replies import Reply as Body
from yifen.core.wire.sealing import DIGEST_LENGTH, seal
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.remote.worker import Worker
from yifen.hub.payments.verify import verify
from yifen.hub.simulators.books import BillerBooks
from yifen.hub.simulators.listener import Listener, ListenerCall, ListenerReply
from yifen.hub.simulators.people import Payer, exact

ACCOUNT, BILLS = "G1", {f"M{number}": 1000 * number for number in range(1, 10)}
SECRET = b"shared with the gas company"
ALGORITHMS = {"xml": "sha1", "json": "hmac-sha256"}


class Clock:
    """The time, which stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class ScriptedBiller:
    """`script[verb]` holds what the next messages of a verb meet:

    ok | twice | garbage | packed (by gzip) | forged | lost (booked, then the line breaks) | drop (it breaks before)
    | hang (booked, answered when `release` is set) | deaf (the same, not booked)
    | deep (signed, and nothing but brackets) | a Code (refused with it) | E… (refused with a code of its own)
    """

    def __init__(self, dialect: str, clock: Clock) -> None:
        self.dialect, self._clock = dialect, clock
        bills = tuple(exact(ref, "燃气费", fen, clock.now.date()) for ref, fen in BILLS.items())
        self.books = BillerBooks("GAS", [Payer(ACCOUNT, "王小明", bills)])
        self.key = Key(partner="GAS", version=1, algorithm=ALGORITHMS[dialect], secret=SECRET)
        self.script: dict[str, deque[str | Code]] = {
            verb: deque() for verb in ("query", "charge", "confirm", "reverse")
        }
        self.calls: list[tuple[str, str]] = []  # verb and the charge's serial
        self.charges: list[Charge] = []
        self.release, self.reached = asyncio.Event(), asyncio.Event()
        self.at_once = self.most_at_once = 0
        self.slow_s = 0.0
        self._listener = Listener(self._answer, "127.0.0.1", 0)

    async def open(self) -> str:
        await self._listener.open()
        return f"http://127.0.0.1:{self._listener.port}"

    async def close(self) -> None:
        self.release.set()
        await self._listener.close()

    def verbs(self) -> list[str]:
        return [verb for verb, _ in self.calls]

    async def _answer(self, call: ListenerCall) -> ListenerReply:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.slow_s)
            return await self._act(call)
        finally:
            self.at_once -= 1

    async def _act(self, call: ListenerCall) -> ListenerReply:
        _, dialect, _, verb = call.path.split("/")
        assert dialect == self.dialect
        message = self._read(verb, call)
        self.calls.append((verb, getattr(message, "original_serial", "") or _serial(message)))
        if isinstance(message, Charge):
            self.charges.append(message)
        word = self.script[verb].popleft() if self.script[verb] else "ok"
        if word == "drop":
            return ListenerReply(times=0)
        if word == "deaf":
            self.reached.set()
            await self.release.wait()
            return ListenerReply(times=0)
        if isinstance(word, Code):
            return self._reply(verb, word, None)
        if word.startswith("E"):
            return self._reply(verb, Code.BILLER_REJECTED, None, own=word)
        code, body = self.books.answer(message, self._clock())
        if word == "hang":
            self.reached.set()
            await self.release.wait()
        reply = self._reply(verb, code, body, forged=word == "forged")
        match word:
            case "lost":
                return reply._replace(times=0)
            case "twice":
                return reply._replace(times=2)
            case "packed":
                packed = (*reply.headers, ("Content-Encoding", "gzip"))
                return reply._replace(headers=packed, body=gzip.compress(reply.body))
            case "garbage":
                return ListenerReply(200, (), bytes(range(255, 0, -1)))
            case "deep":
                return self._signed(200, b'{"code":"0000","message":' + b"[" * 20_000)
        return reply

    def _read(self, verb: str, call: ListenerCall) -> Any:
        """Proved to be from the hub."""
        if self.dialect == "xml":
            sealed = xml_sha1.open_body(call.body)
            assert (sealed.partner, sealed.key_version) == ("GAS", 1)
            assert xml_sha1.digest_fits(sealed, SECRET)
            return xml_sha1.read_message(sealed, verb, "fen")
        now = int(self._clock().timestamp())
        find = lambda *_: self.key  # noqa: E731
        http_signed.verify("POST", call.path, call.headers, call.body, find, now, "http")
        return json_http.read_message(verb, call.body, call.headers.get("idempotency-key"))

    def _reply(
        self, verb: str, code: Code, body: Body | None, own: str = "", forged: bool = False
    ) -> ListenerReply:
        now = int(self._clock().timestamp())
        if self.dialect == "xml":
            said = xml_sha1.reply_bytes(verb, "GAS", code, body, key=SECRET, sent_at=now)
            said = said[DIGEST_LENGTH:].replace(b"<Code>8002<", f"<Code>{own or 8002}<".encode())
            return ListenerReply(200, (), seal(said, b"forged" if forged else SECRET))
        done = code in (Code.OK, Code.PROCESSING)
        said = json_http.reply_body(code, body) if done else json_http.problem_body(code)
        said = said.replace(b'"code":"8002"', f'"code":"{own or 8002}"'.encode())
        return self._signed(code.meaning.status, said, forged)

    def _signed(self, status: int, said: bytes, forged: bool = False) -> ListenerReply:
        headers = http_signed.sign_reply(status, said, self.key, int(self._clock().timestamp()))
        return ListenerReply(status, tuple(headers.items()), said + b" " * forged)


def _serial(message: Any) -> str:
    return getattr(message, "serial", "")


class Remote:
    """The hub, its worker, the biller, and what stands in the books."""

    def __init__(self, hub: Hub, biller: ScriptedBiller, clock: Clock, database: Database) -> None:
        self.hub, self.biller, self.clock, self.database = hub, biller, clock, database
        self.worker = Worker(hub)

    @property
    def channel(self) -> Any:
        return self.hub.roster.partners["WX"]

    async def charge(self, serial: str, ref: str = "M1") -> Any:
        """(code, reply) of a charge of one bill."""
        return await self._code(self.hub.charge(self.channel, self.message(serial, ref)))

    def message(self, serial: str, ref: str = "M1") -> Charge:
        return Charge(
            serial=serial,
            biller="GAS",
            account_no=ACCOUNT,
            amount_fen=BILLS[ref],
            lines=[Line(payable=ref, amount_fen=BILLS[ref])],
            paid_at=datetime(2026, 11, 23, 4, 0, tzinfo=UTC),
        )

    async def confirm(self, serial: str) -> Any:
        return await self._code(self.hub.confirm(self.channel, Confirm(original_serial=serial)))

    async def query(self) -> Any:
        return await self._code(
            self.hub.query(self.channel, Query(biller="GAS", account_no=ACCOUNT))
        )

    async def reverse(self, serial: str, original: str, ref: str = "M1") -> Any:
        back = Reverse(serial=serial, original_serial=original, amount_fen=BILLS[ref])
        return await self._code(self.hub.give_back(self.channel, back))

    async def _code(self, answer: Any) -> Any:
        try:
            return await answer
        except WireFault as fault:
            return fault.code, None

    async def climb(self, seconds: float = 60) -> int:
        """Let time pass, then one round of the worker; how many calls were due."""
        self.clock.tick(seconds)
        return await self.worker.round(self.clock())

    # --- what stands there ----------------------------------------------------------------------

    def rows(self, statement: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.app_url) as conn:
            return conn.execute(statement, params).fetchall()

    def payment(self, serial: str) -> tuple[str, str]:
        """(payer state, biller state)."""
        (found,) = self.rows(
            "SELECT payer_state::text, biller_state::text FROM payment WHERE serial = %s", serial
        )
        return found

    def payable(self, ref: str = "M1") -> tuple[Any, ...]:
        """(state, paid_fen, is held)."""
        (found,) = self.rows(
            "SELECT state::text, paid_fen, held_by IS NOT NULL FROM payable WHERE ref = %s", ref
        )
        return found

    def notes(self, serial: str) -> list[str]:
        """What happened to a payment, in order."""
        return [
            row[0]
            for row in self.rows(
                "SELECT e.note FROM payment_event e JOIN payment y USING (bucket, payment_id)"
                " WHERE y.serial = %s ORDER BY e.event_id",
                serial,
            )
        ]

    def outbox(self) -> list[tuple[Any, ...]]:
        """(step, resent, is due some time)."""
        return self.rows("SELECT step, resent, due_at IS NOT NULL FROM biller_call ORDER BY 1, 2")

    def money(self) -> dict[str, Any]:
        """Everything that a refusal must leave as it is, in order besides."""
        with psycopg.connect(self.database.app_url) as conn:
            assert verify(conn).problems == []
            conn.rollback()
            world = World.__new__(World)
            world.conn = conn
            return world.money() | {"serials": world.rows("SELECT * FROM payment_serial")}

    def balances(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """WX's clearing account and the biller's transit account, each (pending, posted)."""
        (held, posted), (their_held, their_posted) = (
            self.rows(
                "SELECT sum(debit_pending_fen + credit_pending_fen)::bigint,"
                " abs(sum(debit_posted_fen - credit_posted_fen))::bigint"
                " FROM ledger_balance JOIN ledger_account USING (account_id) WHERE code = %s",
                code,
            )[0]
            for code in ("1121.WX", "2241.GAS")
        )
        return (held, posted), (their_held, their_posted)

    def in_books(self, held_fen: int, posted_fen: int) -> bool:
        """Both sides say so, the replay of the chain too, and nothing of it is asked again."""
        self.money()
        return self.balances() == ((held_fen, posted_fen),) * 2

    def taken_fen(self) -> int:
        """What counts against WX's daily limit."""
        return int(self.rows("SELECT coalesce(sum(taken_fen), 0) FROM channel_usage")[0][0])


def settle_world(
    database: Database, biller: ScriptedBiller, endpoint: str, owed: bool, **fields: Any
) -> None:
    """One channel, one biller with a system of its own, nine bills."""
    with psycopg.connect(database.app_url) as conn:
        world = World(conn)
        world.biller("GAS", endpoint=endpoint, dialect=biller.dialect, **fields)
        world.key("GAS", 1, ALGORITHMS[biller.dialect], SECRET)
        world.channel("WX", day_max=1_000_000)
        world.admit("WX", "GAS")
        for ref, fen in BILLS.items() if owed else ():
            world.owe("GAS", ACCOUNT, ref, fen)
        for code, meaning in (("E1", "refund_now"), ("E2", "hold"), ("E3", "booked")):
            world.run(
                "INSERT INTO biller_error_code (biller_id, wire_code, meaning) VALUES (%s, %s, %s)",
                world.ids["GAS"], code, meaning,
            )  # fmt: skip


@asynccontextmanager
async def hub_of(database: Database, clock: Clock) -> AsyncIterator[Hub]:
    """The hub in this process."""
    env = database.environment(GATEWAY)
    ring = read_ring(os.environ["YIFEN_KEY_RING"], Path())
    hub = Hub(read_settings(env), database.app_url, ring, clock)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


@asynccontextmanager
async def remote(
    database: Database, dialect: str = "xml", owed: bool = True, **fields: Any
) -> AsyncIterator[Remote]:
    """All of it running. `fields` are the biller's; `owed`: the hub knows the bills beforehand."""
    clock = Clock()
    biller = ScriptedBiller(dialect, clock)
    settle_world(database, biller, await biller.open(), owed, **fields)
    try:
        async with hub_of(database, clock) as hub:
            try:
                yield Remote(hub, biller, clock, database)
            finally:
                biller.release.set()
    finally:
        await biller.close()
