-- What the console reads of reminders.

-- name: reminders
-- Each with its biller.
FROM reminder r JOIN partner p ON p.id = r.biller_id

-- name: counts
-- By day of the payers' clock, kind, carrier and state, of the billers in scope.
SELECT (r.found_at AT TIME ZONE 'Asia/Shanghai')::date AS day, r.kind, coalesce(nullif(r.carrier, ''), r.channel) AS carrier,
    r.state, count(*)
FROM reminder r
WHERE r.found_at >= %(since)s AND (%(all)s OR r.biller_id = ANY (%(partners)s::integer[]))
    AND r.biller_id <> ALL (%(sandboxes)s::integer[])
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
