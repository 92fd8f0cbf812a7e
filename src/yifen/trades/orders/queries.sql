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

-- name: orders_unanswered
-- An order whose money came or went back has the pay method's word for just that.
SELECT 'checkout_order ' || o.order_no, CASE
    WHEN NOT EXISTS (
        SELECT FROM checkout_answer a WHERE a.order_no = o.order_no AND a.kind = 'paid'
            AND (a.method, a.trade_no, a.amount_fen) = (o.method, o.trade_no, o.received_fen))
        THEN 'says that ' || o.received_fen || ' came by ' || o.method || ' as ' || o.trade_no
            || ', of which no answer is kept'
    WHEN o.state = 'refunded' AND NOT EXISTS (
        SELECT FROM checkout_answer a WHERE a.order_no = o.order_no AND a.kind = 'returned'
            AND (a.method, a.amount_fen) = (o.method, o.received_fen))
        THEN 'is refunded, of which no answer of ' || o.method || ' is kept' END
FROM checkout_order o WHERE o.state IN ('paid', 'booked', 'refund_due', 'refunded')

-- name: answers_simulated
-- The simulated cashier signs nothing: its books are asked.
SELECT 'checkout_answer ' || a.answer_id || ' of order ' || a.order_no, CASE
    WHEN t.state IS NULL OR t.state NOT IN ('paid', 'refunded') THEN 'is in no book of the cashier'
    WHEN t.amount_fen <> a.amount_fen THEN 'says ' || a.amount_fen || ', the cashier ' || t.amount_fen
    WHEN a.kind = 'returned' AND t.state <> 'refunded' THEN 'says that money is back which is not' END
FROM checkout_answer a LEFT JOIN checkout_simulated_trade t ON t.order_no = a.order_no
WHERE a.method = 'simulated' AND a.sealed <> ''

-- name: answers
-- In pieces, in their order; the simulated cashier's are compared with its books.
SELECT a.answer_id, a.order_no, a.kind, a.method, a.trade_no, a.amount_fen, a.sealed, p.digest
FROM checkout_answer a LEFT JOIN checkout_answer_proved p USING (answer_id)
WHERE a.answer_id > %(after)s AND (a.method <> 'simulated' OR a.sealed = '')
    AND (NOT %(unproved)s OR p.answer_id IS NULL)
ORDER BY a.answer_id LIMIT 500

-- name: answer_proved
-- Read now, and found to be the pay method's word.
INSERT INTO checkout_answer_proved (answer_id, digest, at) VALUES (%s, %s, %s)

-- name: pay_method
-- Its sealed credentials, and where it is.
SELECT sealed, base_address FROM pay_method WHERE code = %s

-- name: whose_order
-- The channel of an order, and its institution.
SELECT p.code, p.institution_id FROM checkout_order o JOIN partner p ON p.id = o.channel_id WHERE o.order_no = %s
