-- What the pages of the second person read.

-- name: proposals
-- Every act that two people decide, with who did.
FROM access_authorisation a JOIN access_user m ON m.id = a.maker_id
LEFT JOIN access_user c ON c.id = a.checker_id
LEFT JOIN partner p ON p.id = a.partner_id
LEFT JOIN institution i ON i.id = a.institution_id
CROSS JOIN LATERAL (SELECT CASE WHEN a.decided_at IS NULL THEN
        CASE WHEN access_lapsed_v1(a, a.requested_at) THEN 'lapsed' ELSE 'open' END WHEN a.granted THEN 'yes'
    WHEN a.checker_id IS NOT NULL THEN 'no' WHEN a.answer = '' THEN 'withdrawn' ELSE 'lapsed' END AS state) s

-- name: for_me
-- What this person may decide: of others, not of himself under another login.
a.decided_at IS NULL AND a.shown IS NOT NULL AND NOT access_lapsed_v1(a, a.requested_at)
    AND access_may_decide_v1(%(user_id)s, a)
    AND access_person_v1(a.maker_id) <> access_person_v1(%(user_id)s)

-- name: may_decide
-- Of one proposal.
SELECT EXISTS (SELECT FROM access_authorisation a WHERE a.id = %(proposal)s AND {for_me})

-- name: deciders
-- Who may decide a proposal, as the database will see it; the reader's reach is asked by the page.
SELECT u.name, u.login, u.institution_id FROM access_authorisation a
JOIN access_act t ON t.act = a.action
JOIN access_user u ON u.is_active AND EXISTS (SELECT FROM access_user_role r
    JOIN access_permission m ON m.role = r.role AND m.permission = t.decide WHERE r.user_id = u.id)
WHERE a.id = %(proposal)s AND access_may_decide_v1(u.id, a)
    AND access_person_v1(a.maker_id) <> access_person_v1(u.id)
ORDER BY u.name, u.login
