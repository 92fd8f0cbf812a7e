-- Statements of utility billing.

-- --- runs and bills ------------------------------------------------------------------------------

-- name: begin
-- A run of a fee and a period, of one service or of all.
SELECT code, run_id FROM billing_begin_v1(%(fee)s, %(service)s, %(from_on)s, %(to_on)s, %(due_on)s, %(by)s, %(now)s)

-- name: cancel
-- A run of the one bill that takes another back.
SELECT code, run_id FROM billing_cancel_v1(%(bill)s, %(reason)s, %(by)s, %(now)s)

-- name: correct
-- A run of the one bill that corrects a use.
SELECT code, run_id FROM billing_correct_v1(%(service)s, %(qty_milli)s, %(on)s, %(due_on)s, %(bill)s, %(reason)s,
    %(by)s, %(now)s)

-- name: drop
-- A run that nobody wants.
SELECT billing_drop_v1(%s, %s)

-- name: fee
-- Whose it is.
SELECT f.biller_id FROM billing_fee f WHERE f.fee_id = %s

-- name: service_fee
-- Of one service.
SELECT s.fee_id FROM billing_service s WHERE s.bucket = %(service)s %% 1000 AND s.service_id = %(service)s

-- name: bill_fee
-- Of one bill.
SELECT s.fee_id FROM billing_bill b JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: run
-- One run, with its fee and how far it is.
SELECT s.run_id, s.biller_id, p.name, s.fee_id, f.name, s.kind, s.from_on, s.to_on, s.due_on, s.subject, s.begun_at,
    s.begun_by, s.pieces, s.made, s.booked, s.bills, s.asked_fen, s.given_fen, s.missing, s.proposal_id, s.state
FROM billing_run_state s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id
WHERE s.run_id = %s

-- name: to_make
-- Pieces that are not made, so that a worker that was killed goes on.
SELECT k.piece FROM billing_piece k JOIN billing_run r ON r.run_id = k.run_id
WHERE k.run_id = %s AND k.made_at IS NULL AND r.dropped_at IS NULL ORDER BY k.piece

-- name: make
-- One piece, in a transaction of its own.
SELECT billing_make_v1(%s, %s, %s)

-- name: to_publish
-- Pieces of an agreed run that are not payables yet.
SELECT k.piece FROM access_authorisation a JOIN billing_piece k ON k.run_id::text = a.subject_key
WHERE a.id = %(proposal)s AND a.action = 'billing.publish' AND a.granted
    AND NOT EXISTS (SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece)
ORDER BY k.piece

-- name: publish
-- One piece, in a transaction of its own.
SELECT billing_publish_v1(%s, %s, %s)

-- name: figures
-- The digest that two people agree to.
SELECT billing_figures_v1(%s)

-- name: before
-- Runs of the fee that were published before: the last one, and that of a year ago.
SELECT s.from_on, s.to_on, s.bills, s.asked_fen - s.given_fen,
    abs(s.to_on - (%(to_on)s::date - interval '1 year')::date) <= 20 AS year_ago
FROM billing_run_state s
WHERE s.fee_id = %(fee)s AND s.kind = 'period' AND s.state = 'published' AND s.to_on < %(from_on)s
ORDER BY s.to_on DESC LIMIT 15

-- name: outliers
-- Bills that differ most from the one before of the same service.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, o.qty_milli, o.amount_fen
FROM billing_bill b
JOIN LATERAL (SELECT x.qty_milli, x.amount_fen FROM billing_bill_counting x
    WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.bill_id < b.bill_id AND x.kind IN ('period', 'single')
    ORDER BY x.bill_id DESC LIMIT 1) o ON true
WHERE b.run_id = %(run)s
ORDER BY abs(b.amount_fen - o.amount_fen) DESC, b.bill_id LIMIT %(most)s

-- name: largest
-- What a first run is looked at by.
SELECT b.bill_id, b.account_no, b.qty_milli, b.amount_fen, NULL::bigint, NULL::bigint
FROM billing_bill b WHERE b.run_id = %(run)s ORDER BY abs(b.amount_fen) DESC, b.bill_id LIMIT %(most)s

-- name: missing
-- Services of the period that the run left out: no use, or no price.
SELECT m.service_id, c.account_no FROM billing_run r
JOIN billing_piece k ON k.run_id = r.run_id
CROSS JOIN LATERAL billing_missing_v1(r, k.bucket, k.first_id, k.last_id) m
JOIN billing_customer c ON c.bucket = k.bucket AND c.customer_id = m.customer_id
WHERE r.run_id = %(run)s ORDER BY c.account_no LIMIT %(most)s

-- name: buckets
-- Each is booked in a transaction of its own.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: book
-- What was paid since.
SELECT billing_book_v1(%s::smallint, %s)

-- name: open_biller
-- A company begins to bill here; two people said so.
SELECT billing_open_v1(%s)
