"""People of a sample who act before anybody signed in: by sessions that end with what they did."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from yifen.core.access.edge import Access
from yifen.core.access.models import User
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection

_SQL = queries(__package__)


@contextmanager
def acting(logins: Sequence[str]) -> Iterator[tuple[psycopg.Connection[Any], dict[str, Access]]]:
    """The connection, and those of them who are there; by the owner alone."""
    people = {user.login: user for user in User.objects.filter(login__in=logins)}
    at = {login: Access(user, f"acting {login}") for login, user in people.items()}
    with plain_connection() as conn:
        for login, access in at.items():
            conn.execute(_SQL["acting"], {"login": login, "key": access.session})
        yield conn, at
        conn.execute(_SQL["acted"], {"logins": list(at)})
