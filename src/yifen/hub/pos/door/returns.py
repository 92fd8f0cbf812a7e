"""Reversal, void and refund of a terminal. The hub's half is done before the terminal is told 00; the acquirer's
follows, by the worker if it must."""

from typing import Any

from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.pos_frames import PosFrame
from yifen.hub.pos import rules, seals
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door import undoing
from yifen.hub.pos.door.gathered import Rows
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides, code_named
from yifen.hub.pos.seals import PosPlace

REASONS = ("98", "96", "A0", "06")


async def reverse(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0400: the same answer again and again. 25: there is no such sale, nor will be."""
    kind, trace, fen = rules.kind_60(frame.fields), rules.number(frame.fields, "11"), rules.amount(frame.fields)
    reason, place = frame.fields.get("39", ""), PosPlace(terminal.terminal_no, kind.batch, trace)
    asked = {"amount_fen": fen, "reason": reason if reason in REASONS else "06"}
    number, undo_id = await _entered(sides, terminal, "reverse", "reversal", place, place, asked)
    code = code_named(number)
    if undo_id is not None and code is Code.OK:
        code = await _carried_out(sides, undo_id)
    return sides.answer(frame, code, terminal)


async def give_back(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0200 void, 0220 refund: of the sale that field 61 names, a refund with field 37 of another terminal too."""
    kind, trace, fen = rules.kind_60(frame.fields), rules.number(frame.fields, "11"), rules.amount(frame.fields)
    original, ref = rules.original_61(frame.fields), frame.fields.get("37", "").strip()
    name = "void" if kind.kind == rules.VOID else "refund"
    place = PosPlace(terminal.terminal_no, kind.batch, trace)
    asked = {"amount_fen": fen, "ref": ref, "kind": name, "original_batch": original.batch,
             "original_trace": original.trace}  # fmt: skip
    number, undo_id = await _entered(sides, terminal, "give_back", name, place,
                                     PosPlace("", original.batch, original.trace), asked)  # fmt: skip
    if undo_id is None or number:
        raise Refused(code_named(number), "61")
    code = await _carried_out(sides, undo_id)
    return sides.answer(frame, code, terminal, f37=ref.ljust(12) if ref else "")


async def _entered(
    sides: PosSides, terminal: KnownTerminal, name: str, kind: str, place: PosPlace, original: PosPlace,
    asked: dict[str, Any],
) -> tuple[int, int | None]:  # fmt: skip
    """(code, the undo) of what is written under the terminal's next number."""
    at = sides.hub.clock()

    async def write(entry: int) -> Rows:
        seal = seals.sealed_undo(sides.ring, place, kind, asked["amount_fen"], original, entry, at)
        whole = asked | {"terminal": place.terminal_no, "batch": place.batch, "trace": place.trace, "entry": entry,
                         "seal": seal, "at": at.isoformat()}  # fmt: skip
        return await sides.write(name, Jsonb(whole), at)

    number, undo_id = await sides.entered(terminal, write)
    return number, undo_id


async def _carried_out(sides: PosSides, undo_id: int) -> ResultCode:
    """OK once the payable's side is taken back: the card's is then repeated until it is. What cannot go back says
    why."""
    undo = await undoing.try_now(sides, undo_id)
    if undo is None or undo.hub_state == "done":
        return Code.OK
    return PosCode.POS_UNKNOWN if undo.hub_state == "due" else code_named(undo.hub_code)
