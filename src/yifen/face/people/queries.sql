-- What the pages of people read.

-- name: users
-- A person with his institution, his partner if he works for one, and his roles.
FROM access_user u JOIN institution i ON i.id = u.institution_id
LEFT JOIN partner p ON p.id = u.partner_id
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(role, ',' ORDER BY role), '') AS names FROM access_user_role
    WHERE user_id = u.id) r

-- name: teller_moves
-- A move with its teller, his new number, both branches; stuck: its day has come, and something keeps him.
FROM access_move m JOIN access_user u ON u.id = m.user_id LEFT JOIN access_user s ON s.id = m.successor_id
JOIN institution f ON f.id = m.from_id JOIN institution t ON t.id = m.to_id
CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS today) d
CROSS JOIN LATERAL (SELECT CASE WHEN m.state = 'agreed' AND m.from_on <= d.today OR m.state = 'there' AND m.until_on < d.today
                                THEN 'stuck' ELSE m.state END AS state) x
