"""Our side of a leg as one SELECT: payments and returns of a day, or what we expect at a bank.

Columns: kind, serial (the key of the leg, unique), amount_fen, at (local), payment_id,
expected_id, undecided, original, account_no, batch. Parameters: partner, day.
An undecided payment is one whose end the biller still owes us (H4): only its file can decide it.
"""

_LOCAL = "AT TIME ZONE 'Asia/Shanghai'"

CHANNEL = f"""
SELECT 'sale'::recon_kind AS kind, y.serial, y.amount_fen, y.paid_at {_LOCAL} AS at, y.payment_id,
       NULL::bigint AS expected_id, false AS undecided, NULL::text AS original, y.account_no,
       NULL::text AS batch
FROM payment y
WHERE y.channel_id = %(partner)s AND y.business_day = %(day)s AND y.booked_at IS NOT NULL
UNION ALL
SELECT CASE r.verb WHEN 'refund' THEN 'refund' ELSE 'void' END::recon_kind, r.serial, r.amount_fen,
       r.booked_at {_LOCAL}, r.payment_id, NULL, false, y.serial, y.account_no, NULL
FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
WHERE r.channel_id = %(partner)s AND r.business_day = %(day)s AND r.booked_at IS NOT NULL
    AND y.booked_at IS NOT NULL"""

BILLER = f"""
SELECT 'sale'::recon_kind AS kind, y.payment_id::text AS serial, y.amount_fen,
       y.paid_at {_LOCAL} AS at, y.payment_id, NULL::bigint AS expected_id,
       y.booked_at IS NULL AS undecided, NULL::text AS original, y.account_no, NULL::text AS batch
FROM payment y
WHERE y.biller_id = %(partner)s AND (y.business_day = %(day)s AND y.booked_at IS NOT NULL
    OR y.business_day <= %(day)s AND y.booked_at IS NULL
       AND y.biller_state IN ('sent', 'unknown', 'reversing'))
UNION ALL
SELECT CASE r.verb WHEN 'refund' THEN 'refund' ELSE 'void' END::recon_kind,
       r.payment_id::text || 'R', r.amount_fen, coalesce(r.booked_at, y.paid_at) {_LOCAL},
       r.payment_id, NULL, r.booked_at IS NULL, y.payment_id::text, y.account_no, NULL
FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
WHERE y.biller_id = %(partner)s AND y.booked_at IS NOT NULL
    AND (r.booked_at IS NULL OR r.business_day = %(day)s)"""

BANK = """
SELECT e.kind, e.serial, e.amount_fen, e.business_day::timestamp AS at, NULL::bigint AS payment_id,
       e.expected_id, false AS undecided, NULL::text AS original, e.account_no, e.batch
FROM recon_expected e
WHERE e.partner_id = %(partner)s AND e.business_day <= %(day)s AND NOT e.done"""

OF_PARTY = {"channel": CHANNEL, "biller": BILLER, "bank": BANK}
