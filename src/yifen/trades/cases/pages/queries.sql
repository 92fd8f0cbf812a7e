-- Statements of the pages of court funds.

-- name: courts_of
-- Courts in scope.
SELECT c.court_id, p.code || ' ' || p.name FROM court c JOIN partner p ON p.id = c.court_id
WHERE {{scope}} ORDER BY p.code

-- name: billers_of
-- Billers in scope that may become courts: hosted ones.
SELECT p.id, p.code || ' ' || p.name FROM partner p JOIN biller b ON b.partner_id = p.id AND b.endpoint = ''
WHERE {{scope}} ORDER BY p.code

-- name: cases
-- With court, sub-account and what is on it.
FROM court_case c JOIN partner p ON p.id = c.court_id JOIN court_account a ON a.case_id = c.case_id
LEFT JOIN payable y ON y.bucket = a.bucket AND y.payable_id = a.payable_id

-- name: unknowns
-- Receipts without a case, with what is left of each and by when it is to be claimed.
FROM (SELECT e.document_id, e.court_id, e.kind, e.amount_fen, e.came_at, e.at, cases_unclaimed_v1(e) AS left_fen,
          EXISTS (SELECT FROM court_application b WHERE b.receipt_id = e.document_id AND b.kind = 'back'
              AND b.state IN ('asked', 'approved', 'sent', 'unknown', 'paid')) AS back,
          cases_due_v1((e.at AT TIME ZONE 'Asia/Shanghai')::date, r.claim_days, r.claim_working) AS due_on, r.claim_days,
          %(today)s::date - (e.came_at AT TIME ZONE 'Asia/Shanghai')::date AS age,
          EXISTS (SELECT FROM access_authorisation x WHERE x.action = 'cases.claim' AND x.subject_key = e.document_id::text
              AND x.decided_at IS NULL) AS proposed, w.serial
      FROM court_entry e LEFT JOIN court_line n USING (line_id) LEFT JOIN court_row w USING (file_id, line_no)
      CROSS JOIN LATERAL cases_rule_v1(e.court_id, (e.at AT TIME ZONE 'Asia/Shanghai')::date) r
      WHERE e.kind IN ('unknown', 'unclaimed')) u
JOIN partner p ON p.id = u.court_id

-- name: pushes
-- Notices of banks that a statement contradicts, with court and case, and whether somebody proposed to take them back.
FROM (SELECT x.*, EXISTS (SELECT FROM access_authorisation y WHERE y.action = 'cases.recall'
          AND y.subject_key = x.document_id::text AND y.decided_at IS NULL) AS proposed
      FROM court_contradicted x) d
JOIN partner p ON p.id = d.court_id JOIN court_account a ON a.court_id = d.court_id AND a.account_no = d.account_no
JOIN court_case c ON c.case_id = a.case_id

-- name: statements
-- With court, and how far each is; stale: it cannot be booked now, as one whose lines are booked by another.
FROM (SELECT f.*, CASE WHEN f.wrong > 0 THEN 'wrong' WHEN t.file_id IS NOT NULL THEN 'booked' WHEN EXISTS (
          SELECT FROM access_authorisation x WHERE x.action = 'cases.statement' AND x.subject_key = f.file_id::text
              AND x.decided_at IS NULL) THEN 'open' WHEN cases_statement_against_v1(f.file_id) <> 0 THEN 'stale'
          ELSE 'staged' END AS state
      FROM court_file f LEFT JOIN court_statement t USING (file_id)) f
JOIN partner p ON p.id = f.court_id

-- name: open_lines
-- Lines of booked statements that nothing explains, as the proof counts them; their words are sealed.
FROM (SELECT l.*, CASE WHEN EXISTS (SELECT FROM access_authorisation x WHERE x.action = 'cases.explain'
            AND x.subject_key = l.line_id::text AND x.decided_at IS NULL) THEN 'proposed'
        WHEN EXISTS (SELECT FROM court_explained x WHERE x.line_id = l.line_id) THEN 'error' ELSE 'left' END AS state
    FROM court_line l) n JOIN court_row r USING (file_id, line_no) JOIN partner p ON p.id = n.court_id

-- name: courts
-- Each with its proof at this moment.
FROM court c JOIN partner p ON p.id = c.court_id JOIN court_proof x ON x.court_id = c.court_id

-- === payouts ===

-- name: payouts
-- With case and court, how many levels agreed; of one that came back or was rejected, what is not applied for anew. Later
-- applications to the same payee, and deposits of the case, use up the oldest first; nothing is left where the case has no money.
FROM (SELECT x.*, (SELECT count(*) FROM court_signature s WHERE s.application_id = x.application_id AND s.yes) AS signed
      FROM court_application x) a
JOIN partner p ON p.id = a.court_id LEFT JOIN court_account t ON t.court_id = a.court_id AND t.account_no = a.account_no
LEFT JOIN court_case c ON c.case_id = t.case_id
LEFT JOIN LATERAL (
    SELECT greatest(0, least(a.amount_fen, max(d.owed_fen - d.again_fen) - max(d.owed_fen - d.amount_fen)
        FILTER (WHERE d.application_id = a.application_id), (SELECT y.balance_fen FROM court_account z
            JOIN payable y USING (bucket, payable_id) WHERE z.case_id = cases_stays_v1(t.case_id))))::bigint AS left_fen
    FROM (SELECT k.application_id, k.amount_fen,
              sum(k.amount_fen) OVER (ORDER BY b.at DESC, k.application_id DESC) AS owed_fen,
              (SELECT coalesce(sum(n.amount_fen), 0) FROM court_application n JOIN court_payee m USING (payee_id)
               WHERE n.court_id = k.court_id AND n.application_id > k.application_id AND n.asked_at >= b.at
                   AND n.state NOT IN ('withdrawn', 'refused')
                   AND (m.party_id = h.party_id OR m.purpose IN (h.purpose, 'deposit') AND n.account_no IN (k.account_no, (
                       SELECT z.account_no FROM court_account z WHERE z.case_id = cases_stays_v1(t.case_id))))) AS again_fen
          FROM court_application k JOIN court_payee h USING (payee_id) JOIN court_payee g ON g.payee_id = a.payee_id
          LEFT JOIN court_entry e ON e.document_id = k.returned_id
          CROSS JOIN LATERAL (SELECT coalesce(e.at, k.changed_at) AS at) b
          WHERE k.court_id = a.court_id AND k.state IN ('returned', 'rejected')
              AND (h.party_id = g.party_id OR h.purpose = g.purpose AND k.account_no = a.account_no)) d
) w ON a.kind <> 'back' AND a.state IN ('returned', 'rejected')

-- Clocks (decision 0044).

-- name: clock_rows
-- Pieces of money on cases, each with its clock.
FROM court_clock k JOIN partner p ON p.id = k.court_id

-- name: telling_rows
-- Who is to be told of which money.
FROM court_telling t JOIN partner p ON p.id = t.court_id

-- name: judge_rows
-- Each judge's money by its clocks, and what came, went and was told of late in the last seven days: what came and went as the
-- months have it.
FROM (SELECT w.court_id, w.judge, count(DISTINCT w.case_id) FILTER (WHERE w.fen > 0) AS cases, sum(w.fen)::bigint AS open_fen,
          coalesce(sum(w.fen) FILTER (WHERE w.state = 'amber'), 0)::bigint AS amber_fen,
          coalesce(sum(w.fen) FILTER (WHERE w.state = 'red'), 0)::bigint AS red_fen,
          count(*) FILTER (WHERE w.state = 'red') AS reds,
          coalesce(sum(w.fen) FILTER (WHERE w.state = 'paused'), 0)::bigint AS paused_fen,
          sum(w.in_fen)::bigint AS in_fen, sum(w.out_fen)::bigint AS out_fen, sum(w.late) AS late
      FROM (SELECT k.court_id, k.judge, k.case_id, k.fen, CASE WHEN k.paused @> %(today)s::date THEN 'paused'
                ELSE cases_colour_v1(k.due_on, k.payout_days, %(today)s) END AS state, 0 AS in_fen, 0 AS out_fen, 0 AS late
            FROM court_clock k
            UNION ALL SELECT t.court_id, t.judge, t.case_id, 0, '',
                CASE WHEN t.kind IN ('returned', 'moved_in') THEN 0 ELSE t.fen END, 0, CASE WHEN coalesce((t.told_at AT TIME ZONE
                'Asia/Shanghai')::date, %(today)s::date) > t.due_on THEN 1 ELSE 0 END
            FROM court_telling t WHERE t.party_id IS NULL AND t.at >= %(now)s - interval '7 days'
            UNION ALL SELECT e.court_id, c.judge, c.case_id, 0, '', 0, e.amount_fen, 0
            FROM court_entry e JOIN court_application x ON x.paid_id = e.document_id AND x.application_id = e.application_id
            JOIN court_account a ON a.court_id = e.court_id AND a.account_no = e.account_no JOIN court_case c USING (case_id)
            WHERE e.kind = 'payout' AND x.kind = 'payout' AND x.returned_id IS NULL AND e.at >= %(now)s - interval '7 days') w
      GROUP BY w.court_id, w.judge) j
JOIN partner p ON p.id = j.court_id

-- name: came_by
-- The line of a statement that brought money, however often it was claimed and un-claimed since.
LEFT JOIN LATERAL (WITH RECURSIVE before AS (SELECT i.document_id, i.of_id, i.line_id
        UNION ALL SELECT x.document_id, x.of_id, x.line_id FROM court_entry x JOIN before b ON x.document_id = b.of_id)
    SELECT r.serial, r.file_id, r.line_no, r.who FROM before b JOIN court_line n USING (line_id)
    JOIN court_row r USING (file_id, line_no) LIMIT 1) w ON true

-- name: payers_of
-- Who paid the receipts of a sub-account, sealed.
SELECT i.document_id, w.file_id, w.line_no, w.who FROM court_entry i {came_by}
WHERE i.court_id = %s AND i.account_no = %s AND i.kind IN ('transfer', 'announced', 'claimed') AND w.who IS NOT NULL
ORDER BY i.document_id LIMIT 501

-- name: clearing_rows
-- Money that nobody claimed, with its payer (sealed) and the end of the bank's serial.
FROM (SELECT e.*, cases_unclaimed_v1(e) AS left_fen, cases_due_v1((e.at AT TIME ZONE 'Asia/Shanghai')::date, r.claim_days,
          r.claim_working) AS due_on, r.claim_days, %(today)s::date - (e.came_at AT TIME ZONE 'Asia/Shanghai')::date AS age
      FROM court_entry e CROSS JOIN LATERAL cases_rule_v1(e.court_id, (e.at AT TIME ZONE 'Asia/Shanghai')::date) r
      WHERE e.kind IN ('unknown', 'unclaimed')) i
JOIN partner p ON p.id = i.court_id
{came_by}

-- name: ledger_rows
-- Receipts in the ten items that a court's ledger has; names are sealed.
FROM court_in i JOIN court_account a ON a.court_id = i.court_id AND a.account_no = i.account_no
JOIN court_case c ON c.case_id = a.case_id JOIN partner p ON p.id = i.court_id
LEFT JOIN court_line n ON n.line_id = i.line_id LEFT JOIN court_statement t ON t.file_id = n.file_id
LEFT JOIN access_authorisation z ON z.id = coalesce(i.proposal_id, t.proposal_id)
LEFT JOIN access_user m ON m.id = z.maker_id LEFT JOIN access_user k ON k.id = z.checker_id
LEFT JOIN payment y ON y.bucket = a.bucket AND y.payment_id = i.payment_id LEFT JOIN partner h ON h.id = y.channel_id
{came_by}

-- name: ages_by_judge
-- What is on cases by how long it is waited for, by judge: up to 30, 60, 180 days, more; and what of it is past its clock.
SELECT k.judge, coalesce(sum(k.fen) FILTER (WHERE d.days <= 30), 0)::bigint,
    coalesce(sum(k.fen) FILTER (WHERE d.days BETWEEN 31 AND 60), 0)::bigint,
    coalesce(sum(k.fen) FILTER (WHERE d.days BETWEEN 61 AND 180), 0)::bigint,
    coalesce(sum(k.fen) FILTER (WHERE d.days > 180), 0)::bigint,
    coalesce(sum(k.fen) FILTER (WHERE NOT k.paused @> %(today)s::date AND k.due_on < %(today)s), 0)::bigint, sum(k.fen)::bigint
FROM court_clock k CROSS JOIN LATERAL (SELECT %(today)s - (k.since AT TIME ZONE 'Asia/Shanghai')::date AS days) d
WHERE {{scope}} AND (%(court)s::integer IS NULL OR k.court_id = %(court)s) GROUP BY 1 ORDER BY 7 DESC

-- name: credit_times
-- How long money took from its coming to its case, by how it came, since a moment: counts by the steps of CREDIT_STEPS.
SELECT e.kind, width_bucket(extract(epoch FROM e.at - e.came_at), %(steps)s::numeric[]) AS step, count(*)
FROM court_entry e WHERE {{scope}} AND (%(court)s::integer IS NULL OR e.court_id = %(court)s)
    AND e.kind IN ('collected', 'transfer', 'announced', 'claimed') AND e.at >= %(since)s GROUP BY 1, 2

-- name: months
-- Of twelve months: what came to cases, how many times, within what time half of it, what of all was taken off again, what was paid
-- out, what else left (refunds, fees, deposits); how many times money came, also what did not stay. What was voided, un-claimed
-- or came back counts no more in the month in which it had come or gone; merging moves nothing.
SELECT to_char(e.at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, coalesce(sum(i.fen), 0)::bigint,
    count(*) FILTER (WHERE i.fen > 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY e.at - e.came_at) FILTER (WHERE i.document_id IS NOT NULL),
    count(*) FILTER (WHERE e.kind IN ('unclaimed', 'recalled')),
    coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'payout'), 0)::bigint,
    coalesce(sum(x.amount_fen) FILTER (WHERE x.kind <> 'payout'), 0)::bigint, count(i.document_id)
FROM court_entry e LEFT JOIN court_in i ON i.document_id = e.document_id AND i.kind IN ('collected', 'transfer', 'announced', 'claimed')
LEFT JOIN court_application x ON x.application_id = e.application_id AND x.paid_id = e.document_id AND x.returned_id IS NULL
WHERE {{scope}} AND (%(court)s::integer IS NULL OR e.court_id = %(court)s) AND e.at >= %(since)s
GROUP BY 1 ORDER BY 1

-- name: apart
-- Courts whose proof does not hold to the fen now.
SELECT count(*) FROM court_proof e WHERE {{scope}} AND (%(court)s::integer IS NULL OR e.court_id = %(court)s)
    AND (e.gap_fen <> 0 OR e.bank_gap_fen <> 0)

-- name: count_check
-- How often papers were checked from an address in a window; receipts of payments are counted with them.
INSERT INTO checkout_rate (key, starts_at, count) VALUES (%s, %s, 1)
ON CONFLICT (key, starts_at) DO UPDATE SET count = checkout_rate.count + 1 RETURNING count

-- name: reports_due
-- Which are to be made now.
SELECT court_id, kind, on_day, reader_id FROM cases_reports_due_v1(%s) ORDER BY court_id, kind

-- name: file_report
-- One that was made.
SELECT cases_report_v1(%s, %s, %s, %s, %s, %s)

-- name: reports
-- Filed ones, with their court.
FROM (SELECT x.report_id, x.court_id, x.kind, x.on_day, x.rows AS row_count, x.made_at FROM court_report x) r
JOIN partner p ON p.id = r.court_id
CROSS JOIN LATERAL (SELECT (ARRAY['failed', 'due', 'sent'])[min(array_position(ARRAY['failed', 'due', 'sent'], x.state))] AS state
    FROM court_mail x WHERE x.report_id = r.report_id) m

-- name: report
-- One of them.
SELECT court_id, kind, on_day, body FROM court_report WHERE report_id = %s

-- name: opened_of
-- Of these numbers, the cases with their sub-accounts.
SELECT c.number, c.case_id, a.account_no FROM court_case c JOIN court_account a USING (case_id)
WHERE c.court_id = %s AND c.number = ANY (%s)
