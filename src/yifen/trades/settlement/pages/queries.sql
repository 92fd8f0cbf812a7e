-- What the pages of settlement read.

-- name: payouts
-- A payout with its biller and the bank through which it goes.
FROM payout y JOIN partner p ON p.id = y.biller_id JOIN partner b ON b.id = y.bank_id

-- name: payout_events
-- The states that a payout came into, from the instruction on.
SELECT at, state::text, note FROM payout_event WHERE document_id = %s ORDER BY event_id
