"""Checking the books from a page: a job that runs `yifen verify` in a process of its own, one at a time.

A process, because the replay is plain computing: in a thread it would slow every other job down.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile

from django.db import IntegrityError, connection, transaction

from yifen.core.access.edge import now
from yifen.core.access.models import User
from yifen.core.audit.record import Actor, act
from yifen.core.jobs.defer import defer
from yifen.core.jobs.standing import JobStanding, standing
from yifen.face.models import BooksCheck

TASK = "face.check_books"
SECONDS_MAX = 3600
SHOWN = 20  # problems
INTERRUPTED = "interrupted: the process that ran this check ended before it did"
TOO_LONG = f"stopped after {SECONDS_MAX} seconds"
COMMAND = [sys.executable, "-m", "yifen", "verify", "--json", "--worker"]


class CheckInterrupted(Exception):
    """The worker is to end before the check did."""


@transaction.atomic
def begin(user: User, who: Actor, moment: datetime) -> BooksCheck | None:
    """A new check under way; None when one is under way already."""
    for check in under_way():
        settle(check)
    try:
        with transaction.atomic():
            check = BooksCheck.objects.create(asked_by=user, asked_at=moment)
            act(connection, "verify", "console_books_check", check.pk, who=who)
    except IntegrityError:
        return None
    defer(TASK, check_id=check.pk)
    return check


def run(ending: Callable[[], bool], check_id: int) -> None:
    """The job: run it and keep what it says. CheckInterrupted: the worker is to end."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        process = subprocess.Popen(COMMAND, stdout=out, stderr=errors, text=True)
        try:
            in_time = wait(process, ending)
        finally:
            process.kill()
            process.wait()
        out.seek(0)
        errors.seek(0)
        said = read(out.read(), errors.read())
    finish(check_id, said if in_time else {"ok": None, "problems": [TOO_LONG]}, now())


def wait(process: subprocess.Popen[str], ending: Callable[[], bool]) -> bool:
    """Whether it came to its end in time."""
    for _second in range(SECONDS_MAX):
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
            return True
        if ending():
            raise CheckInterrupted
    return False


def read(out: str, errors: str) -> dict[str, object]:
    """The object on the last line; without one, what the process complained of."""
    try:
        found: dict[str, object] = json.loads(out.splitlines()[-1])
    except (IndexError, ValueError):
        return {"ok": None, "problems": [errors.strip()[-500:] or "no answer"]}
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


def given_up(check_id: int) -> None:
    """Its worker died, or something in it did."""
    finish(check_id, {"ok": None, "problems": [INTERRUPTED]}, now())


def under_way() -> list[BooksCheck]:
    """The check that has no result yet."""
    return list(BooksCheck.objects.filter(finished_at__isnull=True))


def settle(check: BooksCheck) -> JobStanding:
    """How its job stands; a check that has none any more is over."""
    job = standing(TASK, check_id=check.pk)
    if job is JobStanding.GONE:
        given_up(check.pk)
    return job
