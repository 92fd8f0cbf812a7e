-- What exports read.

-- name: due
-- Standing exports whose period has ended become exports.
SELECT console_due_exports_v1()

-- name: ready
-- A person's standing exports that lie ready, the newest first.
SELECT e.id, s.every, e.finished_at FROM console_export e
JOIN console_standing_export s ON e.request = 'standing ' || s.id
WHERE e.maker_id = %(maker)s AND e.state = %(done)s AND e.finished_at > %(since)s ORDER BY e.id DESC LIMIT 12
