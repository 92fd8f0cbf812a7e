-- Statements of court funds.

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT cases_rule_against_v1(%s, %s, %s)

-- name: rule_on
-- The rule in force on a day, as JSON, with the court's code.
SELECT to_jsonb(r) || jsonb_build_object('code', c.code) FROM cases_rule_v1(%s, %s::date) r LEFT JOIN court c USING (court_id)

-- name: keep_rule
-- Two people agreed.
SELECT cases_keep_rule_v1(%s, %s)

-- name: next_account
-- The number that the next case will have.
SELECT cases_next_account_v1(%s, %s)

-- name: open
-- One case with its parties.
SELECT code, case_id FROM cases_open_v1(%(session)s, %(court)s, %(number)s, %(account)s, %(judge)s, %(filed)s, %(due)s, %(payer)s,
    %(roles)s::text[], %(names)s::bytea[], %(now)s, %(entrusted)s)

-- name: numbers
-- Sub-account numbers that the bank made.
SELECT code, added FROM cases_numbers_v1(%s, %s, %s::text[])

-- name: close
-- A case is closed.
SELECT cases_close_v1(%s, %s, %s)

-- name: reopen
-- It is opened again.
SELECT cases_reopen_v1(%s, %s, %s)

-- name: link_against
-- What speaks against another number of it.
SELECT cases_link_against_v1(%s, %s, %s)

-- name: link
-- Two people agreed.
SELECT cases_link_v1(%s, %s)

-- name: linked
-- A number of it that may be taken apart again.
SELECT n.kind FROM court_name n WHERE n.case_id = %s AND n.number = %s AND n.kind <> 'merged'

-- name: own_names
-- Those of a case.
SELECT n.number FROM court_name n WHERE n.case_id = %s AND n.kind <> 'merged'

-- name: unlink
-- Two people agreed.
SELECT cases_unlink_v1(%s, %s)

-- name: correct
-- Two people agreed.
SELECT cases_correct_v1(%s, %s)

-- name: corrections
-- What two people put right of a case, the newest first.
SELECT a.id, a.decided_at, a.changes, m.name, k.name, a.reason FROM access_authorisation a JOIN access_user m ON m.id = a.maker_id
JOIN access_user k ON k.id = a.checker_id WHERE a.action IN ('cases.correct', 'cases.link', 'cases.unlink') AND a.subject_key = %s
    AND a.granted ORDER BY a.decided_at DESC, a.id DESC LIMIT 100

-- name: merge
-- Two people agreed.
SELECT cases_merge_v1(%s, %s)

-- name: put_payee
-- Two people agreed.
SELECT cases_payee_v1(%s, %s)

-- name: case_columns
-- A case with its sub-account, what is on it and what came.
SELECT c.case_id, c.court_id, p.name AS court, c.number, c.judge, c.filed_on, c.due_fen, c.state, a.account_no, a.bucket,
    coalesce(y.balance_fen, 0) AS balance_fen, coalesce((SELECT sum(CASE
        WHEN e.kind IN ('collected', 'transfer', 'announced', 'claimed', 'moved_in') THEN e.amount_fen
        WHEN e.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out') THEN -e.amount_fen ELSE 0 END)
        FROM court_entry e WHERE e.court_id = a.court_id AND e.account_no = a.account_no), 0)::bigint AS came_fen,
    c.opened_at, c.opened_by, t.number AS into, c.entrusted
FROM court_case c JOIN partner p ON p.id = c.court_id JOIN court_account a ON a.case_id = c.case_id
LEFT JOIN payable y ON y.bucket = a.bucket AND y.payable_id = a.payable_id
LEFT JOIN court_case t ON t.case_id = c.into_id

-- name: case
-- One of them.
{case_columns} WHERE c.case_id = %(case)s

-- name: case_by_number
-- By its own number, else by another one that leads to it.
{case_columns} WHERE c.court_id = %(court)s AND (c.number = %(number)s AND c.state <> 'merged' OR NOT EXISTS (
        SELECT FROM court_case x WHERE x.court_id = %(court)s AND x.number = %(number)s AND x.state <> 'merged')
    AND EXISTS (SELECT FROM court_name n WHERE n.case_id = c.case_id AND n.number = %(number)s AND n.kind <> 'source')
    AND c.state <> 'merged')

-- name: parties
-- Of a case; their names are sealed.
SELECT party_id, role, name FROM court_party WHERE case_id = %s ORDER BY party_id

-- name: party
-- Whose case a party is in.
SELECT c.case_id, c.number, t.role FROM court_party t JOIN court_case c USING (case_id) WHERE t.party_id = %s

-- name: payee_now
-- Where a party's money may go now.
SELECT account_no, account_name, bank_name, bank_code FROM court_payee WHERE party_id = %s ORDER BY payee_id DESC LIMIT 1

-- name: to_follow
-- Each court in each bucket.
SELECT c.court_id, h.bucket FROM court c CROSS JOIN ledger_head h ORDER BY c.court_id, h.bucket

-- name: follow
-- What channels took of a court's sub-accounts in a bucket since.
SELECT cases_follow_v1(%s, %s::smallint, %s)

-- name: entries_altered
-- Each entry against its transfers: so many fen from and to the accounts of its kind, on its day.
SELECT 'court_entry ' || e.document_id, CASE
    WHEN t.moves IS DISTINCT FROM CASE e.kind
        WHEN 'collected' THEN ARRAY[ROW(c.coming_id, c.money_id)::text] WHEN 'given_back' THEN ARRAY[ROW(c.money_id, c.coming_id)::text]
        WHEN 'arrived' THEN ARRAY[ROW(c.main_id, c.coming_id)::text] WHEN 'unknown' THEN ARRAY[ROW(c.main_id, c.unknown_id)::text]
        WHEN 'unknown_out' THEN ARRAY[ROW(c.unknown_id, c.main_id)::text] WHEN 'interest_out' THEN ARRAY[ROW(c.interest_id, c.main_id)::text]
        WHEN 'interest' THEN ARRAY[ROW(c.main_id, c.interest_id)::text] WHEN 'fee' THEN ARRAY[ROW(c.fee_id, c.main_id)::text]
        WHEN 'announced' THEN ARRAY[ROW(c.coming_id, c.money_id)::text] WHEN 'recalled' THEN ARRAY[ROW(c.money_id, c.coming_id)::text]
        WHEN 'claimed' THEN ARRAY[ROW(c.unknown_id, c.main_id)::text, ROW(c.main_id, c.money_id)::text]
        WHEN 'interest_in' THEN ARRAY[ROW(c.interest_id, c.main_id)::text, ROW(c.main_id, c.money_id)::text]
        WHEN 'unclaimed' THEN ARRAY[ROW(c.money_id, c.main_id)::text, ROW(c.main_id, c.unknown_id)::text]
        WHEN 'sent_back' THEN ARRAY[ROW(c.unknown_id, c.main_id)::text] WHEN 'came_back' THEN ARRAY[ROW(c.main_id, c.unknown_id)::text]
        ELSE ARRAY[CASE WHEN e.kind IN ('moved_out', 'payout', 'levied') THEN ROW(c.money_id, c.main_id)::text ELSE ROW(c.main_id, c.money_id)::text END] END
        THEN 'is ' || e.kind || ', its transfers went otherwise'
    WHEN t.least <> e.amount_fen OR t.most <> e.amount_fen
        THEN 'amount_fen says ' || e.amount_fen || ', its transfers ' || t.least
    WHEN t.first_day <> e.business_day OR t.last_day <> e.business_day THEN 'business_day says ' || e.business_day || ', its transfers ' || t.first_day
    WHEN e.transfer_no IS NOT NULL AND NOT EXISTS (SELECT FROM court_payment p WHERE p.bucket = e.bucket
            AND p.transfer_no = e.transfer_no AND p.account_no = e.account_no AND abs(p.fen) = e.amount_fen
            AND (p.fen > 0) = (e.kind = 'collected')
            AND (p.payment_id, p.came_at) = (e.payment_id, e.came_at))
        AND e.payment_id >= (SELECT frozen FROM ledger_archived)
        THEN 'follows transfer ' || e.transfer_no || ', which is another one'
    WHEN (e.line_id IS NOT NULL) <> (e.kind IN ('transfer', 'unknown', 'arrived', 'interest', 'fee', 'levied', 'unknown_out', 'interest_out'))
        OR e.line_id IS NOT NULL AND NOT EXISTS (SELECT FROM court_line n JOIN court_row r USING (file_id, line_no)
            WHERE n.line_id = e.line_id AND n.court_id = e.court_id AND r.amount_fen = e.amount_fen
                AND r.kind = CASE WHEN e.kind IN ('fee', 'levied', 'unknown_out', 'interest_out') THEN 'out' ELSE 'in' END AND r.at = e.came_at
                AND (e.kind <> 'transfer' OR r.account_no = e.account_no))
        THEN 'is ' || e.kind || ' of line ' || coalesce(e.line_id::text, 'none') || ', which says otherwise'
    WHEN (e.payment_id IS NULL) <> (e.transfer_no IS NULL) THEN 'is ' || e.kind || ' of payment ' || coalesce(e.payment_id::text, 'none')
    WHEN e.came_at IS DISTINCT FROM CASE WHEN e.kind IN ('claimed', 'unclaimed', 'recalled', 'interest_in') THEN o.came_at
            WHEN e.kind IN ('moved_out', 'moved_in') THEN e.at
            WHEN e.kind IN ('payout', 'returned', 'sent_back', 'came_back') AND e.came_at <> e.at THEN (SELECT r.at FROM court_application a
                JOIN court_line n ON n.line_id = CASE WHEN e.kind IN ('payout', 'sent_back') THEN a.line_id ELSE a.back_line_id END
                JOIN court_row r USING (file_id, line_no) WHERE a.application_id = e.application_id)
            ELSE e.came_at END
        THEN 'came at ' || e.came_at || ', which nothing says'
    WHEN e.kind = 'interest_in' AND (o.kind <> 'interest' OR o.court_id <> e.court_id OR o.amount_fen < (SELECT sum(x.amount_fen)
            FROM court_entry x WHERE x.of_id = e.of_id)) THEN 'is more than interest ' || e.of_id || ' was'
    WHEN t.first_at <> e.at OR t.last_at <> e.at THEN 'is of ' || e.at || ', its transfers of ' || t.first_at
    END
FROM court_entry e JOIN court c USING (court_id) LEFT JOIN court_entry o ON o.document_id = e.of_id
LEFT JOIN LATERAL (SELECT array_agg(ROW(x.debit_id, x.credit_id)::text ORDER BY x.kind_no) AS moves,
        min(x.amount_fen) AS least, max(x.amount_fen) AS most, min(x.business_day) AS first_day, max(x.business_day) AS last_day,
        min(x.booked_at) AS first_at, max(x.booked_at) AS last_at
    FROM (SELECT d.*, b.booked_at, CASE WHEN e.kind IN ('claimed', 'interest_in') THEN d.credit_id <> c.main_id ELSE d.debit_id <> c.money_id END AS kind_no
          FROM document_transfer d LEFT JOIN ledger_batch b USING (bucket, batch_no) WHERE d.reference_id = e.document_id AND d.kind = 'posted') x) t ON true

-- name: claims_altered
-- Each claim against what was agreed: of that receipt, that case, that amount, with evidence, and every part of it booked; each
-- claim that was taken back against its own proposal, from its case or where that one's money went.
SELECT 'court_entry ' || e.document_id, CASE
    WHEN a.id IS NULL THEN 'is ' || e.kind || ' by proposal ' || e.proposal_id || ', to which nobody agreed'
    WHEN e.kind = 'claimed' AND NOT EXISTS (SELECT FROM jsonb_to_recordset(a.content -> 'parts')
            AS t ("case" bigint, amount_fen bigint, evidence text) JOIN court_account c ON c.case_id = t."case"
            WHERE c.court_id = e.court_id AND c.account_no = e.account_no AND t.amount_fen = e.amount_fen AND t.evidence <> '')
        OR e.way IS DISTINCT FROM CASE e.kind WHEN 'claimed' THEN a.content ->> 'way' END
        THEN 'is claimed otherwise than proposal ' || e.proposal_id || ' says'
    WHEN e.kind = 'claimed' AND jsonb_array_length(a.content -> 'parts') <> (SELECT count(*) FROM court_entry x
            WHERE x.proposal_id = e.proposal_id AND x.kind = 'claimed')
        THEN 'has other parts than proposal ' || e.proposal_id
    WHEN e.kind IN ('unclaimed', 'recalled') AND (o.document_id IS NULL OR o.amount_fen <> e.amount_fen
            OR e.account_no NOT IN (WITH RECURSIVE led AS (
                SELECT x.account_no, x.case_id FROM court_account x WHERE x.court_id = o.court_id AND x.account_no = o.account_no
                UNION SELECT x.account_no, x.case_id FROM led JOIN court_case c ON c.case_id = led.case_id
                JOIN court_account x ON x.case_id = c.into_id) SELECT led.account_no FROM led))
        THEN 'takes back otherwise than entry ' || e.of_id || ' came'
    END
FROM court_entry e
LEFT JOIN access_authorisation a ON a.id = e.proposal_id AND a.granted AND a.partner_id = e.court_id
    AND a.action = CASE e.kind WHEN 'claimed' THEN 'cases.claim' WHEN 'recalled' THEN 'cases.recall' ELSE 'cases.unclaim' END
    AND (a.content ->> 'entry')::bigint = e.of_id
LEFT JOIN court_entry o ON o.document_id = e.of_id AND (o.kind = 'announced' OR o.kind IN ('transfer', 'claimed') AND e.kind <> 'recalled')
    AND o.court_id = e.court_id
WHERE e.kind IN ('claimed', 'unclaimed', 'recalled')

-- name: statements_altered
-- Each booked statement against what two people agreed to: these very lines, each of them booked.
SELECT 'court_statement ' || t.file_id, CASE
    WHEN a.id IS NULL THEN 'was booked by proposal ' || t.proposal_id || ', to which nobody agreed'
    WHEN a.content ->> 'rows' IS DISTINCT FROM (SELECT d.rows FROM court_digest d WHERE d.file_id = t.file_id)
        OR a.content ->> 'sha256' IS DISTINCT FROM encode(f.sha256, 'hex')
        THEN 'has other lines than proposal ' || t.proposal_id || ' says'
    WHEN f.rows <> (SELECT count(*) FROM court_line n JOIN court_row r USING (file_id, line_no, serial)
            WHERE n.file_id = t.file_id AND n.court_id = t.court_id)
        THEN 'has ' || f.rows || ' lines, not all of them are booked'
    END
FROM court_statement t JOIN court_file f USING (file_id)
LEFT JOIN access_authorisation a ON a.id = t.proposal_id AND a.granted AND a.partner_id = t.court_id
    AND a.action = 'cases.statement' AND a.content ->> 'file' = t.file_id::text

-- name: courts_apart
-- The proof of each court: the sub-accounts and what is unidentified are what the main account holds, and the bank says so.
SELECT 'court ' || p.court_id, CASE
    WHEN p.gap_fen <> 0 THEN 'sub-accounts ' || p.cases_fen || ', main account ' || p.main_fen || ': apart by ' || p.gap_fen || ' fen'
    WHEN p.bank_gap_fen <> 0 THEN 'main account ' || p.main_fen || ', the bank says otherwise by ' || p.bank_gap_fen || ' fen'
    END
FROM court_proof p

-- name: file
-- A statement, its court and how far it is.
SELECT f.file_id, f.court_id, p.code, p.name, f.name, f.sha256, f.rows, f.wrong, f.opening_fen, f.closing_fen, f.received_at,
    f.received_by, CASE WHEN f.wrong > 0 THEN 'wrong' WHEN t.file_id IS NOT NULL THEN 'booked'
        WHEN a.id IS NOT NULL THEN 'open' ELSE 'staged' END, coalesce(t.proposal_id, a.id), f.old_on
FROM court_file f JOIN partner p ON p.id = f.court_id LEFT JOIN court_statement t USING (file_id)
LEFT JOIN access_authorisation a ON a.action = 'cases.statement' AND a.subject_key = f.file_id::text AND a.decided_at IS NULL
WHERE f.file_id = %s

-- name: file_known
-- The very same bytes of the same court.
SELECT file_id FROM court_file WHERE court_id = %s AND sha256 = %s

-- name: file_add
-- Its lines and bytes follow in the same transaction.
INSERT INTO court_file (court_id, name, sha256, rows, wrong, opening_fen, closing_fen, received_at, received_by, old_on)
VALUES (%(court)s, %(name)s, %(sha256)s, %(rows)s, %(wrong)s, %(opening)s, %(closing)s, %(now)s, %(login)s, %(old_on)s) RETURNING file_id

-- name: file_add_body
-- The bytes as they came.
INSERT INTO court_file_body VALUES (%s, %s)

-- name: copy_rows
-- All lines of a statement.
COPY court_row (file_id, line_no, serial, kind, amount_fen, balance_fen, at, account_no, business, reference, who, payer_sealed)
FROM STDIN

-- name: file_body
-- The bytes as they came.
SELECT body FROM court_file_body WHERE file_id = %s

-- name: outcomes
-- What becomes of each line of a statement now; of one that is booked, what became of it.
SELECT r.line_no, r.at, r.serial, r.kind, r.amount_fen, r.balance_fen, r.account_no, r.reference, r.who,
    CASE WHEN n.line_id IS NULL THEN r.standing WHEN a.line_id = n.line_id THEN 'payout'
        WHEN a.back_line_id = n.line_id THEN 'returned' WHEN e.kind IS NOT NULL THEN e.kind
        WHEN r.kind = 'in' THEN CASE WHEN EXISTS (SELECT FROM court_explained x WHERE x.back_line_id = n.line_id) THEN 'corrected' ELSE 'apart' END
        ELSE CASE WHEN EXISTS (SELECT FROM court_explained x WHERE x.line_id = n.line_id) THEN 'error' ELSE 'out' END END AS standing
FROM court_row_standing r LEFT JOIN court_line n USING (file_id, line_no) LEFT JOIN court_entry e USING (line_id)
LEFT JOIN court_application a ON n.line_id IN (a.line_id, a.back_line_id)
WHERE r.file_id = %s

-- name: statement_rows
-- All of them, in the order of the bank.
{outcomes} ORDER BY r.line_no

-- name: standings
-- How many of each kind, and how much.
SELECT x.standing, count(*), sum(x.amount_fen)::bigint FROM ({outcomes}) x GROUP BY 1 ORDER BY 1

-- name: rows_digest
-- What an agreement binds.
SELECT cases_rows_v1(%s)

-- name: statement_against
-- What speaks against booking it.
SELECT cases_statement_against_v1(%s)

-- name: book_statement
-- Two people agreed.
SELECT cases_statement_v1(%s, %s)

-- name: claim
-- Two people agreed.
SELECT cases_claim_v1(%s, %s)

-- name: unclaim
-- Two people agreed.
SELECT cases_unclaim_v1(%s, %s)

-- name: unknown
-- A receipt without a case: what is left of it, by when it is to be claimed, and the line that brought it.
SELECT e.document_id, e.court_id, p.name, e.amount_fen, cases_unclaimed_v1(e), e.came_at,
    (SELECT cases_due_v1((e.at AT TIME ZONE k.time_zone)::date, r.claim_days, r.claim_working)
     FROM ledger_book k, cases_rule_v1(e.court_id, (e.at AT TIME ZONE k.time_zone)::date) r WHERE k.book_id = p.book_id),
    coalesce(w.serial, ''), coalesce(w.account_no, ''), w.file_id, w.line_no, w.who
FROM court_entry e JOIN partner p ON p.id = e.court_id
LEFT JOIN LATERAL (WITH RECURSIVE before AS (
        SELECT e.document_id, e.of_id, e.line_id
        UNION ALL SELECT x.document_id, x.of_id, x.line_id FROM court_entry x JOIN before b ON x.document_id = b.of_id)
    SELECT r.serial, r.account_no, r.file_id, r.line_no, r.who FROM before b JOIN court_line n USING (line_id)
    JOIN court_row r USING (file_id, line_no) LIMIT 1) w ON true
WHERE e.document_id = %(document)s AND e.kind IN ('unknown', 'unclaimed')

-- name: credited
-- What may be un-claimed, and what is on the sub-account from which it is taken: its own, or where a merged case's money went.
SELECT e.court_id, c.number, e.amount_fen, coalesce(y.balance_fen, 0) FROM court_entry e
CROSS JOIN LATERAL cases_back_v1(e) b
JOIN court_account a ON a.court_id = e.court_id AND a.account_no = coalesce(b.account_no, e.account_no)
JOIN court_case c USING (case_id)
LEFT JOIN payable y ON y.bucket = b.bucket AND y.payable_id = b.payable_id
WHERE e.document_id = %s AND (e.kind IN ('transfer', 'claimed') OR EXISTS (
    SELECT FROM court_announced x WHERE x.document_id = e.document_id AND x.arrived)) AND NOT EXISTS (
    SELECT FROM court_entry x WHERE x.of_id = e.document_id AND x.kind = 'unclaimed')

-- name: statement_lines
-- All that moved on a case, the newest first, with what was on it behind that; `taken`: it was un-claimed. Of what was paid out:
-- as what, and to whom (sealed).
SELECT e.document_id, e.at, e.came_at, CASE WHEN e.kind = 'payout' AND q.kind <> 'payout' THEN 'paid_' || q.kind ELSE e.kind END,
    e.amount_fen, e.balance_fen, e.business_day, coalesce(r.serial, h.code, nullif(q.bank_serial, ''), ''),
    e.payment_id, e.proposal_id, EXISTS (SELECT FROM court_entry x WHERE x.of_id = e.document_id AND x.kind IN ('unclaimed', 'recalled')),
    coalesce(o.account_name, '')
FROM (SELECT x.*, (sum(CASE WHEN x.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'payout', 'levied') THEN -x.amount_fen
          ELSE x.amount_fen END) OVER (ORDER BY x.document_id DESC))::bigint AS balance_fen
      FROM court_entry x WHERE x.court_id = %s AND x.account_no = %s) e
LEFT JOIN court_line n USING (line_id) LEFT JOIN court_row r USING (file_id, line_no)
LEFT JOIN payment y ON y.bucket = e.bucket AND y.payment_id = e.payment_id LEFT JOIN partner h ON h.id = y.channel_id
LEFT JOIN court_application q ON q.application_id = e.application_id LEFT JOIN court_payee o ON o.payee_id = q.payee_id
ORDER BY e.document_id

-- name: time_line
-- As many of it as a page shows, and one.
{statement_lines} LIMIT 501

-- name: other_names
-- Other numbers of a case, and cases that have its number as theirs.
SELECT n.number, n.kind, (SELECT x.case_id FROM court_case x WHERE x.court_id = c.court_id AND x.number = n.number)
FROM court_name n JOIN court_case c USING (case_id) WHERE n.case_id = %(case)s
UNION ALL
SELECT o.number, CASE n.kind WHEN 'old' THEN 'resumed' ELSE n.kind END, o.case_id
FROM court_case c JOIN court_name n ON n.number = c.number JOIN court_case o ON o.case_id = n.case_id AND o.court_id = c.court_id
WHERE c.case_id = %(case)s

-- name: list_known
-- The very same bytes of the same court.
SELECT list_id FROM court_list WHERE court_id = %s AND sha256 = %s

-- name: list_add
-- A list of cases as it came.
INSERT INTO court_list (court_id, name, sha256, body, received_at, received_by) VALUES (%s, %s, %s, %s, %s, %s) RETURNING list_id

-- name: list
-- One of them, with its court.
SELECT l.list_id, l.court_id, c.code, p.name, l.name, l.sha256, l.body, l.received_at, l.received_by
FROM court_list l JOIN court c USING (court_id) JOIN partner p ON p.id = l.court_id WHERE l.list_id = %s

-- name: known_of
-- Of these numbers, those that are cases, those of them that were opened since, and of these accounts, those that the bank made and nobody has.
SELECT ARRAY(SELECT c.number FROM court_case c WHERE c.court_id = %(court)s AND c.number = ANY (%(numbers)s)),
    ARRAY(SELECT c.number FROM court_case c WHERE c.court_id = %(court)s AND c.number = ANY (%(numbers)s) AND c.opened_at >= %(at)s),
    ARRAY(SELECT n.account_no FROM court_number n WHERE n.court_id = %(court)s AND n.account_no = ANY (%(accounts)s)
        AND NOT EXISTS (SELECT FROM court_account a WHERE a.court_id = n.court_id AND a.account_no = n.account_no))

-- name: old_cases
-- Open cases to which numbers lead, by their own or another one of theirs, each with the parties' sealed names.
SELECT x.number, c.number, a.account_no, t.name FROM unnest(%(numbers)s::text[]) x (number)
JOIN court_case c ON c.court_id = %(court)s AND c.state = 'open' AND (c.number = x.number OR EXISTS (
    SELECT FROM court_name n WHERE n.case_id = c.case_id AND n.number = x.number AND n.kind <> 'source'))
JOIN court_account a USING (case_id) JOIN court_party t USING (case_id)

-- name: banks
-- At one of which a main account may be.
SELECT p.id, p.code || ' ' || p.name FROM bank b JOIN partner p ON p.id = b.partner_id ORDER BY p.code

-- name: today
-- The day that it is at a court.
SELECT cases_today_v1(%s, now())

-- name: court_code
-- Of a court, as case numbers name it.
SELECT code FROM court WHERE court_id = %s

-- === payouts ===

-- name: add_party
-- Another party of a case.
SELECT cases_party_v1(%s, %s, %s, %s)

-- name: set_judge
-- Who judges a case from now on.
SELECT cases_judge_v1(%s, %s, %s)

-- name: contradicted
-- A notice of a bank that its statement contradicts, with the case that it was told for.
SELECT d.document_id, d.court_id, c.number, d.account_no, d.amount_fen, d.came_at, d.serial, d.line_id, d.line_fen, d.line_account
FROM court_contradicted d JOIN court_account a USING (court_id, account_no) JOIN court_case c USING (case_id) WHERE d.document_id = %s

-- name: recall
-- Two people agreed.
SELECT cases_recall_v1(%s, %s)

-- name: paying_bank
-- Of a sample: the bank that pays by a port.
SELECT min(b.partner_id) FROM bank b WHERE b.endpoint <> ''
