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
          cases_due_v1((e.at AT TIME ZONE 'Asia/Shanghai')::date, r.claim_days, r.claim_working) AS due_on,
          EXISTS (SELECT FROM access_authorisation x WHERE x.action = 'cases.claim' AND x.subject_key = e.document_id::text
              AND x.decided_at IS NULL) AS proposed, w.serial
      FROM court_entry e LEFT JOIN court_line n USING (line_id) LEFT JOIN court_row w USING (file_id, line_no)
      CROSS JOIN LATERAL cases_rule_v1(e.court_id, (e.at AT TIME ZONE 'Asia/Shanghai')::date) r
      WHERE e.kind IN ('unknown', 'unclaimed')) u
JOIN partner p ON p.id = u.court_id

-- name: statements
-- With court, and how far each is.
FROM (SELECT f.*, CASE WHEN f.wrong > 0 THEN 'wrong' WHEN t.file_id IS NOT NULL THEN 'booked' WHEN EXISTS (
          SELECT FROM access_authorisation x WHERE x.action = 'cases.statement' AND x.subject_key = f.file_id::text
              AND x.decided_at IS NULL) THEN 'open' ELSE 'staged' END AS state
      FROM court_file f LEFT JOIN court_statement t USING (file_id)) f
JOIN partner p ON p.id = f.court_id

-- name: courts
-- Each with its proof at this moment.
FROM court c JOIN partner p ON p.id = c.court_id JOIN court_proof x ON x.court_id = c.court_id

-- === payouts ===

-- name: payouts
-- With case and court, how many levels agreed, and whether it is the newest one of its case.
FROM (SELECT x.*, (SELECT count(*) FROM court_signature s WHERE s.application_id = x.application_id AND s.yes) AS signed,
          NOT EXISTS (SELECT FROM court_application n WHERE n.court_id = x.court_id AND n.account_no = x.account_no
              AND n.application_id > x.application_id) AS is_last
      FROM court_application x) a
JOIN partner p ON p.id = a.court_id JOIN court_account t ON t.court_id = a.court_id AND t.account_no = a.account_no
JOIN court_case c ON c.case_id = t.case_id
