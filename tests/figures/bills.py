"""Bills and payments of the province's own company, by plain SQL: three houses of two communities, one fee, one
channel."""

from datetime import date
from typing import Any

import psycopg

from tests.web.province import Province

PAID = {1: 10_000, 2: 4_000, 3: 0}
"""What was paid of 100.00, 200.00 and 300.00, each payment in two lines. The province itself has one more payment, of
123.45 on a bill that was imported."""
_STEPS = """
INSERT INTO billing_place (biller_id, parent_id, level, name, path)
    SELECT %(b)s, NULL, 1, n, n FROM unnest(ARRAY['东苑', '西苑']) n;
INSERT INTO billing_place (biller_id, parent_id, level, name, path)
    SELECT %(b)s, p.place_id, 2, n || '号', n::text FROM (VALUES (1, '东苑'), (2, '东苑'), (3, '西苑')) v (n, up)
    JOIN billing_place p ON p.name = v.up;
INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)
    SELECT 0, 700000 + row_number() OVER (ORDER BY path), %(b)s, 'F' || path, place_id, '2020-01-01' FROM billing_place
    WHERE name ~ '^[123]号$';
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, mode, due_days)
    VALUES (%(b)s, 'FIG', '测试费', 'm²', false, 'none', 'partial', 15);
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT 0, customer_id, customer_id, (SELECT fee_id FROM billing_fee WHERE code = 'FIG'), '居民', '2020-01-01'
    FROM billing_customer WHERE account_no ~ '^F[123]$';
INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, begun_at, begun_by, published_at)
    SELECT %(b)s, fee_id, 'period', '2026-10-01', '2026-10-31', '2026-11-10', now(), 'figures', now() FROM billing_fee
    WHERE code = 'FIG';
INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services, made_at, bills)
    SELECT run_id, 0, 0, 1, 2, 3, now(), 3 FROM billing_run WHERE begun_by = 'figures';
INSERT INTO billing_booking (document_id, bucket, biller_id, kind, run_id, piece, business_day, at)
    SELECT -777, 0, %(b)s, 'published', run_id, 0, '2026-11-02', now() FROM billing_run WHERE begun_by = 'figures';
INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli,
    used_milli, amount_fen)
    SELECT 0, substr(c.account_no, 2)::bigint * 1000, r.run_id, 0, c.customer_id, c.account_no, r.from_on, r.to_on, 1,
    0,
    substr(c.account_no, 2)::bigint * 10000 FROM billing_run r, billing_customer c
    WHERE r.begun_by = 'figures' AND c.account_no ~ '^F[123]$';
INSERT INTO payable (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen, min_fen, max_fen, due_on,
    credit_id,
    state, paid_fen) SELECT 0, 880000 + bill_id, %(b)s, account_no, 'B' || bill_id, 'x', 'partial', amount_fen, 1,
    amount_fen,
    '2026-11-10', %(credit)s, 'open', (%(paid)s::bigint[])[bill_id / 1000] FROM billing_bill WHERE account_no ~
    '^F[123]$';
INSERT INTO payment (bucket, payment_id, channel_id, biller_id, account_no, serial, amount_fen, payer_state,
    biller_state,
    business_day, paid_at, booked_at) SELECT 0, payable_id, %(channel)s, biller_id, account_no, 'F' || payable_id,
    paid_fen,
    'taken', 'booked', '2026-11-20', '2026-11-20 09:30+08', '2026-11-20 09:30+08' FROM payable WHERE title = 'x' AND
    paid_fen > 0;
INSERT INTO ledger_transfer (bucket, transfer_no, batch_no, kind, debit_id, credit_id, amount_fen, reference_id,
    detail_id,
    business_day, digest) SELECT 0, 500000 + row_number() OVER (ORDER BY payable_id, part), 1, 'posted', %(debit)s,
    %(credit)s, CASE part WHEN 1 THEN 1 ELSE paid_fen - 1 END,
    payable_id, payable_id, '2026-11-20', '' FROM payable, generate_series(1, 2) part WHERE title = 'x' AND paid_fen > 0
"""
DAYS = {"period": "days", "since": "2026-11-01", "until": "2026-11-30"}
SPAN = {"period": "days", "since": date(2026, 11, 1), "until": date(2026, 11, 30)}


def laid(place: Province) -> None:
    """As the superuser, past every guard: nothing here is verified."""
    from yifen.core.partners.models import Channel

    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        accounts: list[Any] = conn.execute(
            "SELECT account_id FROM ledger_account ORDER BY 1 LIMIT 2"
        ).fetchall()
        channel = Channel.objects.filter(
            hosted="", partner__institution=place.own.user.institution
        ).first()
        assert channel is not None
        given = {"b": place.own.biller, "credit": accounts[0][0], "debit": accounts[1][0], "channel": channel.pk,
                 "paid": [PAID[n] for n in (1, 2, 3)]}  # fmt: skip
        for step in _STEPS.split(";\n"):
            conn.execute(step, given)  # type: ignore[call-overload]
