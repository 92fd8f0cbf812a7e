-- Statements of the figures: who asks, and how the processes are.

-- name: lock_gauges
-- One process asks for all; the lock ends with its session, and who holds it gets it again.
SELECT pg_try_advisory_lock(hashtextextended('gauges', 0))

-- name: sign
-- How this process is.
SELECT process_sign_v1(%s, %s, %s, %s, %s::jsonb)

-- name: signs
-- Of the last day, the newest first; how long ago by the database's own clock, which wrote them.
SELECT role, host, name, version, began_at, extract(epoch FROM clock_timestamp() - at)::bigint, wrong::text
FROM process_sign ORDER BY role, at DESC, host, name
