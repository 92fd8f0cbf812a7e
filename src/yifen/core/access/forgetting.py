"""Sessions and counted tries that are over."""

from collections.abc import Callable

from django.contrib.sessions.models import Session

from yifen.core.access import tries
from yifen.core.access.edge import now


def forget(ending: Callable[[], bool]) -> None:
    """They are removed, and with them where somebody was."""
    Session.objects.filter(expire_date__lt=now()).delete()
    tries.forget()
