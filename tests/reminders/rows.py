"""A payer with bound accounts and bills, and one pass of the job at a moment of ours."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

from tests.payer.rows import owe
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WORKER

NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09:00 on the payers' clock
TODAY = date(2026, 11, 24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NUMBERS = (f"1371234{number:04d}" for number in count(1))


class Payer:
    """One holder. `wants` turns reminders on."""

    def __init__(self, place: Province) -> None:
        from yifen.core.ring import key_ring
        from yifen.trades.orders import phones

        self.place, self.number = place, next(NUMBERS)
        self.holder = phones.holder_with(key_ring(), self.number, NINE)

    def bind(self, fen: int = 12_345, due_on: date | None = None, biller: int = 0) -> Any:
        """One more bound account with a bill."""
        from yifen.trades.orders.bound import BOUND
        from yifen.trades.orders.models import Binding

        account_no, ref = owe(self.place, fen)
        self.due(account_no, ref, due_on)
        row = Binding.objects.create(holder=self.holder, biller_id=biller or self.place.own.biller,
                                     account_no=account_no, created_at=NINE)  # fmt: skip
        return BOUND.found([row.pk])[row.pk]

    def owes(self, account: Any, fen: int, due_on: date | None = None) -> str:
        """One more bill of it."""
        _account, ref = owe(self.place, fen, account_no=account.account_no)
        self.due(account.account_no, ref, due_on)
        return ref

    def due(self, account_no: str, ref: str, due_on: date | None) -> None:
        owner(self.place, "UPDATE payable SET due_on = %s WHERE account_no = %s AND ref = %s", due_on, account_no, ref)

    def wants(self, account: Any, *channels: str, hours: tuple[int, ...] = (9,), new: bool = True,
              soon: int | None = None, overdue: bool = False, now: datetime = NINE,
              language: str = "zh") -> None:  # fmt: skip
        from yifen.core.notifications.carriers import Medium
        from yifen.core.ring import key_ring
        from yifen.trades.orders.bound import BOUND
        from yifen.trades.reminders.choosing import ReminderWish, choose, standing, version

        wish = ReminderWish(frozenset(map(Medium, channels)), new, soon, overdue, hours)
        choose(key_ring(), BOUND, account, wish, language, now,
               version(standing(account.binding_id)))  # fmt: skip

    def rows(self) -> list[tuple[str, str, str]]:
        """Kind, state and why of each reminder."""
        from yifen.trades.reminders.models import Reminder

        found = Reminder.objects.filter(holder_id=self.holder.pk).order_by("pk")
        return list(found.values_list("kind", "state", "why"))

    def got(self) -> list[str]:
        """The texts that went out, as he reads them."""
        from yifen.core.notifications.models import Notification
        from yifen.core.notifications.operations import opened
        from yifen.core.ring import key_ring

        rows = Notification.objects.filter(kind__startswith="reminder_", state="sent").order_by("pk")
        return [text for to, text in (opened(key_ring(), row) for row in rows) if to == self.number]


def owner(place: Province, statement: str, *values: Any) -> None:
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute(statement, values)


def a_pass(now: datetime, carriers: Mapping[str, Any] | None = None) -> int:
    """What the job does at that moment, as the worker; how many messages were taken. `carriers`: others than the
    settings name."""
    from yifen.core.ring import key_ring
    from yifen.trades.orders.bound import BOUND
    from yifen.trades.reminders import planning
    from yifen.trades.reminders.sending import SendingPass, send_due

    with site.as_process(WORKER):
        planning.close(now)
        planning.plan(now)
        planning.reckon(now)
        return send_due(SendingPass(key_ring(), BOUND, now, carriers=dict(carriers or {})))
