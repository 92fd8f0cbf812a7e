-- What the pages of jobs read: undecided calls, daily files, exports.

-- name: calls
-- The outbox with the payments that it is about.
FROM biller_call k
JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id
JOIN partner b ON b.id = y.biller_id

-- name: of_the_open_day
-- Nobody asks the biller any more, and the day is still open: what is past the cut two people end.
k.due_at IS NULL AND y.business_day >= (SELECT o.current_day FROM ledger_book o WHERE o.book_id = b.book_id)

-- name: failed
-- Jobs with the moment at which they failed.
FROM procrastinate_jobs j CROSS JOIN LATERAL (
    SELECT max(x.at) AS at FROM procrastinate_events x WHERE x.job_id = j.id) e

-- name: to_be_made_again
-- The reader's own that failed within a week, and that nobody has made since.
e.state = 'failed' AND e.maker_id = %(user_id)s AND e.asked_at > %(now)s - interval '7 days' AND NOT EXISTS (
    SELECT FROM console_export n WHERE n.maker_id = e.maker_id AND n.id > e.id AND n.state <> 'failed'
        AND (n.listing, n.query, n.format) = (e.listing, e.query, e.format))

-- name: made
-- An export with who made it.
FROM console_export e JOIN access_user u ON u.id = e.maker_id
