-- What verify asks of what was kept.

-- name: accounts_altered
-- Each unidentified receipt: nothing more is claimed of it, or sent back, than came.
SELECT 'court_entry ' || u.document_id, 'came with ' || u.amount_fen || ' fen, ' || sum(e.amount_fen) || ' are claimed of it, or sent back'
FROM court_entry u JOIN court_entry e ON e.of_id = u.document_id AND (e.kind = 'claimed' OR e.kind = 'sent_back' AND NOT EXISTS (
    SELECT FROM court_entry b WHERE b.of_id = e.document_id AND b.kind = 'came_back'))
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

-- name: bodies
-- Statements as they came, each with the digest that was agreed to.
SELECT f.file_id, f.sha256, b.body FROM court_file f LEFT JOIN court_file_body b USING (file_id)
WHERE f.file_id > %s ORDER BY f.file_id LIMIT 20

-- name: payers
-- Who paid, of each line, sealed.
SELECT r.file_id, r.line_no, r.who FROM court_row r WHERE (r.file_id, r.line_no) > (%s, %s) ORDER BY r.file_id, r.line_no LIMIT 1000
