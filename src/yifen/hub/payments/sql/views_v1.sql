-- Views of payments: read these, not the tables under them, where money is added up.

-- What moved 缴费流水: every payment that was booked, and what took it back: a row each, on its own
-- business day. `net_fen` is negative for what takes back; `sign` counts payments that stand, and is 0 where
-- some of one was given back and some is left. What is not decided is none.
CREATE OR REPLACE VIEW payment_movement AS
SELECT y.bucket, y.payment_id, y.channel_id, y.biller_id, 'charge'::text AS verb, y.serial,
       NULL::text AS original, y.account_no, y.amount_fen, y.amount_fen AS net_fen, 1 AS sign,
       y.business_day, y.paid_at, y.booked_at, y.biller_serial
FROM payment y
WHERE y.booked_at IS NOT NULL
UNION ALL
SELECT r.bucket, r.payment_id, r.channel_id, y.biller_id, r.verb::text, r.serial,
       y.serial, y.account_no, r.amount_fen, -r.amount_fen, CASE r.left_fen WHEN 0 THEN -1 ELSE 0 END,
       r.business_day, y.paid_at, r.booked_at, y.biller_serial
FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
WHERE r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL;

-- What the ledger holds of every document that is no payment (those have negative numbers), over all
-- buckets: a trade's proof compares its documents with this.
CREATE OR REPLACE VIEW document_transfers AS
SELECT reference_id AS document_id,
    sum(amount_fen) FILTER (WHERE kind = 'posted' AND reverses_no IS NULL) AS posted,
    sum(amount_fen) FILTER (WHERE kind = 'pending') AS pending,
    sum(amount_fen) FILTER (WHERE kind = 'post') AS post,
    sum(amount_fen) FILTER (WHERE kind = 'void') AS void,
    sum(amount_fen) FILTER (WHERE reverses_no IS NOT NULL) AS contra
FROM ledger_head JOIN document_transfer USING (bucket) WHERE reference_id < 0
GROUP BY reference_id;
