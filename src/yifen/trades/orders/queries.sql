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
WHERE (o.state = 'booked' OR o.payment_id IS NOT NULL)
    AND coalesce(o.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: refunds
-- What becomes of the payer's money of a payment that an order of ours made: of each part, or of the whole.
SELECT coalesce(p.state = 'back', o.state = 'refunded'), p.amount_fen, p.back_at FROM payment y
JOIN checkout_order o ON o.order_no = y.serial AND o.channel_id = y.channel_id
LEFT JOIN checkout_part p ON p.order_no = o.order_no
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s
    AND (p.refund_no IS NOT NULL OR o.state IN ('refund_due', 'refunded'))
ORDER BY p.due_at, p.refund_no

-- name: parts_altered
-- A return in part of an order's payment, and the last one after parts, has its part at the pay method; what is
-- said to be back has the method's word for just that.
SELECT 'checkout_part ' || coalesce(p.refund_no, r.refund_no), CASE
    WHEN r.refund_no IS NULL THEN 'is of no return of its order''s payment'
    WHEN p.refund_no IS NULL
        THEN 'is not there: of return ' || r.serial || ' of payment ' || r.payment_id || ' the payer gets nothing'
    WHEN (p.order_no, p.payment_id, p.serial) <> (r.order_no, r.payment_id, r.serial)
        THEN 'has another order, payment or serial than return ' || r.serial || ' of payment ' || r.payment_id
    WHEN p.amount_fen <> r.amount_fen
        THEN 'amount_fen says ' || p.amount_fen || ', return ' || r.serial || ' of payment ' || r.payment_id || ' '
            || r.amount_fen
    WHEN p.state = 'back' AND NOT a.told THEN 'is back, of which no answer of ' || r.method || ' is kept'
    WHEN p.state = 'due' AND a.told THEN 'is due, an answer of ' || r.method || ' says that it is back'
    WHEN p.state = 'due' AND r.state = 'refunded' THEN 'is due, its order is refunded' END
FROM (SELECT * FROM checkout_part WHERE payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived)) p
FULL JOIN (
    SELECT 'R' || o.order_no || '-' || x.left_fen AS refund_no, o.order_no, o.method, o.state, x.payment_id, x.serial,
           x.amount_fen
    FROM payment_return x JOIN payment y ON y.bucket = x.bucket AND y.payment_id = x.payment_id
    JOIN checkout_order o ON o.order_no = y.serial AND o.channel_id = y.channel_id
    WHERE x.booked_at IS NOT NULL AND x.amount_fen < y.amount_fen) r ON r.refund_no = p.refund_no
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM checkout_answer a WHERE a.order_no = p.order_no AND a.refund_no = p.refund_no
                       AND (a.method, a.amount_fen) = (r.method, p.amount_fen)) AS told) a

-- name: orders_unanswered
-- An order whose money came or went back has the pay method's word for just that.
SELECT 'checkout_order ' || o.order_no, CASE
    WHEN NOT EXISTS (
        SELECT FROM checkout_answer a WHERE a.order_no = o.order_no AND a.kind = 'paid'
            AND (a.method, a.trade_no, a.amount_fen) = (o.method, o.trade_no, o.received_fen))
        THEN 'says that ' || o.received_fen || ' came by ' || o.method || ' as ' || o.trade_no
            || ', of which no answer is kept'
    -- Each part's word is asked for by `parts_altered`.
    WHEN o.state = 'refunded' AND o.received_fen IS DISTINCT FROM coalesce(
        (SELECT sum(p.amount_fen) FROM checkout_part p WHERE p.order_no = o.order_no AND p.state = 'back'),
        (SELECT max(a.amount_fen) FROM checkout_answer a WHERE a.order_no = o.order_no
            AND a.refund_no = 'R' || o.order_no AND (a.method, a.amount_fen) = (o.method, o.received_fen)))
        THEN 'is refunded, of which no answer of ' || o.method || ' is kept' END
FROM checkout_order o WHERE o.state IN ('paid', 'booked', 'refund_due', 'refunded')

-- name: answers_simulated
-- The simulated cashier signs nothing: its books are asked.
SELECT 'checkout_answer ' || a.answer_id || ' of order ' || a.order_no, CASE
    WHEN t.state IS NULL OR t.state NOT IN ('paid', 'refunded') THEN 'is in no book of the cashier'
    WHEN a.kind = 'returned' AND f.refund_no IS NULL THEN 'says that money is back which is not'
    WHEN coalesce(f.amount_fen, t.amount_fen) <> a.amount_fen
        THEN 'says ' || a.amount_fen || ', the cashier ' || coalesce(f.amount_fen, t.amount_fen) END
FROM checkout_answer a LEFT JOIN checkout_simulated_trade t ON t.order_no = a.order_no
LEFT JOIN checkout_simulated_refund f ON (f.refund_no, f.order_no) = (a.refund_no, a.order_no)
WHERE a.method = 'simulated' AND a.sealed <> ''

-- name: answers
-- In pieces, in their order; the simulated cashier's are compared with its books. Also which part is back, and
-- whether all that came is.
SELECT a.answer_id, a.order_no, a.kind, a.method, a.trade_no, a.amount_fen, a.sealed, p.digest, a.refund_no,
       a.refund_no NOT IN ('', 'R' || a.order_no), coalesce(a.amount_fen = o.received_fen, false)
FROM checkout_answer a LEFT JOIN checkout_answer_proved p USING (answer_id)
LEFT JOIN checkout_order o ON o.order_no = a.order_no
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

-- name: sought
-- Orders by any of their numbers, each by an index.
SELECT o.order_no, o.trade_no, o.amount_fen, p.code || ' ' || p.name, o.state, o.payment_id
FROM checkout_order o JOIN partner p ON p.id = o.biller_id
WHERE o.order_no IN (
    SELECT x.order_no FROM checkout_order x WHERE x.order_no = ANY (%(numbers)s::text[])
    UNION SELECT x.order_no FROM checkout_order x WHERE x.trade_no = ANY (%(numbers)s::text[])
    UNION SELECT r.order_no FROM checkout_part r WHERE r.refund_no = ANY (%(numbers)s::text[])
) AND {{scope}} ORDER BY o.created_at DESC LIMIT %(most)s
