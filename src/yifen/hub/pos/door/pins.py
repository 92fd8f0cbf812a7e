"""A PIN on its way from a terminal to the acquirer: sealed anew within one call, never logged, never kept."""

from yifen.core.facts.refused import Refused
from yifen.core.wire.pos_frames import SM4_PIN
from yifen.core.wire.pos_keys import is_sm4, pin_block, pin_of, resealed
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door.terminals import KnownTerminal

BY_3DES = "6"
WITHOUT_CARD = "1"


def onward(terminal: KnownTerminal, fields: rules.Fields) -> rules.Fields:
    """Fields 52 and 53 for the acquirer; none where no PIN was typed. Where both have the same cipher nobody reads it;
    from 3DES to SM4, or back, the block is made anew. Refused: POS_FIELD_MISSING (its block is not of the terminal's
    cipher), POS_NOT_SUPPORTED (its card cannot be read), POS_CARD_PIN (no PIN is in it)."""
    if "52" not in fields or terminal.keys is None:
        return {}
    own, other = terminal.algorithm, terminal.acquirer.algorithm
    kind, key, next_key = fields.get("53", ""), terminal.keys.pin, terminal.acquirer.keys.pin
    if (kind[1:2] == SM4_PIN) is not is_sm4(own) or kind[:1] == "0":
        raise Refused(PosCode.POS_FIELD_MISSING, "53")
    block = bytes.fromhex(fields["52"])
    if is_sm4(own) is is_sm4(other):
        return {"52": resealed(block, key, next_key, own).hex().upper(), **({"53": kind} if kind else {})}
    card = rules.card(fields)
    if not card and kind[:1] != WITHOUT_CARD:
        raise Refused(PosCode.POS_NOT_SUPPORTED, "52")
    card = "" if kind[:1] == WITHOUT_CARD else card
    try:
        made = pin_block(pin_of(block, card, key, own), card, next_key, other)
    except ValueError:
        raise Refused(PosCode.POS_CARD_PIN, "52") from None
    told = (kind[:1] or "2") + (SM4_PIN if is_sm4(other) else BY_3DES) + (kind[2:] or "0" * 14)
    return {"52": made.hex().upper(), "53": told}
