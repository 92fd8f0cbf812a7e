"""Books 账簿 that partners may belong to, and how a partner's code is written."""

import re

from django.db import connection

from yifen.core.facts.sandbox import SANDBOX_BOOK
from yifen.core.facts.sqlfiles import queries

_BOOKS = queries(__package__)["books"]
CODE = re.compile(r"[A-Z0-9]{2,13}")  # the sandbox adds two characters to at most sixteen


def books() -> list[tuple[int, str]]:
    """Real books: (id, code and name)."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKS, [SANDBOX_BOOK])
        return list(cursor.fetchall())
