"""Demands by message: claimed with their step in one transaction, in which the account is asked again; sent behind
it. So a
demand goes out once at most, and none after payment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction

from yifen.core.facts.masking import masked_number
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import quiet_hours, read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import operations as outbox
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, Medium, Outgoing, SendVerdict
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.notifications.models import Notification

log = structlog.get_logger()
_SQL = queries(__package__)
AT_ONCE = 200
KEY = "arrears_demand/sms/zh"


class Demand(NamedTuple):
    """What a claim answers: a debt with a message to be sent; `contact` is sealed, None: nothing is sent."""

    done_id: int | None
    biller_id: int
    biller: str
    account_no: str
    fee: str
    fen: int
    due_on: date
    contact: str | None


class ClaimedDemand(NamedTuple):
    """In the outbox, and on its way."""

    notification: Notification
    message: Outgoing


@dataclass
class DemandPass:
    """One run of the job: what failed in it is left for the next."""

    ring: KeyRing
    now: datetime
    failed: set[tuple[int, int]] = field(default_factory=set)


def send_due(one: DemandPass, ending: Callable[[], bool] = lambda: False) -> int:
    """All that is due, those put off first; nothing in the quiet hours, nor while a carrier says "later". How many
    went."""
    carrier, sent = carrier_of(one.ring, Medium.SMS), 0
    if carrier is None or one.now.astimezone(ZoneInfo(settings.TIME_ZONE)).hour in quiet_hours(
        read_settings().quiet_hours
    ):
        return 0
    again = [
        (_SQL["claim_again"], row)
        for row in _rows(_SQL["put_off"], {"now": one.now, "most": AT_ONCE})
    ]
    while not ending():
        due = again or [(_SQL["claim"], row) for row in _rows(_SQL["due_messages"], {"most": AT_ONCE})
                        if row not in one.failed]  # fmt: skip
        again = []
        if not due:
            return sent
        for statement, row in due:
            claimed = None if ending() else claim(one, statement, row, carrier)
            if claimed:
                outcome = outbox.send(claimed.notification, claimed.message, carrier, one.now)
                sent += outcome.verdict is SendVerdict.TAKEN
                if outcome.verdict is SendVerdict.LATER:  # its turn comes again: a minute later
                    return sent
    return sent


def claim(
    one: DemandPass, statement: str, row: tuple[Any, ...], carrier: Carrier
) -> ClaimedDemand | None:
    """Its step is done and its message in the outbox, or neither; None: it is not due any more, or cannot be sent.
    What is
    wrong with one debt stops no other."""
    try:
        with transaction.atomic():
            found = Demand(*_rows(statement, {"now": one.now, "first": row[0], "last": row[-1]})[0])
            if found.done_id is None or found.contact is None:
                return None
            message = message_of(one.ring, found)
            notification = outbox.put(one.ring, message, carrier, one.now)
            _rows(_SQL["sent"], {"done": found.done_id, "notification": notification.pk})
            return ClaimedDemand(notification, message)
    except Exception:
        log.exception("a demand could not be claimed", debt=row)
        one.failed.add((row[0], row[-1]))
        return None


def message_of(ring: KeyRing, found: Demand) -> Outgoing:
    """Neither a name nor a whole account number. KeyRingError: no key opens the phone."""
    assert found.contact is not None
    to = ring.open_text(
        found.contact, f"billing contact:{found.biller_id}:{found.account_no}"
    )  # as billing sealed it
    if not to:
        raise KeyRingError("an empty phone")
    values = {"biller": found.biller[:20], "account": masked_number(found.account_no), "fee": found.fee[:20],
              "amount": f"{found.fen // 100}.{found.fen % 100:02d}", "due_on": f"{found.due_on:%Y-%m-%d}"}  # fmt: skip
    return templates.message(KEY, to, values, f"arrears-{found.done_id}")


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
