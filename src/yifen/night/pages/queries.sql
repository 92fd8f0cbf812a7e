-- What the pages of the end of day read.

-- name: nights
-- A book's night with the step at which it stands.
FROM eod_run r JOIN ledger_book k USING (book_id)
LEFT JOIN LATERAL (
    SELECT step, state FROM eod_step s WHERE s.eod_id = r.eod_id
    ORDER BY s.started_at DESC LIMIT 1) x ON true

-- name: night_in_scope
-- Nights of books with a partner in scope, sandboxes aside.
EXISTS (SELECT FROM partner p WHERE p.book_id = r.book_id AND p.book_id <> 900
    AND (%(all)s OR p.id = ANY (%(partners)s::integer[])))

-- name: signing_at
-- Where who signs a book's night stands, and whether there is somebody who may, beside this person.
SELECT i.name, EXISTS (SELECT FROM access_user u WHERE access_may_v1(u.id, 'day_end.sign', i.id, NULL)
    AND access_person_v1(u.id) <> access_person_v1(%s))
FROM institution i WHERE i.parent_id IS NULL ORDER BY i.id LIMIT 1

-- name: waits_sign
-- It waits for two people of the top institution to close it: books are its own.
r.ended_at IS NULL AND %(all)s AND EXISTS (SELECT FROM eod_step s
    WHERE s.eod_id = r.eod_id AND s.step = 'close' AND s.state = 'waiting')

-- name: waits_failed
-- It stands at a step that failed, and is tried again.
r.ended_at IS NULL AND x.state = 'failed'

-- name: waits_other
-- It stands and waits for something, a file mostly; the top institution signs it, if it is at its end.
r.ended_at IS NULL AND x.state = 'waiting' AND NOT (x.step = 'close' AND %(all)s)

-- name: left
-- A line a partner that failed, was refused or is left: of nights that are open, and of the last one.
FROM eod_run r JOIN ledger_book k USING (book_id) JOIN eod_step s USING (eod_id)
CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.result -> 'failed', '[]')
    || coalesce(s.result -> 'refused', '[]') || coalesce(s.result -> 'left', '[]'))
    WITH ORDINALITY AS x (line, place)
JOIN partner p ON p.code = x.line ->> 'partner'

-- name: left_counts
-- A closed night is the past once another began.
(r.ended_at IS NULL OR r.business_day = (SELECT max(q.business_day) FROM eod_run q WHERE q.book_id = r.book_id))

-- name: missing_files
-- A partner of which a file is expected for the day of an open night, or a part of it, with the hour until which
-- the night waits; without one it waits for nothing.
FROM eod_run r JOIN recon_profile_in_force f ON f.book_id = r.book_id AND f.described AND NOT f.suspended
JOIN partner p ON p.id = f.partner_id
CROSS JOIN LATERAL (SELECT array_to_string(recon_missing_v1(f.partner_id, r.business_day), ' ') AS parts,
    (r.business_day + 1 + coalesce(f.file_late_after, '00:00')) AT TIME ZONE f.time_zone AS at) d

-- name: missing_counts
-- Of those in business on that day.
r.ended_at IS NULL AND d.parts <> '' AND CASE WHEN p.live_at IS NULL THEN NOT p.suspended
    ELSE (p.live_at AT TIME ZONE 'Asia/Shanghai')::date <= r.business_day END

-- name: comes
-- When the open day of each book in scope is over, and at which hour its night begins, if by itself.
SELECT k.code, k.current_day, k.cut_off, k.time_zone, CASE WHEN s.automatic THEN s.starts_at END
FROM ledger_book k LEFT JOIN eod_schedule s USING (book_id)
WHERE EXISTS (SELECT FROM partner p WHERE p.book_id = k.book_id AND p.book_id <> 900
    AND (%(all)s OR p.id = ANY (%(partners)s::integer[])))
ORDER BY k.code

-- name: books
-- Real books, each with the hour of its night.
FROM ledger_book k LEFT JOIN eod_schedule s USING (book_id)
