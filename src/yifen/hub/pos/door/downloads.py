"""What a terminal downloads: its parameters of us, by their version; what is said of cards of its acquirer, as it
came."""

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.pos_frames import PosFrame
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door.acquirer import NoAcquirerAnswer
from yifen.hub.pos.door.terminals import KnownTerminal, PosSides

ASKED = ("t", "11", "41", "42", "60", "62")


async def parameters(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0820 and 0800 of our own. Field 62 asks with the version that the terminal has (6 digits); who has another one
    than that of now is told so. Refused: POS_TERMINAL_STOPPED."""
    _let_in(terminal)
    if rules.kind_60(frame.fields).network == rules.PARAMETERS:
        told = rules.parameters(terminal.version, terminal.merchant_name)
    else:
        has = bytes.fromhex(frame.fields.get("62", ""))
        is_newest = has == f"{terminal.version:06d}".encode()
        told = f"{rules.NOTHING_NEW if is_newest else rules.ALL_TOLD}{terminal.version:06d}".encode()
    return sides.answer(frame, Code.OK, terminal, f62=told.hex().upper())


async def of_acquirer(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """Passed on, and nothing of it kept: a part, its end marker and its version are between the two. Refused:
    POS_TERMINAL_STOPPED, POS_ACQUIRER_AWAY, POS_NOT_SUPPORTED (the acquirer does not tell it)."""
    _let_in(terminal)
    asked = PosFrame({name: frame.fields[name] for name in ASKED if name in frame.fields})
    try:
        word = await sides.line(terminal).ask(asked)
    except NoAcquirerAnswer:
        raise Refused(PosCode.POS_ACQUIRER_AWAY, "60") from None
    if word.fields.get("39") != "00":
        raise Refused(PosCode.POS_NOT_SUPPORTED, "60")
    return sides.answer(frame, Code.OK, terminal, f62=word.fields.get("62", ""))


def _let_in(terminal: KnownTerminal) -> None:
    if not terminal.is_open:
        raise Refused(PosCode.POS_TERMINAL_STOPPED, "41")
