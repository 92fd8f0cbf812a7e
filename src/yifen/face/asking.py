"""Trades asked for what a page shows: one that fails is named there, and the page is served all the same."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from yifen.core.plugs import called, plugs

log = structlog.get_logger()
T = TypeVar("T")


def answers(claim: str, unread: Callable[[str], T], *asked: Any) -> list[T]:
    """What the callables answer that the plugs name under `claim`, in the order of the plugs. `unread`
    makes a sentence the line that stands for one that failed; what it began in the database is undone."""
    found: list[T] = []
    for plug in plugs():
        for name in getattr(plug, claim):
            try:
                with transaction.atomic():
                    found += called(name)(*asked)
            except Exception:  # whatever a trade does: the page is of others too
                log.exception("a trade could not answer", plug=plug.name, callable=name)
                found.append(unread(_("%(plug)s 的内容读不出来，请告知管理员") % {"plug": plug.name}))
    return found
