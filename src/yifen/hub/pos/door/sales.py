"""Query and sale. A sale is committed before the card is touched, charged under the serial that follows from it, and
answered 00 only where card and payable are both booked; where somebody is silent the terminal is told 98 and all of it
is undone."""

from typing import NamedTuple

import structlog

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.partners.roster import RosterPartner
from yifen.core.wire.messages import Charge, Line, Query, WireFault
from yifen.core.wire.pos_frames import PosFrame, cut
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.hub.payments.hub import BOUNDED
from yifen.hub.payments.reading import payable_view
from yifen.hub.pos import rules, seals
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door import pins, undoing
from yifen.hub.pos.door.acquirer import AcquirerWord, NoAcquirerAnswer
from yifen.hub.pos.door.gathered import Rows
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides, code_named
from yifen.hub.pos.seals import PosPlace

log = structlog.get_logger()
FORWARDED = ("2", "3", "4", "11", "14", "22", "23", "25", "26", "35", "36", "41", "42", "49", "53", "55", "60")


class AskedCardSale(NamedTuple):
    """A sale as it is kept."""

    sale_id: int
    serial: str
    place: PosPlace
    account_no: str
    amount_fen: int
    lines: list[Line]
    quote: str | None
    channel: RosterPartner


class SaleEnd(NamedTuple):
    """What the terminal is told, and fields 37 and 38."""

    code: ResultCode
    acquirer_ref: str = ""
    auth_code: str = ""


def channel_of(sides: PosSides, terminal: KnownTerminal) -> RosterPartner:
    """Refused: PARTNER_UNKNOWN, PARTNER_SUSPENDED."""
    partner = sides.hub.roster.known(terminal.channel)
    if partner.suspended:
        raise Refused(Code.PARTNER_SUSPENDED, "41")
    return partner


async def looked_up(sides: PosSides, terminal: KnownTerminal, account_no: str) -> QueryReply:
    """What the account owes, as the hub answers its channel. Refused."""
    partner, message = channel_of(sides, terminal), Query(biller=terminal.biller, account_no=account_no)
    _code, reply = await sides.hub.recorder.counted(
        sides.hub.clock(), partner, message, sides.hub.query(partner, message))  # fmt: skip
    return reply


async def query(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """Whose account it is, masked, and what is owed: field 4 in sum; field 62 a line with the name, then a line
    `title|owed|least|most` of each bill: what may be paid at once is another thing than what is owed."""
    if not terminal.is_open:
        raise Refused(PosCode.POS_TERMINAL_STOPPED, "41")
    account_no = rules.account(frame.fields, terminal.account_in)
    reply = await looked_up(sides, terminal, account_no)
    bills = (f"{one.title}|{one.due_fen}|{one.min_fen}|{one.max_fen}" for one in reply.payables[:5])
    text = cut("\n".join([reply.payer_name, *bills]), 600).rstrip().encode("gb18030")
    return sides.answer(frame, Code.OK, terminal, f4=f"{rules.due_fen(reply.payables):012d}", f62=text.hex().upper())


async def sale(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    end = await _sold(sides, terminal, frame)
    name = cut(terminal.merchant_name, 40)
    return sides.answer(frame, end.code, terminal, f37=end.acquirer_ref, f38=end.auth_code, f43=name)


async def _sold(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> SaleEnd:
    kind, trace, fen = rules.kind_60(frame.fields), rules.number(frame.fields, "11"), rules.amount(frame.fields)
    account_no, card = rules.account(frame.fields, terminal.account_in), rules.shown_card(frame.fields)
    forwarded = _forwarded(terminal, frame)
    mark = rules.content(account_no, fen, frame.fields.get("2"), frame.fields.get("35"))
    place, at = PosPlace(terminal.terminal_no, kind.batch, trace), sides.hub.clock()
    try:
        owed, quote = await _owed(sides, terminal, account_no)
        lines = rules.lines_of(owed, fen)
    except Refused as refusal:  # of a sale that is repeated, what stands counts
        rows = await sides.read("sale_of", *place, mark)
        if not rows:
            raise refusal
        return _as_it_stands(*rows[0])

    async def write(entry: int) -> Rows:
        digest = seals.sale_digest(place, account_no, fen, card, mark, entry, at)
        seal = sides.ring.seal(digest, seals.sale_context(place))
        return await sides.lanes.ask.one(
            terminal=place.terminal_no, batch=kind.batch, trace=trace, account_no=account_no, amount_fen=fen,
            card_shown=card, hash=mark.hex(), entry=entry, seal=seal.hex(), at=at.isoformat())  # fmt: skip

    number, sale_id, serial, state, ref, auth, is_new = await sides.entered(terminal, write)
    if sale_id is None:
        raise Refused(code_named(number), "11")
    if not is_new or number:
        return _as_it_stands(state, number, ref, auth)
    partner = channel_of(sides, terminal)
    return await _decided(sides, terminal, forwarded,
                          AskedCardSale(sale_id, serial, place, account_no, fen, lines, quote, partner))  # fmt: skip


async def _owed(sides: PosSides, terminal: KnownTerminal, account_no: str) -> tuple[list[PayableView], str | None]:
    """What an account owes, in its order, and the quote of a biller that gives one. Of a hosted biller without quotes
    it is read with many others; whatever is not plain goes the hub's own way. Refused."""
    hub, partner = sides.hub, channel_of(sides, terminal)
    biller = hub.roster.billers.get(terminal.biller)
    if biller is not None and not biller.endpoint and biller.quote_ttl_s is None:
        bucket, biller_id, _ = hub.account_of(biller, account_no)
        rows = await sides.lanes.owed.one(channel=partner.id, biller=biller_id, bucket=bucket, account_no=account_no)
        if rows and rows[0][:2] == (0, True):
            return [payable_view(*row[2:]) for row in rows if row[2] is not None], None
    reply = await looked_up(sides, terminal, account_no)
    return reply.payables, reply.quote


def _as_it_stands(state: str, number: int, ref: str, auth: str) -> SaleEnd:
    """Of a sale that was heard before: the same answer, or that nobody knows yet."""
    if state == "booked":
        return SaleEnd(Code.OK, ref, auth)
    if state == "reversed":
        return SaleEnd(Code.REVERSED_BEFORE_CHARGE)
    return SaleEnd(code_named(number)) if state == "declined" else SaleEnd(PosCode.POS_UNKNOWN)


async def _decided(
    sides: PosSides, terminal: KnownTerminal, forwarded: PosFrame, asked: AskedCardSale
) -> SaleEnd:
    """The card, then the payable. Whatever fails in between, nothing of it stays half."""
    word: AcquirerWord | None = None
    try:
        word = await sides.line(terminal).ask(forwarded)
        field39 = word.fields.get("39", "")
        if field39 == "00":
            return await _charged(sides, terminal, asked, word)
        if field39 in rules.REFUSED:
            code = rules.code_of(field39)
            state, _ = await _ended(sides, asked, "declined", code, word)
            return SaleEnd(code if state == "declined" else PosCode.POS_UNKNOWN)  # it was reversed meanwhile
    except NoAcquirerAnswer as silence:
        log.warning("an acquirer gives no answer", sale=asked.serial, why=str(silence), sent=silence.sent)
        if not silence.sent:
            await _ended(sides, asked, "declined", PosCode.POS_ACQUIRER_AWAY, None)
            return SaleEnd(PosCode.POS_ACQUIRER_AWAY)
    except WireFault as fault:
        log.warning("a sale is not known", sale=asked.serial, code=int(fault.code))
    except Exception:
        log.exception("a sale failed", sale=asked.serial)
    return await _lost(sides, asked, "98" if word is None else "96", word)


async def _charged(sides: PosSides, terminal: KnownTerminal, asked: AskedCardSale, word: AcquirerWord) -> SaleEnd:
    partner, now = asked.channel, sides.hub.clock()
    message = Charge(serial=asked.serial, biller=terminal.biller, account_no=asked.account_no,
                     amount_fen=asked.amount_fen, lines=asked.lines, quote=asked.quote, paid_at=now,
                     operator=terminal.terminal_no)  # fmt: skip
    try:
        code, _ = await sides.hub.recorder.counted(now, partner, message, sides.hub.charge(partner, message))
    except WireFault as fault:
        if fault.code.meaning.retryable and fault.code not in BOUNDED:
            raise
        code = fault.code
    if code is Code.PROCESSING:
        return await _lost(sides, asked, "98", word)
    state, undo_id = await _ended(sides, asked, "booked" if code is Code.OK else "declined", code, word)
    if state == "booked":
        return SaleEnd(Code.OK, word.fields.get("37", "").strip(), word.fields.get("38", "").strip())
    if state != "declined" or undo_id is None:
        return SaleEnd(PosCode.POS_UNKNOWN)
    await undoing.try_now(sides, undo_id)
    return SaleEnd(code)


async def _ended(
    sides: PosSides, asked: AskedCardSale, state: str, code: ResultCode, word: AcquirerWord | None
) -> tuple[str, int | None]:
    charged = word is not None and word.fields.get("39") == "00"
    return await undoing.end(sides, asked.sale_id, asked.place, asked.amount_fen, state, code, "96", word, charged,
                             sides.home(asked.channel.id, asked.serial))  # fmt: skip


async def _lost(sides: PosSides, asked: AskedCardSale, reason: str, word: AcquirerWord | None) -> SaleEnd:
    """Nobody knows: the worker undoes it, and the terminal sends its own reversal."""
    try:
        await undoing.lose(sides, asked.sale_id, asked.place, asked.amount_fen, reason, word)
    except WireFault:  # then the worker finds it by its age
        log.warning("a lost sale waits for the worker", sale=asked.serial)
    return SaleEnd(PosCode.POS_UNKNOWN)


def _forwarded(terminal: KnownTerminal, frame: PosFrame) -> PosFrame:
    """What the acquirer is asked: the card's side of it, nothing of whom it pays. The PIN is sealed for it. Refused."""
    fields = {"t": "0200"} | {name: frame.fields[name] for name in FORWARDED if name in frame.fields}
    return PosFrame(fields | pins.onward(terminal, frame.fields))
