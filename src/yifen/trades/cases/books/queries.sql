-- What verify asks of what was kept.

-- name: accounts_altered
-- Each unidentified receipt: nothing more is claimed of it, or leaves it, than came.
SELECT 'court_entry ' || u.document_id, 'came with ' || u.amount_fen || ' fen, ' || sum(e.amount_fen) || ' are claimed of it, or sent back'
FROM court_entry u JOIN court_entry e ON e.of_id = u.document_id AND (e.kind IN ('claimed', 'unknown_out') OR e.kind = 'sent_back'
    AND NOT EXISTS (SELECT FROM court_entry b WHERE b.of_id = e.document_id AND b.kind = 'came_back'))
GROUP BY u.document_id, u.amount_fen HAVING sum(e.amount_fen) > u.amount_fen

-- name: pushes_altered
-- Each announced entry against the bank's notice that it is of.
SELECT 'court_entry ' || e.document_id, CASE
    WHEN p.push_id IS NULL THEN 'is announced by no notice of a bank'
    WHEN (p.amount_fen, p.account_no, p.paid_at) IS DISTINCT FROM (e.amount_fen, e.account_no, e.came_at)
        THEN 'is announced otherwise than notice ' || p.push_id || ' says'
    END
FROM court_entry e LEFT JOIN court_push_end d ON d.document_id = e.document_id LEFT JOIN court_push p USING (push_id)
WHERE e.kind = 'announced'

-- name: payables_altered
-- What is paid to a court is paid on a sub-account: what comes on another payable is on no case.
SELECT 'payable ' || y.payable_id, 'of court ' || y.biller_id || ' is of no sub-account, ' || y.paid_fen || ' fen are paid on it'
FROM court c JOIN payable y ON y.biller_id = c.court_id
LEFT JOIN court_account a ON (a.court_id, a.account_no) = (y.biller_id, y.account_no)
WHERE (y.balance_fen IS NOT NULL AND y.ref = ANY (ARRAY(SELECT 'CASE' || CASE WHEN n > 1 THEN n::text ELSE '' END
    FROM generate_series(1, a.opening) n))) IS NOT TRUE
    AND EXISTS (SELECT FROM ledger_transfer t JOIN payment p ON p.bucket = t.bucket AND p.payment_id = t.reference_id
        WHERE t.bucket = y.bucket AND t.detail_id = y.payable_id AND t.reference_id > 0 AND p.booked_at >= c.opened_at)

-- name: names_altered
-- Each linked number against what two people agreed to.
SELECT 'court_name ' || n.case_id || ' ' || n.number, 'is linked otherwise than proposal ' || n.proposal_id || ' says'
FROM court_name n LEFT JOIN access_authorisation a ON a.id = n.proposal_id AND a.action = 'cases.link' AND a.granted
WHERE n.proposal_id IS NOT NULL AND (a.content ->> 'case', a.content ->> 'number', a.content ->> 'kind')
    IS DISTINCT FROM (n.case_id::text, n.number, n.kind)

-- name: explained_altered
-- Each line that was explained against what two people agreed to, and what was booked of it; each entry of that kind, and each
-- fee that no statement called one, against its explanation.
SELECT 'court_explained ' || x.explained_id, CASE
    WHEN a.id IS NULL OR (a.content ->> 'line', a.content ->> 'kind', a.content -> 'case', a.content -> 'receipt', a.content -> 'application')
            IS DISTINCT FROM (x.line_id::text, x.kind, to_jsonb(x.case_id), to_jsonb(x.receipt_id), to_jsonb(x.application_id))
        THEN 'is not what two people agreed to'
    WHEN x.document_id IS NOT NULL AND NOT EXISTS (SELECT FROM court_entry e LEFT JOIN court_account t ON t.case_id = x.case_id
            WHERE e.document_id = x.document_id AND e.line_id = x.line_id AND e.of_id IS NOT DISTINCT FROM x.receipt_id
                AND e.account_no IS NOT DISTINCT FROM t.account_no AND e.kind = CASE x.kind WHEN 'case' THEN 'levied'
                    WHEN 'unknown' THEN 'unknown_out' WHEN 'interest' THEN 'interest_out' ELSE x.kind END)
        THEN 'is booked otherwise'
    WHEN x.application_id IS NOT NULL AND NOT EXISTS (SELECT FROM court_application p
            WHERE (p.application_id, p.line_id) = (x.application_id, x.line_id)) THEN 'is of a payout that another line shows'
    WHEN x.back_line_id IS NOT NULL AND NOT EXISTS (SELECT FROM court_line n JOIN court_row r USING (file_id, line_no)
            JOIN court_line o ON o.line_id = x.line_id JOIN court_row w ON (w.file_id, w.line_no) = (o.file_id, o.line_no)
            WHERE n.line_id = x.back_line_id AND (r.kind, r.amount_fen, r.reference) = ('in', w.amount_fen, o.serial))
        THEN 'came back by a line that does not say so'
    END
FROM court_explained x JOIN court_line m USING (line_id) LEFT JOIN access_authorisation a ON a.id = x.proposal_id AND a.granted
    AND a.action = 'cases.explain' AND a.partner_id = m.court_id
UNION ALL SELECT 'court_entry ' || e.document_id, 'is ' || e.kind || ', and nobody explained it so'
FROM court_entry e LEFT JOIN court_line n USING (line_id) LEFT JOIN court_row r USING (file_id, line_no)
WHERE (e.kind IN ('levied', 'unknown_out', 'interest_out') OR e.kind = 'fee' AND r.business IS DISTINCT FROM 'fee')
    AND NOT EXISTS (SELECT FROM court_explained x WHERE x.document_id = e.document_id)

-- name: bodies
-- Statements as they came, each with the digest that was agreed to.
SELECT f.file_id, f.sha256, b.body FROM court_file f LEFT JOIN court_file_body b USING (file_id)
WHERE f.file_id > %s ORDER BY f.file_id LIMIT 20

-- name: payers
-- Who paid, of each line, sealed.
SELECT r.file_id, r.line_no, r.who, r.payer_sealed FROM court_row r WHERE (r.file_id, r.line_no) > (%s, %s) ORDER BY r.file_id, r.line_no LIMIT 1000

-- name: line
-- A line of a booked statement, and whether anything explains it.
SELECT n.line_id, n.court_id, p.name, r.at, r.serial, r.kind, r.amount_fen, r.account_no, r.reference, n.file_id, n.line_no,
    NOT EXISTS (SELECT FROM court_entry e WHERE e.line_id = n.line_id)
        AND NOT EXISTS (SELECT FROM court_application a WHERE n.line_id IN (a.line_id, a.back_line_id))
        AND NOT EXISTS (SELECT FROM court_explained x WHERE n.line_id = x.back_line_id
            OR x.line_id = n.line_id AND (x.kind <> 'error' OR x.back_line_id IS NOT NULL)),
    EXISTS (SELECT FROM court_explained x WHERE x.line_id = n.line_id AND x.kind = 'error'),
    (SELECT y.id FROM access_authorisation y WHERE y.action = 'cases.explain' AND y.subject_key = n.line_id::text
        AND y.decided_at IS NULL), r.who
FROM court_line n JOIN court_row r USING (file_id, line_no) JOIN partner p ON p.id = n.court_id WHERE n.line_id = %s

-- name: line_payouts
-- Payouts of a court and an amount that no statement shows yet, each with its case.
SELECT a.application_id, coalesce(c.number, a.reference) FROM court_application a LEFT JOIN court_account t USING (court_id, account_no)
LEFT JOIN court_case c USING (case_id) WHERE a.court_id = %s AND a.amount_fen = %s AND a.line_id IS NULL
    AND a.state IN ('approved', 'sent', 'unknown', 'paid', 'returned') ORDER BY a.application_id LIMIT 50

-- name: line_unknowns
-- Unidentified money of a court of which so much is left.
SELECT e.document_id, coalesce(r.serial, ''), cases_unclaimed_v1(e) FROM court_entry e LEFT JOIN court_line n USING (line_id)
LEFT JOIN court_row r USING (file_id, line_no)
WHERE e.court_id = %s AND e.kind IN ('unknown', 'unclaimed') AND cases_unclaimed_v1(e) >= %s ORDER BY e.document_id LIMIT 100

-- name: payout_named
-- Its reference, its case.
SELECT concat_ws(' ', a.reference, c.number) FROM court_application a LEFT JOIN court_account t USING (court_id, account_no)
LEFT JOIN court_case c USING (case_id) WHERE a.application_id = %s

-- name: explain_against
-- What speaks against it.
SELECT cases_explain_against_v1(%s::jsonb)

-- name: explain
-- Two people agreed.
SELECT cases_explain_v1(%s, %s)

-- name: serial_of
-- The bank's serial of what brought money: of the statement's line, else of the notice.
SELECT coalesce((SELECT n.serial FROM court_line n WHERE n.line_id = cases_line_of_v1(x.document_id)),
    (SELECT p.serial FROM court_push p JOIN court_push_end d USING (push_id) WHERE d.document_id = x.document_id LIMIT 1), '')
FROM (SELECT %s::bigint AS document_id) x
