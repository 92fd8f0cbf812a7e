"""Who waits for whom: a teller's shift is locked first, then entries by id; never during a call."""

from yifen.core.access.models import User
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Entry, Shift


def lock_shift(teller: User) -> Shift | None:
    """The teller's open shift, locked; two of his forms come in one after the other."""
    shifts = Shift.objects.select_for_update(of=("self",)).select_related("channel__partner")
    return shifts.filter(teller=teller, state=Shift.State.OPEN).first()


def locked_shift(teller: User) -> Shift:
    """The same. Refused: SHIFT_NOT_OPEN."""
    shift = lock_shift(teller)
    if shift is None:
        raise Refused(CounterCode.SHIFT_NOT_OPEN)
    return shift


def working_shift(teller: User) -> Shift:
    """The same, while its business day is open too. Refused: SHIFT_NOT_OPEN, SHIFT_DAY_OVER."""
    shift = locked_shift(teller)
    queries.check_day_open(shift)
    return shift


def locked_entry(entry_id: int) -> Entry:
    """One entry, locked. Refused: OUT_OF_SCOPE when there is none."""
    entries = Entry.objects.select_for_update(of=("self",)).select_related(
        "channel__partner", "biller__partner", "shift", "teller"
    )
    entry = entries.filter(pk=entry_id).first()
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "entry")
    return entry
