-- Statements of the pages of the POS door.

-- name: terminals
-- With whom they collect for, and when they last signed on.
FROM pos_terminal t
JOIN partner b ON b.id = t.biller_id
JOIN partner c ON c.id = t.channel_id
JOIN pos_acquirer a USING (acquirer_id)
LEFT JOIN pos_batch o ON o.terminal_no = t.terminal_no AND o.state <> 'closed'

-- name: sales
-- With the biller.
FROM pos_sale s
JOIN partner b ON b.id = s.biller_id

-- name: batches
-- Each with both sides' totals, and what the acquirer's files say of it.
FROM pos_batch k
JOIN pos_terminal t USING (terminal_no)
JOIN partner b ON b.id = t.biller_id
CROSS JOIN LATERAL (SELECT sum(CASE x.kind WHEN 'sale' THEN x.fen ELSE -x.fen END)::bigint AS fen FROM pos_told x
    WHERE x.terminal_no = k.terminal_no AND x.batch_no = k.batch_no) y

-- name: exceptions
-- With whose they are.
FROM pos_exception e
JOIN pos_terminal t USING (terminal_no)
JOIN partner b ON b.id = t.biller_id

-- name: files
-- With how many of their rows are of terminals that are none of ours, and how many differ.
FROM pos_file f
JOIN pos_acquirer a ON a.code = f.acquirer
CROSS JOIN LATERAL (SELECT count(*) AS n FROM pos_file_row r WHERE r.file_id = f.file_id
    AND NOT EXISTS (SELECT FROM pos_terminal t WHERE t.terminal_no = r.terminal_no)) o
CROSS JOIN LATERAL (SELECT count(*) AS n FROM pos_file_row r JOIN pos_exception e
    ON (e.terminal_no, e.batch_no, e.trace, e.kind) = (r.terminal_no, r.batch_no, r.trace, 'acquirer_differs')
    WHERE r.file_id = f.file_id) d

-- name: exception
-- One of them whole.
SELECT e.kind, e.terminal_no, e.batch_no, e.trace, b.code || ' ' || b.name, e.ours_fen, e.their_fen, e.code, e.made_at,
       e.closed_at, e.note, s.account_no, s.card_shown, s.acquirer_ref, s.payment_id
FROM pos_exception e
JOIN pos_terminal t USING (terminal_no)
JOIN partner b ON b.id = t.biller_id
LEFT JOIN pos_sale s ON (s.terminal_no, s.batch_no, s.trace) = (e.terminal_no, e.batch_no, e.trace)
WHERE e.exception_id = %(exception)s AND {{scope}}

-- name: acquirers
-- Of the institutions in scope, with how many terminals speak through each.
SELECT a.code, a.name, i.code || ' ' || i.name, a.host || ':' || a.port, a.algorithm, a.timeout_s, a.enabled,
       (SELECT count(*) FROM pos_terminal t WHERE t.acquirer_id = a.acquirer_id)
FROM pos_acquirer a JOIN institution i ON i.id = a.institution_id
WHERE {{scope}} ORDER BY a.code

-- name: acquirer_codes
-- Which a terminal may speak through.
SELECT code, code || ' ' || name FROM pos_acquirer WHERE enabled ORDER BY code

-- name: terminal
-- One of them, as its form begins; and what biller, channel and acquirer are called.
SELECT t.terminal_no, t.merchant_no, t.merchant_name, t.biller_id, t.channel_id, a.code, t.algorithm, t.account_in, t.state,
       b.code || ' ' || b.name, c.code || ' ' || c.name, a.code || ' ' || a.name
FROM pos_terminal t JOIN pos_acquirer a USING (acquirer_id) JOIN partner b ON b.id = t.biller_id JOIN partner c ON c.id = t.channel_id
WHERE t.terminal_no = %(terminal)s AND {{scope}}
