-- Statements of budget indicators.

-- name: stands
-- The units where a login has a running post, but for the bureau itself.
SELECT string_agg(DISTINCT n.name, '、' ORDER BY n.name) FROM access_user u JOIN budget_person s ON s.bureau_id = u.partner_id
    AND lower(s.staff_no) = lower(btrim(u.person)) JOIN budget_post t USING (person_id) JOIN budget_unit n USING (unit_id)
JOIN partner p ON p.id = s.bureau_id JOIN ledger_book k USING (book_id)
WHERE u.id = %s AND n.parent_id IS NOT NULL
    AND (now() AT TIME ZONE k.time_zone)::date BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT budget_rule_against_v1(%s, %s, %s)

-- name: rule_on
-- The rule in force on a day, as JSON, with the bureau's code.
SELECT to_jsonb(r) || jsonb_build_object('code', (SELECT b.code FROM budget_bureau b WHERE b.bureau_id = r.bureau_id))
FROM budget_rule_v1(%s, %s::date) r

-- name: keep_rule
-- Two people agreed.
SELECT budget_keep_rule_v1(%s, %s)

-- name: bureau
-- A bureau's code of its division.
SELECT code FROM budget_bureau WHERE bureau_id = %s

-- name: list_known
-- The very same bytes of the same bureau and kind.
SELECT list_id FROM budget_list WHERE bureau_id = %s AND kind = %s AND sha256 = %s

-- name: list_add
-- A list as it came.
INSERT INTO budget_list (bureau_id, kind, name, sha256, body, received_at, received_by) VALUES (%s, %s, %s, %s, %s, %s, %s)
RETURNING list_id

-- name: list
-- With its bureau, and the newest proposal that it be counted.
SELECT t.list_id, t.bureau_id, p.name, t.kind, t.name, t.sha256, t.body, t.received_at, t.received_by, (
    SELECT max(a.id) FROM access_authorisation a WHERE a.subject_key = 'list ' || t.list_id AND a.partner_id = t.bureau_id
        AND a.action LIKE 'budget.%%' AND (a.decided_at IS NULL OR a.granted))
FROM budget_list t JOIN partner p ON p.id = t.bureau_id WHERE t.list_id = %s

-- name: units_against
-- What speaks against rows, by their place.
SELECT n, code FROM budget_units_against_v1(%(bureau)s, %(rows)s)

-- name: posts_against
-- What speaks against rows, by their place.
SELECT n, code FROM budget_posts_against_v1(%(bureau)s, %(rows)s)

-- name: indicators_against
-- What speaks against rows, by their place.
SELECT n, code FROM budget_grants_against_v1(%(bureau)s, %(rows)s, %(now)s)

-- name: quota_against
-- What speaks against rows, by their place.
SELECT n, code FROM budget_quota_against_v1(%(bureau)s, %(rows)s)

-- name: list_against
-- What speaks against a list of units or posts as a whole.
SELECT budget_list_against_v1(%(bureau)s, %(kind)s, %(rows)s)

-- name: money_against
-- What speaks against a list of indicators or quota as a whole.
SELECT budget_money_against_v1(%(bureau)s, %(kind)s, %(rows)s, %(now)s)

-- name: units_changes
-- Rows that change something: the unit's code, as it is, as it will be.
SELECT f.code, f.before, f.after FROM (
    SELECT r.n, r.code, concat_ws(' · ', u.name, a.code, nullif(u.account_no, ''), nullif(u.bank_name, ''), nullif(u.bank_code, ''),
            '–' || u.until_on) AS before,
        concat_ws(' · ', r.name, nullif(r.parent, ''), nullif(r.account_no, ''), nullif(r.bank_name, ''), nullif(r.bank_code, ''),
            '–' || r.until_on) AS after
    FROM budget_unit_rows_v1(%(rows)s) r
    LEFT JOIN budget_unit u ON u.bureau_id = %(bureau)s AND u.code = r.code
    LEFT JOIN budget_unit a ON a.unit_id = u.parent_id) f
WHERE f.before <> f.after ORDER BY f.n

-- name: units_unnamed
-- Units that rows do not name.
SELECT count(*) FROM budget_unit u WHERE u.bureau_id = %(bureau)s
    AND u.code NOT IN (SELECT r.code FROM budget_unit_rows_v1(%(rows)s) r)

-- name: posts_changes
-- Rows that change something: the staff number and its unit, as it is, as it will be.
SELECT f.staff_no || ' @ ' || f.unit, f.before, f.after FROM (
    SELECT r.n, r.staff_no, r.unit, CASE WHEN t.post_id IS NOT NULL THEN concat_ws(' · ', s.name, nullif(t.duty, ''),
            t.from_on || ' – ' || coalesce(t.until_on::text, '')) ELSE '' END AS before,
        concat_ws(' · ', r.name, nullif(r.duty, ''), r.from_on || ' – ' || coalesce(r.until_on::text, '')) AS after
    FROM budget_post_rows_v1(%(rows)s) r
    LEFT JOIN budget_person s ON s.bureau_id = %(bureau)s AND lower(s.staff_no) = lower(r.staff_no)
    LEFT JOIN budget_unit u ON u.bureau_id = %(bureau)s AND u.code = r.unit
    LEFT JOIN budget_post t ON t.person_id = s.person_id AND t.unit_id = u.unit_id AND t.from_on = r.from_on) f
WHERE f.before <> f.after ORDER BY f.n

-- name: posts_unnamed
-- Running posts of people that rows do not name.
SELECT count(*) FROM budget_post t JOIN budget_person s USING (person_id) WHERE s.bureau_id = %(bureau)s
    AND budget_clock_v1(s.bureau_id) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')
    AND lower(s.staff_no) NOT IN (SELECT lower(r.staff_no) FROM budget_post_rows_v1(%(rows)s) r)

-- name: indicators_changes
-- Each row's indicator: what is granted of it (NULL: it is new), by how much that changes, and by which document.
SELECT r.number, i.granted_fen, r.fen, concat_ws(' · ', r.doc_no, r.unit, r.title) FROM budget_grant_rows_v1(%(rows)s) r
LEFT JOIN budget_indicator i ON i.bureau_id = %(bureau)s AND i.number = r.number ORDER BY r.n

-- name: quota_changes
-- Each row's indicator: its quota, by how much that changes, and by which notice.
SELECT r.number, i.quota_fen, r.fen, r.doc_no FROM budget_grant_rows_v1(%(rows)s) r
JOIN budget_indicator i ON i.bureau_id = %(bureau)s AND i.number = r.number ORDER BY r.n

-- name: take_list
-- Two people agreed.
SELECT budget_take_list_v1(%s, %s)

-- name: grant
-- Two people agreed.
SELECT budget_grant_v1(%s, %s)

-- name: arrive
-- Two people agreed.
SELECT budget_quota_v1(%s, %s)

-- name: today
-- The bureau's day.
SELECT budget_today_v1(%s, %s)

-- name: year_end_figures
-- What a year's end would move.
SELECT indicators, lapse_fen, carry_fen, held_fen FROM budget_year_end_figures_v1(%s, %s)

-- name: end_year
-- Two people agreed.
SELECT budget_year_end_v1(%s, %s)

-- name: entries_altered
-- Each entry against its one transfer: so many fen between the accounts of its kind, of its indicator, on its day; and its bureau
-- against its indicator's.
SELECT 'budget_entry ' || e.document_id, CASE
    WHEN e.bureau_id <> i.bureau_id OR e.bucket <> i.bucket THEN 'is of bureau ' || e.bureau_id || ', its indicator of ' || i.bureau_id
    WHEN t.count IS DISTINCT FROM 1::bigint THEN 'has ' || coalesce(t.count, 0) || ' transfers'
    WHEN (t.debit, t.credit) IS DISTINCT FROM (a.debit, a.credit) THEN 'is ' || e.kind || ', its transfer went otherwise'
    WHEN t.fen <> e.amount_fen THEN 'amount_fen says ' || e.amount_fen || ', its transfer ' || t.fen
    WHEN t.detail <> e.indicator_id THEN 'is of indicator ' || e.indicator_id || ', its transfer of ' || t.detail
    WHEN t.day <> e.business_day THEN 'business_day says ' || e.business_day || ', its transfer ' || t.day
    WHEN e.hold_id IS NOT NULL AND h.indicator_id IS DISTINCT FROM e.indicator_id
        THEN 'is of hold ' || e.hold_id || ', which is of another indicator'
    END
FROM budget_entry e JOIN budget_indicator i USING (indicator_id) JOIN budget_bureau b ON b.bureau_id = e.bureau_id
LEFT JOIN budget_hold h ON h.hold_id = e.hold_id
CROSS JOIN LATERAL (SELECT
    CASE m.debit WHEN 'granted' THEN b.granted_id WHEN 'free' THEN b.free_id WHEN 'quota' THEN b.quota_id WHEN 'held' THEN b.held_id
        ELSE b.used_id END AS debit,
    CASE m.credit WHEN 'granted' THEN b.granted_id WHEN 'free' THEN b.free_id WHEN 'quota' THEN b.quota_id WHEN 'held' THEN b.held_id
        ELSE b.used_id END AS credit FROM budget_move m WHERE m.kind = e.kind) a
LEFT JOIN LATERAL (SELECT count(*) AS count, min(d.debit_id) AS debit, min(d.credit_id) AS credit, min(d.amount_fen) AS fen,
        min(d.detail_id) AS detail, min(d.business_day) AS day
    FROM document_transfer d WHERE d.reference_id = e.document_id AND d.kind = 'posted') t ON true

-- name: indicators_altered
-- Each indicator against its entries: what is granted, not in quota, in quota, held and used of it.
SELECT 'budget_indicator ' || i.indicator_id, CASE
    WHEN i.granted_fen <> s.granted THEN 'granted_fen says ' || i.granted_fen || ', its entries ' || s.granted
    WHEN i.free_fen <> s.free THEN 'free_fen says ' || i.free_fen || ', its entries ' || s.free
    WHEN i.quota_fen <> s.quota THEN 'quota_fen says ' || i.quota_fen || ', its entries ' || s.quota
    WHEN i.held_fen <> s.held THEN 'held_fen says ' || i.held_fen || ', its entries ' || s.held
    WHEN i.used_fen <> s.used THEN 'used_fen says ' || i.used_fen || ', its entries ' || s.used
    WHEN i.ori_id IS NOT NULL AND (SELECT (o.bureau_id, o.unit_id, o.year + 1) = (i.bureau_id, i.unit_id, i.year)
            FROM budget_indicator o WHERE o.indicator_id = i.ori_id) IS NOT TRUE THEN 'continues one that is not its unit''s'
    WHEN NOT EXISTS (SELECT FROM budget_unit u WHERE u.unit_id = i.unit_id AND u.bureau_id = i.bureau_id)
        THEN 'is of a unit of another bureau'
    END
FROM budget_indicator i CROSS JOIN LATERAL (SELECT
    coalesce(sum(e.amount_fen * CASE 'granted' WHEN m.debit THEN 1 WHEN m.credit THEN -1 ELSE 0 END), 0) AS granted,
    coalesce(sum(e.amount_fen * CASE 'free' WHEN m.debit THEN -1 WHEN m.credit THEN 1 ELSE 0 END), 0) AS free,
    coalesce(sum(e.amount_fen * CASE 'quota' WHEN m.debit THEN -1 WHEN m.credit THEN 1 ELSE 0 END), 0) AS quota,
    coalesce(sum(e.amount_fen * CASE 'held' WHEN m.debit THEN -1 WHEN m.credit THEN 1 ELSE 0 END), 0) AS held,
    coalesce(sum(e.amount_fen * CASE 'used' WHEN m.debit THEN -1 WHEN m.credit THEN 1 ELSE 0 END), 0) AS used
    FROM budget_entry e JOIN budget_move m USING (kind) WHERE e.indicator_id = i.indicator_id) s

-- name: holds_altered
-- Each hold against its entries: quota used = posted - returned.
SELECT 'budget_hold ' || h.hold_id, CASE
    WHEN h.amount_fen <> s.held THEN 'amount_fen says ' || h.amount_fen || ', its entries ' || s.held
    WHEN h.posted_fen <> s.posted THEN 'posted_fen says ' || h.posted_fen || ', its entries ' || s.posted
    WHEN h.released_fen <> s.released THEN 'released_fen says ' || h.released_fen || ', its entries ' || s.released
    WHEN h.restored_fen <> s.restored THEN 'restored_fen says ' || h.restored_fen || ', its entries ' || s.restored
    END
FROM budget_hold h CROSS JOIN LATERAL (SELECT
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'held'), 0) AS held,
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'posted'), 0) AS posted,
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'released'), 0) AS released,
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind = 'restored'), 0) AS restored
    FROM budget_entry e WHERE e.hold_id = h.hold_id) s

-- name: bureaus_apart
-- Each bureau's indicators against its accounts in the ledger.
SELECT 'budget_bureau ' || b.bureau_id, CASE
    WHEN s.granted <> l.granted THEN 'has ' || s.granted || ' fen of indicators, the ledger ' || l.granted
    WHEN (s.free, s.quota, s.held, s.used) <> (l.free, l.quota, l.held, l.used)
        THEN 'has ' || concat_ws('/', s.free, s.quota, s.held, s.used) || ' fen free, in quota, held, used; the ledger '
             || concat_ws('/', l.free, l.quota, l.held, l.used)
    END
FROM budget_bureau b CROSS JOIN LATERAL (SELECT coalesce(sum(i.granted_fen), 0) AS granted, coalesce(sum(i.free_fen), 0) AS free,
        coalesce(sum(i.quota_fen), 0) AS quota, coalesce(sum(i.held_fen), 0) AS held, coalesce(sum(i.used_fen), 0) AS used
    FROM budget_indicator i WHERE i.bureau_id = b.bureau_id) s
CROSS JOIN LATERAL (SELECT coalesce(-sum(x.fen) FILTER (WHERE x.account_id = b.granted_id), 0) AS granted,
        coalesce(sum(x.fen) FILTER (WHERE x.account_id = b.free_id), 0) AS free,
        coalesce(sum(x.fen) FILTER (WHERE x.account_id = b.quota_id), 0) AS quota,
        coalesce(sum(x.fen) FILTER (WHERE x.account_id = b.held_id), 0) AS held,
        coalesce(sum(x.fen) FILTER (WHERE x.account_id = b.used_id), 0) AS used
    FROM (SELECT y.account_id, y.credit_posted_fen - y.debit_posted_fen AS fen FROM ledger_balance y
        WHERE y.account_id IN (b.granted_id, b.free_id, b.quota_id, b.held_id, b.used_id)) x) l

-- name: grants_altered
-- Each entry that people agreed to against what they agreed to: of that bureau, by that act; and where a row names its indicator
-- and document, so many fen.
SELECT 'budget_entry ' || e.document_id, CASE
    WHEN a.id IS NULL THEN 'was made by proposal ' || e.proposal_id || ', to which nobody agreed'
    WHEN a.action <> 'budget.year_end' AND e.doc_no IS NOT NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(a.content -> 'rows') x WHERE x ->> 'number' = i.number AND x ->> 'doc_no' = e.doc_no
                AND x ->> 'fen' = (CASE WHEN e.kind IN ('cut', 'withdrawn') THEN -e.amount_fen ELSE e.amount_fen END)::text)
        THEN 'is not what proposal ' || e.proposal_id || ' says'
    WHEN a.action = 'budget.quota' AND e.doc_no IS NULL THEN 'has no document, proposal ' || e.proposal_id || ' has one'
    END
FROM budget_entry e JOIN budget_indicator i USING (indicator_id)
LEFT JOIN access_authorisation a ON a.id = e.proposal_id AND a.granted AND a.partner_id = e.bureau_id
    AND a.action = ANY (CASE WHEN e.kind IN ('granted', 'cut') THEN '{budget.grant}'::text[]
        WHEN e.kind IN ('lapsed', 'carried') THEN '{budget.year_end}'::text[]
        WHEN e.kind = 'arrived' AND e.doc_no IS NOT NULL THEN '{budget.quota}'::text[]
        ELSE '{budget.grant,budget.quota,budget.year_end}'::text[] END)
WHERE e.proposal_id IS NOT NULL
