-- What billing reads of the hub's payments, and prices as they follow each other.

-- Transfers of payments on bills and balances: what came, below zero what was given back.
CREATE OR REPLACE VIEW billing_payment AS
SELECT t.bucket, t.transfer_no, t.reference_id AS payment_id, y.biller_id, y.payable_id, y.account_no,
       t.business_day, y.balance_fen IS NOT NULL AS kept, b.bill_id,
       CASE WHEN t.credit_id = y.credit_id THEN t.amount_fen ELSE -t.amount_fen END AS fen
FROM ledger_transfer t
JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id AND y.credit_id IN (t.credit_id, t.debit_id)
JOIN billing_biller k ON k.biller_id = y.biller_id
LEFT JOIN billing_bill b ON b.bucket = y.bucket AND y.ref ~ '^B[0-9]{1,18}$'
    AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
WHERE t.kind IN ('posted', 'post') AND t.reference_id > 0 AND (y.balance_fen IS NOT NULL OR b.bill_id IS NOT NULL);

-- A price with the last day before the next version of it.
CREATE OR REPLACE VIEW billing_price_span AS
SELECT p.*, lead(p.valid_from) OVER (PARTITION BY p.fee_id, p.class, p.region ORDER BY p.valid_from) - 1 AS until
FROM billing_price p;

-- Bills that count: not of a run that was given up. A bill that was cancelled has one with the other sign.
CREATE OR REPLACE VIEW billing_bill_counting AS
SELECT b.*, r.kind, r.fee_id FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
WHERE r.dropped_at IS NULL;

-- How far a run is: making, made, proposed, publishing, published, dropped.
CREATE OR REPLACE VIEW billing_run_state AS
SELECT r.*, k.pieces, k.made, k.bills, k.asked_fen, k.given_fen, k.missing, k.booked, a.id AS proposal_id, CASE
        WHEN r.dropped_at IS NOT NULL THEN 'dropped'
        WHEN k.made < k.pieces THEN 'making'
        WHEN k.booked = k.pieces THEN 'published'
        WHEN a.granted THEN 'publishing'
        WHEN a.id IS NOT NULL AND a.decided_at IS NULL THEN 'proposed'
        ELSE 'made' END AS state
FROM billing_run r
CROSS JOIN LATERAL (
    SELECT count(*) AS pieces, count(p.made_at) AS made, coalesce(sum(p.bills), 0)::bigint AS bills,
           coalesce(sum(p.asked_fen), 0)::bigint AS asked_fen, coalesce(sum(p.given_fen), 0)::bigint AS given_fen,
           coalesce(sum(p.missing), 0)::bigint AS missing, count(d.document_id) AS booked
    FROM billing_piece p LEFT JOIN billing_booking d ON d.run_id = p.run_id AND d.piece = p.piece
    WHERE p.run_id = r.run_id) k
LEFT JOIN LATERAL (SELECT * FROM access_authorisation x WHERE x.action = 'billing.publish'
    AND x.subject_key = r.run_id::text ORDER BY x.id DESC LIMIT 1) a ON true;
