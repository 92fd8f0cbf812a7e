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
-- Each with both sides' totals.
FROM pos_batch k
JOIN pos_terminal t USING (terminal_no)
JOIN partner b ON b.id = t.biller_id

-- name: exceptions
-- With whose they are.
FROM pos_exception e
JOIN pos_terminal t USING (terminal_no)
JOIN partner b ON b.id = t.biller_id

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
-- One of them, as its form begins.
SELECT t.terminal_no, t.merchant_no, t.merchant_name, t.biller_id, t.channel_id, a.code, t.algorithm, t.account_in, t.state
FROM pos_terminal t JOIN pos_acquirer a USING (acquirer_id) WHERE t.terminal_no = %(terminal)s AND {{scope}}
