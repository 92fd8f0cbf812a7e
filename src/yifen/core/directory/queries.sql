-- Statements of the organisation tree.

-- name: subtree
-- An institution and all below it.
WITH RECURSIVE below AS (
    SELECT id FROM institution WHERE id = %s
    UNION ALL SELECT i.id FROM institution i JOIN below b ON i.parent_id = b.id
) SELECT id FROM below ORDER BY id

-- name: above
-- An institution and all above it, nearest first.
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS steps FROM institution WHERE id = %s
    UNION ALL
    SELECT i.id, i.parent_id, a.steps + 1 FROM institution i JOIN above a ON i.id = a.parent_id
) SELECT id FROM above ORDER BY steps
