"""Sessions and counted tries that are over, messages that nobody will end."""

from collections.abc import Callable

from django.contrib.sessions.models import Session

from yifen.core.access import tries
from yifen.core.access.edge import now
from yifen.core.notifications import operations as outbox


def forget(ending: Callable[[], bool]) -> None:
    """They are removed, and with them where somebody was."""
    Session.objects.filter(expire_date__lt=now()).delete()
    tries.forget()


def close_messages(ending: Callable[[], bool]) -> None:
    """Tries whose process died."""
    outbox.close_died(now())
