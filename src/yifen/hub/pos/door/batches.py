"""Sign-on, and the end of a batch: totals, the upload where they differ."""

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire import pos_keys
from yifen.core.wire.pos_frames import PosFrame
from yifen.hub.pos import rules, seals
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door.terminals import (
    KnownTerminal,
    PosSides,
    code_named,
    keys_of_secret,
    session_context,
)
from yifen.hub.pos.seals import PosPlace


async def sign_on(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """New working keys in 62, sealed by the master key; the batch in 60. While some wait that nobody proved, the same
    are sent again, and nothing is written: whoever signs on in its name ever so often takes nothing of the terminal."""
    made, context = pos_keys.new_keys(terminal.algorithm), session_context(terminal.terminal_no)
    if terminal.waiting:
        batch, sent = (await sides.read("open_batch", terminal.terminal_no))[0][0], terminal.waiting
    else:
        sealed = sides.ring.seal(made.pin + made.mac, context)
        batch, sent = (await sides.write("signed_on", terminal.terminal_no, sealed, sides.hub.clock()))[0]
    if batch < 0:
        raise Refused(code_named(-batch), "41")
    keys = keys_of_secret(sides.ring.open(bytes(sent), context))
    field = pos_keys.keys_field(terminal.algorithm, terminal.master, keys)
    kind = frame.fields["60"]
    return sides.answer(frame, Code.OK, f62=field.hex().upper(), f60=f"{kind[:2]}{batch:06d}{kind[8:]}")


async def network(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0820: an echo, a sign-off."""
    if rules.kind_60(frame.fields).network not in (rules.ECHO, rules.SIGN_OFF):
        raise Refused(PosCode.POS_NOT_SUPPORTED, "60")
    return sides.answer(frame, Code.OK, terminal)


async def settle(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0500: the answer's field 48 ends each half with 1 (equal) or 2 (they differ: upload)."""
    totals, batch = rules.totals_48(frame.fields), rules.kind_60(frame.fields).batch
    digest = seals.batch_digest(terminal.terminal_no, batch, totals)
    seal = sides.ring.seal(digest, seals.batch_context(terminal.terminal_no, batch))
    found = (await sides.write("settle", terminal.terminal_no, batch, *totals, seal, sides.hub.clock()))[0][0]
    if found < 0:
        raise Refused(code_named(-found), "60")
    text = frame.fields["48"]
    return sides.answer(frame, Code.OK, terminal, f48=f"{text[:30]}{found}{text[31:61]}{found}")


async def upload(sides: PosSides, terminal: KnownTerminal, frame: PosFrame) -> bytes:
    """0320: parts, and the end with the count of all."""
    kind = rules.kind_60(frame.fields)
    if kind.network in rules.UPLOADED:
        count = rules.number(frame.fields, "48", 0, 4)
        seal = sides.ring.seal(seals.items_digest(terminal.terminal_no, kind.batch, count),
                               seals.items_context(terminal.terminal_no, kind.batch))  # fmt: skip
        rows = await sides.write("uploaded", terminal.terminal_no, kind.batch, count, seal, sides.hub.clock())
    elif kind.network == rules.UPLOAD:
        items = rules.items_48(frame.fields)
        traces, fen = [trace for trace, _ in items], [one for _, one in items]
        places = [PosPlace(terminal.terminal_no, kind.batch, trace) for trace in traces]
        sealed = [sides.ring.seal(seals.item_digest(place, one), seals.item_context(place))
                  for place, one in zip(places, fen, strict=True)]  # fmt: skip
        rows = await sides.write("upload", terminal.terminal_no, kind.batch, traces, fen, sealed)
    else:
        raise Refused(PosCode.POS_NOT_SUPPORTED, "60")
    return sides.answer(frame, code_named(rows[0][0]), terminal)
