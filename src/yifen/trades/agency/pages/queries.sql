-- Statements of the agency's pages.

-- name: admissions
-- With merchant and institution.
FROM agency_admission a JOIN agency_merchant m ON m.code = a.merchant JOIN institution i ON i.id = a.institution_id

-- name: deposits
-- With company, outlet and teller.
FROM agency_deposit d JOIN partner p ON p.id = d.biller_id JOIN institution i ON i.id = d.institution_id
JOIN access_user u ON u.id = d.teller_id

-- name: slips
-- Those that wait for 4628, with company and the county that serves it.
FROM (
    SELECT concat_ws(':', l.biller_id, l.unit, l.number) AS row_key, l.*, k.contracting_id FROM agency_slip l
    JOIN core_pair k ON k.biller_id = l.biller_id AND k.unit = l.unit
    WHERE NOT EXISTS (SELECT FROM agency_deposit d WHERE (d.biller_id, d.unit, d.number) = (l.biller_id, l.unit, l.number)
        AND d.state IN ('asked', 'booked'))
) s JOIN partner p ON p.id = s.biller_id JOIN institution i ON i.id = s.contracting_id

-- name: with_units
-- The companies that have accounts of a merchant: of no other do slips come.
SELECT DISTINCT biller_id FROM core_pair WHERE merchant <> ''

-- name: cheques
-- With its company, its bank, who took it in, and the deposit that it paid.
FROM agency_cheque q JOIN partner p ON p.id = q.biller_id LEFT JOIN agency_bank b ON b.code = q.drawer_bank
JOIN institution o ON o.id = q.institution_id JOIN access_user u ON u.id = q.accepted_by
LEFT JOIN agency_deposit d ON d.cheque_id = q.cheque_id AND d.state IN ('asked', 'booked')

-- name: cheque_taken
-- One as the page of the outlet that took it in tells it.
SELECT q.amount_fen, q.state, p.code || ' ' || p.name, q.unit, q.number, concat_ws(' ', q.drawer_bank, b.name), q.drawer,
    q.cheque_no, q.written_on, q.accepted_at, u.login || ' ' || u.name
FROM agency_cheque q JOIN partner p ON p.id = q.biller_id JOIN access_user u ON u.id = q.accepted_by
LEFT JOIN agency_bank b ON b.code = q.drawer_bank
WHERE q.cheque_id = %(cheque)s AND q.institution_id = %(outlet)s

-- name: banks
-- By their number, for the help of its field.
SELECT code, name FROM agency_bank ORDER BY code LIMIT 1001

-- name: charges
-- With company, outlet and teller.
FROM agency_charge c JOIN partner p ON p.id = c.biller_id JOIN institution i ON i.id = c.institution_id
JOIN access_user u ON u.id = c.teller_id

-- name: last_day
-- Of an outlet's shifts.
SELECT max(business_day) FROM counter_shift WHERE institution_id = %s

-- name: statement
-- A day of a company at an outlet, a transaction code a row; what was taken back is a row of its own, below zero.
-- `commission_fen`: of what the day's settlement charged, the row's share by what the agreement measures.
FROM (
    SELECT concat_ws(':', x.day, x.biller_id, x.institution_id, x.code) AS row_key, x.day, x.biller_id, x.institution_id,
           x.code, count(*) AS entries, sum(x.fen)::bigint AS amount_fen
    FROM (
        SELECT e.business_day AS day, e.biller_id, e.institution_id,
               CASE WHEN e.original_id IS NULL THEN '4623' ELSE e.code END AS code,
               CASE WHEN e.original_id IS NULL THEN e.amount_fen ELSE -e.amount_fen END AS fen
        FROM counter_entry e JOIN core_pair k ON k.biller_id = e.biller_id AND k.merchant <> ''
        WHERE e.state IN ('booked', 'reversed', 'refunded')
        UNION ALL
        SELECT d.business_day, d.biller_id, d.institution_id, v.code, CASE v.code WHEN '4629' THEN -d.amount_fen ELSE d.amount_fen END
        FROM agency_deposit d CROSS JOIN (VALUES ('4628', 'booked'), ('4628', 'reversed'), ('4629', 'reversed')) v (code, state)
        WHERE v.state = d.state
        UNION ALL
        SELECT c.business_day, c.biller_id, c.institution_id, '1078', c.amount_fen FROM agency_charge c WHERE c.state = 'booked'
    ) x GROUP BY x.day, x.biller_id, x.institution_id, x.code
) s LEFT JOIN LATERAL (
    SELECT round(CASE a.measure WHEN 'amount' THEN t.commission_fen::numeric * s.amount_fen / nullif(t.amount_fen, 0)
        ELSE t.commission_fen::numeric * s.entries * CASE s.code WHEN '4623' THEN 1 WHEN '4625' THEN -1 ELSE 0 END
             / nullif(t.payments, 0) END)::bigint AS commission_fen
    FROM settlement t JOIN agreement_in_force a ON a.biller_id = t.biller_id AND a.valid_from <= t.business_day
        AND (a.next_valid_from IS NULL OR a.next_valid_from > t.business_day)
    WHERE t.biller_id = s.biller_id AND t.business_day = s.day AND s.code IN ('4623', '4625', '4626')
) f ON true JOIN partner p ON p.id = s.biller_id JOIN institution i ON i.id = s.institution_id

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
-- Of a county, the newest first, and what each presented; an open one has no end.
SELECT s.day, s.number, s.opened_at, o.login, s.closed_at, u.login,
       (SELECT count(*) FROM agency_cheque q WHERE q.exchange_id = s.institution_id
            AND (q.session_day, q.session_no) = (s.day, s.number))
FROM agency_session s JOIN access_user o ON o.id = s.opened_by LEFT JOIN access_user u ON u.id = s.closed_by
WHERE s.institution_id = %s ORDER BY s.session_id DESC LIMIT 20

-- name: waiting_cheques
-- How many wait to be presented, how much it is, how many are out; how many the open session collects when it closes, and how much.
SELECT count(*) FILTER (WHERE state = 'accepted'),
    coalesce(sum(amount_fen) FILTER (WHERE state = 'accepted'), 0)::bigint, count(*) FILTER (WHERE state = 'presented'),
    (SELECT count(*) FROM agency_collects_v1(%(here)s)),
    (SELECT coalesce(sum(c.amount_fen), 0)::bigint FROM agency_collects_v1(%(here)s) c)
FROM agency_cheque WHERE exchange_id = %(here)s

-- name: detail
-- What an outlet's tellers did at the desk in these days, of every kind: what takes back is a row of its own, below zero.
-- The next page begins behind the last row's moment and key.
WITH done AS (
    SELECT 'E' || e.id AS row_key, e.at, e.teller_id, e.biller_id, e.serial, e.code, e.pay_kind AS means, e.account_no AS what,
        CASE WHEN e.original_id IS NULL THEN e.amount_fen ELSE -e.amount_fen END AS fen, e.state
    FROM counter_entry e WHERE e.institution_id = %(outlet)s AND e.business_day BETWEEN %(since)s AND %(until)s
        AND e.state <> 'draft'
    UNION ALL
    SELECT 'D' || d.deposit_id, d.made_at, d.teller_id, d.biller_id, d.serial, '4628', d.means, d.unit || ' ' || d.number,
        d.amount_fen, d.state
    FROM agency_deposit d JOIN core_move m ON m.serial = d.serial
    WHERE d.institution_id = %(outlet)s AND coalesce(d.business_day, m.day) BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'B' || d.deposit_id, d.changed_at, d.teller_id, d.biller_id, d.serial, '4629', d.means, d.unit || ' ' || d.number,
        -d.amount_fen, 'booked'
    FROM agency_deposit d WHERE d.institution_id = %(outlet)s AND d.business_day BETWEEN %(since)s AND %(until)s
        AND d.state = 'reversed'
    UNION ALL
    SELECT 'C' || c.charge_id, c.made_at, c.teller_id, c.biller_id, c.serial, '1078', 'transfer', to_char(c.month, 'YYYY-MM'),
        c.amount_fen, c.state
    FROM agency_charge c JOIN core_move m ON m.serial = c.serial
    WHERE c.institution_id = %(outlet)s AND coalesce(c.business_day, m.day) BETWEEN %(since)s AND %(until)s
), asked AS (
    SELECT x.*, u.login AS teller, p.name AS biller FROM done x JOIN access_user u ON u.id = x.teller_id
    JOIN partner p ON p.id = x.biller_id
    WHERE (%(teller)s = '' OR upper(u.login) = upper(%(teller)s)) AND (%(code)s = '' OR x.code = %(code)s)
        AND (%(means)s = '' OR x.means = %(means)s)
), sums AS (
    SELECT count(*) AS entries, coalesce(sum(fen), 0)::bigint AS fen FROM asked WHERE state IN ('booked', 'reversed', 'refunded')
)
SELECT s.entries, s.fen, a.row_key, a.at, a.serial, a.code, a.means, a.what, a.fen, a.state, a.teller, a.biller
FROM sums s LEFT JOIN LATERAL (SELECT * FROM asked a WHERE %(at)s::timestamptz IS NULL
    OR (a.at, a.row_key) < (%(at)s::timestamptz, %(key)s) ORDER BY a.at DESC, a.row_key DESC LIMIT %(most)s) a ON true
ORDER BY a.at DESC, a.row_key DESC

-- name: deposit_done
-- What became of an outlet's deposit, as its page tells it: whose, how it was paid, the entries here and at the core, who
-- took it back, and how the money that goes back stands.
SELECT y.code || ' ' || y.name, d.unit, d.number, l.payer, d.means, coalesce(m.debit_shown, ''), coalesce(m.credit_shown, ''),
    coalesce(m.cheque_no, ''), d.business_day, coalesce(m.core_serial, ''), coalesce(x.entries, '{}'), coalesce(u.state, ''),
    coalesce(u.core_serial, ''), coalesce(k.login || ' ' || k.name, ''),
    d.state = 'booked' AND d.business_day = b.current_day
        AND EXISTS (SELECT FROM counter_shift h WHERE h.id = d.shift_id AND h.closed_at IS NULL) AS may_go_back
FROM agency_deposit d JOIN agency_slip l USING (biller_id, unit, number) JOIN partner y ON y.id = d.biller_id
JOIN ledger_book b ON b.book_id = y.book_id
LEFT JOIN core_move m ON m.serial = d.serial LEFT JOIN core_move u ON u.undoes = d.serial
LEFT JOIN access_authorisation a ON a.id = d.proposal_id LEFT JOIN access_user k ON k.id = a.checker_id
LEFT JOIN LATERAL (SELECT array_agg(t.bucket || '-' || t.transfer_no ORDER BY t.transfer_no) AS entries
    FROM document_transfer t WHERE t.reference_id = d.document_id) x ON true
WHERE d.serial = %(serial)s AND d.institution_id = %(outlet)s

-- name: desk_admissions
-- A merchant's, of the institutions above and below the one at whose desk it is asked; columns as on the union's screen.
SELECT m.industry, m.code, m.name, a.product, a.mode, a.region, i.code || ' ' || i.name, a.state, a.channel,
       a.valid_from, a.valid_until
FROM agency_admission a JOIN agency_merchant m ON m.code = a.merchant JOIN institution i ON i.id = a.institution_id
WHERE a.merchant = %(merchant)s
    AND (agency_below_v1(a.institution_id, %(here)s) OR agency_below_v1(%(here)s, a.institution_id))
ORDER BY i.code, a.product, a.channel, a.region LIMIT 200

-- name: desk_pairs
-- A merchant's accounts at the core, by the same rule; of one accounting unit, or of all.
SELECT p.merchant, y.code || ' ' || y.name, p.unit, p.customer_no, p.contract_no,
       i.code || ' ' || i.name, p.signed_on, p.mode, p.batch_mode, p.transit, p.settlement_shown, p.settlement_name,
       b.code || ' ' || b.name
FROM core_pair p JOIN partner y ON y.id = p.biller_id JOIN institution i ON i.id = p.contracting_id
JOIN core_bank b ON b.core_id = p.core_id
WHERE p.merchant = %(merchant)s AND %(unit)s IN ('', p.unit)
    AND (agency_below_v1(p.contracting_id, %(here)s) OR agency_below_v1(%(here)s, p.contracting_id))
ORDER BY p.unit, y.code LIMIT 50
