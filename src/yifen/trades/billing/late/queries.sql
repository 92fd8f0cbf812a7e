-- Statements of late fees.

-- name: late_bill
-- Late fees. A bill that is a payable, with its late fee of a day; nothing of it where it is not late or has no rule.
SELECT b.bill_id, r.biller_id, p.name, b.account_no, f.name, y.due_on, y.state::text, y.due_fen, y.paid_fen,
    coalesce(l.principal_fen, y.due_fen), coalesce(l.fee_fen, 0), coalesce(l.unpaid_fen, 0)
FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
JOIN billing_fee f ON f.fee_id = r.fee_id JOIN partner p ON p.id = r.biller_id
JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id
LEFT JOIN LATERAL billing_late_of_v1(b.bucket, r.biller_id, b.account_no, %(today)s) l ON l.bill_id = b.bill_id
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s

-- name: waive
-- What two people agreed to.
SELECT billing_waive_v1(%s, %s)

-- name: freeze
-- What two people agreed to.
SELECT billing_freeze_v1(%s, %s)

-- name: late_rule
-- What two people agreed to.
SELECT billing_late_rule_v1(%s, %s)

-- name: late_fee
-- A fee, whose it is, and the rule that counts from that day on for that class, until now.
SELECT f.biller_id, p.name, f.name, l.valid_from, l.rate, l.later_rate, l.grace_days, l.count_first, l.min_fen,
    l.cap_permille, l.truncated, l.fee_first
FROM billing_fee f JOIN partner p ON p.id = f.biller_id
LEFT JOIN LATERAL (SELECT * FROM billing_late_rule x WHERE x.fee_id = f.fee_id AND x.class = %(class)s
    AND x.valid_from <= %(on)s ORDER BY x.valid_from DESC LIMIT 1) l ON true
WHERE f.fee_id = %(fee)s

-- name: late_lines
-- Stretch by stretch, up to a day.
SELECT from_on, to_on, days, rate, left_fen, grown FROM billing_late_lines_v1(%(bill)s, %(on)s)

-- name: late_bounds
-- The rule that counts for a bill, and what was waived of it until a day.
SELECT l.rate, l.later_rate, l.grace_days, l.min_fen, l.cap_permille, l.truncated,
    (SELECT coalesce(sum(w.amount_fen), 0)::bigint FROM billing_waiver w WHERE w.bucket = b.bucket
         AND w.bill_id = b.bill_id AND w.waived_on <= %(on)s)
FROM billing_bill b JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
CROSS JOIN LATERAL (SELECT * FROM billing_late_rule x WHERE x.fee_id = s.fee_id AND x.class IN ('', s.class)
    AND x.valid_from <= %(due)s ORDER BY x.class = '', x.valid_from DESC LIMIT 1) l
WHERE b.bucket = %(bill)s %% 1000 AND b.bill_id = %(bill)s
