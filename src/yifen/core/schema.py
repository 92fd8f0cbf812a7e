"""Bring a database up to this version: Django's migrations, the views and functions, the grants.

Tables change by migrations; views and functions are code and are installed whole every time, in the
same transaction as their grants. A migration that changes a column under a view drops the view. The
app role reads money and calls functions; it writes none of it.
"""

import re
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yifen.core.audit import watch
from yifen.core.facts.buckets import BUCKETS_CHANGED
from yifen.core.facts.sqlfiles import read_sql

_FUNCTION_APPS = (
    "core.audit", "core.ledger", "hub.payments", "trades.reconciliation", "trades.settlement"
)  # fmt: skip
_VIEW = re.compile(r"CREATE OR REPLACE VIEW\s+(\w+)")
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
    "recon_layout",
    "recon_layout_column",
    "recon_profile",
    "recon_policy",
    "recon_file",
    "recon_file_part",
    "recon_row",
    "recon_run",
    "recon_item",
    "recon_act",
    "recon_expected",
    "calendar_day",
    "agreement",
    "agreement_tier",
    "merchant",
    "merchant_split",
    "payee",
    "bank",
    "eod_schedule",
    "eod_run",
    "eod_step",
    "daily_statement",
)
# Of those: rows that are never removed, and columns that never change. Another account under a biller
# would be another's money.
KEPT_ROWS = frozenset({
    "access_authorisation", "access_user", "admission", "biller", "channel", "checkout_order",
    "conformance_run", "counter_entry", "counter_shift", "institution",
    "partner", "partner_key", "recon_file", "recon_file_part", "recon_row", "recon_run", "recon_item",
    "recon_act", "recon_expected", "agreement", "bank", "eod_run", "eod_step",
    "daily_statement",
})  # fmt: skip
KEPT_COLUMNS = {
    "admission": ("biller_id", "channel_id", "clearing_id"),
    "bank": ("account_id",),
    "biller": ("transit_id",),
    "partner": ("book_id", "code", "sandbox_of_id"),
    "recon_item": (
        "account_no", "batch", "business_day", "class", "expected_id", "file_id", "line_no",
        "nth", "opened_at", "original", "ours_at", "ours_fee_fen", "ours_fen", "ours_kind",
        "partner_id", "payment_id", "run_id", "serial", "theirs_at", "theirs_fee_fen",
        "theirs_fen", "theirs_kind", "theirs_ref",
    ),
}
# Steps of the verbs: called alone they would move money that no payment asked for.
INTERNAL_FUNCTIONS = (
    "ledger_post_v1", "payments_charge_items_v1", "payments_charge_limits_v1",
    "payments_charge_lines_v1", "payments_contra_v1", "payments_contra_strict_v1",
    "payments_pairs_v1", "payments_resolve_pending_v1", "payments_return_items_v1",
    "payout_resolve_v1", "settlement_move_v1", "settlement_post_v1",
)  # fmt: skip


class BucketsChanged(RuntimeError):
    """The number of buckets is fixed when a database is made."""


def function_files() -> list[tuple[str, str]]:
    """(name, text) of every versioned file of views and functions, the lowest app first."""
    found = []
    for app in _FUNCTION_APPS:
        folder = resources.files(f"yifen.{app}") / "sql"
        with resources.as_file(folder) as path:
            files = sorted(path.glob("*_v[0-9]*.sql"), key=_views_first)
            found += [(f"{app}/{file.name}", read_sql(file)) for file in files]
    return found


def _views_first(file: Path) -> tuple[bool, str]:
    """Functions read views; views stand on tables alone."""
    return not file.name.startswith("views_"), file.name


def install_functions(owner_url: str, app_role: str, buckets: int) -> None:
    """Functions, buckets and grants, all or none; safe to repeat."""
    with psycopg.connect(owner_url) as conn:
        for _, text in function_files():
            _install(conn, text)
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
        for name in INTERNAL_FUNCTIONS:
            revoke = sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}")
            conn.execute(revoke.format(sql.Identifier(name), role))
        for table in MASTER_TABLES:
            _grant_writes(conn, table, role)
        watch.install(conn, app_role)


def _install(conn: psycopg.Connection[Any], text: str) -> None:
    """A view whose columns are no longer what they were cannot be replaced: it goes first."""
    try:
        with conn.transaction():
            conn.execute(text.encode())
    except psycopg.errors.InvalidTableDefinition:
        for view in _VIEW.findall(text):
            conn.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(view)))
        conn.execute(text.encode())


def _grant_writes(conn: psycopg.Connection[Any], table: str, role: sql.Identifier) -> None:
    """What the app role may write of a master table."""
    name = sql.Identifier(table)
    rights = [sql.SQL("INSERT")]
    if table not in KEPT_ROWS:
        rights.append(sql.SQL("DELETE"))
    columns = conn.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attname <> ALL (%s)",
        (table, list(KEPT_COLUMNS.get(table, ()))),
    ).fetchall()
    changed = sql.SQL(", ").join(sql.Identifier(column) for (column,) in columns)
    update = sql.SQL("UPDATE ({})").format(changed) if table in KEPT_COLUMNS else sql.SQL("UPDATE")
    conn.execute(
        sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(", ").join([*rights, update]), name, role)
    )


def migrate(owner_url: str, app_role: str, buckets: int) -> None:
    """Everything: tables, functions, grants. The Django settings must point at `owner_url`."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    install_functions(owner_url, app_role, buckets)
