-- What each row of a file of customers would do now, and what became of a file.

-- new (its account opens), added (a fee or a meter more), changed, same: it can be done. The rest is refused: closed
-- (the account ended), place (it is somewhere else), meter (another's, or another kind of meter). LIMIT 1: each look-up goes by its own index, whatever
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
        WHEN s.service_id IS NULL OR r.number IS NOT NULL AND m.meter_id IS NULL THEN 'added'
        WHEN n.name IS NOT DISTINCT FROM r.name AND c.contact IS NOT DISTINCT FROM coalesce(r.contact, c.contact)
            AND (c.consent_at IS NOT NULL) = r.consent
            AND coalesce(r.persons, h.persons, c.persons) = coalesce(h.persons, c.persons)
            AND (s.class, s.region, s.factor) = (r.class, r.region, r.factor)
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
        WHEN f.kind = 'readings' THEN 'done'
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
