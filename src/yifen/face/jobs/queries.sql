-- What the pages of jobs read: undecided calls, daily files, exports.

-- name: calls
-- The outbox with the payments that it is about.
FROM biller_call k
JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id
JOIN partner b ON b.id = y.biller_id
