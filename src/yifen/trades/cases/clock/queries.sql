-- Statements of clocks, notices and papers (decision 0044).

-- name: pause_reasons
-- As data, in their order.
SELECT code, zh, en FROM court_pause_reason ORDER BY place

-- name: pauses
-- Of a case, the newest first.
SELECT s.pause_id, w.zh, w.en, s.words, s.from_on, s.until_on, s.ended_on, s.ended_by, s.entry_id, s.amount_fen, s.proposal_id
FROM court_pause s JOIN court_pause_reason w ON w.code = s.reason WHERE s.case_id = %s ORDER BY s.pause_id DESC

-- name: clocks
-- Of what is on a case, the oldest first.
SELECT k.document_id, k.kind, k.part, k.fen, k.since, k.told_at, k.notice_due_on, k.start_on, k.due_on,
    CASE WHEN k.paused @> %(today)s::date THEN 'paused' ELSE cases_colour_v1(k.due_on, k.payout_days, %(today)s) END
FROM court_clock k WHERE k.case_id = %(case)s ORDER BY k.document_id DESC, k.part

-- name: pause_against
-- What speaks against it.
SELECT cases_pause_against_v1(%s)

-- name: lot_left
-- What of a receipt is still on its case.
SELECT left_fen FROM court_lot WHERE document_id = %s

-- name: pause
-- Two people agreed.
SELECT cases_pause_v1(%s, %s)

-- name: pause_end
-- One alone: it only starts the clock again.
SELECT cases_pause_end_v1(%s, %s, %s)

-- name: tellings
-- Who is to be told of a receipt: the judge, then the parties, whose names are sealed.
SELECT t.document_id, t.court_id, t.case_id, t.number, t.party_id, t.role, y.name, t.judge, t.kind, t.fen, t.since, t.due_on,
    t.told_at, t.channel, t.told_by
FROM court_telling t LEFT JOIN court_party y ON y.party_id = t.party_id WHERE t.document_id = %s ORDER BY t.party_id NULLS FIRST

-- name: told
-- Written down by one who told him.
SELECT cases_served_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: courts
-- Each, for the worker.
SELECT court_id FROM court ORDER BY court_id

-- name: notify
-- Judges are told by their work list.
SELECT cases_notify_v1(%s, %s)

-- name: case_upto
-- A case's journal up to an entry (its own, else none of it): how many, what came, what went, what was left, when the last was.
SELECT p.name, c.number, a.account_no, -min(e.document_id), count(*),
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind NOT IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'payout', 'levied')), 0)::bigint,
    coalesce(sum(e.amount_fen) FILTER (WHERE e.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'payout', 'levied')), 0)::bigint,
    coalesce(sum(CASE WHEN e.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'payout', 'levied') THEN -e.amount_fen
                      ELSE e.amount_fen END), 0)::bigint, max(e.at)
FROM court_case c JOIN partner p ON p.id = c.court_id JOIN court_account a USING (case_id)
JOIN court_entry e ON e.court_id = a.court_id AND e.account_no = a.account_no AND e.document_id >= %(upto)s
WHERE c.case_id = %(case)s GROUP BY p.name, c.number, a.account_no HAVING min(e.document_id) = %(upto)s

-- name: receipt_of
-- Money of one entry, which still is its case's.
SELECT p.name, c.number, i.account_no, -i.document_id, 1, i.fen, 0, i.fen, i.at
FROM court_in i JOIN court_account a ON a.court_id = i.court_id AND a.account_no = i.account_no
JOIN court_case c USING (case_id) JOIN partner p ON p.id = i.court_id
WHERE i.document_id = %s AND i.fen > 0 AND i.kind IN ('collected', 'transfer', 'announced', 'claimed')

-- name: receipt_before
-- The receipts that an entry had before what of it was taken back, the newest first; and when each counted no more.
SELECT p.name, c.number, a.account_no, -e.document_id, 1, w.fen, 0, w.fen, e.at, '', w.at
FROM court_entry e JOIN court_account a ON a.court_id = e.court_id AND a.account_no = e.account_no
JOIN court_case c USING (case_id) JOIN partner p ON p.id = e.court_id
CROSS JOIN LATERAL (SELECT g.document_id, g.at,
        (e.amount_fen + g.amount_fen - sum(g.amount_fen) OVER (ORDER BY g.document_id DESC))::bigint AS fen
    FROM court_entry g WHERE g.of_id = e.document_id AND g.kind IN ('unclaimed', 'recalled') OR e.kind = 'collected'
        AND g.kind = 'given_back' AND g.court_id = e.court_id AND g.account_no = e.account_no AND g.payment_id = e.payment_id) w
WHERE e.document_id = %s AND e.kind IN ('collected', 'transfer', 'announced', 'claimed') ORDER BY w.document_id

-- name: newest_entry
-- Of a case.
SELECT -min(e.document_id) FROM court_entry e JOIN court_account a USING (court_id, account_no) WHERE a.case_id = %s

-- name: entry_payer
-- Who paid it: the channel's name, else the line's payer, sealed; the bank's serial, and how it came.
SELECT coalesce(h.name, ''), w.who, w.file_id, w.line_no, coalesce(w.serial, ''), i.kind
FROM court_in i LEFT JOIN court_account a ON a.court_id = i.court_id AND a.account_no = i.account_no
LEFT JOIN payment y ON y.bucket = a.bucket AND y.payment_id = i.payment_id LEFT JOIN partner h ON h.id = y.channel_id
{came_by}
WHERE i.document_id = %s

-- name: came_by
-- The line of a statement that brought money, however often it was claimed and un-claimed since.
LEFT JOIN LATERAL (WITH RECURSIVE before AS (SELECT i.document_id, i.of_id, i.line_id
        UNION ALL SELECT x.document_id, x.of_id, x.line_id FROM court_entry x JOIN before b ON x.document_id = b.of_id)
    SELECT r.serial, r.file_id, r.line_no, r.who FROM before b JOIN court_line n USING (line_id)
    JOIN court_row r USING (file_id, line_no) LIMIT 1) w ON true

-- name: pause_case
-- Whose case a pause is of.
SELECT case_id FROM court_pause WHERE pause_id = %s

-- name: user_name
-- What a person is called.
SELECT name FROM access_user WHERE login = %s

-- name: pauses_altered
-- Each pause against what two people agreed to.
SELECT 'court_pause ' || s.pause_id, CASE
    WHEN a.id IS NULL THEN 'was agreed to by nobody'
    WHEN (s.case_id, s.reason, s.from_on, s.until_on) IS DISTINCT FROM (r.case_id, r.reason, r.from_on, r.until_on)
        OR s.entry_id IS DISTINCT FROM r.entry_id OR s.amount_fen IS DISTINCT FROM r.amount_fen
        THEN 'is another one than was agreed to'
    END
FROM court_pause s LEFT JOIN access_authorisation a ON a.id = s.proposal_id AND a.action = 'cases.pause' AND a.granted
LEFT JOIN LATERAL jsonb_populate_record(NULL::court_pause, a.content) r ON true

-- name: application_upto
-- An application with so many levels' words, as they were signed; with fewer there is none.
SELECT p.name, coalesce(c.number, ''), coalesce(a.account_no, ''), a.application_id, count(s.step), 0, a.amount_fen, 0, coalesce(max(s.at), a.asked_at),
    encode(a.content, 'hex') || coalesce(string_agg(concat_ws(':', s.level, s.login, s.yes), ';' ORDER BY s.step), '')
FROM court_application a JOIN partner p ON p.id = a.court_id LEFT JOIN court_account x USING (court_id, account_no)
LEFT JOIN court_case c USING (case_id) LEFT JOIN court_signature s ON s.application_id = a.application_id AND s.step <= %(words)s
WHERE a.application_id = %(application)s GROUP BY p.name, c.number, a.application_id HAVING count(s.step) = %(words)s

-- name: mail_next
-- The next report to mail.
SELECT * FROM cases_mail_next_v1(%s)

-- name: mailed
-- What became of it.
SELECT cases_mailed_v1(%s, %s, %s, %s, %s)
