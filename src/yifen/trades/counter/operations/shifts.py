"""Opening 开班 and balancing 轧账 a teller's shift."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from yifen.core.access.models import User
from yifen.core.audit.record import act
from yifen.core.facts.codes import Code
from yifen.core.facts.money import MAX_FEN, format_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.counter import queries, rules
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Entry, Shift
from yifen.trades.counter.operations.authority import authorise
from yifen.trades.counter.operations.locks import locked_shift

CLOSE = "4641"  # the transaction code that a supervisor authorises a difference for


@transaction.atomic
def open_shift(teller: User, opening_fen: int, now: datetime) -> Shift:
    """Start a day at the counter with this much cash in the drawer. Refused: COUNTER_MISSING,
    INPUT_INVALID, SHIFT_ALREADY_OPEN."""
    if not 0 <= opening_fen <= MAX_FEN:
        raise Refused(Code.INPUT_INVALID, "opening")
    channel = queries.counter_of(teller.institution_id)
    day = queries.business_day_of(channel.partner.book_id)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                teller=teller, institution_id=teller.institution_id, channel=channel,
                business_day=day, opened_at=now, opening_fen=opening_fen,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(CounterCode.SHIFT_ALREADY_OPEN) from None
    act(connection, "shift.open", "counter_shift", shift.pk, after={"opening_fen": opening_fen})
    return shift


@transaction.atomic
def close_shift(
    teller: User, counted: Mapping[int, int], now: datetime, checker: User | None = None,
    reason: str = "",
) -> Shift:  # fmt: skip
    """Balance the drawer against what was booked; drafts that were never sent lapse. `counted`:
    value in fen → pieces. Refused: SHIFT_NOT_OPEN, INPUT_INVALID, ENTRY_UNDECIDED,
    SHIFT_DIFFERENCE (a reason and a checker are missing), CHECKER_IS_MAKER,
    AUTHORISATION_INVALID."""
    shift = locked_shift(teller)
    counted_fen = rules.counted_fen(counted)
    if queries.undecided(shift).exists():
        raise Refused(CounterCode.ENTRY_UNDECIDED)
    shift.expected_fen = queries.expected_fen(shift)
    shift.difference_fen = counted_fen - shift.expected_fen
    if shift.difference_fen:
        if checker is None or not reason:
            raise Refused(CounterCode.SHIFT_DIFFERENCE, "reason", format_yuan(shift.difference_fen))
        shift.authorisation = authorise(CLOSE, f"shift {shift.pk}", teller, checker, now, reason)
        shift.reason = reason
    shift.entries.filter(state=Entry.State.DRAFT).update(
        state=Entry.State.REFUSED, result=CounterCode.SHIFT_NOT_OPEN
    )
    shift.counted = {str(value): pieces for value, pieces in counted.items() if pieces}
    shift.counted_fen, shift.closed_at, shift.state = counted_fen, now, Shift.State.CLOSED
    shift.save()
    act(connection, "shift.close", "counter_shift", shift.pk,
        after={"expected_fen": shift.expected_fen, "difference_fen": shift.difference_fen})  # fmt: skip
    return shift
