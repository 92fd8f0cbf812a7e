"""Sending what is due: a person at a time, claimed in one transaction, each message told between two."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yifen.core.facts.masking import masked_number
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.notifications import operations as outbox
from yifen.core.notifications import templates
from yifen.core.notifications.carriers import Carrier, Medium, Outgoing, SendOutcome, SendVerdict
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.core.notifications.models import Notification
from yifen.face.bound import Bound, BoundAccount
from yifen.trades.reminders import mails, rules, stopping
from yifen.trades.reminders.models import Reminder, ReminderChoice, ReminderPerson, ReminderState
from yifen.trades.reminders.planning import quiet, zone

log = structlog.get_logger()
_SQL = queries(__package__)
UNWANTED = "43101"  # WeChat's: he did not allow it there, or took that back
LATERS = 3  # in a row, and a channel rests until the next pass
HELD, POISON, TRIES_MAX = timedelta(minutes=30), timedelta(hours=1), 5
LANGUAGES = {"zh": "zh-hans", "en": "en"}
Row = Any


class Claimed(NamedTuple):
    """A message that was written down, and the reminders that it tells."""

    message: Outgoing
    carrier: Carrier
    notification: Notification
    rows: list[int]
    tries: int


@dataclass
class SendingPass:
    """What one run of the job knows: channels that rest, persons whose rows cannot be handled."""

    ring: KeyRing
    bound: Bound
    now: datetime
    laters: Counter[str] = field(default_factory=Counter)
    poisoned: list[int] = field(default_factory=list)
    carriers: dict[str, Carrier | None] = field(default_factory=dict)

    @property
    def down(self) -> list[str]:
        return [channel for channel, count in self.laters.items() if count >= LATERS]

    @property
    def today(self) -> date:
        return self.now.astimezone(zone()).date()

    def carrier(self, channel: str) -> Carrier | None:
        if channel not in self.carriers:
            self.carriers[channel] = carrier_of(self.ring, Medium(channel))
        return self.carriers[channel]


def send_due(run: SendingPass, ending: Callable[[], bool] = lambda: False) -> int:
    """All that is due; nothing in the quiet hours. How many messages were taken."""
    taken, held = 0, 0
    while not ending() and run.now.astimezone(zone()).hour not in quiet():
        persons = _rows("due_persons", now=run.now, down=run.down, poisoned=run.poisoned)
        if not persons or held == len(persons):  # nobody, or all of them are held by another worker
            break
        held = 0
        for person in persons:
            claimed = [] if ending() else claim(run, person.holder_id)
            held += claimed is None
            for one in claimed or ():
                outcome = outbox.send(one.notification, one.message, one.carrier, run.now)
                close(run, one, outcome)
                taken += outcome.verdict is SendVerdict.TAKEN
    return taken


def claim(run: SendingPass, holder_id: int) -> list[Claimed] | None:
    """The messages of a person; None: another worker holds him. What is wrong with one person's rows stops no
    other: they wait an hour, five times."""
    try:
        with transaction.atomic():
            return _claim(run, holder_id) if _rows("held_person", holder=holder_id) else None
    except Exception:
        log.exception("a person's reminders could not be handled", holder=holder_id)
        run.poisoned.append(holder_id)
        _poisoned(holder_id, run.now)
        return []


def _claim(run: SendingPass, holder_id: int) -> list[Claimed]:
    rows = _rows("due_rows", holder=holder_id, now=run.now, down=run.down)
    accounts = run.bound.found({row.binding_id for row in rows})
    left: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        if not _left_out(run, row, accounts):
            left.setdefault((row.choice_id, row.channel), []).append(row)
    person = ReminderPerson.objects.get(pk=holder_id)
    got = _rows("messages_within", holder=holder_id, now=run.now)[0].count
    claimed: list[Claimed] = []
    for (_choice, channel), waiting in left.items():
        while waiting:
            kind = min((row.kind for row in waiting), key=rules.KINDS.index)
            refs = {row.ref for row in waiting if row.kind == kind}
            told = [row for row in waiting if row.ref in refs]  # also as new, where it is overdue
            waiting = [row for row in waiting if row.ref not in refs]
            if got + len(claimed) >= read_settings().reminders_a_day:
                _put_off(told, rules.next_moment(run.now + timedelta(hours=12), told[0].hours, quiet(), zone()))
            elif one := _written(run, person, accounts[told[0].binding_id], channel, kind, told):
                claimed.append(one)
    return claimed


def _left_out(run: SendingPass, row: Row, accounts: dict[int, BoundAccount]) -> bool:
    """Whether it is not told: now, or ever, and then with why."""
    if row.binding_id not in accounts:
        stopping.end(list(ReminderChoice.objects.filter(binding_id=row.binding_id, ended_at=None)), "unbound", run.now)
        why = "unbound"
    elif row.ended:
        why = "stopped"
    elif row.bill_state == "withdrawn" or row.bill_state is None:
        why = "withdrawn"
    elif row.bill_state != "open" or row.left_fen <= 0:
        why = "paid"
    elif row.due_now != row.due_on:
        why = "changed"  # another due date is another reminder
    elif rules.no_reason(row.kind, row.due_on, run.today):
        why = "past"
    elif row.held:  # somebody is paying it
        _put_off([row], rules.not_quiet(run.now + HELD, quiet(), zone()))
        return True
    else:
        return False
    Reminder.objects.filter(pk=row.id).update(state=ReminderState.SKIPPED, why=why, done_at=run.now)
    return True


def _written(
    run: SendingPass, person: ReminderPerson, account: BoundAccount, channel: str, kind: str, told: Sequence[Row]
) -> Claimed | None:
    """The message in the outbox, and its reminders on their way."""
    keys = [row.id for row in told]
    to, carrier = address_of(run.ring, run.bound, person, Medium(channel)), run.carrier(channel)
    if not to:
        Reminder.objects.filter(pk__in=keys).update(state=ReminderState.SKIPPED, why="nowhere", done_at=run.now)
        return None
    if carrier is None:  # nobody is set up for it now
        run.laters[channel] = LATERS
        return None
    bills = {row.ref: row for row in told}.values()
    fen, first = sum(row.left_fen for row in bills), min((row.due_on for row in bills if row.due_on), default=None)
    message = message_of(run.ring, person, account, Medium(channel), kind, fen, len(bills), first, to,
                         f"reminder-{min(keys)}")  # fmt: skip
    notification = outbox.put(run.ring, message, carrier, run.now)
    for row in told:
        Reminder.objects.filter(pk=row.id).update(
            state=ReminderState.SENDING, carrier=carrier.code, notification_id=notification.pk, send_at=run.now,
            amount_fen=row.left_fen)  # fmt: skip
    return Claimed(message, carrier, notification, keys, max(row.tries for row in told))


def close(run: SendingPass, one: Claimed, outcome: SendOutcome) -> None:
    """What became of the try; of one whose carrier says "later" the next."""
    rows = Reminder.objects.filter(pk__in=one.rows, state=ReminderState.SENDING, notification_id=one.notification.pk)
    channel = one.message.channel.value
    again = rules.retry_at(run.now, one.tries + 1, quiet(), zone()) if outcome.verdict is SendVerdict.LATER else None
    run.laters[channel] = run.laters[channel] + 1 if outcome.verdict is SendVerdict.LATER else 0
    if again:
        rows.update(state=ReminderState.PLANNED, tries=one.tries + 1, send_at=again, why=outcome.said)
        return
    state = {SendVerdict.TAKEN: ReminderState.SENT, SendVerdict.UNSURE: ReminderState.UNSURE}.get(
        outcome.verdict, ReminderState.FAILED)  # fmt: skip
    refused = outcome.verdict is SendVerdict.NEVER and outcome.said.startswith(UNWANTED)
    choices = list(rows.values_list("choice_id", flat=True)) if refused else []
    rows.update(state=state, tries=one.tries + 1, why=outcome.said, done_at=run.now)
    if choices:
        stopping.end(list(ReminderChoice.objects.filter(pk__in=choices, ended_at=None)), "wechat", run.now)


def message_of(
    ring: KeyRing, person: ReminderPerson, account: BoundAccount, channel: Medium, kind: str, fen: int, count: int,
    due_on: date | None, to: str, ref: str,
) -> Outgoing:  # fmt: skip
    """Neither a name nor a whole account number; the link leads to the payer's own page."""
    with translation.override(LANGUAGES[person.language]):
        values = {
            "biller": account.biller_name[:20], "account": masked_number(account.account_no),
            "amount": f"{fen // 100}.{fen % 100:02d}", "count": str(count),
            "due_on": f"{due_on:%Y-%m-%d}" if due_on else _("见账单"),
            "url": settings.YIFEN_WEB_ORIGIN + reverse("reminders"),
            "stop_url": settings.YIFEN_WEB_ORIGIN
            + reverse("reminder_stop", args=[stopping.token(ring, person.pk, channel)]),
        }  # fmt: skip
    return templates.message(f"reminder_{kind}/{channel}/{person.language}", to, values, ref, values["url"],
                             values["stop_url"])  # fmt: skip


def address_of(ring: KeyRing, bound: Bound, person: ReminderPerson, channel: Medium) -> str:
    """Whole: for carriers alone. "": nowhere."""
    match channel:
        case Medium.MAIL:
            return mails.mail_of(ring, person)
        case Medium.WECHAT:
            return bound.person(ring, person.pk)
    return bound.phone(ring, person.pk)


def _put_off(rows: Sequence[Row], at: datetime) -> None:
    Reminder.objects.filter(pk__in=[row.id for row in rows]).update(send_at=at)


def _poisoned(holder_id: int, now: datetime) -> None:
    with transaction.atomic():
        rows = Reminder.objects.filter(holder_id=holder_id, state=ReminderState.PLANNED, send_at__lte=now)
        rows.filter(tries__gte=TRIES_MAX).update(state=ReminderState.FAILED, why="fault", done_at=now)
        for row in rows:
            row.tries, row.send_at = row.tries + 1, rules.not_quiet(now + POISON, quiet(), zone())
            row.save(update_fields=["tries", "send_at"])


class _Named(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        return self[name]


def _rows(name: str, **values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        names = [column.name for column in cursor.description]
        return [_Named(zip(names, row, strict=True)) for row in cursor.fetchall()]
