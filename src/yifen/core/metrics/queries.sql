-- Statements of the figures: who asks, and how the processes are.

-- name: lock_gauges
-- One process asks for all; the lock ends with its session, and who holds it gets it again.
SELECT pg_try_advisory_lock(hashtextextended('gauges', 0))
