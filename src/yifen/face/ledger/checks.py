"""Checking the books from a page: `yifen verify` in a process of its own, one at a time.

A process, because the replay is plain computing: in a thread it would slow every page down.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from yifen.core.access.models import User
from yifen.core.audit.record import Actor, act
from yifen.face.models import BooksCheck
from yifen.face.running import Kind, start, was_interrupted

SECONDS_MAX = 3600
SHOWN = 20  # problems
INTERRUPTED = "interrupted: the process that ran this check ended before it did"
TOO_LONG = f"stopped after {SECONDS_MAX} seconds"
COMMAND = [sys.executable, "-m", "yifen", "verify", "--json"]


def begin(user: User, who: Actor, clock: Callable[[], datetime]) -> BooksCheck | None:
    """A new check under way; None when one is running already."""
    settle(clock())
    try:
        with transaction.atomic():
            check = BooksCheck.objects.create(asked_by=user, asked_at=clock())
            act(connection, "verify", "console_books_check", check.pk, who=who)
    except IntegrityError:
        return None
    start(Kind.BOOKS_CHECK, check.pk, lambda: run(check, clock))
    return check


def run(check: BooksCheck, clock: Callable[[], datetime]) -> None:
    """Run it and keep what it says."""
    try:
        done = subprocess.run(COMMAND, capture_output=True, text=True, timeout=SECONDS_MAX)
        found = read(done)
    except subprocess.TimeoutExpired:
        found = {"ok": None, "problems": [TOO_LONG]}
    finish(check.pk, found, clock())


def read(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The object on the last line; without one, what the process complained of."""
    try:
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"ok": None, "problems": [done.stderr.strip()[-500:] or "no answer"]}
    return found


def finish(check_id: int, found: dict[str, object], now: datetime) -> None:
    """The result, once."""
    problems = found.get("problems")
    BooksCheck.objects.filter(pk=check_id, finished_at__isnull=True).update(
        finished_at=now,
        ok=found.get("ok"),
        transfers=found.get("transfers", 0),
        batches=found.get("batches", 0),
        audit_entries=found.get("audit_entries", 0),
        problems=problems[:SHOWN] if isinstance(problems, list) else [],
    )


def settle(now: datetime) -> None:
    """A check whose process died is over."""
    for check in BooksCheck.objects.filter(finished_at__isnull=True):
        if was_interrupted(Kind.BOOKS_CHECK, check.pk, check.asked_at, now):
            finish(check.pk, {"ok": None, "problems": [INTERRUPTED]}, now)
