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

-- Bills that count: not of a run, or a piece of one, that was given up. A bill that was cancelled has one with the other sign.
CREATE OR REPLACE VIEW billing_bill_counting AS
SELECT b.*, r.kind, r.fee_id FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
WHERE r.dropped_at IS NULL AND NOT EXISTS (
    SELECT FROM billing_piece k WHERE k.run_id = b.run_id AND k.piece = b.piece AND k.dropped_at IS NOT NULL);

-- Bills that another account took over 接收欠费: by which bill, and whether that one still stands.
CREATE OR REPLACE VIEW billing_taken AS
SELECT (r.subject ->> 'bill')::bigint AS bill_id, r.fee_id, r.to_on, t.bill_id AS by_id, NOT EXISTS (
        SELECT FROM billing_bill_counting x WHERE x.bucket = t.bucket AND x.service_id = t.service_id
            AND x.corrects_id = t.bill_id AND x.kind = 'cancel') AS stands
FROM billing_run r JOIN billing_bill t ON t.run_id = r.run_id AND t.corrects_id IS NULL
WHERE r.kind = 'correction' AND r.subject ? 'taken';

-- Shares 份额 that stand.
CREATE OR REPLACE VIEW billing_share AS
SELECT r.share_id, r.bucket, r.service_id, r.from_on, r.to_on, r.share, r.why, r.proposal
FROM billing_share_row r WHERE r.ended_at IS NULL;

-- How far a run is: making, made, proposed, publishing, published, dropped. Of pieces that were given up nothing
-- counts, and all their services are missing (`unbilled`: how many). What is made anew is agreed to with its `of`.
CREATE OR REPLACE VIEW billing_run_state AS
SELECT r.*, k.pieces, k.made, k.bills, k.asked_fen, k.given_fen, k.missing, k.booked, a.id AS proposal_id, CASE
        WHEN r.dropped_at IS NOT NULL THEN 'dropped'
        WHEN k.made < k.pieces THEN 'making'
        WHEN k.booked + k.dropped = k.pieces AND k.pieces > 0 THEN 'published'
        WHEN a.granted THEN 'publishing'
        WHEN a.id IS NOT NULL AND a.decided_at IS NULL THEN 'proposed'
        ELSE 'made' END AS state, k.unbilled
FROM billing_run r
CROSS JOIN LATERAL (
    SELECT count(*) AS pieces, count(p.made_at) AS made, count(p.dropped_at) AS dropped,
           coalesce(sum(p.bills) FILTER (WHERE p.dropped_at IS NULL), 0)::bigint AS bills,
           coalesce(sum(p.asked_fen) FILTER (WHERE p.dropped_at IS NULL), 0)::bigint AS asked_fen,
           coalesce(sum(p.given_fen) FILTER (WHERE p.dropped_at IS NULL), 0)::bigint AS given_fen,
           coalesce(sum(CASE WHEN p.dropped_at IS NULL THEN p.missing ELSE p.services END), 0)::bigint AS missing,
           coalesce(sum(p.services) FILTER (WHERE p.dropped_at IS NOT NULL), 0)::bigint AS unbilled,
           count(d.document_id) AS booked
    FROM billing_piece p LEFT JOIN billing_booking d ON d.run_id = p.run_id AND d.piece = p.piece
    WHERE p.run_id = r.run_id) k
LEFT JOIN LATERAL (SELECT * FROM access_authorisation x WHERE x.action = 'billing.publish'
    AND x.subject_key = coalesce(r.subject ->> 'of', r.run_id::text) ORDER BY x.id DESC LIMIT 1) a ON true;

-- What each row of a file of customers would do now, and what became of a file.

-- new (its account opens), added (a fee or a meter more), changed, same: it can be done. The rest is refused: closed
-- (the account ended), place (it is somewhere else), meter (another's, or another kind of meter), run (a run has the service that becomes prepaid or is
-- so no longer). LIMIT 1: each look-up goes by its own index, whatever
-- statistics say of tables that were empty a moment ago.
CREATE OR REPLACE VIEW billing_standing AS
SELECT r.*, f.biller_id, c.customer_id, s.service_id, m.meter_id, CASE
        WHEN m.meter_id IS NOT NULL AND (m.bucket, m.service_id) IS DISTINCT FROM (r.bucket, s.service_id) THEN 'meter'
        WHEN c.customer_id IS NULL THEN 'new'
        WHEN c.closed_on IS NOT NULL OR s.service_id IS NULL AND EXISTS (
            SELECT FROM billing_service e WHERE e.bucket = r.bucket AND e.customer_id = c.customer_id
                AND e.fee_id = r.fee_id AND e.to_on >= r.from_on) THEN 'closed'
        WHEN p.path <> array_to_string(r.place, ' ') THEN 'place'
        WHEN m.multiplier <> r.multiplier OR m.digits <> r.digits OR m.meter_id IS NULL AND r.number IS NOT NULL
            AND EXISTS (SELECT FROM billing_usage u WHERE u.bucket = r.bucket AND u.service_id = s.service_id
                AND u.to_on >= r.from_on) THEN 'meter'
        WHEN r.prepaid <> s.prepaid AND EXISTS (SELECT FROM billing_run o WHERE o.fee_id = s.fee_id
            AND o.published_at IS NULL AND o.dropped_at IS NULL
            AND (o.kind IN ('period', 'past') OR (o.subject ->> 'service')::bigint = s.service_id)) THEN 'run'
        WHEN s.service_id IS NULL OR r.number IS NOT NULL AND m.meter_id IS NULL THEN 'added'
        WHEN n.name IS NOT DISTINCT FROM r.name AND c.contact IS NOT DISTINCT FROM coalesce(r.contact, c.contact)
            AND (c.consent_at IS NOT NULL) = r.consent
            AND coalesce(r.persons, h.persons, c.persons) = coalesce(h.persons, c.persons)
            AND (s.class, s.region, s.factor, s.prepaid)
                = (r.class, r.region, r.factor, coalesce(r.prepaid, s.prepaid))
            AND s.area_milli IS NOT DISTINCT FROM r.area_milli THEN 'same'
        ELSE 'changed' END AS standing
FROM billing_row r
JOIN billing_file f ON f.file_id = r.file_id
LEFT JOIN LATERAL (SELECT * FROM billing_customer x WHERE x.bucket = r.bucket AND x.biller_id = f.biller_id
    AND x.account_no = r.account_no LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT x.path FROM billing_place x WHERE x.place_id = c.place_id LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT x.name FROM payer x WHERE x.bucket = r.bucket AND x.biller_id = f.biller_id
    AND x.account_no = r.account_no LIMIT 1) n ON true
LEFT JOIN LATERAL (SELECT * FROM billing_service x WHERE x.bucket = r.bucket AND x.customer_id = c.customer_id
    AND x.fee_id = r.fee_id AND x.to_on IS NULL LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT * FROM billing_meter x WHERE x.biller_id = f.biller_id AND x.number = r.number
    AND x.register = r.register AND x.removed_on IS NULL LIMIT 1) m ON true
LEFT JOIN LATERAL (SELECT x.persons FROM billing_household x WHERE x.bucket = r.bucket
    AND x.customer_id = c.customer_id ORDER BY x.from_on DESC LIMIT 1) h ON true;

-- A file with its newest proposal, and how far that is.
CREATE OR REPLACE VIEW billing_import AS
SELECT f.*, a.id AS proposal_id, a.decided_at, d.pieces AS pieces_done, w.pieces, d.customers, d.written, d.same,
    d.refused, CASE
        WHEN f.wrong > 0 THEN 'wrong'
        WHEN f.kind = 'readings' THEN CASE WHEN EXISTS (SELECT FROM billing_file_taken t WHERE t.file_id = f.file_id)
            THEN 'done' ELSE 'staged' END
        WHEN a.id IS NULL THEN 'staged'
        WHEN a.decided_at IS NULL THEN 'open'
        WHEN a.granted AND d.pieces < w.pieces THEN 'running'
        WHEN a.granted THEN 'done'
        WHEN a.checker_id IS NULL THEN 'withdrawn'
        ELSE 'no' END AS state
FROM billing_file f
LEFT JOIN LATERAL (SELECT * FROM access_authorisation x WHERE x.action = 'billing.import'
    AND x.subject_key = f.file_id::text ORDER BY x.id DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT jsonb_array_length(a.content -> 'pieces') AS pieces) w ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS pieces, coalesce(sum(p.customers), 0)::bigint AS customers,
        coalesce(sum(p.written), 0)::bigint AS written, coalesce(sum(p.same), 0)::bigint AS same,
        coalesce(sum(p.refused), 0)::bigint AS refused
    FROM billing_imported p WHERE p.proposal_id = a.id) d ON true;

-- 批量估抄 and how far it is: of its pieces.
CREATE OR REPLACE VIEW billing_estimating_state AS
SELECT e.*, p.done, p.refused, coalesce(p.last_id, 0) >= e.upto_id AS is_done
FROM billing_estimating e
CROSS JOIN LATERAL (SELECT coalesce(sum(x.done), 0)::bigint AS done, coalesce(sum(x.refused), 0)::bigint AS refused,
                        max(x.last_id) AS last_id
                    FROM billing_estimated x WHERE x.estimating_id = e.estimating_id) p;
