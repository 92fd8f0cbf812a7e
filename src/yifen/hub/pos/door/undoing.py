"""What takes a sale back: the hub's half, then the acquirer's, each until it is answered. The door tries once, the
worker goes on; both may, for both halves are known again by their serials."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from psycopg.types.json import Jsonb

from yifen.core import loops
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.wire.messages import Refund, Reverse, WireFault
from yifen.core.wire.pos_frames import PosFrame
from yifen.hub.pos import rules, seals
from yifen.hub.pos.door.acquirer import AcquirerWord, NoAcquirerAnswer
from yifen.hub.pos.door.terminals import PosSides
from yifen.hub.pos.seals import PosPlace

log = structlog.get_logger()
LOST = timedelta(seconds=60)  # a sale whose door went away; a call of it has ended by then
FIRST_LOOK = timedelta(seconds=45)  # of one that is in somebody's hand
TAKE_MOST, IDLE_S = 50, 1.0


class StandingUndo(NamedTuple):
    """As it is kept, with its sale."""

    undo_id: int
    kind: str
    terminal_no: str
    batch_no: int
    trace: int
    amount_fen: int
    reason: str
    hub_state: str
    hub_code: int
    acquirer_state: str
    acquirer_code: str
    tries: int
    serial: str
    sale_fen: int
    sale_batch: int
    sale_trace: int
    acquirer_ref: str
    auth_code: str
    sold_at: datetime
    channel: str
    merchant_no: str
    channel_id: int

    @property
    def is_open(self) -> bool:
        return "due" in (self.hub_state, self.acquirer_state)

    @property
    def return_serial(self) -> str:
        """One for each undo: trying again is the same."""
        if self.kind == "reversal":
            return f"{self.serial}R"
        return f"POS{self.terminal_no}{self.batch_no:06d}{self.trace:06d}"


async def found(sides: PosSides, undo_id: int) -> StandingUndo | None:
    rows = await sides.read("undo", undo_id)
    return StandingUndo(*rows[0]) if rows else None


async def try_now(sides: PosSides, undo_id: int) -> StandingUndo | None:
    """Both halves, as far as they go now; answers how it stands."""
    undo = await found(sides, undo_id)
    if undo is not None and undo.hub_state == "due":
        await _hub_half(sides, undo)
        undo = await found(sides, undo_id)
    if undo is not None and (undo.hub_state, undo.acquirer_state) == ("done", "due"):
        await _acquirer_half(sides, undo)
        undo = await found(sides, undo_id)
    return undo


class PosUndoing:
    """In the worker, until `stop`: what is due, and sales whose door went away."""

    def __init__(self, sides: PosSides) -> None:
        self._sides = sides

    async def run(self, stop: asyncio.Event) -> None:
        async def one_round() -> float:
            return 0 if await self.round() else IDLE_S

        await loops.keep_on("pos", one_round, stop)
        await self._sides.close()

    async def round(self) -> int:
        """Answers how many were due. One that fails is tried again later."""
        now = self._sides.hub.clock()
        for sale_id, *place, fen in await self._sides.read("lost", now - LOST, TAKE_MOST):
            await lose(self._sides, sale_id, PosPlace(*place), fen, "98")
        rows = await self._sides.write("due", now, now + FIRST_LOOK, TAKE_MOST)
        await asyncio.gather(*(self._one(row[0]) for row in rows))
        return len(rows)

    async def _one(self, undo_id: int) -> None:
        try:
            await try_now(self._sides, undo_id)
        except Exception:  # one bad undo must not keep its neighbours
            log.exception("an undo failed", undo=undo_id)


async def lose(
    sides: PosSides, sale_id: int, place: PosPlace, fen: int, reason: str, word: AcquirerWord | None = None
) -> tuple[str, int | None]:
    """A sale that nobody knows of any more is to be undone; whoever still works on it comes too late. Its state and its
    undo."""
    return await end(sides, sale_id, place, fen, "unknown", Code.OK, reason, word, charged=True)


async def end(
    sides: PosSides, sale_id: int, place: PosPlace, fen: int, state: str, code: ResultCode, reason: str,
    word: AcquirerWord | None, charged: bool, home: int = 0,
) -> tuple[str, int | None]:  # fmt: skip
    """How a sale ends, with the acquirer's word. The state that it has now, and its reversal, if it has one."""
    at, said = sides.hub.clock(), word.fields if word else {}
    seal = ""
    if state != "booked":
        seal = seals.sealed_undo(sides.ring, place, "reversal", fen, place, 0, at)
    rows = await sides.lanes.end.one(
        sale=sale_id, state=state, code=int(code), ref=said.get("37", "").strip(), auth=said.get("38", "").strip(),
        answer=word.body.hex() if word else None, answer_by=word.by if word else None, charged=charged, home=home,
        reason=reason, seal=seal, at=at.isoformat())  # fmt: skip
    return str(rows[0][0]), rows[0][1]


async def _hub_half(sides: PosSides, undo: StandingUndo) -> None:
    code = await _given_back(sides, undo)
    if code in rules.TAKEN_BACK:
        state = "done"
    else:
        state = "due" if code.meaning.retryable and code is not Code.BALANCE_SHORT else "refused"
        log.warning("the hub's half of an undo is open", undo=undo.undo_id, code=int(code), state=state)
    if not await _half(sides, undo, "hub", state, code=int(code)) and state == "done":
        log.error("the hub's rows do not say that an undo is done", undo=undo.undo_id, code=int(code))
        await _half(sides, undo, "hub", "due", code=int(code))


async def _given_back(sides: PosSides, undo: StandingUndo) -> ResultCode:
    """By the verb that the day wants. A refund in part is no reversal, whatever the day."""
    hub = sides.hub
    fields: dict[str, Any] = {"original_serial": undo.serial, "amount_fen": undo.amount_fen,
                              "reason": f"POS {undo.kind}"}  # fmt: skip
    try:
        partner = hub.roster.known(undo.channel)
        if undo.kind == "refund":
            code, _ = await hub.give_back(partner, Refund(serial=undo.return_serial, **fields))
            if code is not Code.DAY_OPEN_USE_REVERSE or undo.amount_fen != undo.sale_fen:
                return code
            code, _ = await hub.give_back(partner, Reverse(serial=f"{undo.return_serial}R", **fields))
            return code
        code, _ = await hub.give_back(partner, Reverse(serial=undo.return_serial, **fields))
        if code is Code.DAY_CLOSED_USE_REFUND and undo.kind == "reversal":
            code, _ = await hub.give_back(partner, Refund(serial=f"{undo.return_serial}F", **fields))
    except WireFault as fault:
        return fault.code
    return code


async def _acquirer_half(sides: PosSides, undo: StandingUndo) -> None:
    kept: dict[str, Any] = {}
    try:
        line = await sides.place(undo.terminal_no)
        said = await line.ask(message(undo))
        field39 = said.fields.get("39", "")
        kept = {"answer": said.body.hex(), "answer_by": said.by}
    except NoAcquirerAnswer as silence:
        log.warning("the acquirer's half of an undo is open", undo=undo.undo_id, why=str(silence))
        field39 = ""
    is_done = field39 == "00" or (field39 == "25" and undo.kind == "reversal")  # it never had it
    state = "done" if is_done else "due" if not field39 or field39 in rules.LATER else "refused"
    await _half(sides, undo, "acquirer", state, code=0, field39=field39, **kept)


async def _half(sides: PosSides, undo: StandingUndo, half: str, state: str, **said: Any) -> bool:
    """Whether it counts."""
    now = sides.hub.clock()
    wait_s = rules.LADDER_S[min(undo.tries, len(rules.LADDER_S) - 1)] if state == "due" else 0
    look_at = now + timedelta(seconds=wait_s)
    whole = said | {"undo": undo.undo_id, "half": half, "state": state, "look_at": look_at.isoformat(),
                    "home": sides.home(undo.channel_id, undo.serial)}  # fmt: skip
    return bool((await sides.write("half", Jsonb(whole), now))[0][0])


def message(undo: StandingUndo) -> PosFrame:
    """The same every time. No card's number is in it, for we have none: the acquirer knows the sale by its traces."""
    kind = {"reversal": rules.SALE, "void": rules.VOID, "refund": rules.REFUND}[undo.kind]
    day = undo.sold_at.astimezone(ZONE)
    fields = {
        "t": {"reversal": "0400", "void": "0200", "refund": "0220"}[undo.kind],
        "3": "000000" if undo.kind == "reversal" else "200000", "4": f"{undo.amount_fen:012d}",
        "11": f"{undo.trace:06d}", "25": "00", "41": undo.terminal_no, "42": undo.merchant_no, "49": "156",
        "60": f"{kind}{undo.batch_no:06d}000", "61": f"{undo.sale_batch:06d}{undo.sale_trace:06d}{day:%m%d}",
    }  # fmt: skip
    if undo.acquirer_ref:
        fields["37"] = undo.acquirer_ref.ljust(12)[:12]
    if undo.auth_code:
        fields["38"] = undo.auth_code.ljust(6)[:6]
    if undo.kind == "reversal":
        fields["39"] = undo.reason
    return PosFrame(fields)
