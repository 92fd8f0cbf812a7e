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

-- name: spare
-- What two people agreed to.
SELECT heating_spare_v1(%s, %s)

-- name: file_take
-- What two people agreed to.
SELECT heating_file_take_v1(%s, %s)

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
    r.open_proposal, r.proposal, q.neighbours, q.applicant, q.kind, q.bytes, encode(q.sha256, 'hex')
FROM heating_request_state r JOIN heating_season s ON s.season_id = r.season_id JOIN partner p ON p.id = r.biller_id
LEFT JOIN heating_paper q ON q.request_id = r.request_id
JOIN billing_customer c ON c.bucket = r.bucket AND c.customer_id = r.customer_id
JOIN billing_service v ON v.bucket = r.bucket AND v.service_id = r.service_id
JOIN billing_fee f ON f.fee_id = v.fee_id JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE r.request_id = %(request)s

-- name: stop
-- A stop in force, with what makes it warm, and the bill that its days have.
SELECT k.share_id, k.biller_id, p.name, c.account_no, l.path, k.from_on, k.to_on, k.permille, w.seen_on, w.moved_milli,
    w.visit_id, s.name, billing_billed_v1(k.service_id, %(day)s, k.to_on), c.customer_id, k.service_id,
    heating_is_spared_v1(k.share_id, k.bucket, k.service_id, w.moved_milli)
FROM heating_stop k JOIN partner p ON p.id = k.biller_id JOIN heating_season s ON s.season_id = k.season_id
JOIN billing_service v ON v.bucket = k.bucket AND v.service_id = k.service_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN LATERAL heating_warm_v1(k.bucket, k.service_id, k.from_on, k.to_on) w ON true
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

-- name: file_season
-- The season of a file, with its company.
SELECT s.biller_id, p.code, p.name, s.name FROM heating_season s JOIN partner p ON p.id = s.biller_id WHERE s.season_id = %s

-- name: file_against
-- What speaks against its rows, one after another, as of now.
SELECT code FROM heating_file_against_v1(%(season)s, %(lines)s, %(now)s) ORDER BY line_no

-- name: file_known
-- The same bytes, that were right before.
SELECT file_id FROM heating_file WHERE season_id = %s AND sha256 = %s AND wrong = 0

-- name: file_add
-- As it came.
INSERT INTO heating_file (season_id, biller_id, name, sha256, rows, wrong, lines, received_at, received_by)
VALUES (%(season)s, %(biller)s, %(name)s, %(sha256)s, %(rows)s, %(wrong)s, %(lines)s, %(now)s, %(login)s) RETURNING file_id

-- name: file_add_body
-- Sealed.
INSERT INTO heating_file_body VALUES (%s, %s)

-- name: file_body
-- Sealed.
SELECT body FROM heating_file_body WHERE file_id = %s

-- name: file
-- One, with how far it is.
SELECT f.file_id, f.season_id, f.biller_id, p.code, p.name, s.name, f.name, f.sha256, f.rows, f.wrong, f.lines,
    f.received_at, f.received_by, f.state, f.open_proposal
FROM heating_file_state f JOIN heating_season s ON s.season_id = f.season_id JOIN partner p ON p.id = f.biller_id
WHERE f.file_id = %s

-- name: sample_session
-- Who acts in the sample is signed in meanwhile.
UPDATE access_user SET session_key = access_session_v1(%(key)s), session_until = now() + interval '1 hour'
WHERE login = %(login)s

-- name: sample_flats
-- Some flats of the heating company, with the season that was billed last.
SELECT f.fee_id, r.from_on, r.to_on, s.service_id FROM billing_fee f JOIN partner p ON p.id = f.biller_id
JOIN LATERAL (SELECT x.from_on, x.to_on FROM billing_run x WHERE x.fee_id = f.fee_id ORDER BY x.to_on DESC LIMIT 1) r ON true
JOIN billing_service s ON s.fee_id = f.fee_id
WHERE p.code = %(biller)s ORDER BY s.service_id / 1000, s.service_id LIMIT %(most)s

-- name: sample_season
-- That two people put in force.
SELECT s.season_id FROM heating_season s JOIN partner p ON p.id = s.biller_id
WHERE p.code = %(biller)s AND s.from_on = %(from_on)s

-- name: sample_seen
-- Somebody was there.
UPDATE visit SET done_at = %(now)s, done_by = 'field', finding = %(finding)s
WHERE asked_trade = 'heating' AND asked_ref = %(ref)s AND kind = %(kind)s AND done_at IS NULL AND dropped_at IS NULL

-- name: sample_look
-- Somebody is to look at a flat.
SELECT visits_ask_v1(f.biller_id, s.bucket, s.customer_id, s.service_id, 'check', 'heating', 'C' || s.service_id,
    '停供检查：是否有热', %(day)s, %(now)s) FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
WHERE s.bucket = %(service)s %% 1000 AND s.service_id = %(service)s

-- name: sample_bill
-- The newest bill of a flat.
SELECT b.bill_id, r.from_on, r.to_on, r.due_on FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
WHERE b.bucket = %(service)s %% 1000 AND b.service_id = %(service)s ORDER BY b.bill_id DESC LIMIT 1

-- name: sample_cancel
-- It is taken back.
SELECT run_id FROM billing_cancel_v1(%(session)s, %(bill)s, '报停', %(now)s)

-- name: sample_anew
-- And made anew.
SELECT run_id FROM billing_begin_v1(%(session)s, (SELECT s.fee_id FROM billing_service s
    WHERE s.bucket = %(service)s %% 1000 AND s.service_id = %(service)s), %(service)s, %(from_on)s, %(to_on)s, %(due_on)s,
    %(now)s)

-- name: sample_make
-- Its bill.
SELECT billing_make_v1(k.run_id, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s

-- name: sample_agreed
-- Two people's word on a run.
INSERT INTO access_authorisation (action, subject_key, content, institution_id, partner_id, maker_id, checker_id,
                                  requested_at, decided_at, granted, used_at, reason)
SELECT 'billing.publish', %(run)s::text, jsonb_build_object('run', %(run)s, 'figures', billing_figures_v1(%(run)s)),
    %(institution)s, r.biller_id, m.id, c.id, %(now)s, %(now)s, true, %(now)s, '核对无误'
FROM billing_run r JOIN access_user m ON m.login = %(maker)s JOIN access_user c ON c.login = %(checker)s
WHERE r.run_id = %(run)s RETURNING id

-- name: sample_publish
-- Piece by piece.
SELECT billing_publish_v1(%(proposal)s, k.piece, %(now)s) FROM billing_piece k WHERE k.run_id = %(run)s ORDER BY k.piece

-- name: paper
-- Of a request that was just taken.
SELECT heating_paper_v1(%(session)s, %(request)s, %(neighbours)s, %(applicant)s, %(kind)s, %(sha256)s, %(bytes)s, %(body)s)

-- name: scan
-- The paper as it was scanned.
SELECT kind, body FROM heating_paper WHERE request_id = %(request)s AND body IS NOT NULL

-- name: papers_altered
-- What the trail was told of each when it came.
SELECT 'heating_paper ' || coalesce(h.request_id::text, e.subject_key), CASE
    WHEN h.request_id IS NULL THEN 'is missing, the audit trail has it'
    WHEN e.after IS NULL THEN 'is not in the audit trail'
    WHEN concat_ws(' ', h.neighbours, h.kind, h.bytes, '\x' || encode(h.sha256, 'hex'))
            <> concat_ws(' ', e.after ->> 'neighbours', e.after ->> 'kind', e.after ->> 'bytes', e.after ->> 'sha256')
        THEN 'is another than the audit trail has' END
FROM (SELECT x.subject_key, x.after FROM audit_entry x WHERE x.subject = 'heating_paper' AND x.action = 'insert') e
FULL JOIN heating_paper h ON e.subject_key = h.request_id::text
