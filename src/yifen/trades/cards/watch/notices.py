"""Notices 提醒 of hits about time or a limit, to holder and cashier, once: claimed in one transaction, sent behind it
(decision 0027). One message a person and sort; neither merchant nor name is in it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction

from yifen.core.access.edge import now
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import quiet_hours, read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import operations as outbox
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, Medium, SendVerdict
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.ring import key_ring
from yifen.trades.cards.watch.deciding import context

log = structlog.get_logger()
_SQL = queries(__package__)
_STATES = {SendVerdict.TAKEN: "sent", SendVerdict.NEVER: "failed", SendVerdict.LATER: "planned"}


def run(ending: Callable[[], bool]) -> None:
    """The worker's."""
    send_due(key_ring(), now(), ending)


def send_due(ring: KeyRing, at: datetime, ending: Callable[[], bool] = lambda: False) -> int:
    """All that is due; nothing in the quiet hours, nor after a carrier said "later". How many went."""
    carrier, sent = carrier_of(ring, Medium.SMS), 0
    if carrier is None or at.astimezone(ZoneInfo(settings.TIME_ZONE)).hour in quiet_hours(read_settings().quiet_hours):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SQL["notices_due"])
        due = cursor.fetchall()
    for person, sort in due:
        if ending():
            break
        try:
            verdict = _told(ring, carrier, person, sort, at)
        except Exception:  # what is wrong with one person keeps nothing from the next
            log.exception("a notice could not be sent", person=person, sort=sort)
            continue
        sent += verdict is SendVerdict.TAKEN
        if verdict is SendVerdict.LATER:
            break
    return sent


def _told(ring: KeyRing, carrier: Carrier, person: int, sort: str, at: datetime) -> SendVerdict | None:
    """None: nothing is to be told him."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQL["notices"], (person, sort, at))
        row = cursor.fetchone()
        if row is None:
            return None
        notices, count, fen, due, phone = row
        to = ring.open(bytes(phone), context(person)).decode()
        values = {
            "count": str(count),
            "amount": f"{fen // 100}.{fen % 100:02d}",
            "due_on": str(due or ""),
        }
        message = templates.message(f"card_{sort}/sms/zh", to, values, f"card-notice-{min(notices)}")
        notification = outbox.put(ring, message, carrier, at)
    outcome = outbox.send(notification, message, carrier, at)
    with transaction.atomic(), connection.cursor() as cursor:
        state = _STATES.get(outcome.verdict, "unsure")
        cursor.execute(_SQL["noticed"], (notices, state, outcome.said, notification.pk, at))
    return outcome.verdict
