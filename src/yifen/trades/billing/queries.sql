-- Statements of the sample.

-- name: sample_company
-- A company asks for quotes; its accounts and its fee.
WITH quoting AS (
    UPDATE biller SET quote_ttl_s = coalesce(quote_ttl_s, 300) WHERE partner_id = %(biller)s
), company AS (
    INSERT INTO billing_biller
    SELECT p.id, true, a[1], a[2], a[3], a[4], a[5] FROM partner p
    CROSS JOIN LATERAL (SELECT array_agg(ledger_open_kind_v1(k, p.book_id, p.code, p.code || ' ' || p.name) ORDER BY n) AS a
        FROM unnest('{bill_receivable,billed,bill_prepaid,bill_collected,bill_loss}'::text[])
            WITH ORDINALITY u (k, n)) o
    WHERE p.id = %(biller)s RETURNING biller_id
)
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, by_months, mode, due_days)
SELECT biller_id, %(code)s, %(name)s, %(unit)s, %(metered)s, %(cycle)s, %(cycle)s = 'year', %(mode)s::payable_mode, 15
FROM company RETURNING fee_id

-- name: sample_price
-- As its rows.
INSERT INTO billing_price (fee_id, class, region, name, valid_from)
VALUES (%(fee)s, '居民', '', %(name)s, %(since)s) RETURNING price_id

-- name: sample_parts
-- In order.
INSERT INTO billing_part SELECT %(price)s, n, u.name, u.basis, u.tier, u.yuan
FROM unnest(%(names)s::text[], %(bases)s::text[], %(tiers)s::smallint[], %(yuan)s::numeric[]) WITH ORDINALITY
    AS u (name, basis, tier, yuan, n)

-- name: sample_limits
-- Of the year, more for households of five and more.
INSERT INTO billing_limit (price_id, tier, limit_milli, persons_over, add_milli)
SELECT %(price)s, u.tier, u.milli, u.over, u.add
FROM unnest(%(tiers)s::smallint[], %(limits)s::bigint[], %(over)s::smallint[], %(adds)s::bigint[]) AS u (tier, milli, over, add)

-- name: sample_late_rule
-- Of residents: one permille a day, at least one yuan.
INSERT INTO billing_late_rule (fee_id, class, valid_from, rate, later_rate, min_fen)
VALUES (%(fee)s, '居民', %(since)s, 1, 1, 100)

-- name: sample_customers
-- Holders, their service and their meter, which showed something on each day.
WITH place AS (
    SELECT a.ids, u.* FROM billing_places_v1(%(biller)s, %(places)s) a (ids),
        unnest(%(buckets)s::smallint[], %(accounts)s::text[], %(names)s::text[], %(persons)s::smallint[],
               %(marks)s::text[], %(areas)s::bigint[]) WITH ORDINALITY
            AS u (bucket, account_no, name, persons, marks, area, n)
), numbers AS (
    SELECT h.bucket, coalesce(c.customer, 0) AS first FROM ledger_head h LEFT JOIN billing_counter c USING (bucket)
), numbered AS (
    SELECT p.*, (s.first + p.n) * 1000 + p.bucket AS id FROM place p JOIN numbers s USING (bucket)
), paying AS (
    INSERT INTO payer SELECT bucket, %(biller)s, account_no, name FROM place
), customer AS (
    INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, opened_on, marks)
    SELECT bucket, id, %(biller)s, account_no, ids[n], persons, %(since)s, marks::smallint[] FROM numbered
), service AS (
    INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, area_milli, from_on, prepaid)
    SELECT bucket, id, id, %(fee)s, '居民', CASE WHEN %(metered)s THEN NULL ELSE area END, %(since)s, %(prepaid)s
    FROM numbered
), meter AS (
    INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, fitted_on, fitted_milli)
    SELECT bucket, id, id, %(biller)s, 'D' || account_no, %(since)s::date - 1, n * 137000 %% 90000000
    FROM numbered WHERE %(metered)s
), counted AS (
    INSERT INTO billing_counter AS c (bucket, customer, service, meter)
    SELECT s.bucket, s.first + %(count)s, s.first + %(count)s, s.first + %(count)s FROM numbers s
    ON CONFLICT (bucket) DO UPDATE SET customer = excluded.customer, service = excluded.service, meter = excluded.meter
)
INSERT INTO billing_reading (bucket, meter_id, read_on, value_milli, kind, taken_at, taken_by)
SELECT p.bucket, p.id, d.read_on, p.n * 137000 %% 90000000 + sum(u.milli) OVER (PARTITION BY p.n ORDER BY d.m), 'read',
    %(now)s, 'sample'
FROM numbered p CROSS JOIN unnest(%(days)s::date[]) WITH ORDINALITY AS d (read_on, m)
CROSS JOIN LATERAL (SELECT (%(use_milli)s / 4 + p.n * 7919 %% (%(use_milli)s + 1)) * (85 + (p.n * 31 + d.m * 13) %% 31) / 100
    * CASE WHEN p.n %% 997 = 0 AND d.m = cardinality(%(days)s::date[]) THEN 9 ELSE 1 END AS milli) u  -- a few leap
WHERE %(metered)s

-- name: sample_usage
-- Out of the readings, as the pages ask for it.
SELECT billing_usage_v1(%(fee)s, %(from_on)s, %(to_on)s, %(now)s)

-- name: sample_counted
-- All of it is one transaction, which no autovacuum sees.
ANALYZE billing_customer, billing_service, billing_meter, billing_usage, billing_bill, billing_used, billing_price,
    billing_part, billing_limit, billing_run, payable

-- name: sample_run
-- Of a period.
SELECT run_id FROM billing_begin_by_v1(%(fee)s, NULL, %(from_on)s, %(to_on)s, %(due_on)s, 'clearing', %(now)s)

-- name: sample_past
-- It was billed and paid elsewhere.
SELECT billing_past_run_v1(%(run)s)

-- name: sample_make
-- Its bills.
SELECT billing_make_v1(k.run_id, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s

-- name: sample_agreed
-- Two people's word on it.
INSERT INTO access_authorisation (action, subject_key, content, institution_id, partner_id, maker_id, checker_id,
                                  requested_at, decided_at, granted, used_at, reason)
SELECT 'billing.publish', %(run)s::text, jsonb_build_object('run', %(run)s, 'figures', billing_figures_v1(%(run)s)),
    %(institution)s, %(biller)s, m.id, c.id, %(now)s, %(now)s, true, %(now)s, '核对无误'
FROM access_user m JOIN access_user c ON c.login = %(checker)s WHERE m.login = %(maker)s RETURNING id

-- name: sample_publish
-- Piece by piece.
SELECT billing_publish_v1(%(proposal)s, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s ORDER BY k.piece

-- name: sample_buckets
-- How many there are.
SELECT count(*) FROM ledger_head
