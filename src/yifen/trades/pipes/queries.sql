-- Statements of pipes: finding events, trying deliveries, sending again.

-- name: cursor_made
-- A source that is read for the first time begins at its end.
INSERT INTO pipe_cursor (source, position, at, fault) VALUES (%s, '{}', %s, '') ON CONFLICT DO NOTHING

-- name: cursor_taken
-- One reads it at a time.
SELECT position FROM pipe_cursor WHERE source = %s FOR UPDATE

-- name: cursor_moved
-- In the transaction that wrote what was found.
UPDATE pipe_cursor SET position = %s, at = %s, fault = '' WHERE source = %s

-- name: cursor_failed
-- It goes on from where it was.
INSERT INTO pipe_cursor AS c (source, position, at, fault) VALUES (%(source)s, '{}', %(now)s, %(fault)s)
ON CONFLICT (source) DO UPDATE SET fault = excluded.fault

-- name: wanted
-- Partners with a pipe that is told of one of these kinds, on or off.
SELECT DISTINCT partner_id FROM pipe WHERE wants ?| %s

-- name: found
-- Events that some pipe wants since it was made, each once, and a delivery down each of those pipes.
WITH given AS (
    SELECT u.*, p.id AS pipe_id
    FROM unnest(%(uids)s::text[], %(kinds)s::text[], %(partners)s::bigint[], %(subjects)s::text[],
                %(ats)s::timestamptz[], %(datas)s::jsonb[])
        WITH ORDINALITY AS u (uid, kind, partner_id, subject, at, data, place)
    JOIN pipe p ON p.partner_id = u.partner_id AND p.wants ? u.kind AND p.made_at <= u.at
), made AS (
    INSERT INTO pipe_event (uid, kind, source, partner_id, subject, at, data)
    SELECT uid, kind, %(source)s, partner_id, subject, at, data
    FROM (SELECT DISTINCT ON (uid) * FROM given ORDER BY uid, place) g ORDER BY place
    ON CONFLICT (uid) DO NOTHING RETURNING id, uid
)
INSERT INTO pipe_delivery (pipe_id, event_id, state, tries, due_at, made_at, said)
SELECT g.pipe_id, m.id, 'waiting', 0, %(now)s, %(now)s, ''
FROM made m JOIN (SELECT DISTINCT pipe_id, uid FROM given) g USING (uid) ORDER BY m.id

-- name: rooms
-- Pipes with something due now that may be sent to, and whether the last try arrived: a partner that was shut waits
-- until it is open again; a webhook without a secret cannot be signed yet.
SELECT p.id, p.kind, coalesce((SELECT t.result = 'delivered' FROM pipe_try t WHERE t.pipe_id = p.id
                               ORDER BY t.at DESC, t.id DESC LIMIT 1), false)
FROM pipe p JOIN partner r ON r.id = p.partner_id
WHERE p.enabled AND (p.kind <> 'webhook' OR p.secret IS NOT NULL) AND NOT (r.suspended AND r.live_at IS NOT NULL)
    AND p.kind = ANY (%(kinds)s)
    AND EXISTS (SELECT FROM pipe_delivery d WHERE d.pipe_id = p.id AND d.state = 'waiting' AND d.due_at <= %(now)s)

-- name: taken
-- So many of each pipe that are due, the first of every pipe before the second of any. Until `lease` nobody else takes
-- them; who dies in between leaves them due then.
WITH due AS (
    SELECT d.id, d.due_at, row_number() OVER (PARTITION BY u.pipe ORDER BY d.due_at, d.id) AS place, u.lease
    FROM unnest(%(pipes)s::bigint[], %(places)s::integer[], %(leases)s::timestamptz[]) AS u (pipe, places, lease)
    CROSS JOIN LATERAL (
        SELECT x.id, x.due_at FROM pipe_delivery x
        WHERE x.pipe_id = u.pipe AND x.state = 'waiting' AND x.due_at <= %(now)s
        ORDER BY x.due_at, x.id LIMIT u.places) d
), first AS (
    SELECT id, lease FROM due ORDER BY place, due_at, id LIMIT %(most)s
)
UPDATE pipe_delivery d SET due_at = f.lease
FROM first f, pipe p, partner r, pipe_event e
WHERE d.id = f.id AND d.state = 'waiting' AND d.due_at <= %(now)s AND p.id = d.pipe_id AND r.id = p.partner_id
    AND e.id = d.event_id
RETURNING d.id, d.tries, d.due_at, p.id, p.ref::text, r.code, p.kind, p.address, p.settings, p.secret,
    CASE WHEN p.before_until > %(now)s THEN p.secret_before END, e.uid, e.kind, e.at, e.data, e.source

-- name: tried
-- What a try was answered.
INSERT INTO pipe_try (delivery_id, pipe_id, at, took_ms, result, status, said)
VALUES (%(delivery)s, %(pipe)s, %(at)s, %(took_ms)s, %(result)s, %(status)s, %(said)s)

-- name: delivered
-- Whoever took it: it arrived. With its try, in one statement: most are of this kind.
WITH tried AS (
    INSERT INTO pipe_try (delivery_id, pipe_id, at, took_ms, result, status, said)
    VALUES (%(delivery)s, %(pipe)s, %(at)s, %(took_ms)s, %(result)s, %(status)s, %(said)s)
)
UPDATE pipe_delivery SET state = 'delivered', tries = tries + 1, due_at = NULL, ended_at = %(now)s, said = %(said)s
WHERE id = %(delivery)s AND state <> 'delivered'

-- name: not_delivered
-- Only what is still ours: sent again or taken by another meanwhile, it goes by that.
UPDATE pipe_delivery SET state = %(state)s, tries = tries + 1, due_at = %(due_at)s, ended_at = %(ended_at)s,
    said = %(said)s
WHERE id = %(delivery)s AND state = 'waiting' AND due_at = %(lease)s

-- name: switched_off
-- Nobody wants it there any longer; what waits, waits until it is switched on again.
UPDATE pipe SET enabled = false, off_why = %s WHERE id = %s AND enabled

-- name: pipe_held
-- One writes a test of it at a time.
SELECT FROM pipe WHERE id = %s FOR NO KEY UPDATE

-- name: pings
-- Whether it may be tested now: fewer than `most` tests since a moment, none of them untried.
SELECT count(*) < %(most)s AND NOT coalesce(bool_or(d.state = 'waiting' AND d.tries = 0), false)
FROM pipe_delivery d JOIN pipe_event e ON e.id = d.event_id
WHERE d.pipe_id = %(pipe)s AND d.made_at > %(since)s AND e.kind = 'ping'

-- name: ping
-- A test, told to one pipe only, whatever it wants.
WITH made AS (
    INSERT INTO pipe_event (uid, kind, source, partner_id, subject, at, data)
    SELECT %(uid)s, 'ping', '', partner_id, %(subject)s, %(now)s, %(data)s FROM pipe WHERE id = %(pipe)s RETURNING id
)
INSERT INTO pipe_delivery (pipe_id, event_id, state, tries, due_at, made_at, said)
SELECT %(pipe)s, id, 'waiting', 0, %(now)s, %(now)s, '' FROM made

-- name: again_count
-- What would be sent again of a pipe: what was made since a moment and delivered or given up when it was counted;
-- what ends later changes nothing of the count.
SELECT count(*) FROM (SELECT FROM pipe_delivery WHERE pipe_id = %(pipe)s AND made_at >= %(since)s
    AND state = ANY (%(states)s) AND ended_at <= %(until)s LIMIT %(most)s) d

-- name: again
-- From the beginning of its times; the receiver knows it by its id.
UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = %(now)s, ended_at = NULL
WHERE pipe_id = %(pipe)s AND made_at >= %(since)s AND ended_at <= %(until)s AND state = ANY (%(states)s)

-- name: again_one
-- One of them.
UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = %s, ended_at = NULL
WHERE id = %s AND state <> 'waiting'

-- name: sooner
-- What waits is due now, of one pipe all or one; not what may be under way, and that is due again before `from`.
UPDATE pipe_delivery SET due_at = %(now)s
WHERE pipe_id = %(pipe)s AND (%(delivery)s::bigint IS NULL OR id = %(delivery)s) AND state = 'waiting'
    AND due_at > %(from)s

-- name: forget
-- Events long past that no pipe waits for, with their deliveries and tries.
WITH gone AS (
    SELECT x.id FROM pipe_event x WHERE x.at < %s AND NOT EXISTS (
        SELECT FROM pipe_delivery d WHERE d.event_id = x.id AND d.state = 'waiting')
    ORDER BY x.at LIMIT 5000
), deliveries AS (
    DELETE FROM pipe_delivery d USING gone g WHERE d.event_id = g.id RETURNING d.id
), tries AS (
    DELETE FROM pipe_try t USING deliveries d WHERE t.delivery_id = d.id
)
DELETE FROM pipe_event e USING gone g WHERE e.id = g.id

-- name: depths
-- What waits or was given up in pipes that are on, and how long the oldest of it has.
SELECT p.kind, d.state, count(*), extract(epoch FROM %s - min(d.made_at))::bigint
FROM pipe_delivery d JOIN pipe p ON p.id = d.pipe_id
WHERE p.enabled AND d.state IN ('waiting', 'given_up') GROUP BY p.kind, d.state

-- name: sources_read
-- How long ago each source of events was read to its end.
SELECT source, extract(epoch FROM %s - at)::bigint FROM pipe_cursor
