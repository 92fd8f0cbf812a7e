-- Statements of fetching: which pipes are looked at, what is known of their files.

-- name: due
-- Pipes with a folder to fetch from, of partners that are open; a look that is still to come was made by a clock that
-- was set back since.
SELECT p.id, p.ref::text, r.code, p.kind, p.address, p.settings, p.secret
FROM pipe p JOIN partner r ON r.id = p.partner_id LEFT JOIN pipe_look l ON l.pipe_id = p.id
WHERE p.kind = 'sftp' AND p.enabled AND p.secret IS NOT NULL AND coalesce(p.settings ->> 'fetch', '') <> ''
    AND NOT (r.suspended AND r.live_at IS NOT NULL)
    AND (l.pipe_id IS NULL OR l.due_at <= %(now)s OR l.looked_at > %(now)s)
ORDER BY l.due_at NULLS FIRST, p.id

-- name: lock
-- One looks at a pipe's folder at a time, whatever process.
SELECT pg_try_advisory_lock(hashtextextended('fetch', %s))

-- name: left_before
-- What the last look left: it comes last this time.
SELECT "left" FROM pipe_look WHERE pipe_id = %s

-- name: known
-- What is known of these names, as it lies there.
SELECT name, size, changed_at FROM pipe_fetched WHERE pipe_id = %s AND name = ANY (%s) AND landed <> ''

-- name: of_a_day
-- What was fetched down this pipe within a day: (bytes, files).
SELECT coalesce(sum(size), 0)::bigint, count(*) FROM pipe_fetched
WHERE pipe_id = %(pipe)s AND fetched_at > %(now)s - interval '1 day' AND fetched_at <= %(now)s

-- name: fetched
-- A content under a name, known once; it is on its way until `landed` says where it went.
INSERT INTO pipe_fetched (pipe_id, name, size, sha256, changed_at, fetched_at, landed)
VALUES (%(pipe)s, %(name)s, %(size)s, %(sha256)s, %(changed_at)s, %(now)s, '')
ON CONFLICT (pipe_id, name, sha256) DO UPDATE SET changed_at = excluded.changed_at
RETURNING id, landed

-- name: on_their_way
-- Written down and not seen to land: a process died, or a name was taken.
SELECT f.id, f.name, f.sha256, (SELECT count(*) FROM pipe_fetched b
    WHERE b.pipe_id = f.pipe_id AND b.name = f.name AND b.id <= f.id)
FROM pipe_fetched f WHERE f.pipe_id = %s AND f.landed = '' ORDER BY f.id

-- name: landed
-- It lies there, under this name.
UPDATE pipe_fetched SET landed = %s WHERE id = %s

-- name: looked
-- What the last look came to.
INSERT INTO pipe_look (pipe_id, looked_at, took_ms, fetched, "left", fault, failing_since, due_at)
VALUES (%(pipe)s, %(now)s, %(took_ms)s, %(fetched)s, %(left)s, %(fault)s, %(failing)s, %(due_at)s)
ON CONFLICT (pipe_id) DO UPDATE SET looked_at = excluded.looked_at, took_ms = excluded.took_ms,
    fetched = excluded.fetched, "left" = excluded."left", fault = excluded.fault, due_at = excluded.due_at,
    failing_since = CASE WHEN excluded.failing_since IS NULL THEN NULL
                         ELSE coalesce(pipe_look.failing_since, excluded.failing_since) END
