-- Figures 统计口径: what the role yifen_reader reads, and the pages and reports too (decision 0039). No names of people, phones,
-- account numbers; money in fen. What a column means says columns.py. All joins that only add what a row is called are
-- outer ones on unique keys, and both halves of a UNION ALL have the same types: so a question pays for just what it
-- asks, the planner leaves out the rest.

-- The community and the building of a place, a customer's own place never: what stands above it alone.
CREATE OR REPLACE VIEW figure_place AS
SELECT p.place_id,
    CASE p.level WHEN 2 THEN u.name WHEN 3 THEN v.name WHEN 4 THEN w.name ELSE '' END AS community,
    CASE p.level WHEN 3 THEN v.name || ' ' || u.name WHEN 4 THEN w.name || ' ' || v.name ELSE '' END AS building
FROM billing_place p
LEFT JOIN billing_place u ON u.place_id = p.parent_id
LEFT JOIN billing_place v ON v.place_id = u.parent_id
LEFT JOIN billing_place w ON w.place_id = v.parent_id;

-- What of each bill was written off 核销.
CREATE OR REPLACE VIEW figure_written_off AS
SELECT bucket, bill_id, sum(amount_fen)::bigint AS fen FROM billing_write_off GROUP BY bucket, bill_id;

-- A row a published bill, correction or cancellation, and a row a sale of a prepaid service. What only tells of a time
-- before the company came 期初 asked nobody and is not here.
CREATE OR REPLACE VIEW figure_bill AS
SELECT b.bill_id, r.kind, r.biller_id, p.code || ' ' || p.name AS biller, r.fee_id, f.name AS fee, s.class, s.region,
    coalesce(a.community, '') AS community, coalesce(a.building, '') AS building,
    (SELECT max(l.price_id) FROM billing_line l WHERE l.bucket = b.bucket AND l.bill_id = b.bill_id) AS price_id,
    coalesce((SELECT v.name || ' ' || v.valid_from FROM billing_price v WHERE v.price_id = (
        SELECT max(l.price_id) FROM billing_line l WHERE l.bucket = b.bucket AND l.bill_id = b.bill_id)), '') AS price,
    b.from_on, b.to_on, k.business_day AS billed_on, coalesce(y.due_on, r.due_on) AS due_on,
    date_trunc('month', coalesce(y.due_on, r.due_on))::date AS due_month, b.corrects_id,
    EXISTS (SELECT FROM billing_bill x JOIN billing_run c ON c.run_id = x.run_id AND c.kind = 'cancel'
            JOIN billing_booking d ON d.run_id = x.run_id AND d.piece = x.piece
            WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.corrects_id = b.bill_id) AS cancelled,
    b.amount_fen AS billed_fen, CASE WHEN r.kind IN ('correction', 'cancel') THEN b.amount_fen ELSE 0::bigint END AS corrected_fen,
    coalesce(t.fen, 0) AS late_fen, coalesce(y.paid_fen, 0) AS paid_fen, coalesce(e.amount_fen, 0) AS spent_fen,
    coalesce(o.fen, 0) AS written_off_fen,
    CASE WHEN y.state <> 'withdrawn' THEN y.due_fen - y.paid_fen ELSE 0 END AS owing_fen
FROM billing_booking k
JOIN billing_run r ON r.run_id = k.run_id AND r.kind <> 'past'
JOIN billing_bill b ON b.run_id = k.run_id AND b.piece = k.piece
LEFT JOIN partner p ON p.id = r.biller_id
LEFT JOIN billing_fee f ON f.fee_id = r.fee_id
LEFT JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
LEFT JOIN billing_customer c ON c.bucket = b.bucket AND c.biller_id = r.biller_id AND c.account_no = b.account_no
LEFT JOIN figure_place a ON a.place_id = c.place_id
LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
LEFT JOIN (SELECT bucket, payable_id, sum(due_fen)::bigint AS fen FROM billing_booking WHERE kind = 'late'
           GROUP BY bucket, payable_id) t ON t.bucket = y.bucket AND t.payable_id = y.payable_id
LEFT JOIN billing_spent e ON e.bucket = b.bucket AND e.bill_id = b.bill_id
LEFT JOIN figure_written_off o ON o.bucket = b.bucket AND o.bill_id = b.bill_id
WHERE k.kind = 'published'
UNION ALL
SELECT g.sale_id, 'sale'::text, g.biller_id, p.code || ' ' || p.name, s.fee_id, f.name, s.class, s.region,
    coalesce(a.community, ''), coalesce(a.building, ''), g.price_id, coalesce(v.name || ' ' || v.valid_from, ''),
    k.business_day, k.business_day, k.business_day, k.business_day, date_trunc('month', k.business_day)::date, g.undoes_id,
    g.token_state = 'undone' AND g.undoes_id IS NULL, g.amount_fen, 0::bigint, 0::bigint,
    0::bigint, g.amount_fen, 0::bigint, 0::bigint
FROM billing_sale g
JOIN billing_booking k ON k.sale_id = g.sale_id
LEFT JOIN partner p ON p.id = g.biller_id
LEFT JOIN billing_service s ON s.bucket = g.bucket AND s.service_id = g.service_id
LEFT JOIN billing_fee f ON f.fee_id = s.fee_id
LEFT JOIN billing_price v ON v.price_id = g.price_id
LEFT JOIN billing_customer c ON c.bucket = g.bucket AND c.biller_id = g.biller_id AND c.account_no = g.account_no
LEFT JOIN figure_place a ON a.place_id = c.place_id;

-- A row what was paid on one bill, balance or other payable by a payment, and a row what of it was given back; of companies
-- that bill elsewhere and of bills that were imported too (`billed_here`: not those). The bill's ref is read without a regular
-- expression, which takes half of the time; by the bill's key, as a plan of few rows would walk over all bills for each. Payments of months that were archived 归档 are not in the database, nor here.
-- What a channel writes itself (its serial, its operator) names nobody: the teller is that of the shift of our own counter,
-- the pay method that of our own counter or payer page.
CREATE OR REPLACE VIEW figure_payment AS
SELECT m.transfer_no * 1000 + m.bucket AS movement_id, m.reference_id AS payment_id, b.bill_id, m.business_day AS day,
    extract(hour FROM y.booked_at AT TIME ZONE k.time_zone)::integer AS hour,
    q.biller_id, p.code || ' ' || p.name AS biller, s.fee_id, f.name AS fee, s.class, s.region,
    coalesce(a.community, '') AS community, coalesce(a.building, '') AS building, b.from_on, b.to_on,
    y.channel_id, c.code || ' ' || c.name AS channel,
    CASE h.hosted WHEN '' THEN 'partner' ELSE h.hosted END AS channel_kind,
    c.institution_id, i.code || ' ' || i.name AS institution, t.teller_id AS user_id,
    coalesce(e.pay_kind, o.method, '') AS method, q.balance_fen IS NOT NULL AS on_balance,
    CASE WHEN m.credit_id = q.credit_id THEN m.amount_fen ELSE 0 END AS amount_fen,
    CASE WHEN m.credit_id = q.credit_id THEN 0 ELSE m.amount_fen END AS returned_fen,
    CASE WHEN m.credit_id = q.credit_id THEN m.amount_fen ELSE -m.amount_fen END AS net_fen,
    q.balance_fen IS NOT NULL OR b.bill_id IS NOT NULL AS billed_here
FROM ledger_transfer m
JOIN payable q ON q.bucket = m.bucket AND q.payable_id = m.detail_id AND q.credit_id IN (m.credit_id, m.debit_id)
LEFT JOIN billing_bill b ON b.bucket = q.bucket AND b.account_no = q.account_no AND b.bill_id = CASE WHEN q.ref LIKE 'B_%' AND length(q.ref) <= 19
    AND ltrim(substr(q.ref, 2), '0123456789') = '' THEN substr(q.ref, 2)::bigint END
LEFT JOIN payment y ON y.bucket = m.bucket AND y.payment_id = m.reference_id
LEFT JOIN partner p ON p.id = q.biller_id
LEFT JOIN ledger_book k ON k.book_id = p.book_id
LEFT JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
LEFT JOIN billing_fee f ON f.fee_id = s.fee_id
LEFT JOIN billing_customer u ON u.bucket = m.bucket AND u.biller_id = q.biller_id AND u.account_no = q.account_no
LEFT JOIN figure_place a ON a.place_id = u.place_id
LEFT JOIN partner c ON c.id = y.channel_id
LEFT JOIN channel h ON h.partner_id = y.channel_id
LEFT JOIN institution i ON i.id = c.institution_id
LEFT JOIN counter_entry e ON h.hosted = 'counter' AND e.channel_id = y.channel_id AND e.serial = y.serial
LEFT JOIN counter_shift t ON t.id = e.shift_id
LEFT JOIN checkout_order o ON h.hosted = 'payer' AND o.channel_id = y.channel_id AND o.order_no = y.serial
WHERE m.kind IN ('posted', 'post') AND m.reference_id > 0;

-- A row a bill that was not billed here 非本系统出账 but imported: what it asks for, what of it was paid, what is owing now. It has
-- no day of publishing. One of any amount asks for none, and of a company that answers itself nobody here knows what is owing.
CREATE OR REPLACE VIEW figure_payable AS
SELECT q.payable_id, q.biller_id, p.code || ' ' || p.name AS biller, q.due_on,
    CASE q.state WHEN 'withdrawn' THEN q.paid_fen ELSE q.due_fen END AS asked_fen, q.paid_fen,
    CASE q.state WHEN 'withdrawn' THEN 0 ELSE q.due_fen - q.paid_fen END AS owing_fen
FROM payable q
JOIN biller h ON h.partner_id = q.biller_id AND h.endpoint = ''
JOIN partner p ON p.id = q.biller_id
LEFT JOIN billing_bill b ON b.bucket = q.bucket AND b.account_no = q.account_no AND b.bill_id = CASE WHEN q.ref LIKE 'B_%'
    AND length(q.ref) <= 19 AND ltrim(substr(q.ref, 2), '0123456789') = '' THEN substr(q.ref, 2)::bigint END
WHERE q.mode <> 'open' AND q.balance_fen IS NULL AND b.bill_id IS NULL;

-- A row a shift 班次 of a teller or collector: what he took and gave back in cash, a company's own deposits with it, what was
-- counted, and what left the drawer since: what his next shift at the branch did not begin with. Until then nobody knows.
CREATE OR REPLACE VIEW figure_shift AS
SELECT s.id AS shift_id, s.institution_id, i.code || ' ' || i.name AS institution, s.channel_id,
    c.code || ' ' || c.name AS channel, s.teller_id AS user_id, s.business_day AS day, s.opened_at, s.closed_at,
    s.state = 'open' AS is_open, s.state = 'open' AND s.business_day < b.current_day AS is_late, s.opening_fen, e.cash_fen,
    e.other_fen, coalesce(s.expected_fen, s.opening_fen + e.cash_fen) AS expected_fen, s.counted_fen, s.difference_fen,
    s.counted_fen - (SELECT n.opening_fen FROM counter_shift n WHERE n.teller_id = s.teller_id AND n.institution_id = s.institution_id
        AND n.id > s.id ORDER BY n.id LIMIT 1) AS handed_in_fen
FROM counter_shift s
JOIN institution i ON i.id = s.institution_id
JOIN partner c ON c.id = s.channel_id
JOIN ledger_book b ON b.book_id = c.book_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.fen) FILTER (WHERE x.pay_kind = 'cash'), 0)::bigint AS cash_fen,
        coalesce(sum(x.fen) FILTER (WHERE x.pay_kind <> 'cash'), 0)::bigint AS other_fen
    FROM (SELECT n.pay_kind, CASE WHEN n.original_id IS NULL THEN n.amount_fen ELSE -n.amount_fen END AS fen
          FROM counter_entry n WHERE n.shift_id = s.id AND n.state::text IN ('booked', 'reversed', 'refunded')
          UNION ALL
          SELECT d.means, d.amount_fen FROM agency_deposit d WHERE d.shift_id = s.id AND d.state IN ('booked', 'reversed')
          UNION ALL
          SELECT d.means, -d.amount_fen FROM agency_deposit d WHERE d.back_shift_id = s.id) x) e;

-- A row an open bill, by how long it has been due on the day of its book.
CREATE OR REPLACE VIEW figure_arrears AS
SELECT x.bill_id, x.biller_id, x.biller, x.fee_id, x.fee, x.class, x.region, x.community, x.building, x.from_on, x.to_on,
    x.due_on, d.days AS days_late, CASE WHEN d.days <= 0 THEN 'not_due' WHEN d.days <= 30 THEN 'd1_30'
        WHEN d.days <= 90 THEN 'd31_90' WHEN d.days <= 180 THEN 'd91_180' WHEN d.days <= 365 THEN 'd181_365'
        WHEN d.days <= 730 THEN 'd366_730' ELSE 'over_730' END AS age, x.owing_fen
FROM figure_bill x
JOIN partner p ON p.id = x.biller_id
JOIN ledger_book k ON k.book_id = p.book_id
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE k.time_zone)::date - x.due_on AS days) d
WHERE x.owing_fen <> 0;
