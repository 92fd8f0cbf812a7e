"""Accounts of before whose numbers are not in the one form: still found under their very writing, and
listed, for nothing renames an account that seals and chains name (decision 0019)."""

from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)["odd_accounts"]


class OddAccount(NamedTuple):
    """An account as it is written, and as it would be written today."""

    biller_code: str
    account_no: str
    plain: str


def odd_accounts(conn: psycopg.Connection[Any], biller_code: str | None = None) -> list[OddAccount]:
    """All of them, or a biller's."""
    found = [OddAccount(code, account_no, clean_account(account_no))
             for code, account_no in conn.execute(_SQL, {"biller": biller_code}).fetchall()]  # fmt: skip
    return [row for row in found if row.account_no != row.plain]
