-- Statements of the commands of the night.

-- name: book
-- By the code that people type.
SELECT book_id, current_day, cut_off, time_zone FROM ledger_book WHERE code = %s

-- name: roles_of
-- Who signs must be there, active and of a role that may.
SELECT array_agg(r.role) FROM access_user u JOIN access_user_role r ON r.user_id = u.id
WHERE lower(u.login) = lower(%s) AND u.is_active
