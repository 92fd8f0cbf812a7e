-- Statements of chargebacks 退单.

-- name: payment
-- The payment as it stands, with what is left of it, whether its biller has a system of its own, and what may go back as
-- far as money paid ahead was not used.
SELECT y.payment_id, y.biller_id, b.code || ' ' || b.name, c.code || ' ' || c.name, y.serial, y.business_day,
       y.amount_fen, recon_left_v1(y.payment_id), y.payer_state::text, y.biller_state::text,
       y.business_day = k.current_day, l.endpoint <> '', payments_may_return_v1(y.payment_id)
FROM payment y JOIN partner b ON b.id = y.biller_id JOIN partner c ON c.id = y.channel_id
JOIN ledger_book k ON k.book_id = b.book_id JOIN biller l ON l.partner_id = b.id
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s

-- name: lines
-- What is left of a payment's lines, the first to go back first; `kept_fen` of it was moved to the payer's balance.
SELECT d.ref, d.title, t.amount_fen, t.kept_fen
FROM payments_back_parts_v1((%(payment)s %% 1000)::smallint, ARRAY[%(payment)s::bigint], ARRAY[%(left)s::bigint]) t
JOIN payable d ON d.bucket = %(payment)s %% 1000 AND d.payable_id = t.detail_id
ORDER BY t.kept_fen > 0 DESC, t.transfer_no DESC

-- name: begin
-- What two people agreed to just now.
SELECT code, chargeback FROM recon_chargeback_v1(%s, %s)

-- name: message
-- What is sent to the hub for it, always the same.
SELECT p.code, c.serial, c.original, c.amount_fen, c.reason, c.note, c.verb, c.state
FROM recon_chargeback_shown c JOIN partner p ON p.id = c.channel_id WHERE c.chargeback_id = %s

-- name: follow
-- By what the hub keeps, and what it answered.
SELECT recon_chargeback_follow_v1(%s, %s, %s)

-- name: unfinished
-- Of a book, for the night; of all without one.
SELECT c.chargeback_id FROM recon_chargeback c JOIN partner p ON p.id = c.channel_id
WHERE c.state = 'doing' AND (%(book)s::integer IS NULL OR p.book_id = %(book)s) ORDER BY c.chargeback_id

-- name: of_payment
-- Newest first.
SELECT c.chargeback_id, c.amount_fen, c.reason, c.note, c.state, c.code, c.made_at, c.ended_at, c.made_by,
       c.decided_by, c.reference, c.noted_by, c.noted_at, c.is_outside, c.is_due
FROM recon_chargeback_shown c WHERE c.payment_id = %s ORDER BY c.chargeback_id DESC

-- name: outside
-- Whose session it is saw to it.
SELECT recon_chargeback_outside_v1(%s, %s, %s, %s)
