-- Statements of the system's state.

-- name: last_check
-- When pages last had the whole books replayed to their end, and whether they were as they were sealed.
SELECT extract(epoch FROM %s - finished_at)::bigint, ok FROM console_books_check
WHERE finished_at IS NOT NULL AND ok IS NOT NULL ORDER BY id DESC LIMIT 1
