-- Statements of fees and prices.

-- name: priced_fee
-- A fee with its company.
SELECT f.fee_id, f.biller_id, p.code, f.code, f.name, f.unit, f.cycle, f.metered FROM billing_fee f
JOIN partner p ON p.id = f.biller_id WHERE f.fee_id = %s

-- name: price_in_force
-- The version that a day falls into.
SELECT p.price_id FROM billing_price p
WHERE p.fee_id = %(fee)s AND p.class = %(class)s AND p.region = %(region)s AND p.valid_from <= %(day)s
ORDER BY p.valid_from DESC LIMIT 1

-- name: price_any
-- Is there a version yet, of whatever day?
SELECT count(*) FROM billing_price p
WHERE p.fee_id = %(fee)s AND p.class = %(class)s AND p.region = %(region)s

-- name: price_on
-- A version that begins on this very day.
SELECT p.price_id FROM billing_price p WHERE p.fee_id = %(fee)s AND p.class = %(class)s AND p.region = %(region)s
    AND p.valid_from = %(day)s

-- name: price_billed
-- The last day of a bill of the class that was published, not cancelled since, and lies on the day or after it.
SELECT max(b.to_on) FROM billing_run r
JOIN billing_booking d ON d.run_id = r.run_id
JOIN billing_bill b ON b.run_id = d.run_id AND b.piece = d.piece
JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
WHERE r.fee_id = %(fee)s AND r.to_on >= %(day)s AND r.kind IN ('period', 'single', 'past') AND b.to_on >= %(day)s
    AND s.class = %(class)s AND s.region = %(region)s
    AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket AND x.service_id = b.service_id
                    AND x.corrects_id = b.bill_id AND x.kind = 'cancel')

-- name: price_head
-- A version but its parts and limits.
SELECT p.fee_id, p.class, p.region, p.valid_from, p.name, p.minimum_fen, p.cap_price, p.tax_rate
FROM billing_price p WHERE p.price_id = %s

-- name: price_parts
-- In order.
SELECT t.name, t.basis, t.price, t.tier FROM billing_part t WHERE t.price_id = %s ORDER BY t.part_no

-- name: price_limits
-- By tier, those of early months first.
SELECT l.tier, l.limit_milli, l.months, l.persons_over, l.add_milli, l.add_each FROM billing_limit l
WHERE l.price_id = %s ORDER BY l.tier, l.months & -l.months

-- name: add_price
-- A version as two people agreed to it.
INSERT INTO billing_price (fee_id, class, region, name, valid_from, minimum_fen, cap_price, tax_rate)
SELECT p.fee_id, p.class, p.region, p.name, p.valid_from, p.minimum_fen, p.cap_price, p.tax_rate
FROM jsonb_populate_record(NULL::billing_price, %s) p RETURNING price_id

-- name: add_parts
-- Its parts.
INSERT INTO billing_part SELECT %s, t.part_no, t.name, t.basis, t.tier, t.price
FROM jsonb_populate_recordset(NULL::billing_part, %s) t

-- name: add_limits
-- Its limits.
INSERT INTO billing_limit SELECT %s, l.tier, l.months, l.limit_milli, l.persons_over, l.add_milli, l.add_each
FROM jsonb_populate_recordset(NULL::billing_limit, %s) l

-- name: try_price
-- The price that is not written (0) beside one that is, on the same use.
SELECT r.price_id, coalesce(t.name, ''), r.part_no, r.tier, r.qty_milli, r.price, r.amount_fen
FROM billing_try_v1(
    ARRAY(SELECT ROW(n.price_id, n.price_id, u.qty_milli, u.peak_milli, u.valley_milli, u.area_milli, u.factor, u.persons,
              u.month, u.months, u.used_milli, NULL, u.billed_months)::billing_asked
          FROM unnest(ARRAY[0, %(there)s::integer]) n (price_id), jsonb_populate_record(NULL::billing_asked, %(use)s) u
          WHERE n.price_id IS NOT NULL),
    ARRAY[jsonb_populate_record(NULL::billing_price, %(price)s)],
    ARRAY(SELECT t FROM jsonb_populate_recordset(NULL::billing_part, %(parts)s) t),
    ARRAY(SELECT l FROM jsonb_populate_recordset(NULL::billing_limit, %(limits)s) l)) r
LEFT JOIN (SELECT y.price_id, y.part_no, y.name FROM billing_part y UNION ALL
           SELECT y.price_id, y.part_no, y.name FROM jsonb_populate_recordset(NULL::billing_part, %(parts)s) y) t
    ON t.price_id = r.price_id AND t.part_no = r.part_no
ORDER BY r.price_id, r.line_no

-- name: trial_use
-- What an account used of a fee between two days, and what its price may depend on; its place in the tiers is that of
-- the bill of that use, else where its cycle has come to.
SELECT s.class, s.region, s.area_milli, s.factor::text, coalesce((
        SELECT h.persons FROM billing_household h WHERE h.bucket = c.bucket AND h.customer_id = c.customer_id
            AND h.from_on <= %(to_on)s ORDER BY h.from_on DESC LIMIT 1), c.persons) AS persons,
    u.uses, u.qty_milli, u.peak_milli, u.valley_milli, coalesce((
        SELECT b.used_milli FROM billing_bill_counting b WHERE b.bucket = s.bucket AND b.service_id = s.service_id
            AND b.from_on = u.first_on AND b.kind IN ('period', 'single', 'past') ORDER BY b.bill_id DESC LIMIT 1),
        d.used_milli, 0) AS used_milli,
    billing_months_v1(f.cycle, f.by_months, k.cycle_on, coalesce(s.tiers_from, s.from_on), %(from_on)s, %(to_on)s)::text AS months
FROM billing_customer c
JOIN billing_service s ON s.bucket = c.bucket AND s.customer_id = c.customer_id AND s.fee_id = %(fee)s
JOIN billing_fee f ON f.fee_id = s.fee_id AND f.biller_id = c.biller_id
CROSS JOIN LATERAL (SELECT billing_cycle_on_v1(f.cycle, f.cycle_from, %(to_on)s) AS cycle_on) k
LEFT JOIN billing_used d ON d.bucket = s.bucket AND d.service_id = s.service_id AND d.cycle_on = k.cycle_on
CROSS JOIN LATERAL (
    SELECT count(*) AS uses, coalesce(sum(x.qty_milli), 0)::bigint AS qty_milli, min(x.from_on) AS first_on,
        coalesce(sum(x.peak_milli), 0)::bigint AS peak_milli, coalesce(sum(x.valley_milli), 0)::bigint AS valley_milli
    FROM billing_usage x WHERE x.bucket = s.bucket AND x.service_id = s.service_id
        AND x.to_on BETWEEN %(from_on)s AND %(to_on)s) u
WHERE c.bucket = %(bucket)s AND c.account_no = %(account)s AND s.from_on <= %(to_on)s
    AND coalesce(s.to_on, %(from_on)s) >= %(from_on)s
ORDER BY s.from_on DESC LIMIT 1

-- name: fee_row
-- As it stands.
SELECT f.fee_id, f.biller_id, f.code, f.name, f.unit, f.metered, f.cycle, f.cycle_from, f.by_months, f.mode::text,
    f.due_days, f.whole_yuan, EXISTS (SELECT FROM billing_price p WHERE p.fee_id = f.fee_id)
FROM billing_fee f WHERE f.biller_id = %(biller)s AND f.code = %(code)s

-- name: bills_here
-- Does the company bill here?
SELECT EXISTS (SELECT FROM billing_biller b WHERE b.biller_id = %s)

-- name: put_fee
-- As two people agreed to it; its company and code stay.
INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, cycle_from, by_months, mode, due_days, whole_yuan)
SELECT f.biller_id, f.code, f.name, f.unit, f.metered, f.cycle, f.cycle_from, f.by_months, f.mode, f.due_days, f.whole_yuan
FROM jsonb_populate_record(NULL::billing_fee, %s) f
ON CONFLICT (biller_id, code) DO UPDATE SET name = excluded.name, unit = excluded.unit, metered = excluded.metered,
    cycle = excluded.cycle, cycle_from = excluded.cycle_from, by_months = excluded.by_months, mode = excluded.mode,
    due_days = excluded.due_days, whole_yuan = excluded.whole_yuan
