-- What the pages of payables read.

-- name: payers
-- A biller's payers, each with one of its payables, if it has any.
FROM payer r JOIN partner p ON p.id = r.biller_id
LEFT JOIN LATERAL (
    SELECT y.payable_id FROM payable y WHERE y.bucket = r.bucket AND y.biller_id = r.biller_id
        AND y.account_no = r.account_no ORDER BY y.ref LIMIT 1) y ON true

-- name: payers_by_account
-- Payers of these billers with these account numbers, each in its own bucket; with one of its payables, if any.
SELECT r.biller_id, r.account_no, r.name, p.code || ' ' || p.name, y.payable_id
FROM unnest(%(homes)s::smallint[], %(billers)s::integer[], %(accounts)s::text[]) AS u (bucket, biller_id, account_no)
JOIN payer r USING (bucket, biller_id, account_no) JOIN partner p ON p.id = r.biller_id
LEFT JOIN LATERAL (
    SELECT y.payable_id FROM payable y WHERE y.bucket = r.bucket AND y.biller_id = r.biller_id
        AND y.account_no = r.account_no ORDER BY y.ref LIMIT 1) y ON true
LIMIT %(most)s

-- name: sealed_names
-- A biller's payers whose names have one of these marks.
SELECT r.account_no, r.name FROM payer r
WHERE r.bucket = ANY (%(buckets)s::smallint[]) AND r.biller_id = %(biller_id)s
    AND right(r.name, 2) = ANY (%(marks)s::text[])

-- name: payables_by_ref
-- Payables of these billers with this number of the biller's.
SELECT y.payable_id, y.title, y.due_fen, y.account_no, p.code || ' ' || p.name
FROM payable y JOIN partner p ON p.id = y.biller_id
WHERE hashtext(y.ref) = hashtext(%(ref)s) AND y.ref = %(ref)s AND y.biller_id = ANY (%(billers)s::integer[])
LIMIT %(most)s
