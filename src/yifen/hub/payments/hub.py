"""The hub: the verbs as every door calls them, over lanes (writes) and a small pool (reads).

Each verb answers (code, reply) or raises WireFault with the code that refuses it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime
from secrets import token_hex
from time import monotonic
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace

from yifen.core import loops, tracing
from yifen.core.away import AWAY
from yifen.core.facts.account_numbers import ACCOUNT_MAX, clean_account
from yifen.core.facts.buckets import BUCKETS_CHANGED, account_bucket, payment_bucket, serial_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners import roster as rosters
from yifen.core.partners.own_keys import own_keys
from yifen.core.partners.roster import Roster, RosterBiller, RosterPartner
from yifen.core.wire.content import content_hash
from yifen.core.wire.messages import Charge, Confirm, FileRequest, Query, Reverse, WireFault
from yifen.core.wire.replies import PaymentReply, QueryReply, ReverseReply
from yifen.hub.payments import files, payables, reading
from yifen.hub.payments.calls import Booked, ChargeWork, ResultWork, ReturnWork, charge_bucket
from yifen.hub.payments.connections import ReadConnections
from yifen.hub.payments.files import StoredFile
from yifen.hub.payments.lanes import Backlog, Lane
from yifen.hub.payments.remote.client import BillerClient, NoBillerAnswer
from yifen.hub.payments.remote.desk import BillerDesk
from yifen.hub.payments.remote.tcp_calls import BillerLines
from yifen.hub.payments.remote.tcp_lines import LINES_SQL, TcpLine, lines_of
from yifen.hub.payments.remote.ways import BillerWay, ways
from yifen.hub.payments.rules import check_charge
from yifen.hub.payments.traffic_recorder import Recorder
from yifen.hub.payments.trial import Trial

_BUCKETS_SQL = queries(__package__)["bucket_count"]
_WRITABLE_SQL = queries(__package__)["takes_writing"]

log = structlog.get_logger()
Clock = Callable[[], datetime]
ReadRows = Callable[[str, Any], Awaitable[list[tuple[Any, ...]]]]
OfAccount = TypeVar("OfAccount", Query, Charge)
ROSTER_EVERY_S = 1.0
BOUNDED = (Code.CHANNEL_CLOSED, Code.OVER_PAYMENT_LIMIT, Code.OVER_DAY_LIMIT)
ASKED_MOST = 3  # of a biller whose answers are overtaken by payments


class Hub:
    """One process's share of the hub. `start`, then the verbs, then `stop`, which drains."""

    def __init__(self, settings: Settings, url: str, ring: KeyRing, clock: Clock) -> None:
        self._buckets, self._ring, self.clock = settings.buckets, ring, clock
        self._sha1 = bool(settings.sha1)
        self.backlog = Backlog(settings.queue_max)
        self.lanes = [
            Lane(bucket, settings.buckets, url, self.backlog, clock, settings.batch_max)
            for bucket in range(settings.buckets)
        ]
        self.connections = ReadConnections(url)
        self.own_keys, self.trial = own_keys(ring), Trial()
        self.recorder = Recorder(self.write, self._biller_id)
        self.lines: Mapping[str, TcpLine] = {}
        self._ways: dict[str, BillerWay] = {"tcp": BillerLines(lambda: self.lines, clock), **ways(ring, clock)}
        self._client = BillerClient(lambda: self.roster, self.own_keys, clock, self.recorder.hear, self._ways)
        self.desk = BillerDesk(self._client, self.submit_result, clock)
        self.roster: Roster
        self.seals: dict[tuple[int, str], asyncio.Task[bytes]] = {}  # XML's digests of daily files
        self._tasks: list[asyncio.Task[None]] = []
        self._ended, self.is_ready, self.roster_at_s = asyncio.Event(), True, monotonic()
        self._serving: list[asyncio.Task[None]] = []
        self._calls: set[asyncio.Task[Booked]] = set()

    async def start(self) -> None:
        """WireFault UNAVAILABLE when the database is not there, ValueError when it was made with
        another number of buckets; then it may be tried again."""
        heads = (await self.read(_BUCKETS_SQL, ()))[0][0]
        if heads != self._buckets:
            raise ValueError(BUCKETS_CHANGED.format(have=heads, want=self._buckets))
        await self._load_roster()
        self.roster_at_s = monotonic()
        self._serving = [loops.begin("lane", lane.run()) for lane in self.lanes]
        following = loops.keep_on("roster", self._follow_roster, self._ended, for_ever=True)
        self._tasks = [loops.begin("roster", following)]
        self.recorder.start()

    async def stop(self) -> None:
        """Finish what billers were asked, then what is queued, then what is to be recorded."""
        self.trial.end()
        if self._calls:
            await asyncio.wait(self._calls)
        for lane in self.lanes:
            lane.drain()
        await asyncio.gather(*self._serving)
        self._ended.set()
        await asyncio.gather(*self._tasks)
        await self._client.close()
        await self.recorder.close()
        await self.connections.close()

    # --- the verbs -----------------------------------------------------------------------------

    async def charge(
        self, partner: RosterPartner, message: Charge
    ) -> tuple[Code, PaymentReply | None]:
        """销账. Codes: every one of 3xxx to 6xxx and 8xxx, SERIAL_REUSED, BUSY, UNAVAILABLE."""
        check_charge(message)
        biller = self._biller(message.biller)
        if biller.endpoint and self._client.is_down(biller):
            raise WireFault(Code.BILLER_UNAVAILABLE, "biller", biller.code)
        sent = content_hash(message)  # of what was sent, so that a repeat is known by it
        if clean_account(message.account_no) != message.account_no:
            message = await self.known(biller, message)
        work = ChargeWork(partner.id, biller.id, message, sent)
        with tracing.span("lane"):
            booked = await self.lanes[charge_bucket(work, self._buckets)].submit(work)
        if booked.code is Code.PROCESSING and not booked.repeated:
            # Shielded: a caller that hangs up must not leave the biller half asked.
            call = asyncio.create_task(self.desk.first_charge(biller, message, booked))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
            decided = await asyncio.shield(call)
            booked = Booked(decided.code, False, booked.payment_id, decided.business_day,
                            decided.booked_at, decided.biller_serial)  # fmt: skip
        booked = await self.trial.told(partner, message.account_no, booked)
        return booked.code, _charge_reply(message, booked)

    async def confirm(self, partner: RosterPartner, message: Confirm) -> tuple[Code, PaymentReply]:
        """销账结果查询. Codes: SERIAL_UNKNOWN, or the refusal that the original got."""
        serial = message.original_serial
        home = serial_bucket(partner.id, serial, self._buckets)
        rows = await self.read(reading.CONFIRM_SQL, (home, partner.id, serial))
        return Code.OK, reading.confirm_reply(serial, rows)

    async def give_back(
        self, partner: RosterPartner, message: Reverse
    ) -> tuple[Code, ReverseReply | None]:
        """冲正 or 退款. Codes: every one of 7xxx, SERIAL_REUSED, PROCESSING, BUSY, UNAVAILABLE."""
        original = message.original_serial
        home = serial_bucket(partner.id, original, self._buckets)
        rows = await self.read(reading.ROUTE_SQL, (home, partner.id, original))
        work = ReturnWork(partner.id, message, content_hash(message))
        with tracing.span("lane"):
            booked = await self.lanes[rows[0][0] if rows else home].submit(work)
        if booked.code not in (Code.OK, Code.PROCESSING):
            return booked.code, None
        assert booked.payment_id is not None
        assert booked.business_day is not None
        return booked.code, ReverseReply(
            payment_id=booked.payment_id,
            serial=message.serial,
            original_serial=original,
            amount_fen=message.amount_fen,
            business_day=booked.business_day,
            booked_at=booked.booked_at,
        )

    async def query(self, partner: RosterPartner, message: Query) -> tuple[Code, QueryReply]:
        """查询. Codes: 3xxx, ACCOUNT_UNKNOWN, BILLER_UNAVAILABLE, UNAVAILABLE."""
        biller = self._biller(message.biller)
        message = await self.known(biller, message)
        bucket = account_bucket(biller.id, message.account_no, self._buckets)
        params = {
            "channel": partner.id,
            "biller": biller.id,
            "bucket": bucket,
            "account_no": message.account_no,
            "remote": bool(biller.endpoint),
            "now": self.clock(),
        }
        if biller.quote_ttl_s is not None and not biller.endpoint:
            await self.read(reading.FRESH_SQL, (bucket, biller.id, message.account_no, params["now"]))
        rows = await self.read(reading.QUERY_SQL, params)
        if rows[0][0] == Code.BILLER_OUTAGE:
            raise await self.outage(biller.code)
        if rows[0][0] in BOUNDED:
            raise await self.bound(partner, biller.code, Code(rows[0][0]))
        reply = reading.query_reply(message, rows, self._ring, biller)
        if biller.endpoint:
            reply = await self._query_remote(biller, bucket, message)
        if biller.quote_ttl_s is not None and reply.payables:
            await self._quote(partner, biller, bucket, reply)
        return Code.OK, reply

    async def file(self, partner: RosterPartner, message: FileRequest) -> StoredFile:
        """对账文件; `parts` brings it. Code: FILE_NOT_READY."""
        rows = await self.read(files.TO_SEND_SQL, (partner.id, message.business_day))
        if not rows:
            raise WireFault(Code.FILE_NOT_READY, "business_day", str(message.business_day))
        return StoredFile(*rows[0])

    async def parts(self, file_id: int) -> AsyncIterator[bytes]:
        """A daily file, never whole in memory."""
        number = 0
        while rows := await self.read(files.PART_SQL, (file_id, number), self.connections.large):
            yield rows[0][0]
            number += 1

    async def fetch_file(self, biller: str, day: date) -> bytes:
        """The file of a biller's own system, asked of it by the same verb. Codes: FILE_NOT_READY,
        BILLER_UNAVAILABLE, or what the biller says."""
        return await self._client.fetch(self._biller(biller), FileRequest(business_day=day))

    async def outage(self, biller: str) -> WireFault:
        """BILLER_OUTAGE with its reason and end, which channel and payer are to read."""
        rows = await self.read(reading.OUTAGE_SQL, {"biller": self._biller(biller).id, "now": self.clock()})
        return WireFault(Code.BILLER_OUTAGE, "biller", reading.outage_told(*rows[0]) if rows else "")

    async def bound(self, partner: RosterPartner, biller: str, code: Code) -> WireFault:
        """One of BOUNDED with what it says: whose hours or limit it was, the channel's or its kind's."""
        params = {"now": self.clock(), "channel": partner.id, "biller": self._biller(biller).id, "code": int(code)}
        rows = await self.read(reading.BOUND_SQL, params)
        return WireFault(code, "channel", reading.bound_told(*rows[0]) if rows else "")

    # --- what they share -----------------------------------------------------------------------

    def account_of(self, biller: RosterBiller, account_no: str) -> tuple[int, int, str]:
        """Where an account's bills stand: bucket, biller, account number."""
        return account_bucket(biller.id, account_no, self._buckets), biller.id, account_no

    async def known(self, biller: RosterBiller, message: OfAccount) -> OfAccount:
        """The message, its account number in the one form that we keep; as it is, where an account of
        before stands under this very writing (decision 0019). WireFault: ACCOUNT_UNKNOWN."""
        plain = clean_account(message.account_no)
        if plain == message.account_no:
            return message
        if await self.read(reading.PAYER_SQL, self.account_of(biller, message.account_no)):
            return message
        if not 0 < len(plain) <= ACCOUNT_MAX:
            raise WireFault(Code.ACCOUNT_UNKNOWN, "account_no")
        return replace(message, account_no=plain)

    async def submit_result(self, work: ResultWork) -> Booked:
        """Hand what a biller said to the lane of its payment."""
        return await self.lanes[payment_bucket(work.payment_id)].submit(work)

    async def read(self, statement: str, params: Any, rows: ReadRows | None = None) -> list[tuple[Any, ...]]:
        """Rows of a statement that may be tried twice, for its connection may have died unseen: it
        writes nothing, or nothing more the second time. `rows`: how its connections read. WireFault UNAVAILABLE."""
        try:
            return await (rows or self.connections.rows)(statement, params)
        except AWAY:
            return await self.write(statement, params, rows)

    async def write(self, statement: str, params: Any, rows: ReadRows | None = None) -> list[tuple[Any, ...]]:
        """Rows of a statement that is tried once: its answer may be lost and its work done.
        WireFault UNAVAILABLE."""
        try:
            return await (rows or self.connections.rows)(statement, params)
        except AWAY as error:
            log.warning("the database cannot be asked", error=str(error)[:300])
            raise WireFault(Code.UNAVAILABLE) from None

    def _biller(self, code: str) -> RosterBiller:
        biller = self.roster.billers.get(code)
        if biller is None:
            raise WireFault(Code.BILLER_UNKNOWN, "biller", code)
        return biller

    def _biller_id(self, code: str) -> int:
        biller = self.roster.billers.get(code)
        return biller.id if biller else 0

    async def _query_remote(self, biller: RosterBiller, bucket: int, message: Query) -> QueryReply:
        """Ask the biller, and keep its payables here so that they can be charged. An answer that comes
        after something was paid here meanwhile may not know of it: then it is asked once more."""
        for _ in range(ASKED_MOST):
            mark = await self.read(payables.PAID_MARK_SQL, (bucket, biller.id, message.account_no))
            reply = await self._told(biller, message)
            kept = payables.from_reply(self._ring, bucket, biller.id, reply, mark[0][0])
            if (await self.read(*kept))[0][0] is not None:
                return reply
        raise WireFault(Code.BUSY)

    async def _told(self, biller: RosterBiller, message: Query) -> QueryReply:
        """What the biller says that is owed. WireFault: BILLER_UNAVAILABLE, or what it refuses."""
        try:
            answer = await self._client.ask(biller, message)
            if answer.code is Code.OK and isinstance(answer.reply, QueryReply):
                answer.reply.payables = payables.told_once(answer.reply.payables)
                answer.reply.account_no = message.account_no  # it may write it in its own way
                return answer.reply
        except (NoBillerAnswer, ValueError) as error:
            raise WireFault(Code.BILLER_UNAVAILABLE, "biller", str(error)[:200]) from None
        raise WireFault(answer.code)

    async def _quote(
        self, partner: RosterPartner, biller: RosterBiller, bucket: int, reply: QueryReply
    ) -> None:
        assert biller.quote_ttl_s is not None
        now = self.clock()
        reply.quote = token_hex(8)
        reply.quote_expires_at = reading.quote_expiry(now, biller.quote_ttl_s, ZONE)
        refs = texts([payable.payable for payable in reply.payables])
        due = numbers([payable.due_fen for payable in reply.payables])
        await self.read(
            reading.QUOTE_SQL,
            (bucket, reply.quote, partner.id, biller.id, reply.account_no, refs, due,
             reply.quote_expires_at),
        )  # fmt: skip

    async def _load_roster(self) -> None:
        version = (await self.read(rosters.VERSION_SQL, ()))[0][0]
        if hasattr(self, "roster") and self.roster.version == version:
            return
        partners = await self.read(rosters.PARTNERS_SQL, ())
        keys = await self.read(rosters.KEYS_SQL, ())
        billers = await self.read(rosters.BILLERS_SQL, ())
        self.lines = lines_of(await self.read(LINES_SQL, ()), self._ring)
        for way in self._ways.values():
            await way.load(self.read)
        self.roster = rosters.build_roster(
            version, partners, keys, billers, self._ring, self._sha1
        )

    async def _follow_roster(self) -> float:
        try:
            await self._load_roster()
            self.roster_at_s = monotonic()
            self.is_ready = (await self.read(_WRITABLE_SQL, ()))[0][0]
        except BaseException:
            self.is_ready = False
            raise
        return ROSTER_EVERY_S


def _charge_reply(message: Charge, booked: Booked) -> PaymentReply | None:
    """The first answer, built from what never changes, so that a repeat gets the same bytes."""
    if booked.code not in (Code.OK, Code.PROCESSING) or booked.payment_id is None:
        return None
    decided = booked.code is Code.OK
    assert booked.business_day is not None
    return reading.payment_reply(
        booked.payment_id,
        message.serial,
        message.amount_fen,
        booked.business_day,
        booked.booked_at,
        "taken" if decided else "held",
        "booked" if decided else "unknown",
        booked.biller_serial,
    )
