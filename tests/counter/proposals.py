"""What a supervisor signs at the desk: of each act a proposal that is right, who may decide it, and a
statement that reads what it would change, with its parameter."""

from datetime import UTC, datetime
from typing import Any

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def reversal(place: Province) -> Proposed:
    from yifen.core.access import second
    from yifen.trades.counter.models import Entry

    shift, old = _shift(place), Entry.objects.get(pk=place.own.more["entry"])
    entry = Entry.objects.create(
        shift=shift, teller=old.teller, institution_id=old.institution_id, channel=old.channel,
        code="4623", serial=f"S{shift.pk}", biller=old.biller, biller_code=old.biller_code,
        account_no=old.account_no, lines=[], amount_fen=100, pay_kind="cash", state="booked",
        business_day=shift.business_day, at=NOW,
    )  # fmt: skip
    proposal = second.propose(site.access(place.own.teller), "desk.reversal", entry.serial,
                              {"entry": entry.pk, "shift": shift.pk}, NOW, reason="收错户")  # fmt: skip
    return (proposal, place.users["supervisor"],
            "SELECT count(*) FROM counter_entry WHERE original_id = %s", entry.pk)  # fmt: skip


def refund(place: Province) -> Proposed:
    from yifen.core.access import second
    from yifen.trades.counter.models import Entry

    _proposal, checker, _look, entry = reversal(place)
    Entry.objects.filter(pk=entry).update(business_day="2026-11-01", serial=f"T{entry}")
    shift = Entry.objects.get(pk=entry).shift_id
    proposal = second.propose(
        site.access(place.own.teller), "desk.refund", f"T{entry}",
        {"entry": entry, "shift": shift, "serial": f"T{entry}T1", "fen": 40}, NOW, reason="多收")  # fmt: skip
    return proposal, checker, "SELECT count(*) FROM counter_entry WHERE original_id = %s", entry


def close(place: Province) -> Proposed:
    from yifen.core.access import second

    shift = _shift(place)
    proposal = second.propose(site.access(place.own.teller), "desk.close", f"shift {shift.pk}",
                              {"shift": shift.pk, "counted": {"100": 3}}, NOW, reason="短款")  # fmt: skip
    return (proposal, place.users["supervisor"], "SELECT state FROM counter_shift WHERE id = %s",
            shift.pk)  # fmt: skip


def _shift(place: Province) -> Any:
    from yifen.trades.counter.operations.shifts import open_shift

    return open_shift(place.own.teller, 50_000, NOW)


MAKERS = {"desk.reversal": reversal, "desk.refund": refund, "desk.close": close}
