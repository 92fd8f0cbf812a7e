"""Finding out what became of an entry 查询结果: by its own serial, as any channel would."""

from datetime import datetime

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.wire.messages import Confirm
from yifen.core.wire.replies import PaymentReply
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter.models import Entry
from yifen.trades.counter.operations import collect, core, reverse
from yifen.trades.counter.operations.answers import HubAnswer, ask


def find(hub: LocalHub, entry: Entry, now: datetime) -> Entry:
    """Settles an unknown entry as far as the core and the hub know. It stays unknown while the core gives no answer,
    the biller has not decided, the hub does not answer, or never heard of the serial (`result` SERIAL_UNKNOWN: send
    it again, or reverse it so that it can never arrive). What the payer's account has paid is charged at once."""
    if entry.state != Entry.State.UNKNOWN:
        return entry
    has_leg = not entry.is_reversal and core.leg_of(entry) is not None
    if has_leg and (told := collect.core_word(entry, now)):
        return told
    confirm = Confirm(original_serial=entry.serial)
    answer = ask(lambda: hub.confirm(entry.channel.partner.code, confirm))
    if has_leg and answer.code is Code.SERIAL_UNKNOWN:
        return collect.charge(hub, entry, first_try=False, now=now)
    if answer.code is Code.SERIAL_UNKNOWN or (answer.reply is None and not _was_judged(answer.code)):
        return collect.note(entry.pk, answer.code)
    settled = answer._replace(code=code_of(answer), decided=True)
    settle = reverse.record if entry.is_reversal else collect.record
    done = settle(entry.pk, settled, first_try=False, now=now)
    core.settle_back(done, now)
    return done


def _was_judged(code: ResultCode) -> bool:
    """A refusal that the hub keeps with the serial; others say that there is none, or that it
    could not look."""
    return code not in (Code.SERIAL_UNKNOWN, Code.UNAVAILABLE, Code.FAULT, Code.BUSY,
                        Code.PARTNER_SUSPENDED, Code.PARTNER_UNKNOWN)  # fmt: skip


def code_of(answer: HubAnswer[PaymentReply]) -> ResultCode:
    """What the original request would be answered with now."""
    if answer.reply is None or answer.reply.result is None:
        return answer.code
    return Code(int(answer.reply.result))
