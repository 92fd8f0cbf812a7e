"""Channels that charge distinct bills over real HTTP, and what they were told."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

import httpx
import psycopg

from tests.world import Database, World
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.wire import http_signed, json_http, xml_client
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import Charge, Confirm, Line, Request, Reverse
from yifen.core.wire.replies import BillerAnswer
from yifen.hub.payments.payables import NewPayable

SECRET = b"a secret of 20 bytes"
PAUSE_S = 0.05  # before asking again
REST_S = 0.25  # of a teller whose charge was not booked


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def committed(database: Database) -> Iterator[World]:
    """The small network with a key of each dialect for WX and BANK, kept at the end."""
    with psycopg.connect(database.app_url) as conn:
        world = World(conn, database.buckets).network()
        for channel in ("WX", "BANK"):
            world.key(channel, 1, "sha1", SECRET)
            world.key(channel, 2, "hmac-sha256", SECRET)
        yield world


def owe_many(
    world: World, count: int, biller: str = "WATER", first_fen: int = 1000, step_fen: int = 1
) -> list[tuple[str, int]]:
    """As many accounts with one exact bill `B` each; (account number, fen)."""
    bills = [(f"K{number:06d}", first_fen + step_fen * number) for number in range(count)]
    biller_id = world.ids[biller]
    for bucket in range(world.buckets):
        rows = [
            NewPayable(biller_id, account_no, "B", "水费", "exact", fen, None)
            for account_no, fen in bills
            if account_bucket(biller_id, account_no, world.buckets) == bucket
        ]
        payers = [(biller_id, row.account_no, "王小明") for row in rows]
        world.owes(bucket, payers, rows)
    return bills


class Lost(Exception):
    """No answer came: the channel does not know what became of its message."""


class Door:
    """A channel's signed way to the gateway in one dialect."""

    def __init__(self, url: str, channel: str = "WX", dialect: str = "xml") -> None:
        version, algorithm = {"xml": (1, "sha1"), "json": (2, "hmac-sha256")}[dialect]
        self._key = Key(partner=channel, version=version, algorithm=algorithm, secret=SECRET)
        self._dialect = dialect
        limits = httpx.Limits(max_connections=64)
        self._http = httpx.AsyncClient(base_url=url, timeout=20, limits=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.aclose()

    async def ask(self, message: Request) -> BillerAnswer:
        """The answer, its signature checked. Raises Lost when the line breaks."""
        return self.read(message, await self.post(message))

    async def post(self, message: Request) -> httpx.Response:
        """The answer as it came."""
        sent_at, headers = int(now().timestamp()), {}
        path = f"/{self._dialect}/v1/{message.VERB}"
        if self._dialect == "xml":
            body = xml_client.request_bytes(
                message,
                partner=self._key.partner,
                key_version=self._key.version,
                key=self._key.secret,
                sent_at=sent_at,
            )
        else:
            body = json_http.request_body(message)
            serial = getattr(message, "serial", None)
            headers = http_signed.sign_request("POST", path, body, self._key, sent_at, serial)
        try:
            return await self._http.post(path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Lost(repr(error)) from None

    def read(self, message: Request, response: httpx.Response) -> BillerAnswer:
        if self._dialect == "xml":
            return xml_client.read_reply(response.content, message.VERB, self._key.secret)
        http_signed.verify_reply(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            lambda *_: self._key,
            int(now().timestamp()),
        )
        return json_http.read_reply(message.VERB, response.content)


def charge_of(
    serial: str, account_no: str, amount_fen: int, biller: str = "WATER", ref: str = "B"
) -> Charge:
    return Charge(
        serial=serial,
        biller=biller,
        account_no=account_no,
        amount_fen=amount_fen,
        lines=[Line(payable=ref, amount_fen=amount_fen)],
        paid_at=now().replace(microsecond=0),
    )


def reverse_of(serial: str, charge: Charge) -> Reverse:
    return Reverse(serial=serial, original_serial=charge.serial, amount_fen=charge.amount_fen)


class Load:
    """Tellers that charge one bill after the other until told to stop.

    `told`: serial → the answer that came. `sent`: serial → charge of all that ever left. What was
    sent and not told is what its channel does not know.
    """

    def __init__(self, doors: list[Door], bills: Iterator[tuple[str, int]]) -> None:
        self._doors, self._bills = doors, bills
        self.sent: dict[str, Charge] = {}
        self.told: dict[str, BillerAnswer] = {}
        self.lost: dict[str, Lost] = {}
        self._stop = asyncio.Event()
        self._tellers: list[asyncio.Task[None]] = []

    def start(self, tellers: int) -> None:
        self._stop.clear()
        self._tellers = [
            asyncio.create_task(self._teller(self._doors[n % len(self._doors)]))
            for n in range(tellers)
        ]

    async def stop(self) -> None:
        self._stop.set()
        await asyncio.gather(*self._tellers)

    async def _teller(self, door: Door) -> None:
        while not self._stop.is_set() and (bill := next(self._bills, None)):
            charge = charge_of(f"S-{bill[0]}", *bill)
            self.sent[charge.serial] = charge
            try:
                self.told[charge.serial] = answer = await door.ask(charge)
            except Lost as lost:
                self.lost[charge.serial] = lost
                await asyncio.sleep(REST_S)
            else:
                if answer.code is not Code.OK:
                    await asyncio.sleep(REST_S)

    async def until(self, acknowledged: int) -> None:
        """Wait until so many more are booked."""
        target = self.count(Code.OK) + acknowledged
        async with asyncio.timeout(30):
            while self.count(Code.OK) < target:
                await asyncio.sleep(0.01)

    def count(self, code: Code) -> int:
        return self.codes()[code]

    def codes(self) -> Counter[Code]:
        return Counter(answer.code for answer in self.told.values())

    def booked(self) -> dict[str, BillerAnswer]:
        return {serial: a for serial, a in self.told.items() if a.code is Code.OK}

    def halved(self) -> list[str]:
        """Lines that broke within an answer."""
        return [text for lost in self.lost.values() if "incomplete" in (text := str(lost))]

    def open(self) -> list[Charge]:
        """Those whose channel does not know that they are booked."""
        return [charge for serial, charge in self.sent.items() if serial not in self.booked()]


async def ask_until_answered(door: Door, message: Charge | Confirm | Reverse) -> BillerAnswer:
    """As a channel does after a fault: the same again until the hub is there."""
    async with asyncio.timeout(30):
        while True:
            try:
                answer = await door.ask(message)
                if answer.code not in (Code.UNAVAILABLE, Code.BUSY, Code.FAULT):
                    return answer
            except Lost:
                pass
            await asyncio.sleep(PAUSE_S)


class Books(dict[str, tuple[int, int]]):
    """Serial → (payments, fen) as the database has them; and what stands on the accounts."""

    def __init__(self, database: Database) -> None:
        with psycopg.connect(database.app_url) as conn:
            rows = conn.execute(
                "SELECT serial, count(*), sum(amount_fen)::bigint FROM payment GROUP BY serial"
            ).fetchall()
            settled = conn.execute(
                "SELECT account_no FROM payable WHERE state = 'settled' AND ref = 'B'"
            ).fetchall()
            balances = conn.execute(
                "SELECT a.code, sum(b.debit_posted_fen)::bigint, sum(b.credit_posted_fen)::bigint,"
                " sum(b.debit_pending_fen + b.credit_pending_fen)::bigint"
                " FROM ledger_balance b JOIN ledger_account a USING (account_id) GROUP BY a.code"
            ).fetchall()
        super().__init__({serial: (count, fen) for serial, count, fen in rows})
        self.settled = {row[0] for row in settled}
        self.balances = {row[0]: row[1:] for row in balances if any(row[1:])}
