"""Asking for a job from a page."""

from typing import Any

from procrastinate.contrib.django import app

from yifen.core.facts import request_ids
from yifen.core.jobs.tasks import REQUEST, tasks


def defer(name: str, **arguments: Any) -> None:
    """Put a job of this task in its queue, in the caller's transaction on Django's connection: if
    that rolls back, nobody asked. The arguments are kept as JSON, and
    which request asked. KeyError: no plug has the task."""
    task = tasks()[name]
    asked_by = {REQUEST: request_ids.current()} if request_ids.current() else {}
    app.configure_task(name, queue=task.queue, lock=task.lock).defer(**arguments, **asked_by)
