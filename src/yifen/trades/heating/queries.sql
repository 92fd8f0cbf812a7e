-- What heating service reads and does, by name.

-- name: put_season
-- What two people agreed to.
SELECT heating_season_v1(%s, %s)

-- name: decide
-- What two people agreed to.
SELECT heating_decide_v1(%s, %s)

-- name: charge
-- What two people agreed to.
SELECT heating_charge_v1(%s, %s)

-- name: season_against
-- What speaks against it, as things stand.
SELECT heating_season_against_v1(%s, %s)

-- name: season_now
-- As it is in force, with its terms.
SELECT to_jsonb(s) || jsonb_build_object('terms', (SELECT jsonb_agg(to_jsonb(t) - 'season_id' ORDER BY t.class, t.region)
    FROM heating_term t WHERE t.season_id = s.season_id)) FROM heating_season s WHERE s.season_id = %(season)s

-- name: fee_of
-- Whose fee it is.
SELECT f.biller_id, p.code, p.name, f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id WHERE f.fee_id = %s

-- name: decision
-- All that the two who decide about a request look at; the ratio and the basic fee as they would be agreed to.
SELECT r.request_id, r.biller_id, p.name, c.account_no, n.name, l.path, r.kind, s.name, s.from_on, s.to_on, r.from_on,
    r.asked_by, r.document, r.reason, r.finding, r.seen_at, r.seen_note, r.state, f.name, v.area_milli,
    coalesce(r.permille, heating_permille_v1(r.season_id, v.class, v.region)) AS permille,
    coalesce(r.basic_fen, heating_basic_v1(s, v, r.from_on, heating_permille_v1(r.season_id, v.class, v.region))),
    billing_billed_v1(r.service_id, r.from_on, s.to_on), heating_decide_against_v1(r.request_id, %(agree)s, %(today)s),
    r.agreement_no, r.asked_at, r.decided_at, r.customer_id, r.service_id, s.by_days, r.answer_due_on, r.taken_by,
    r.open_proposal, r.proposal
FROM heating_request_state r JOIN heating_season s ON s.season_id = r.season_id JOIN partner p ON p.id = r.biller_id
JOIN billing_customer c ON c.bucket = r.bucket AND c.customer_id = r.customer_id
JOIN billing_service v ON v.bucket = r.bucket AND v.service_id = r.service_id
JOIN billing_fee f ON f.fee_id = v.fee_id JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE r.request_id = %(request)s

-- name: stop
-- A stop in force, with what makes it warm, and the bill that its days have.
SELECT k.share_id, k.biller_id, p.name, c.account_no, l.path, k.from_on, k.to_on, k.permille, w.seen_on, w.moved_milli,
    w.visit_id, s.name, billing_billed_v1(k.service_id, %(day)s, k.to_on), c.customer_id, k.service_id
FROM heating_stop k JOIN partner p ON p.id = k.biller_id JOIN heating_season s ON s.season_id = k.season_id
JOIN billing_service v ON v.bucket = k.bucket AND v.service_id = k.service_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN LATERAL heating_warm_v1(k) w ON true
WHERE k.share_id = %(share)s

-- name: ask
-- A clerk takes a request.
SELECT code, request_id FROM heating_ask_v1(%(session)s, %(service)s, %(season)s, %(kind)s, %(from_on)s, %(asked_by)s,
    %(document)s, %(reason)s, %(now)s)

-- name: withdraw
-- The holder takes it back.
SELECT heating_withdraw_v1(%s, %s, %s)

-- name: again
-- Somebody goes there again.
SELECT heating_again_v1(%s, %s, %s)

-- name: mark
-- A flat that cannot be stopped, or can be again.
SELECT heating_mark_v1(%(session)s, %(service)s, %(kind)s, %(until)s, %(note)s, %(ends)s, %(now)s)

-- name: check
-- Somebody looks at all doors of a building.
SELECT code, visits FROM heating_check_v1(%(session)s, %(season)s, %(building)s, %(due)s, %(now)s)
