-- Statements of the pages of budget indicators.

-- name: bureaus_of
-- Bureaus in scope.
SELECT b.bureau_id, p.code || ' ' || p.name FROM budget_bureau b JOIN partner p ON p.id = b.bureau_id
WHERE {{scope}} ORDER BY p.code

-- name: billers_of
-- Billers in scope that may become bureaus: hosted ones.
SELECT p.id, p.code || ' ' || p.name FROM partner p JOIN biller b ON b.partner_id = p.id AND b.endpoint = ''
WHERE {{scope}} ORDER BY p.code

-- name: units
-- Each behind what is above it, with who works there and what is left this year.
FROM budget_unit u CROSS JOIN LATERAL (
    WITH RECURSIVE up AS (SELECT u.unit_id, u.parent_id, u.code, 0 AS depth
        UNION ALL SELECT a.unit_id, a.parent_id, a.code, up.depth + 1 FROM up JOIN budget_unit a ON a.unit_id = up.parent_id)
    SELECT string_agg(up.code, '/' ORDER BY up.depth DESC) AS path, repeat('　', max(up.depth)) AS indent,
        (SELECT count(DISTINCT t.person_id) FROM budget_post t WHERE t.unit_id = u.unit_id
            AND %(today)s::date BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')) AS posts,
        (SELECT coalesce(sum(i.quota_fen), 0)::bigint FROM budget_indicator i WHERE i.unit_id = u.unit_id
            AND i.closed_at IS NULL) AS quota_fen,
        (SELECT coalesce(sum(i.used_fen), 0)::bigint FROM budget_indicator i WHERE i.unit_id = u.unit_id
            AND i.closed_at IS NULL) AS used_fen
    FROM up) x

-- name: posts
-- With person and unit.
FROM budget_post t JOIN budget_person s USING (person_id) JOIN budget_unit u ON u.unit_id = t.unit_id

-- name: indicators
-- With their unit.
FROM budget_indicator i JOIN budget_unit u ON u.unit_id = i.unit_id

-- name: rules
-- With their bureau.
FROM budget_rule r JOIN partner p ON p.id = r.bureau_id

-- name: lists
-- With their bureau, and how far each is; past: another one came instead, of its file's name, or one of units or posts in force since.
FROM (SELECT t.list_id, t.bureau_id, t.kind, t.name, t.received_at, t.received_by, CASE
        WHEN EXISTS (SELECT FROM access_authorisation a WHERE a.subject_key = 'list ' || t.list_id AND a.granted
            AND a.partner_id = t.bureau_id AND a.action LIKE 'budget.%%') THEN 'counts'
        WHEN EXISTS (SELECT FROM access_authorisation a WHERE a.subject_key = 'list ' || t.list_id AND a.decided_at IS NULL
            AND a.partner_id = t.bureau_id AND a.action LIKE 'budget.%%') THEN 'open'
        WHEN EXISTS (SELECT FROM budget_list o WHERE (o.bureau_id, o.kind, o.name) = (t.bureau_id, t.kind, t.name) AND o.list_id > t.list_id)
            OR EXISTS (SELECT FROM budget_list o JOIN access_authorisation a ON a.subject_key = 'list ' || o.list_id AND a.granted
                AND a.partner_id = o.bureau_id AND a.action LIKE 'budget.%%' WHERE (o.bureau_id, o.kind) = (t.bureau_id, t.kind)
                AND o.list_id <> t.list_id AND o.kind IN ('units', 'posts') AND a.decided_at > t.received_at) THEN 'past'
        ELSE 'staged' END AS state
    FROM budget_list t) f JOIN partner p ON p.id = f.bureau_id

-- name: indicator
-- One, if who asks sees its unit.
SELECT i.indicator_id, i.bureau_id, p.name, u.code, u.name, i.number, i.year, i.type_code, i.func_code, i.gov_code, i.dep_code,
    i.project, i.fund_code, i.title, i.granted_fen, i.free_fen, i.quota_fen, i.held_fen, i.used_fen, i.closed_at, i.ori_id,
    (SELECT o.number FROM budget_indicator o WHERE o.indicator_id = i.ori_id), n.indicator_id, n.number
FROM budget_indicator i JOIN budget_unit u USING (unit_id) JOIN partner p ON p.id = i.bureau_id
LEFT JOIN budget_indicator n ON n.ori_id = i.indicator_id
WHERE i.indicator_id = %(one)s AND u.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: indicator_entries
-- All that moved it, the newest first.
SELECT e.at, e.kind, e.amount_fen, coalesce(h.what, e.doc_no, ''), e.business_day, e.proposal_id,
    substring(h.key FROM '^[a-z_]+:([0-9]+)'), sum(CASE 'quota' WHEN m.credit THEN e.amount_fen WHEN m.debit THEN -e.amount_fen ELSE 0 END)
        OVER (ORDER BY e.document_id DESC)::bigint
FROM budget_entry e JOIN budget_move m USING (kind) LEFT JOIN budget_hold h USING (hold_id)
WHERE e.indicator_id = %s ORDER BY e.document_id LIMIT %s

-- name: board
-- Units of a year that who asks sees: what of their indicators is used, held, in quota, not in quota.
SELECT u.code, u.name, sum(i.used_fen)::bigint, sum(i.held_fen)::bigint, sum(i.quota_fen)::bigint, sum(i.free_fen)::bigint
FROM budget_indicator i JOIN budget_unit u USING (unit_id)
WHERE i.year = %(year)s AND i.bureau_id = %(bureau)s AND u.unit_id IN (SELECT budget_sees_v1(%(user)s))
GROUP BY 1, 2 ORDER BY 1

-- name: board_years
-- Years of which there are indicators.
SELECT DISTINCT year FROM budget_indicator WHERE bureau_id = %s ORDER BY 1 DESC LIMIT 20
