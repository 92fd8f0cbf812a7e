-- Statements of the agency's pages.

-- name: admissions
-- With merchant and institution.
FROM agency_admission a JOIN agency_merchant m ON m.code = a.merchant JOIN institution i ON i.id = a.institution_id

-- name: deposits
-- With company, outlet and teller.
FROM agency_deposit d JOIN partner p ON p.id = d.biller_id JOIN institution i ON i.id = d.institution_id
JOIN access_user u ON u.id = d.teller_id

-- name: cheques
-- With its company.
FROM agency_cheque q JOIN partner p ON p.id = q.biller_id

-- name: charges
-- With company, outlet and teller.
FROM agency_charge c JOIN partner p ON p.id = c.biller_id JOIN institution i ON i.id = c.institution_id
JOIN access_user u ON u.id = c.teller_id

-- name: statement
-- A day of a company at an outlet, a transaction code a row; what was taken back is a row of its own.
FROM (
    SELECT concat_ws(':', x.day, x.biller_id, x.institution_id, x.code) AS row_key, x.day, x.biller_id, x.institution_id,
           x.code, count(*) AS entries, sum(x.fen)::bigint AS amount_fen
    FROM (
        SELECT e.business_day AS day, e.biller_id, e.institution_id,
               CASE WHEN e.original_id IS NULL THEN '4623' ELSE e.code END AS code, e.amount_fen AS fen
        FROM counter_entry e JOIN core_pair k ON k.biller_id = e.biller_id AND k.merchant <> ''
        WHERE e.state IN ('booked', 'reversed', 'refunded')
        UNION ALL
        SELECT d.business_day, d.biller_id, d.institution_id, v.code, d.amount_fen
        FROM agency_deposit d CROSS JOIN (VALUES ('4628', 'booked'), ('4628', 'reversed'), ('4629', 'reversed')) v (code, state)
        WHERE v.state = d.state
        UNION ALL
        SELECT c.business_day, c.biller_id, c.institution_id, '1078', c.amount_fen FROM agency_charge c WHERE c.state = 'booked'
    ) x GROUP BY x.day, x.biller_id, x.institution_id, x.code
) s JOIN partner p ON p.id = s.biller_id JOIN institution i ON i.id = s.institution_id

-- name: merchants
-- All that the province keeps.
SELECT code, name, industry, suspended FROM agency_merchant ORDER BY code

-- name: admission_subject
-- One in scope, by what proposals about it are found.
SELECT concat_ws(':', a.institution_id, a.merchant, a.product, a.channel, a.region), m.code || ' ' || m.name
FROM agency_admission a JOIN agency_merchant m ON m.code = a.merchant WHERE a.admission_id = %(one)s AND {{scope}}

-- name: history
-- What two people decided about it, the newest first.
SELECT x.decided_at, k.login || ' ' || k.name, c.login || ' ' || c.name, x.changes
FROM access_authorisation x JOIN access_user k ON k.id = x.maker_id LEFT JOIN access_user c ON c.id = x.checker_id
WHERE x.action = 'agency.admission' AND x.subject_key = %(subject)s AND x.granted ORDER BY x.decided_at DESC LIMIT 50

-- name: sessions
-- Closed ones of a county, the newest first, and what each presented.
SELECT s.day, s.number, s.closed_at, u.login,
       (SELECT count(*) FROM agency_cheque q WHERE q.exchange_id = s.institution_id
            AND (q.session_day, q.session_no) = (s.day, s.number))
FROM agency_session s JOIN access_user u ON u.id = s.closed_by WHERE s.institution_id = %s
ORDER BY s.day DESC, s.number DESC LIMIT 20

-- name: waiting_cheques
-- How many wait to be presented, and are out.
SELECT count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'presented')
FROM agency_cheque WHERE exchange_id = %s
