"""Billers with a system of their own are asked what is due: once a day a bound account, a few a minute; one
that fails is left alone for a while."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.bound import Bound
from yifen.hub.payments.local import LocalHub

log = structlog.get_logger()
_SQL = queries(__package__)
A_PASS, FAILS = 30, 3
AGAIN, SOON, REST = timedelta(hours=20), timedelta(minutes=10), timedelta(hours=1)


def ask(hub: LocalHub, bound: Bound, now: datetime, ending: Callable[[], bool] = lambda: False) -> int:
    """How many answered."""
    _do("ask_before", now=now)
    with connection.cursor() as cursor:
        cursor.execute(_SQL["to_ask"], {"now": now, "most": A_PASS})
        found = cursor.fetchall()
    accounts, fails, answered = bound.found(binding for binding, _ in found), Counter[int](), 0
    for binding_id, biller_id in found:
        if ending():
            break
        if fails[biller_id] >= FAILS:
            continue
        account = accounts.get(binding_id)
        if account is None:  # unbound: the next pass over what is due ends it
            _do("not_asked", binding=binding_id, next=now + AGAIN)
            continue
        try:
            bound.refresh(hub, account)
        except Refused as refused:
            again = refused.code.meaning.retryable
            _do("not_asked", binding=binding_id, next=now + (SOON if again else AGAIN))
            fails[biller_id] += again
        except Exception:  # whatever is wrong with it, the others are asked
            log.exception("a biller could not be asked for reminders", biller=biller_id)
            _do("not_asked", binding=binding_id, next=now + SOON)
            fails[biller_id] += 1
        else:
            _do("asked", binding=binding_id, now=now, next=now + AGAIN)
            answered += 1
        if fails[biller_id] == FAILS:
            _do("rest", biller=biller_id, until=now + REST)
    return answered


def _do(name: str, **values: int | datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
