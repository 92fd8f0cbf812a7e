-- Statements of the POS door.

-- name: line
-- A terminal, its session and its acquirer, by its number.
SELECT t.terminal_no, t.merchant_no, t.merchant_name, c.code, b.code, t.algorithm, t.account_in, t.sealed,
       t.state = 'in_use' AND a.enabled, s.sealed, s.next_sealed, a.acquirer_id, a.host, a.port, a.algorithm, a.sealed,
       a.timeout_s, a.code
FROM pos_terminal t JOIN pos_acquirer a USING (acquirer_id) JOIN partner c ON c.id = t.channel_id
JOIN partner b ON b.id = t.biller_id LEFT JOIN pos_session s USING (terminal_no)
WHERE t.terminal_no = %s

-- name: signed_on
-- New working keys; the batch, or minus a code, and the keys that are sent.
SELECT * FROM pos_signed_on_v1(%s, %s, %s)

-- name: proved
-- The new keys count.
SELECT pos_proved_v1(%s, %s)

-- name: ask
-- The intent, before the acquirer is asked.
SELECT * FROM pos_ask_v1(%s, %s, %s, %s)

-- name: said
-- What the acquirer or the hub said.
SELECT pos_said_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: lose
-- Nobody knows: it is to be undone.
SELECT pos_lose_v1(%s, %s, %s)

-- name: reverse
-- A terminal's 0400.
SELECT * FROM pos_reverse_v1(%s, %s, %s, %s, %s, %s)

-- name: give_back
-- A void or a refund.
SELECT * FROM pos_give_back_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: undo
-- One undo, with what both halves need; the acquirer is that of its terminal.
SELECT u.undo_id, u.kind, u.terminal_no, u.batch_no, u.trace, u.amount_fen, u.reason, u.hub_state, u.hub_code,
       u.acquirer_state, u.acquirer_code, u.tries, s.serial, s.amount_fen, s.batch_no, s.trace, s.acquirer_ref, s.auth_code,
       s.made_at, c.code, t.merchant_no
FROM pos_undo u JOIN pos_sale s USING (sale_id) JOIN partner c ON c.id = s.channel_id
JOIN pos_terminal t ON t.terminal_no = u.terminal_no WHERE u.undo_id = %s

-- name: half
-- A half of it is done, refused or due.
SELECT pos_half_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: due
-- What the worker takes up now.
SELECT * FROM pos_due_v1(%s, %s, %s, %s)

-- name: settle
-- Both sides' totals.
SELECT pos_settle_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: upload
-- A part of a batch.
SELECT pos_upload_v1(%s, %s, %s, %s)

-- name: uploaded
-- The end of it.
SELECT pos_uploaded_v1(%s, %s, %s, %s)

-- name: acquirer_now
-- What a proposal would change.
SELECT code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled FROM pos_acquirer WHERE code = %s

-- name: terminal_now
-- What a proposal would change.
SELECT terminal_no, merchant_no, merchant_name, channel_id, biller_id, acquirer_id, algorithm, account_in, sealed, state
FROM pos_terminal WHERE terminal_no = %s

-- name: acquirer_id
-- An acquirer by its code.
SELECT acquirer_id FROM pos_acquirer WHERE code = %s

-- name: acquirer_code
-- And the other way round.
SELECT code FROM pos_acquirer WHERE acquirer_id = %s

-- name: put_acquirer
-- As two people decided.
SELECT pos_acquirer_v1(%s)

-- name: put_terminal
-- As two people decided.
SELECT pos_terminal_v1(%s)

-- name: close
-- As two people decided.
SELECT pos_close_v1(%s, %s)

-- name: exception_now
-- What people may close, and whose it is.
SELECT e.kind, e.terminal_no, e.batch_no, e.trace, e.ours_fen, e.their_fen, e.code, e.closed_at IS NOT NULL, t.biller_id
FROM pos_exception e JOIN pos_terminal t USING (terminal_no) WHERE e.exception_id = %s

-- name: altered
-- A booked sale has its payment, of its amount and account, by its channel; one that is undone has an undo that did it.
SELECT 'pos_sale ' || s.sale_id, CASE
    WHEN s.payment_id IS NOT NULL AND (p.amount_fen, p.channel_id, p.biller_id, p.serial)
            IS DISTINCT FROM (s.amount_fen, s.channel_id, s.biller_id, s.serial) THEN 'is not what its payment says'
    WHEN s.state = 'reversed' AND NOT EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id AND u.kind <> 'refund'
            AND u.hub_state = 'done') THEN 'is reversed, by no undo' END
FROM pos_sale s LEFT JOIN payment p ON p.bucket = s.payment_id % 1000 AND p.payment_id = s.payment_id

-- name: sale_of
-- The same sale, if it was heard before.
SELECT state, code, acquirer_ref, auth_code FROM pos_sale
WHERE terminal_no = %s AND batch_no = %s AND trace = %s AND content_hash = %s
