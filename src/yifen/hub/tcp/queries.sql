-- name: paid
-- What a charge's serial paid, of each bill how much.
SELECT p.ref, t.amount_fen FROM payment_serial s
JOIN ledger_transfer t ON t.bucket = s.target_bucket AND t.reference_id = s.payment_id
    AND t.kind IN ('posted', 'pending') AND t.reverses_no IS NULL
JOIN payable p ON p.bucket = t.bucket AND p.payable_id = t.detail_id
WHERE s.bucket = %s AND s.partner_id = %s AND s.serial = %s AND s.verb = 'charge' ORDER BY t.transfer_no

-- name: noticed
-- Its file of a day is ready, by its own word.
SELECT tcp_noticed_v1(%s, 'file', %s, %s)

-- name: away
-- A biller will not answer for a while, by its own word.
SELECT tcp_away_v1(%s, %s, %s, %s, %s, %s)

-- name: line_now
-- Of a partner: number, MAC, amounts, in use, key.
SELECT l.inst_id, l.algorithm, l.is_yuan, l.enabled, l.sealed FROM tcp_line l WHERE l.partner_id = %s

-- name: number_taken
-- Whose the number is already.
SELECT l.partner_id FROM tcp_line l WHERE l.inst_id = %s AND l.partner_id <> %s

-- name: put_line
-- As two people decided: its code.
SELECT tcp_line_v1(%s)
