-- What the pages of payments read beside the hub's own statements.

-- name: returns
-- What took money back, a row each, with the payment that it took back and both partners.
FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
JOIN partner c ON c.id = y.channel_id JOIN partner b ON b.id = y.biller_id

-- name: booked
-- As the figures count them: the biller agreed.
r.booked_at IS NOT NULL AND y.booked_at IS NOT NULL
