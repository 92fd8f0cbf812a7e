"""Reversal, void and refund of a terminal. The hub's half is done before the terminal is told 00; the acquirer's
follows, by the worker if it must."""

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.wire.pos_frames import PosFrame
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door import undoing
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides, code_named

REASONS = ("98", "96", "A0", "06")


async def reverse(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0400: the same answer again and again. 25: there is no such sale, nor will be."""
    kind, trace, fen = rules.kind_60(frame.fields), rules.number(frame.fields, "11"), rules.amount(frame.fields)
    reason = frame.fields.get("39", "")
    number, undo_id = (await sides.write(
        "reverse", terminal.terminal_no, kind.batch, trace, fen, reason if reason in REASONS else "06",
        sides.hub.clock()))[0]  # fmt: skip
    code = code_named(number)
    if undo_id is not None and code is Code.OK:
        code = await _carried_out(sides, undo_id)
    return sides.answer(frame, code, terminal)


async def give_back(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0200 void, 0220 refund: of the sale that field 61 names, a refund with field 37 of another terminal too."""
    kind, trace, fen = rules.kind_60(frame.fields), rules.number(frame.fields, "11"), rules.amount(frame.fields)
    original, ref = rules.original_61(frame.fields), frame.fields.get("37", "").strip()
    name = "void" if kind.kind == rules.VOID else "refund"
    number, undo_id = (await sides.write(
        "give_back", name, terminal.terminal_no, kind.batch, trace, original.batch, original.trace, fen, ref,
        sides.hub.clock()))[0]  # fmt: skip
    if number:
        raise Refused(code_named(number), "61")
    code = await _carried_out(sides, undo_id)
    return sides.answer(frame, code, terminal, f37=ref.ljust(12) if ref else "")


async def _carried_out(sides: PosSides, undo_id: int) -> ResultCode:
    """OK once the payable's side is taken back: the card's is then repeated until it is. What cannot go back says
    why."""
    undo = await undoing.try_now(sides, undo_id)
    if undo is None or undo.hub_state == "done":
        return Code.OK
    return PosCode.POS_UNKNOWN if undo.hub_state == "due" else code_named(undo.hub_code)
