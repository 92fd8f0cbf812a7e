-- Statements of prepaid services, their sales and tokens.

-- name: buckets_moved
-- Those whose ledger moved since recharges were looked for.
SELECT h.bucket FROM ledger_head h LEFT JOIN billing_sold_to s ON s.bucket = h.bucket
WHERE s.transfer_no IS DISTINCT FROM h.transfer_no ORDER BY h.bucket

-- name: recharged
-- Balances on which money came.
SELECT billing_recharged_v1(%s::smallint, %s)

-- name: to_sell
-- Balances that are due.
SELECT bucket, payable_id FROM billing_unsold WHERE next_at <= %s ORDER BY next_at LIMIT %s

-- name: sell
-- All of one balance.
SELECT billing_sell_v1(%s::smallint, %s, %s)

-- name: unsold
-- It stays on the list.
SELECT billing_unsold_v1(%s::smallint, %s, %s, %s)

-- name: take_token
-- One at a time, and noted before anybody is spoken to.
SELECT sale_id, biller_id, meter, qty_milli, amount_fen, was_asked FROM billing_take_token_v1(%s, %s::integer[])

-- name: token
-- What was said.
SELECT billing_token_v1(%s, %s, %s, %s)

-- name: vending
-- Where a company's system is, and its key.
SELECT g.endpoint, g.sealed, g.version, p.code FROM billing_vending g JOIN partner p ON p.id = g.biller_id
WHERE g.biller_id = %s

-- name: asked_tokens
-- Sales whose token was asked for and did not come.
SELECT count(*) FROM billing_sale WHERE biller_id = %s AND token_state = 'asked'

-- name: put_vending
-- As two people agreed.
SELECT billing_vending_v1(%s)

-- name: unsell
-- As two people agreed.
SELECT billing_unsell_v1(%s, %s)

-- name: sale
-- One sale.
SELECT s.sale_id, s.biller_id, s.account_no, s.meter, s.qty_milli, f.unit, s.amount_fen, s.sold_at, s.token_state,
    s.token_reason
FROM billing_sale s JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
JOIN billing_fee f ON f.fee_id = v.fee_id
WHERE s.bucket = %(sale)s %% 1000 AND s.sale_id = %(sale)s

-- name: kept
-- Payments on a balance, and on bills whose money was moved to it since (`moved`), the newest first: what came, what was
-- given back off it, and what of the balance may be given back of each, if those behind it are given back first.
WITH line AS (
    SELECT q.payment_id, q.paid_at, p.name AS channel, y.payable_id, y.balance_fen, t.detail_id,
        coalesce(sum(t.amount_fen) FILTER (WHERE t.reverses_no IS NULL), 0)::bigint AS came,
        coalesce(sum(t.amount_fen) FILTER (WHERE t.reverses_no IS NOT NULL), 0)::bigint AS back
    FROM payable y
    JOIN payment q ON q.bucket = y.bucket AND q.biller_id = y.biller_id AND hashtext(q.account_no) = hashtext(y.account_no)
        AND q.account_no = y.account_no
    JOIN partner p ON p.id = q.channel_id
    JOIN ledger_transfer t ON t.bucket = q.bucket AND t.reference_id = q.payment_id AND t.kind IN ('posted', 'post')
    WHERE y.bucket = %(bucket)s AND y.payable_id = %(payable)s
    GROUP BY q.payment_id, q.paid_at, p.name, y.payable_id, y.balance_fen, t.detail_id
), part AS (
    SELECT l.*, false AS moved FROM line l WHERE l.detail_id = l.payable_id
    UNION ALL
    SELECT l.payment_id, l.paid_at, l.channel, l.payable_id, l.balance_fen, l.detail_id, r.fen + greatest(0, least(
            l.came - l.back, m.fen - sum(l.came - l.back) OVER (PARTITION BY l.detail_id ORDER BY l.payment_id DESC)
            + l.came - l.back)), r.fen, true
    FROM line l
    JOIN billing_moved_v1(%(bucket)s::smallint, ARRAY(SELECT DISTINCT x.detail_id FROM line x)) m
        ON m.payable_id = l.detail_id
    CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0)::bigint AS fen FROM billing_returned x
        WHERE x.bucket = %(bucket)s AND x.owed_id = l.detail_id AND x.payment_id = l.payment_id) r
), given AS (
    SELECT p.payment_id, p.paid_at, p.channel, p.balance_fen, bool_or(p.moved) AS moved, sum(p.came)::bigint AS came,
        sum(p.back)::bigint AS back
    FROM part p WHERE p.came > 0 GROUP BY p.payment_id, p.paid_at, p.channel, p.balance_fen
)
SELECT k.payment_id, k.paid_at, k.channel, k.moved, k.came, k.back,
    greatest(0, least(k.came - k.back, k.balance_fen - k.newer))::bigint AS may
FROM (SELECT g.*, coalesce(sum(g.came - g.back) OVER (ORDER BY g.payment_id DESC ROWS BETWEEN UNBOUNDED PRECEDING
             AND 1 PRECEDING), 0) AS newer FROM given g) k
ORDER BY k.payment_id DESC LIMIT 100

-- name: moved_of_payment
-- Of a payment on bills that were cancelled or corrected down: the balance, and what of it was moved there and not given
-- back.
SELECT y.bucket, y.payable_id, y.balance_fen, c.customer_id, sum(least(l.rest, m.fen))::bigint
FROM (SELECT t.bucket, t.detail_id,
          sum(CASE WHEN t.reverses_no IS NULL THEN t.amount_fen ELSE -t.amount_fen END)::bigint AS rest
      FROM ledger_transfer t
      WHERE t.bucket = %(payment)s %% 1000 AND t.reference_id = %(payment)s AND t.kind IN ('posted', 'post')
      GROUP BY t.bucket, t.detail_id) l
JOIN LATERAL billing_moved_v1(l.bucket, ARRAY[l.detail_id]) m ON m.fen > 0 AND l.rest > 0
JOIN payable y ON y.bucket = l.bucket AND y.payable_id = m.balance_id
JOIN billing_customer c ON c.bucket = y.bucket AND c.biller_id = y.biller_id AND c.account_no = y.account_no
GROUP BY y.bucket, y.payable_id, y.balance_fen, c.customer_id

-- name: balance_of_payment
-- Of a payment on a balance: the balance, what it brought and what of it went back, its last transfer.
SELECT y.bucket, y.payable_id, y.balance_fen, c.customer_id,
    coalesce(sum(t.amount_fen) FILTER (WHERE t.reverses_no IS NULL), 0)::bigint AS came,
    coalesce(sum(t.amount_fen) FILTER (WHERE t.reverses_no IS NOT NULL), 0)::bigint AS back,
    min(t.transfer_no) AS first_no
FROM ledger_transfer t
JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id AND y.balance_fen IS NOT NULL AND y.ref = 'PREPAID'
JOIN billing_customer c ON c.bucket = y.bucket AND c.biller_id = y.biller_id AND c.account_no = y.account_no
WHERE t.bucket = %(payment)s %% 1000 AND t.reference_id = %(payment)s AND t.kind IN ('posted', 'post')
GROUP BY y.bucket, y.payable_id, y.balance_fen, c.customer_id

-- name: sale_of_payment
-- The sale that took it: the first one behind its transfer, that counts.
SELECT s.sale_id, f.name, f.unit, s.qty_milli, s.amount_fen, s.token_state, s.token
FROM billing_sale s
JOIN billing_service v ON v.bucket = s.bucket AND v.service_id = s.service_id
JOIN billing_fee f ON f.fee_id = v.fee_id
WHERE s.bucket = %(bucket)s AND s.payable_id = %(payable)s AND s.last_no >= %(first_no)s AND s.undoes_id IS NULL
    AND s.token_state <> 'undone'
ORDER BY s.last_no, s.sale_id LIMIT 1

-- name: sale_to_come
-- Money on the balance of a prepaid account is sold in a moment, or stands on the list with a code.
SELECT u.code FROM payable y
LEFT JOIN billing_unsold u ON u.bucket = y.bucket AND u.payable_id = y.payable_id
WHERE y.bucket = %(bucket)s AND y.payable_id = %(payable)s AND y.balance_fen > 0 AND EXISTS (
    SELECT FROM billing_service s WHERE s.bucket = y.bucket AND s.customer_id = %(customer)s AND s.prepaid
        AND s.to_on IS NULL)

-- name: uses_behind
-- Bills that a balance paid since a transfer, the newest first: what stands in the way of giving its money back.
SELECT b.bill_id, f.name, x.amount_fen
FROM billing_spent x
JOIN billing_bill b ON b.bucket = x.bucket AND b.bill_id = x.bill_id
JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id
JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
JOIN payment q ON q.bucket = x.bucket AND q.payment_id = %(payment)s
WHERE x.bucket = %(bucket)s AND x.payable_id = %(payable)s AND x.amount_fen > 0 AND d.at >= q.paid_at
    AND NOT EXISTS (SELECT FROM billing_bill_counting c WHERE c.bucket = b.bucket AND c.service_id = b.service_id
        AND c.corrects_id = b.bill_id AND c.kind = 'cancel')
ORDER BY b.bill_id DESC LIMIT 3
