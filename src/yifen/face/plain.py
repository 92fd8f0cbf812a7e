"""A plain psycopg connection for operations that are shared with the night's programs.

Django's own connection reads jsonb as text and binds on the client; these operations expect neither.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from yifen.core.facts.settings import read_settings

SECONDS_MAX = 15  # of one statement behind a page


@contextmanager
def plain_connection(seconds: int = SECONDS_MAX) -> Iterator[psycopg.Connection[Any]]:
    """As the app role, in autocommit; statements are given up after so many seconds each."""
    options = f"-c statement_timeout={seconds * 1000:d} -c lock_timeout=5000"
    with psycopg.connect(
        read_settings().database_url, autocommit=True, options=options, application_name="yifen-web"
    ) as conn:
        yield conn
