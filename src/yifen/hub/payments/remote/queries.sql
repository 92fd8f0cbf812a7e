-- Statements of the worker: the outbox of calls to billers' own systems.

-- name: take_calls
-- Due calls, locked so that one worker has each.
SELECT payment_id, step, resent, endpoint, dialect FROM payments_take_calls_v1(%s, %s::integer[], %s, %s)

-- name: claim_resend
-- The one re-send of a charge, once.
SELECT payments_claim_resend_v1(%s, %s)

-- name: charge_sent
-- The charge as it was registered: its pending transfers are its lines.
SELECT y.biller_id, y.account_no, y.amount_fen, y.paid_at, array_agg(p.ref ORDER BY t.transfer_no),
       array_agg(t.amount_fen ORDER BY t.transfer_no)
FROM payment y
JOIN ledger_transfer t ON t.bucket = y.bucket AND t.reference_id = y.payment_id
    AND t.transfer_no >= y.payment_id / 1000000000000 * 1000000000000 AND t.kind = 'pending'
JOIN payable p ON p.bucket = y.bucket AND p.payable_id = t.detail_id
WHERE y.bucket = %s AND y.payment_id = %s
GROUP BY y.biller_id, y.account_no, y.amount_fen, y.paid_at

-- name: lines
-- Lines of the TCP dialect that are in use, with their master keys.
SELECT p.code, l.inst_id, l.algorithm, l.sealed, l.is_yuan FROM tcp_line l JOIN partner p ON p.id = l.partner_id
WHERE l.enabled
