-- What the pages of utility billing read.

-- --- runs and bills

-- name: runs
-- Runs with how far they are.
FROM billing_run_state s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id

-- name: bills
-- Bills of runs that were not given up.
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id AND r.dropped_at IS NULL
JOIN billing_fee f ON f.fee_id = r.fee_id

-- name: fees
-- Of the billers in scope.
SELECT f.fee_id, p.code || ' ' || f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name

-- name: bill
-- One bill, with its payable, what its account's balance paid of it, and whether it was taken back.
SELECT b.bill_id, r.biller_id, p.name, b.account_no, f.name, f.unit, r.kind, b.from_on, b.to_on, b.qty_milli, b.used_milli,
    b.carried_fen, b.carry_fen, b.amount_fen, b.run_id, b.corrects_id, b.service_id, y.state::text, y.due_fen, y.paid_fen,
    y.due_on, s.amount_fen, x.bill_id, d.at
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id AND r.dropped_at IS NULL
JOIN billing_fee f ON f.fee_id = r.fee_id JOIN partner p ON p.id = r.biller_id
LEFT JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
LEFT JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id
LEFT JOIN LATERAL (SELECT c.bill_id FROM billing_bill_counting c WHERE c.bucket = b.bucket
    AND c.service_id = b.service_id AND c.corrects_id = b.bill_id AND c.kind = 'cancel') x ON true
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: bill_lines
-- What a bill consists of, in order.
SELECT coalesce(t.name, ''), coalesce(t.tier, 0), l.part_no, l.qty_milli, t.price, l.amount_fen, c.name
FROM billing_line l JOIN billing_price c ON c.price_id = l.price_id
LEFT JOIN billing_part t ON t.price_id = l.price_id AND t.part_no = l.part_no
WHERE l.bucket = %(bill)s %% 1000 AND l.bill_id = %(bill)s ORDER BY l.line_no

-- name: late_decided
-- Late fees. What was waived of a bill, and the days that are not counted for it, by which proposal.
SELECT d.fen, d.since, d.until, a.reason, d.proposal
FROM (SELECT w.amount_fen AS fen, w.waived_on AS since, NULL::date AS until, w.proposal FROM billing_waiver w
      WHERE w.bucket = %(bill)s %% 1000 AND w.bill_id = %(bill)s
      UNION ALL
      SELECT NULL, f.from_on, f.to_on, f.proposal FROM billing_freeze f
      WHERE f.bucket = %(bill)s %% 1000 AND f.biller_id = %(biller)s AND f.account_no = %(account)s
          AND coalesce(f.bill_id, %(bill)s) = %(bill)s) d
JOIN access_authorisation a ON a.id = d.proposal ORDER BY d.proposal DESC

-- name: late_rules
-- Of the billers in scope.
SELECT p.code || ' ' || f.name, l.class, l.valid_from, l.rate, l.later_rate, l.grace_days, l.min_fen, l.cap_permille,
    l.count_first, l.truncated, l.fee_first
FROM billing_late_rule l JOIN billing_fee f ON f.fee_id = l.fee_id JOIN partner p ON p.id = f.biller_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name, l.class, l.valid_from DESC

-- --- fees and prices

-- name: prices
-- Versions with the last day before the next one; what stands in each is told from its rows.
FROM billing_price_span v JOIN billing_fee f ON f.fee_id = v.fee_id JOIN partner p ON p.id = f.biller_id
CROSS JOIN LATERAL (
    SELECT string_agg(trim_scale(t.price)::text, ' / ' ORDER BY t.part_no) AS prices
    FROM billing_part t WHERE t.price_id = v.price_id) t

-- name: price_state
-- Past, in force today, or to come.
CASE WHEN v.valid_from > %(today)s::date THEN 'coming' WHEN v.until < %(today)s::date THEN 'past' ELSE 'now' END

-- name: fees_listed
-- Fees with their company, and in how many classes and regions there is a price today.
FROM billing_fee f JOIN partner p ON p.id = f.biller_id
CROSS JOIN LATERAL (
    SELECT count(*) AS prices FROM billing_price_span v WHERE v.fee_id = f.fee_id
        AND v.valid_from <= %(today)s::date AND coalesce(v.until, %(today)s::date) >= %(today)s::date) n

-- name: billing_billers
-- Companies in scope that bill here.
SELECT p.id, p.code || ' ' || p.name FROM billing_biller b JOIN partner p ON p.id = b.biller_id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.code
