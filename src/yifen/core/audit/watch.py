"""The tables whose every changed row becomes an entry, and their triggers.

Called by `yifen migrate` after the functions and the grants; a table that is not there (an app not
installed) is passed over.
"""

from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from yifen.core.facts.sqlfiles import queries


class Watch(NamedTuple):
    """Columns shown as a fingerprint only, and columns that are not worth an entry."""

    secret: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


_TRIES = ("throttling_failure_timestamp", "throttling_failure_count", "last_used_at")
WATCHED = {
    "institution": Watch(),
    "partner": Watch(),
    "partner_key": Watch(secret=("secret",)),
    "channel": Watch(),
    "biller": Watch(),
    "biller_error_code": Watch(),
    "biller_outage": Watch(),
    "admission": Watch(),
    "recon_profile": Watch(),
    "recon_policy": Watch(),
    "recon_layout": Watch(),
    "recon_layout_column": Watch(),
    "eod_schedule": Watch(),
    "calendar_day": Watch(),
    "agreement": Watch(),
    "agreement_tier": Watch(),
    "merchant": Watch(),
    "merchant_split": Watch(),
    "payee": Watch(),
    "bank": Watch(),
    "ledger_book": Watch(),
    "ledger_account": Watch(),
    # A sign-in is an act of its own; its traces in these rows would say it twice.
    "access_user": Watch(secret=("password",), ignored=("last_login", "session_key")),
    "access_user_role": Watch(),
    "access_authorisation": Watch(),
    "pay_method": Watch(secret=("sealed",)),
    "otp_totp_totpdevice": Watch(secret=("key",), ignored=(*_TRIES, "drift", "last_t")),
    "otp_static_staticdevice": Watch(ignored=_TRIES),
    "otp_static_statictoken": Watch(secret=("token",)),
}
# What the app role may call; the rest is for triggers and for functions of the owner.
CALLABLE = ("audit_append_v1", "audit_number_before_v1", "audit_noted_v1")
_SQL = queries(__package__)
_WATCH_SQL = _SQL["watch"]
_THERE_SQL = _SQL["tables_there"]
_INTERNAL_SQL = _SQL["internal_functions"]


def install(conn: psycopg.Connection[Any], app_role: str) -> None:
    """Triggers on every watched table that is there; the app role keeps only what is CALLABLE.
    In the caller's transaction; safe to repeat."""
    for (table,) in conn.execute(_THERE_SQL, (list(WATCHED),)).fetchall():
        watch = WATCHED[table]
        conn.execute(_WATCH_SQL, (table, list(watch.secret), list(watch.ignored)))
    role = sql.Identifier(app_role)
    for (signature,) in conn.execute(_INTERNAL_SQL, (list(CALLABLE),)).fetchall():
        conn.execute(
            sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}").format(sql.SQL(signature), role)
        )
