-- Statements of court funds.

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT cases_rule_against_v1(%s, %s, %s)

-- name: rule_on
-- The rule in force on a day, as JSON, with the court's code.
SELECT to_jsonb(r) || jsonb_build_object('code', (SELECT c.code FROM court c WHERE c.court_id = r.court_id))
FROM cases_rule_v1(%s, %s::date) r

-- name: keep_rule
-- Two people agreed.
SELECT cases_keep_rule_v1(%s, %s)

-- name: next_account
-- The number that the next case will have.
SELECT cases_next_account_v1(%s, %s)

-- name: open
-- One case with its parties.
SELECT code, case_id FROM cases_open_v1(%(session)s, %(court)s, %(number)s, %(account)s, %(judge)s, %(filed)s, %(due)s, %(payer)s,
    %(roles)s::text[], %(names)s::bytea[], %(now)s)

-- name: numbers
-- Sub-account numbers that the bank made.
SELECT code, added FROM cases_numbers_v1(%s, %s, %s::text[])

-- name: close
-- A case is closed.
SELECT cases_close_v1(%s, %s, %s)

-- name: reopen
-- It is opened again.
SELECT cases_reopen_v1(%s, %s, %s)

-- name: link
-- Another number of it.
SELECT cases_link_v1(%s, %s, %s, %s, %s)

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
        WHEN e.kind IN ('collected', 'transfer', 'claimed', 'moved_in') THEN e.amount_fen
        WHEN e.kind IN ('given_back', 'unclaimed', 'moved_out') THEN -e.amount_fen ELSE 0 END)
        FROM court_entry e WHERE e.court_id = a.court_id AND e.account_no = a.account_no), 0)::bigint AS came_fen,
    c.opened_at, c.opened_by, t.number AS into
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
    AND EXISTS (SELECT FROM court_name n WHERE n.case_id = c.case_id AND n.number = %(number)s) AND c.state <> 'merged')

-- name: parties
-- Of a case; their names are sealed.
SELECT party_id, role, name FROM court_party WHERE case_id = %s ORDER BY party_id

-- name: party
-- Whose case a party is in.
SELECT c.case_id, c.number, t.role FROM court_party t JOIN court_case c USING (case_id) WHERE t.party_id = %s

-- name: payee_now
-- Where a party's money may go now.
SELECT account_no, account_name, bank_name, bank_code FROM court_payee WHERE party_id = %s ORDER BY payee_id DESC LIMIT 1

-- name: buckets
-- Each of them.
SELECT bucket FROM ledger_head ORDER BY bucket

-- name: follow
-- What channels took of a bucket's sub-accounts since.
SELECT cases_follow_all_v1(%s::smallint, %s)

-- name: entries_altered
-- Each entry against its transfers: so many fen from and to the accounts of its kind, on its day.
SELECT 'court_entry ' || e.document_id, CASE
    WHEN t.moves IS DISTINCT FROM CASE e.kind
        WHEN 'collected' THEN ARRAY[ROW(c.coming_id, c.money_id)::text] WHEN 'given_back' THEN ARRAY[ROW(c.money_id, c.coming_id)::text]
        WHEN 'arrived' THEN ARRAY[ROW(c.main_id, c.coming_id)::text] WHEN 'unknown' THEN ARRAY[ROW(c.main_id, c.unknown_id)::text]
        WHEN 'interest' THEN ARRAY[ROW(c.main_id, c.interest_id)::text] WHEN 'fee' THEN ARRAY[ROW(c.fee_id, c.main_id)::text]
        WHEN 'claimed' THEN ARRAY[ROW(c.unknown_id, c.main_id)::text, ROW(c.main_id, c.money_id)::text]
        WHEN 'unclaimed' THEN ARRAY[ROW(c.money_id, c.main_id)::text, ROW(c.main_id, c.unknown_id)::text]
        WHEN 'moved_out' THEN ARRAY[ROW(c.money_id, c.main_id)::text] WHEN 'payout' THEN ARRAY[ROW(c.money_id, c.main_id)::text]
        ELSE ARRAY[ROW(c.main_id, c.money_id)::text] END
        THEN 'is ' || e.kind || ', its transfers went otherwise'
    WHEN t.least <> e.amount_fen OR t.most <> e.amount_fen
        THEN 'amount_fen says ' || e.amount_fen || ', its transfers ' || t.least
    WHEN t.first_day <> e.business_day OR t.last_day <> e.business_day
        THEN 'business_day says ' || e.business_day || ', its transfers ' || t.first_day
    WHEN e.transfer_no IS NOT NULL AND NOT EXISTS (SELECT FROM court_payment p WHERE p.bucket = e.bucket
            AND p.transfer_no = e.transfer_no AND p.account_no = e.account_no AND abs(p.fen) = e.amount_fen
            AND (p.fen > 0) = (e.kind = 'collected'))
        AND e.payment_id >= (SELECT frozen FROM ledger_archived)
        THEN 'follows transfer ' || e.transfer_no || ', which is another one'
    WHEN e.line_id IS NOT NULL AND NOT EXISTS (SELECT FROM court_line n JOIN court_row r USING (file_id, line_no)
            WHERE n.line_id = e.line_id AND r.amount_fen = e.amount_fen AND r.kind = CASE e.kind WHEN 'fee' THEN 'out' ELSE 'in' END)
        THEN 'is of line ' || e.line_id || ', which says otherwise'
    END
FROM court_entry e JOIN court c USING (court_id)
LEFT JOIN LATERAL (SELECT array_agg(ROW(x.debit_id, x.credit_id)::text ORDER BY x.kind_no) AS moves,
        min(x.amount_fen) AS least, max(x.amount_fen) AS most, min(x.business_day) AS first_day, max(x.business_day) AS last_day
    FROM (SELECT d.*, CASE WHEN e.kind = 'claimed' THEN d.debit_id <> c.unknown_id ELSE d.debit_id <> c.money_id END AS kind_no
          FROM document_transfer d WHERE d.reference_id = e.document_id AND d.kind = 'posted') x) t ON true

-- name: accounts_altered
-- Each sub-account's case, and each unidentified receipt: nothing more is claimed of it than came.
SELECT 'court_entry ' || u.document_id, 'came with ' || u.amount_fen || ' fen, ' || sum(e.amount_fen) || ' are claimed of it'
FROM court_entry u JOIN court_entry e ON e.of_id = u.document_id AND e.kind = 'claimed'
GROUP BY u.document_id, u.amount_fen HAVING sum(e.amount_fen) > u.amount_fen

-- name: courts_apart
-- The proof of each court: the sub-accounts and what is unidentified are what the main account holds, and the bank says so.
SELECT 'court ' || p.court_id, CASE
    WHEN p.gap_fen <> 0 THEN 'sub-accounts ' || p.cases_fen || ', main account ' || p.main_fen || ': apart by ' || p.gap_fen || ' fen'
    WHEN p.bank_gap_fen <> 0 THEN 'main account ' || p.main_fen || ', the bank says otherwise by ' || p.bank_gap_fen || ' fen'
    END
FROM court_proof p
