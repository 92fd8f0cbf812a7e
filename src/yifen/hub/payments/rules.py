"""Pure decisions of the verbs."""

from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, WireFault


def check_charge(message: Charge) -> None:
    """A charge must not contradict itself. WireFault: PAYABLE_REPEATED, TOTAL_WRONG."""
    if len(message.lines) > 1:
        refs = [line.payable for line in message.lines]
        if len(set(refs)) < len(refs):
            twice = next(ref for ref in refs if refs.count(ref) > 1)
            raise WireFault(Code.PAYABLE_REPEATED, "lines", twice)
    total = sum(line.amount_fen for line in message.lines)
    if total != message.amount_fen:
        raise WireFault(Code.TOTAL_WRONG, "amount_fen", f"the lines add up to {total} fen")
