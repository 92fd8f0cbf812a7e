"""Asking for a job from a page."""

from typing import Any

from procrastinate.contrib.django import app

from yifen.core.jobs.tasks import tasks


def defer(name: str, **arguments: Any) -> None:
    """Put a job of this task in its queue, in the caller's transaction on Django's connection: if
    that rolls back, nobody asked. The arguments are kept as JSON. KeyError: no plug has the task."""
    task = tasks()[name]
    app.configure_task(name, queue=task.queue, lock=task.lock).defer(**arguments)
