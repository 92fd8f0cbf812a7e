-- Statements of the hub's gauges: each reads no more than what it counts.

-- name: undecided_now
-- Counted for the operator, not for a person: how many, since when they are here (a channel may tell of a payment of
-- long ago), and how late the outbox is.
SELECT count(*) FILTER (WHERE k.due_at IS NOT NULL), count(*) FILTER (WHERE k.due_at IS NULL),
    coalesce(greatest(extract(epoch FROM %(now)s - min((SELECT min(b.booked_at) FROM ledger_transfer t
        JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no
        WHERE t.bucket = y.bucket AND t.reference_id = y.payment_id))), 0), 0)::bigint,
    coalesce(greatest(extract(epoch FROM %(now)s - min(k.due_at)), 0), 0)::bigint
FROM biller_call k JOIN payment y ON y.bucket = k.bucket AND y.payment_id = k.payment_id
JOIN partner c ON c.id = y.channel_id WHERE c.book_id <> %(sandbox)s

-- name: recent_calls
-- Of the last five minutes, by code; the minute that runs is not whole yet.
SELECT t.code, sum(t.calls)::bigint FROM traffic_minute t JOIN partner p ON p.id = t.partner_id
WHERE t.minute >= date_trunc('minute', %(now)s) - interval '5 minutes'
    AND t.minute < date_trunc('minute', %(now)s) AND p.book_id <> %(sandbox)s
GROUP BY 1

-- name: chains_now
-- Batches that were sealed since a cut kept the heads of all chains, and when that was.
SELECT (SELECT sum(h.batch_no - coalesce((SELECT max(d.batch_no) FROM ledger_day_head d WHERE d.bucket = h.bucket), 0))
        FROM ledger_head h)::bigint,
    (SELECT extract(epoch FROM %s - max(e.at))::bigint FROM audit_day_head a JOIN audit_entry e USING (entry_no))
