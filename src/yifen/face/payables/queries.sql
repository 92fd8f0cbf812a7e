-- What the pages of payables read.

-- name: payers
-- A biller's payers, each with one of its payables, if it has any.
FROM payer r JOIN partner p ON p.id = r.biller_id
LEFT JOIN LATERAL (
    SELECT y.payable_id FROM payable y WHERE y.bucket = r.bucket AND y.biller_id = r.biller_id
        AND y.account_no = r.account_no ORDER BY y.ref LIMIT 1) y ON true
