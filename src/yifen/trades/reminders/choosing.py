"""What a person wants to be reminded of, how and when: nothing, until he says so."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.settings import read_settings
from yifen.core.notifications.carriers import Medium
from yifen.core.notifications.carriers.providers import carrier_of
from yifen.face.bound import Bound, BoundAccount
from yifen.trades.reminders import rules, stopping
from yifen.trades.reminders.codes import ReminderCode
from yifen.trades.reminders.models import Reminder, ReminderChoice, ReminderPerson, ReminderState
from yifen.trades.reminders.planning import quiet

_WISHED = ["tell_new", "soon_days", "tell_overdue", "hours", "plan_at"]


class ReminderWish(NamedTuple):
    """What he wants of one account: by which channels, of what, at which hours."""

    channels: frozenset[Medium]
    tell_new: bool
    soon_days: int | None
    tell_overdue: bool
    hours: tuple[int, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.channels or not (self.tell_new or self.soon_days or self.tell_overdue)


def offered(ring: KeyRing, bound: Bound, holder_id: int) -> list[Medium]:
    """By what he can be reached: a channel that somebody serves, and an address of his there."""
    person = ReminderPerson.objects.filter(pk=holder_id).first()
    reached = {
        Medium.SMS: True, Medium.APP: True, Medium.MAIL: bool(person and person.mail_sealed),
        Medium.WECHAT: bool(bound.person(ring, holder_id)),
    }  # fmt: skip
    return [channel for channel in Medium if reached[channel] and carrier_of(ring, channel)]


def standing(binding_id: int) -> list[ReminderChoice]:
    """What is on for one account."""
    return list(ReminderChoice.objects.filter(binding_id=binding_id, ended_at=None).order_by("pk"))


def version(rows: list[ReminderChoice]) -> str:
    """Of what is on: another as soon as any of it is."""
    said = [(row.pk, row.tell_new, row.soon_days, row.tell_overdue, row.hours) for row in rows]
    return sha256(repr(said).encode()).hexdigest()[:16]


def choose(
    ring: KeyRing, bound: Bound, account: BoundAccount, wish: ReminderWish, language: str, now: datetime, seen: str
) -> None:
    """From now on; `seen`: the version of what was on when he was asked. Refused: CHANNEL_UNKNOWN, HOURS_INVALID,
    DAYS_INVALID, CHOICE_CHANGED."""
    holder_id = account.holder_id
    if not wish.is_nothing:
        _check(wish, offered(ring, bound, holder_id))
    with transaction.atomic():
        person, _ = ReminderPerson.objects.select_for_update().update_or_create(
            holder_id=holder_id, defaults={"language": language})  # fmt: skip
        rows = standing(account.binding_id)
        if version(rows) != seen:
            raise Refused(ReminderCode.CHOICE_CHANGED)
        open_ = {row.channel: row for row in rows}
        wanted = frozenset[Medium]() if wish.is_nothing else wish.channels
        stopping.end([row for channel, row in open_.items() if channel not in wanted], "off", now)
        for channel in wanted:
            row = open_.get(channel) or _new(person, account, channel, now)
            row.tell_new, row.soon_days, row.tell_overdue = wish.tell_new, wish.soon_days, wish.tell_overdue
            row.hours, row.plan_at = sorted(set(wish.hours)), now
            row.save(update_fields=_WISHED if row.pk else None)  # what he consented to stays as it was
            _unwanted(row, wish, now)


def _new(person: ReminderPerson, account: BoundAccount, channel: Medium, now: datetime) -> ReminderChoice:
    bucket = account_bucket(account.biller_id, account.account_no, read_settings().buckets)
    return ReminderChoice(person=person, binding_id=account.binding_id, biller_id=account.biller_id, bucket=bucket,
                          account_no=account.account_no, channel=channel, consented_at=now, ask_at=now)  # fmt: skip


def _unwanted(row: ReminderChoice, wish: ReminderWish, now: datetime) -> None:
    """What waits is reckoned anew by the new hours; of kinds that he wants no more nothing is sent."""
    waiting = Reminder.objects.filter(choice=row, state=ReminderState.PLANNED)
    waiting.update(send_at=None)
    wanted = {"new": wish.tell_new, "soon": bool(wish.soon_days), "overdue": wish.tell_overdue}
    left = waiting.filter(kind__in=[kind for kind, is_wanted in wanted.items() if not is_wanted])
    left.update(state=ReminderState.SKIPPED, why="off", done_at=now)


def _check(wish: ReminderWish, channels: list[Medium]) -> None:
    if not wish.channels <= set(channels):
        raise Refused(ReminderCode.CHANNEL_UNKNOWN, "channels")
    allowed = set(range(24)) - quiet()
    if not 1 <= len(set(wish.hours)) <= rules.HOURS_MAX or not set(wish.hours) <= allowed:
        raise Refused(ReminderCode.HOURS_INVALID, "hours")
    if wish.soon_days is not None and not 1 <= wish.soon_days <= rules.SOON_MAX:
        raise Refused(ReminderCode.DAYS_INVALID, "soon_days")
