"""What a supervisor signs at the desk: of each act a proposal that is right, who may decide it, and a
statement that reads what it would change, with its parameter."""

from datetime import UTC, date, datetime
from typing import Any

from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def reversal(place: Province) -> Proposed:
    from yifen.core.access import second
    shift = _shift(place)
    entry = _entry(place, shift, shift.business_day)
    proposal = second.propose(site.access(place.own.teller), "desk.reversal", entry.serial,
                              {"entry": entry.pk, "shift": shift.pk}, NOW, reason="收错户")  # fmt: skip
    return (proposal, place.users["supervisor"],
            "SELECT count(*) FROM counter_entry WHERE original_id = %s", entry.pk)  # fmt: skip


def refund(place: Province) -> Proposed:
    from yifen.core.access import second

    shift = _shift(place)
    entry = _entry(place, shift, date(2026, 11, 1))
    content = {"entry": entry.pk, "shift": shift.pk, "serial": f"{entry.serial}T1", "fen": 40}
    proposal = second.propose(site.access(place.own.teller), "desk.refund", entry.serial, content, NOW, reason="多收")
    return (proposal, place.users["supervisor"],
            "SELECT count(*) FROM counter_entry WHERE original_id = %s", entry.pk)  # fmt: skip


def close(place: Province) -> Proposed:
    from yifen.core.access import second

    shift = _shift(place)
    proposal = second.propose(site.access(place.own.teller), "desk.close", f"shift {shift.pk}",
                              {"shift": shift.pk, "counted": {"100": 3}}, NOW, reason="短款")  # fmt: skip
    return (proposal, place.users["supervisor"], "SELECT state FROM counter_shift WHERE id = %s",
            shift.pk)  # fmt: skip


def opening(place: Province) -> Proposed:
    """With less than he counted when he balanced."""
    from tests.access.proposals import _teller
    from tests.counter.standing import opened_with
    from yifen.core.access import second
    from yifen.trades.counter.operations.shifts import close_shift

    teller = _teller(place)
    opened_with(place, teller, 50_000, NOW)
    close_shift(site.access(teller), {10_000: 5}, NOW)
    proposal = second.propose(site.access(teller), "desk.open", f"opening {teller.pk}",
                              {"fen": 20_000, "teller": teller.pk}, NOW, reason="上缴现金")  # fmt: skip
    return (proposal, place.users["supervisor"],
            "SELECT count(*) FROM counter_shift WHERE teller_id = %s AND state = 'open'", teller.pk)  # fmt: skip


def _entry(place: Province, shift: Any, day: date) -> Any:
    """A yuan that was collected on this day."""
    from yifen.trades.counter.models import Entry

    old = Entry.objects.get(pk=place.own.more["entry"])
    return Entry.objects.create(
        shift=shift, teller=old.teller, institution_id=old.institution_id, channel=old.channel,
        code="4623", serial=f"S{shift.pk}", biller=old.biller, biller_code=old.biller_code,
        account_no=old.account_no, lines=[], amount_fen=100, pay_kind="cash", state="booked",
        business_day=day, at=NOW,
    )  # fmt: skip


def _shift(place: Province) -> Any:
    from yifen.trades.counter import queries
    from yifen.trades.counter.operations.shifts import open_shift

    return open_shift(place.own.teller, queries.left_fen(place.own.teller.pk), NOW)


MAKERS = {"desk.reversal": reversal, "desk.refund": refund, "desk.close": close,
          "desk.open": opening}  # fmt: skip
