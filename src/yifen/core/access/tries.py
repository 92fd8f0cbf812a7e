"""How often somebody may try to be somebody: counted in the database before the password is looked at,
so that of fifty tries at once five get through and not eighteen.

A login is counted by place: each device that it signed in on before, and each colleague's screen at
which it signs, has a counter of its own; all the rest of the world shares one. So whoever tries a
login from elsewhere locks elsewhere, and the person goes on at his own device. What one address tries
is counted too, whatever the login.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.facts.sqlfiles import queries

LOGIN_TRIES = 5
ADDRESS_TRIES = 100  # a whole branch may have one address
PASSKEY_TRIES = 300  # questions to a device, before anything is proved
WINDOW = timedelta(minutes=30)  # an administrator may unlock sooner

_SQL = queries(__package__)
_COUNT_SQL, _GIVE_BACK_SQL, _FORGIVE_SQL = _SQL["count_try"], _SQL["give_back"], _SQL["forgive_login"]
_UNLOCK_SQL, _LOCKED_SQL, _FORGET_SQL = _SQL["unlock"], _SQL["locked"], _SQL["forget_tries"]


class Try(NamedTuple):
    """One try that may be made; `last`: should it fail, the login is locked at this place."""

    login: str
    place: str
    address: str
    last: bool


def may_come(address: str) -> bool:
    """Counts one more from this address; False: it had its hundred."""
    return not address or _counted("", address, ADDRESS_TRIES) > 0


def begin(login: str, place: str, address: str) -> Try | None:
    """Counts the try of one who `may_come`, before it is known how it ends. None: there are no more for
    now. Not in a transaction: what is counted must stay counted."""
    assert not connection.in_atomic_block, "a try is counted for good"
    tries = _counted(login, place, LOGIN_TRIES)
    return Try(login, place, address, last=tries >= LOGIN_TRIES) if tries else None


def succeeded(made: Try) -> None:
    """The login begins anew at this place, and the address has its try back."""
    _run(_FORGIVE_SQL, login=made.login, place=made.place)
    _run(_GIVE_BACK_SQL, login="", place=made.address)


def not_made(made: Try) -> None:
    """There was no room to look at the password: it counts as if it had not been typed."""
    _run(_GIVE_BACK_SQL, login=made.login, place=made.place)
    _run(_GIVE_BACK_SQL, login="", place=made.address)


def may_ask_device(address: str) -> bool:
    """One more question that a passkey would answer, for somebody of whom nothing is known."""
    return not address or _counted("", f"passkey {address}", PASSKEY_TRIES) > 0


def unlock(login: str) -> None:
    """Everywhere."""
    _run(_UNLOCK_SQL, login=login)


def is_locked(login: str) -> bool:
    """At some place; at his own device the person may still come in."""
    return bool(_run(_LOCKED_SQL, login=login, most=LOGIN_TRIES, window=WINDOW, one=True))


def forget() -> None:
    """What no longer counts."""
    _run(_FORGET_SQL, window=WINDOW)


def _counted(login: str, place: str, most: int) -> int:
    """How many that makes in this window; 0 when it may not be."""
    return int(_run(_COUNT_SQL, login=login, place=place, most=most, window=WINDOW, one=True))


def _run(statement: str, *, one: bool = False, **values: Any) -> int:
    """What the statement answers, as a number; 0 where it answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone() if one else None
    return int(row[0]) if row else 0
