-- Statements of orders.

-- name: paid_elsewhere
-- The account's payments by its hash, which is what the index of payments has.
SELECT y.at, b.name, y.account_no, y.amount_fen, y.payer_state::text, c.name, y.payment_id
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS k (biller_id, account_no, since)
CROSS JOIN LATERAL (
    SELECT x.*, coalesce(x.booked_at, x.paid_at) AS at FROM payment x
    JOIN channel h ON h.partner_id = x.channel_id AND h.hosted <> 'payer'
    WHERE hashtext(x.account_no) = hashtext(k.account_no) AND x.account_no = k.account_no
        AND x.biller_id = k.biller_id AND coalesce(x.booked_at, x.paid_at) >= k.since
        AND (coalesce(x.booked_at, x.paid_at), x.payment_id)
            < (coalesce(%s, 'infinity'::timestamptz), coalesce(%s, 9223372036854775807))
    ORDER BY coalesce(x.booked_at, x.paid_at) DESC, x.payment_id DESC LIMIT %s) y
JOIN partner b ON b.id = y.biller_id JOIN partner c ON c.id = y.channel_id
ORDER BY y.at DESC, y.payment_id DESC LIMIT %s

-- name: count_try
-- One row a key and window.
INSERT INTO checkout_rate (key, starts_at, count) VALUES (%s, %s, 1)
ON CONFLICT (key, starts_at) DO UPDATE SET count = checkout_rate.count + 1 RETURNING count

-- name: tries
-- How many there were.
SELECT count FROM checkout_rate WHERE key = %s AND starts_at = %s

-- name: forget_tries
-- Windows that are over.
DELETE FROM checkout_rate WHERE starts_at < %s

-- name: orders_altered
-- What an order says of money is what its payment was sealed with.
SELECT 'checkout_order ' || o.order_no, CASE
    WHEN y.payment_id IS NULL THEN 'is ' || o.state || ', its payment is not there'
    WHEN o.amount_fen <> y.amount_fen
        THEN 'amount_fen says ' || o.amount_fen || ', payment ' || y.payment_id || ' ' || y.amount_fen
    WHEN (o.channel_id, o.biller_id, o.account_no, o.order_no)
            <> (y.channel_id, y.biller_id, y.account_no, y.serial)
        THEN 'has another channel, biller, account or number than payment ' || y.payment_id
    WHEN o.paid_at <> y.paid_at
        THEN 'paid_at says ' || o.paid_at || ', payment ' || y.payment_id || ' ' || y.paid_at
    WHEN (o.state = 'booked') = (y.payer_state IN ('returned', 'refunded'))
        THEN 'is ' || o.state || ', payment ' || y.payment_id || ' is ' || y.payer_state END
FROM checkout_order o
LEFT JOIN payment y ON y.bucket = o.payment_id % 1000 AND y.payment_id = o.payment_id
WHERE o.state = 'booked' OR o.payment_id IS NOT NULL

-- name: refund
-- What becomes of the payer's money of a payment that an order of ours made.
SELECT o.state, o.ended_at FROM payment y
JOIN checkout_order o ON o.order_no = y.serial AND o.channel_id = y.channel_id
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s AND o.state IN ('refund_due', 'refunded')
