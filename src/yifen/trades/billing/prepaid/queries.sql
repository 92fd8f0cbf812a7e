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
