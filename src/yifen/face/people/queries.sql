-- What the pages of people read.

-- name: users
-- A person with his institution, his partner if he works for one, and his roles.
FROM access_user u JOIN institution i ON i.id = u.institution_id
LEFT JOIN partner p ON p.id = u.partner_id
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(role, ',' ORDER BY role), '') AS names FROM access_user_role
    WHERE user_id = u.id) r
