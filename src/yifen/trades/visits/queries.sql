-- Statements of visits 外勤.

-- name: customer_of
-- By the number on his paper.
SELECT c.customer_id FROM billing_customer c WHERE c.biller_id = %s AND c.account_no = %s

-- name: new
-- By the clerk's own session.
SELECT code, visit FROM visits_new_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: assign
-- By the clerk's own session.
SELECT visits_assign_v1(%s, %s, %s)

-- name: give_up
-- By the clerk's own session.
SELECT visits_give_up_v1(%s, %s, %s)

-- name: done
-- By the session of who was there.
SELECT visits_done_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: open_below
-- Visits that wait at a place or anywhere below it.
WITH RECURSIVE below AS (
    SELECT place_id FROM billing_place WHERE place_id = %(place)s
    UNION ALL
    SELECT l.place_id FROM billing_place l JOIN below b ON l.parent_id = b.place_id
)
SELECT v.visit_id FROM below b JOIN billing_customer c ON c.place_id = b.place_id
JOIN visit v ON v.bucket = c.bucket AND v.customer_id = c.customer_id
WHERE v.done_at IS NULL AND v.dropped_at IS NULL AND (NOT %(untaken)s OR v.assignee_id IS NULL)

-- name: visits
-- With their doors and who goes there.
FROM visit v JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id JOIN partner p ON p.id = v.biller_id
LEFT JOIN access_user u ON u.id = v.assignee_id

-- name: visit_state
-- Of a row of it.
CASE WHEN v.done_at IS NOT NULL THEN 'done' WHEN v.dropped_at IS NOT NULL THEN 'dropped'
    WHEN v.assignee_id IS NULL THEN 'untaken' ELSE 'given' END

-- name: is_open
-- Neither done nor dropped.
v.done_at IS NULL AND v.dropped_at IS NULL

-- name: is_overdue
-- And its day is over.
{is_open} AND v.due_on < %(today)s

-- name: goers
-- Who may go to doors of companies in scope: whose people they are, or of their institution.
SELECT DISTINCT u.id, u.name || ' ' || u.login FROM access_user u JOIN access_user_role r ON r.user_id = u.id
JOIN access_permission m ON m.role = r.role AND m.permission = 'visits.do'
WHERE u.is_active AND (%(all)s OR u.partner_id = ANY (%(partners)s::integer[])
    OR u.institution_id = ANY (%(institutions)s::bigint[]) AND u.partner_id IS NULL)
ORDER BY 2

-- name: goers_of
-- Who may go to this company's doors.
SELECT DISTINCT u.id, u.name || ' ' || u.login FROM access_user u JOIN access_user_role r ON r.user_id = u.id
JOIN access_permission m ON m.role = r.role AND m.permission = 'visits.do'
WHERE u.is_active AND visits_goer_v1(u.id, %s) ORDER BY 2

-- name: billers
-- Companies in scope that bill here.
SELECT p.id, p.code || ' ' || p.name FROM billing_biller b JOIN partner p ON p.id = b.biller_id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.code

-- name: standing
-- Visits as pages of one show them.
SELECT v.visit_id, v.biller_id, p.code || ' ' || p.name AS biller, v.customer_id, c.account_no, n.name AS holder,
    l.place_id, l.path, v.kind, v.asked_trade, v.why, v.due_on, v.asked_at, v.dropped_at, v.done_at, v.done_by,
    v.finding, v.note, v.latitude, v.longitude, v.accuracy_m, v.assignee_id, u.name, f.name,
    (SELECT string_agg(DISTINCT m.number, ' ') FROM billing_service s
     JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id AND m.removed_on IS NULL
     WHERE s.bucket = v.bucket AND s.customer_id = v.customer_id AND s.service_id = coalesce(v.service_id, s.service_id))
FROM visit v JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id JOIN partner p ON p.id = v.biller_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
LEFT JOIN access_user u ON u.id = v.assignee_id
LEFT JOIN billing_service s ON s.bucket = v.bucket AND s.service_id = v.service_id
LEFT JOIN billing_fee f ON f.fee_id = s.fee_id

-- name: shown
-- One that is in scope.
{standing} WHERE v.visit_id = %(visit)s AND {{scope}}

-- name: mine
-- Those that wait for who asks, the first to be done first.
{standing} WHERE v.assignee_id = %(user_id)s AND v.done_at IS NULL AND v.dropped_at IS NULL AND {{scope}}
ORDER BY v.due_on, v.visit_id LIMIT %(most)s

-- name: my_count
-- How many wait for him, how many are late, since when, how many he did today, and how many are due by today.
SELECT count(*) FILTER (WHERE v.done_at IS NULL), count(*) FILTER (WHERE v.done_at IS NULL AND v.due_on < %(today)s),
    min(v.due_on) FILTER (WHERE v.done_at IS NULL), count(v.done_at),
    count(*) FILTER (WHERE v.done_at IS NULL AND v.due_on <= %(today)s)
FROM visit v WHERE v.assignee_id = %(user_id)s AND v.dropped_at IS NULL
    AND (v.done_at IS NULL OR v.done_at >= (%(today)s::date)::timestamp AT TIME ZONE 'Asia/Shanghai') AND {{scope}}

-- name: photos
-- Of one visit, without the pictures.
SELECT photo_no, encode(sha256, 'hex'), bytes FROM visit_photo WHERE visit_id = %s ORDER BY photo_no

-- name: photo
-- One, sealed, if the visit is in scope.
SELECT h.kind, h.body, v.done_by FROM visit_photo h JOIN visit v ON v.visit_id = h.visit_id
WHERE h.visit_id = %(visit)s AND h.photo_no = %(number)s AND {{scope}}

-- name: waiting_places
-- Where visits wait: by community and the building in it, how many, how many nobody has, how many are late.
-- A place climbs once, however many visits wait there.
WITH door AS MATERIALIZED (
    SELECT v.biller_id, c.place_id, count(*) AS visits, count(*) FILTER (WHERE v.assignee_id IS NULL) AS untaken,
        count(*) FILTER (WHERE v.due_on < %(today)s) AS late
    FROM visit v JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
    WHERE v.done_at IS NULL AND v.dropped_at IS NULL AND {{scope}} GROUP BY 1, 2
)
SELECT p.code || ' ' || p.name, t.place_id, t.path, h.place_id, h.path, sum(d.visits)::bigint, sum(d.untaken)::bigint,
    sum(d.late)::bigint
FROM door d JOIN partner p ON p.id = d.biller_id
CROSS JOIN LATERAL (WITH RECURSIVE up AS (
        SELECT x.* FROM billing_place x WHERE x.place_id = d.place_id
        UNION ALL
        SELECT x.* FROM billing_place x JOIN up ON x.place_id = up.parent_id
    ) SELECT max(up.place_id) FILTER (WHERE level = 1) AS top_id,
             coalesce(max(up.place_id) FILTER (WHERE level = 2), max(up.place_id) FILTER (WHERE level = 1)) AS house_id
      FROM up) w
JOIN billing_place t ON t.place_id = w.top_id JOIN billing_place h ON h.place_id = w.house_id
GROUP BY 1, 2, 3, 4, 5

-- name: place
-- One, whether what lies below it lies deeper, and whether somebody is a customer at it itself.
SELECT l.place_id, l.biller_id, p.code || ' ' || p.name, l.level, l.path, l.parent_id, l.level = 1 AND EXISTS (
    SELECT FROM billing_place x JOIN billing_place y ON y.parent_id = x.place_id WHERE x.parent_id = l.place_id),
    EXISTS (SELECT FROM billing_customer c WHERE c.place_id = l.place_id)
FROM billing_place l JOIN partner p ON p.id = l.biller_id WHERE l.place_id = %s

-- name: companies_above
-- That bill here and are of an institution above a teller's branch, but for the root: what is registered there is nobody's
-- in particular.
WITH RECURSIVE above AS (
    SELECT i.id, i.parent_id FROM institution i WHERE i.id = %(institution)s
    UNION ALL
    SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id
)
SELECT p.id FROM partner p JOIN billing_biller b ON b.biller_id = p.id
JOIN above a ON a.id = p.institution_id AND a.parent_id IS NOT NULL AND a.id <> %(institution)s

-- name: communities
-- Of companies in scope, by a part of the name.
SELECT l.place_id, l.name, p.code || ' ' || p.name FROM billing_place l JOIN partner p ON p.id = l.biller_id
WHERE l.level = 1 AND (%(q)s = '' OR strpos(l.name, %(q)s) > 0)
    AND l.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR l.biller_id = ANY (%(partners)s::integer[]))
ORDER BY l.name, l.place_id LIMIT %(most)s

-- name: houses
-- Of a community.
SELECT place_id, name FROM billing_place WHERE parent_id = %(place)s ORDER BY name, place_id LIMIT %(most)s

-- name: doors
-- Below a place, each with what becomes its signs: who lives there, what he is supplied with, what is owed, visits.
WITH RECURSIVE below AS (
    SELECT l.place_id, l.name, ''::text AS unit, 0 AS deep FROM billing_place l WHERE l.place_id = %(place)s
    UNION ALL
    SELECT l.place_id, l.name, CASE b.deep WHEN 0 THEN '' ELSE btrim(b.unit || ' ' || b.name) END, b.deep + 1
    FROM billing_place l JOIN below b ON l.parent_id = b.place_id
)
SELECT b.place_id, b.name, b.unit, bool_or(c.closed_on IS NULL), bool_or(v.served), sum(o.fen)::bigint,
    bool_or(o.late), bool_or(w.waits)
FROM below b JOIN billing_customer c ON c.place_id = b.place_id
CROSS JOIN LATERAL (SELECT c.closed_on IS NULL AND EXISTS (SELECT FROM billing_service s WHERE s.bucket = c.bucket
    AND s.customer_id = c.customer_id AND visits_in_use_v1(s, %(today)s)) AS served) v
CROSS JOIN LATERAL ({owed}) o
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM visit x WHERE x.bucket = c.bucket AND x.customer_id = c.customer_id
    AND x.done_at IS NULL AND x.dropped_at IS NULL) AS waits) w
GROUP BY b.place_id, b.name, b.unit ORDER BY b.unit, b.name, b.place_id LIMIT %(most)s

-- name: owed
-- What a customer's open payables ask for.
SELECT coalesce(sum(y.due_fen - y.paid_fen), 0)::bigint AS fen, coalesce(bool_or(y.due_on < %(today)s), false) AS late,
    min(y.due_on) AS since, count(*) AS bills
FROM payable y WHERE y.bucket = c.bucket AND y.biller_id = c.biller_id AND y.account_no = c.account_no
    AND y.state = 'open' AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen

-- name: behind_door
-- Whose contracts are at a place, the newest first: those in use, and those that still owe.
SELECT c.customer_id, c.biller_id, p.code, c.account_no, n.name, c.closed_on, o.fen, o.bills, o.since,
    (SELECT array_agg(DISTINCT f.name) FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
     WHERE s.bucket = c.bucket AND s.customer_id = c.customer_id AND visits_in_use_v1(s, %(today)s)),
    (SELECT array_agg(DISTINCT f.name) FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
     WHERE s.bucket = c.bucket AND s.customer_id = c.customer_id AND NOT visits_in_use_v1(s, %(today)s))
FROM billing_customer c JOIN partner p ON p.id = c.biller_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
CROSS JOIN LATERAL ({owed}) o
WHERE c.place_id = %(place)s AND (c.closed_on IS NULL OR o.fen > 0) ORDER BY c.opened_on DESC, c.customer_id DESC

-- name: visits_at_door
-- What waits there.
SELECT v.visit_id, v.customer_id, v.kind, v.why, v.due_on, u.name, v.assignee_id
FROM visit v JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
LEFT JOIN access_user u ON u.id = v.assignee_id
WHERE c.place_id = %(place)s AND v.done_at IS NULL AND v.dropped_at IS NULL ORDER BY v.due_on, v.visit_id

-- name: wall_rates
-- Of each fee in scope its newest period that is published: what its bills ask for, and what of that was paid or came
-- from a balance.
WITH newest AS (
    SELECT DISTINCT ON (r.fee_id) r.fee_id, r.biller_id, r.from_on, r.to_on FROM billing_run r
    WHERE r.kind = 'period' AND r.published_at IS NOT NULL AND r.dropped_at IS NULL
        AND r.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR r.biller_id = ANY (%(partners)s::integer[]))
    ORDER BY r.fee_id, r.to_on DESC, r.run_id DESC
)
SELECT p.name, f.name, n.from_on, n.to_on, sum(coalesce(y.due_fen, 0) + coalesce(s.amount_fen, 0))::bigint,
    sum(coalesce(y.paid_fen, 0) + coalesce(s.amount_fen, 0))::bigint
FROM newest n JOIN billing_fee f ON f.fee_id = n.fee_id JOIN partner p ON p.id = n.biller_id
JOIN billing_run r ON r.fee_id = n.fee_id AND r.from_on >= n.from_on AND r.to_on <= n.to_on
    AND r.kind IN ('period', 'single') AND r.dropped_at IS NULL
JOIN billing_bill b ON b.run_id = r.run_id
LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = n.biller_id AND y.account_no = b.account_no
    AND y.ref = 'B' || b.bill_id AND y.state <> 'withdrawn'
LEFT JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id AND s.amount_fen > 0
GROUP BY p.code, p.name, f.name, n.from_on, n.to_on ORDER BY p.code, f.name

-- name: wall_visits
-- By kind: nobody's, given, late, done today.
SELECT v.kind, count(*) FILTER (WHERE v.done_at IS NULL AND v.assignee_id IS NULL),
    count(*) FILTER (WHERE v.done_at IS NULL AND v.assignee_id IS NOT NULL),
    count(*) FILTER (WHERE v.done_at IS NULL AND v.due_on < %(today)s), count(v.done_at)
FROM visit v WHERE v.dropped_at IS NULL
    AND (v.done_at IS NULL OR v.done_at >= (%(today)s::date)::timestamp AT TIME ZONE 'Asia/Shanghai')
    AND v.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR v.biller_id = ANY (%(partners)s::integer[]))
GROUP BY v.kind

-- name: suspended
-- Of these channels.
SELECT id FROM partner WHERE suspended AND id = ANY (%s)

-- --- the demo's part
-- name: sample_ask
-- Doors of a company, spread over the town: asked for by a clerk's session-less sample, as another trade asks.
SELECT visits_ask_v1(c.biller_id, c.bucket, c.customer_id, NULL, k.kind, 'visits', c.customer_id::text, k.why,
                     %(today)s::date + k.days, %(now)s)
FROM (SELECT x.*, row_number() OVER (ORDER BY x.account_no) AS n FROM billing_customer x WHERE x.biller_id = %(biller)s) c
JOIN unnest(%(kinds)s::text[], %(whys)s::text[], %(days)s::integer[]) WITH ORDINALITY k (kind, why, days, n)
    ON k.n = c.n %% %(every)s
WHERE c.n <= %(most)s

-- name: sample_given
-- Four of five of them have somebody who goes.
UPDATE visit SET assignee_id = (SELECT id FROM access_user WHERE login = %(login)s)
WHERE biller_id = %(biller)s AND visit_id %% 5 <> 0

-- name: photos_altered
-- What the trail was told of each picture when it came; those of before it was told are let be.
SELECT 'visit_photo ' || coalesce(h.visit_id || '|' || h.photo_no, e.subject_key), CASE
    WHEN h.visit_id IS NULL THEN 'is missing, the audit trail has it'
    WHEN e.after IS NULL AND v.done_at > (SELECT min(x.at) FROM audit_entry x WHERE x.subject = 'visit_photo'
            AND x.action = 'insert') THEN 'is not in the audit trail'
    WHEN concat_ws(' ', h.kind, h.bytes, '\x' || encode(h.sha256, 'hex'))
            <> concat_ws(' ', e.after ->> 'kind', e.after ->> 'bytes', e.after ->> 'sha256')
        THEN 'is another than the audit trail has' END
FROM (SELECT x.subject_key, x.after FROM audit_entry x WHERE x.subject = 'visit_photo' AND x.action = 'insert') e
FULL JOIN visit_photo h ON e.subject_key = h.visit_id || '|' || h.photo_no LEFT JOIN visit v ON v.visit_id = h.visit_id

-- name: proof
-- What of a visit that was done is there besides the word.
CASE WHEN v.done_at IS NOT NULL THEN CASE
    WHEN EXISTS (SELECT FROM visit_photo f WHERE f.visit_id = v.visit_id)
    THEN CASE WHEN v.latitude IS NULL THEN 'photo' ELSE 'both' END
    ELSE CASE WHEN v.latitude IS NULL THEN 'none' ELSE 'place' END END END
