"""Finding out what became of an entry 查询结果: by its own serial, as any channel would."""

from django.db import transaction

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.wire.messages import Confirm
from yifen.core.wire.replies import PaymentReply
from yifen.hub.payments.local import LocalHub
from yifen.trades.counter.models import Entry
from yifen.trades.counter.operations import collect, reverse
from yifen.trades.counter.operations.answers import HubAnswer, ask
from yifen.trades.counter.operations.locks import locked_entry


def find(hub: LocalHub, entry: Entry) -> Entry:
    """Settles an unknown entry as far as the hub knows. It stays unknown while the biller has not
    decided, the hub does not answer, or never heard of the serial (`result` SERIAL_UNKNOWN: send it
    again, or reverse it so that it can never arrive)."""
    if entry.state != Entry.State.UNKNOWN:
        return entry
    confirm = Confirm(original_serial=entry.serial)
    answer = ask(lambda: hub.confirm(entry.channel.partner.code, confirm))
    if answer.code is Code.SERIAL_UNKNOWN or (answer.reply is None and not _was_judged(answer.code)):
        return _note(entry.pk, answer.code)
    settled = answer._replace(code=code_of(answer), decided=True)
    settle = reverse.record if entry.is_reversal else collect.record
    return settle(entry.pk, settled, first_try=False)


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


@transaction.atomic
def _note(entry_id: int, code: ResultCode) -> Entry:
    entry = locked_entry(entry_id)
    if not entry.is_decided:
        entry.result = code
        entry.save(update_fields=["result"])
    return entry
