-- Statements of the sample.

-- name: sample_company
-- The company's accounts, its fee and a price that was published.
WITH company AS (
    INSERT INTO billing_biller
    SELECT p.id, true, a[1], a[2], a[3], a[4], a[5] FROM partner p
    CROSS JOIN LATERAL (SELECT array_agg(ledger_open_kind_v1(k, p.book_id, p.code, p.code || ' ' || p.name) ORDER BY n) AS a
        FROM unnest('{bill_receivable,billed,bill_prepaid,bill_collected,bill_loss}'::text[])
            WITH ORDINALITY u (k, n)) o
    WHERE p.id = %(biller)s RETURNING biller_id
)
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, by_months, mode, due_days)
SELECT biller_id, 'POWER', '居民电费', 'kWh', true, 'year', true, 'exact', 15 FROM company RETURNING fee_id

-- name: sample_price
-- As its rows.
INSERT INTO billing_price (fee_id, class, region, name, valid_from)
VALUES (%(fee)s, '居民', '', %(name)s, %(since)s) RETURNING price_id

-- name: sample_parts
-- In order.
INSERT INTO billing_part SELECT %(price)s, n, u.name, 'qty', u.tier, u.yuan
FROM unnest(%(names)s::text[], %(tiers)s::smallint[], %(yuan)s::numeric[]) WITH ORDINALITY AS u (name, tier, yuan, n)

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
               %(marks)s::text[]) WITH ORDINALITY AS u (bucket, account_no, name, persons, marks, n)
), paying AS (
    INSERT INTO payer SELECT bucket, %(biller)s, account_no, name FROM place
), customer AS (
    INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, opened_on, marks)
    SELECT bucket, n * 1000 + bucket, %(biller)s, account_no, ids[n], persons, %(since)s, marks::smallint[] FROM place
), service AS (
    INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
    SELECT bucket, n * 1000 + bucket, n * 1000 + bucket, %(fee)s, '居民', %(since)s FROM place
), meter AS (
    INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, fitted_on, fitted_milli)
    SELECT bucket, n * 1000 + bucket, n * 1000 + bucket, %(biller)s, 'D' || account_no, %(since)s::date - 1, n * 137000
    FROM place
), counted AS (
    INSERT INTO billing_counter (bucket, customer, service, meter)
    SELECT h.bucket, %(count)s, %(count)s, %(count)s FROM ledger_head h
)
INSERT INTO billing_reading (bucket, meter_id, read_on, value_milli, kind, taken_at, taken_by)
SELECT p.bucket, p.n * 1000 + p.bucket, d.read_on, p.n * 137000 + d.m * (90000 + p.n * 7919 %% 260000), 'read', %(now)s,
    'sample'
FROM place p CROSS JOIN unnest(%(days)s::date[]) WITH ORDINALITY AS d (read_on, m)

-- name: sample_usage
-- Out of the readings, as the pages ask for it.
SELECT billing_usage_v1(%(fee)s, %(from_on)s, %(to_on)s, %(now)s)

-- name: sample_run
-- Of the last month, which two people have still to publish.
SELECT run_id FROM billing_begin_by_v1(%(fee)s, NULL, %(from_on)s, %(to_on)s, %(due_on)s, 'finance', %(now)s)

-- name: sample_make
-- Its bills.
SELECT billing_make_v1(k.run_id, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s

-- name: sample_buckets
-- How many there are.
SELECT count(*) FROM ledger_head
