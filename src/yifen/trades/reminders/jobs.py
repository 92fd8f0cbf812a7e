"""The job of reminders, every minute: ask, find, send. Any number of it may run at once."""

from collections.abc import Callable
from time import monotonic

import structlog

from yifen.core.access.edge import now
from yifen.core.ring import key_ring
from yifen.face.bound import bound
from yifen.face.shell.hub import local_hub
from yifen.trades.reminders import asking, mails, planning
from yifen.trades.reminders.sending import SendingPass, send_due

log = structlog.get_logger()
PASS_S = 50.0  # then the next job goes on, by a clock that was read anew: quiet hours may have begun


def run(ending: Callable[[], bool]) -> None:
    """What is broken in one step keeps nothing from the next."""
    keeper, at = bound(), now()
    if keeper is None:
        return
    until = monotonic() + PASS_S

    def is_over() -> bool:
        return ending() or monotonic() >= until

    steps: tuple[Callable[[], object], ...] = (
        lambda: planning.close(at),
        lambda: asking.ask(local_hub(), keeper, at, is_over),
        lambda: planning.plan(at),
        lambda: planning.reckon(at),
        lambda: send_due(SendingPass(key_ring(), keeper, at), is_over),
        lambda: mails.forget(at),
    )
    for step in steps:
        try:
            step()
        except Exception:
            log.exception("a step of reminders failed")
