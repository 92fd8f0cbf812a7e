"""Bring a database up to this version: Django's migrations, the SQL functions, the grants.

Tables change by migrations; functions are code and are installed whole every time, in the same
transaction as their grants. The app role reads money and calls functions; it writes none of it.
"""

from importlib import resources

import psycopg
from psycopg import sql

from yifen.audit import watch
from yifen.kernel.buckets import BUCKETS_CHANGED
from yifen.kernel.sqlfiles import read_sql

_FUNCTION_APPS = ("audit", "ledger", "payments")
# What the pages write themselves, through Django; everything else they read or reach by functions.
MASTER_TABLES = (
    "access_authorisation",
    "access_user",
    "access_user_role",
    "axes_accessattempt",
    "conformance_run",
    "checkout_binding",
    "checkout_holder",
    "checkout_order",
    "checkout_phone_check",
    "checkout_rate",
    "checkout_simulated_trade",
    "notification",
    "pay_method",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "console_books_check",
    "console_export",
    "counter_entry",
    "counter_shift",
    "django_session",
    "otp_static_staticdevice",
    "otp_static_statictoken",
    "otp_totp_totpdevice",
    "institution",
    "partner",
    "partner_key",
    "channel",
    "biller",
    "biller_error_code",
    "biller_outage",
    "admission",
)


class BucketsChanged(RuntimeError):
    """The number of buckets is fixed when a database is made."""


def function_files() -> list[tuple[str, str]]:
    """(name, text) of every versioned function file, the lowest app first."""
    found = []
    for app in _FUNCTION_APPS:
        folder = resources.files(f"yifen.{app}") / "sql"
        with resources.as_file(folder) as path:
            files = sorted(path.glob("*_v[0-9]*.sql"))
            found += [(f"{app}/{file.name}", read_sql(file)) for file in files]
    return found


def install_functions(owner_url: str, app_role: str, buckets: int) -> None:
    """Functions, buckets and grants, all or none; safe to repeat."""
    with psycopg.connect(owner_url) as conn:
        for _, text in function_files():
            conn.execute(text.encode())
        have = conn.execute("SELECT count(*) FROM ledger_head").fetchone()
        if have and have[0] not in (0, buckets):
            raise BucketsChanged(BUCKETS_CHANGED.format(have=have[0], want=buckets))
        conn.execute(
            "SELECT ledger_open_buckets_v1(%s), payments_open_buckets_v1(%s)", (buckets, buckets)
        )
        role = sql.Identifier(app_role)
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC",
            "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            conn.execute(sql.SQL(statement).format(role=role))
        for table in MASTER_TABLES:
            conn.execute(
                sql.SQL("GRANT INSERT, UPDATE, DELETE ON {} TO {}").format(
                    sql.Identifier(table), role
                )
            )
        watch.install(conn, app_role)


def migrate(owner_url: str, app_role: str, buckets: int) -> None:
    """Everything: tables, functions, grants. The Django settings must point at `owner_url`."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    install_functions(owner_url, app_role, buckets)
