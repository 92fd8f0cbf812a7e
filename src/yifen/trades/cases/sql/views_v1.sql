-- What court funds read of the hub's payments, and sums of the journal.

-- Transfers of payments on sub-accounts: what came, below zero what was given back.
CREATE OR REPLACE VIEW court_payment AS
SELECT t.bucket, t.transfer_no, t.reference_id AS payment_id, y.biller_id AS court_id, y.payable_id, y.account_no,
       CASE WHEN t.credit_id = y.credit_id THEN t.amount_fen ELSE -t.amount_fen END AS fen,
       CASE WHEN t.credit_id = y.credit_id THEN p.paid_at ELSE b.booked_at END AS came_at
FROM ledger_transfer t
JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id AND y.credit_id IN (t.credit_id, t.debit_id)
JOIN court c ON c.court_id = y.biller_id
JOIN payment p ON p.bucket = t.bucket AND p.payment_id = t.reference_id
JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no
WHERE t.kind IN ('posted', 'post') AND t.reference_id > 0 AND y.balance_fen IS NOT NULL;

-- Sub-account numbers of courts: those that cases have, and those that banks made.
CREATE OR REPLACE VIEW cases_numbers_had AS
SELECT a.court_id, a.account_no FROM court_account a UNION SELECT n.court_id, n.account_no FROM court_number n;

-- What entries spent of sub-accounts' balances, and gave to them: `verify` holds the balances to it.
CREATE OR REPLACE VIEW court_spent AS
SELECT e.bucket, e.payable_id, CASE WHEN e.kind IN ('unclaimed', 'recalled', 'moved_out', 'levied') THEN e.amount_fen
                                    ELSE -e.amount_fen END AS amount_fen
FROM court_entry e
WHERE e.kind IN ('unclaimed', 'recalled', 'moved_out', 'levied', 'transfer', 'announced', 'claimed', 'moved_in', 'returned',
    'interest_in')
UNION ALL
SELECT a.bucket, a.payable_id, a.amount_fen FROM court_application a
WHERE a.kind <> 'back' AND a.state IN ('sent', 'unknown', 'paid', 'returned');

-- Money of pushes that was not taken back; `arrived`: a statement has shown it, under the same serial.
CREATE OR REPLACE VIEW court_announced AS
SELECT e.document_id, e.court_id, e.account_no, e.amount_fen, e.came_at, p.serial, EXISTS (
    SELECT FROM court_line n JOIN court_entry x USING (line_id)
    WHERE n.court_id = e.court_id AND n.serial = p.serial AND x.kind = 'arrived') AS arrived
FROM court_entry e JOIN court_push_end d ON d.document_id = e.document_id JOIN court_push p USING (push_id)
WHERE e.kind = 'announced' AND NOT EXISTS (SELECT FROM court_entry x WHERE x.of_id = e.document_id AND x.kind = 'recalled');

-- The proof of a court at this moment (C7): in fen, what the main account should hold and what it does. `unfollowed_fen`:
-- what channels took that is not in the journal yet. `bank_fen`: by the last statement; `open_fen`: of its lines, those that
-- nothing explains yet. `going_fen`: of `cases_fen`, what the bank was told to pay and has not confirmed; `unshown_fen`: what it
-- paid, less what came back, that no statement shows yet; `missing_fen`: what a
-- bank told of at once, and no statement has though one ends behind it.
CREATE OR REPLACE VIEW court_proof AS
SELECT c.court_id, s.cases_fen + g.going_fen AS cases_fen, l.unknown_fen, l.interest_fen, l.fee_fen, l.coming_fen, u.unfollowed_fen, l.main_fen,
       s.cases_fen + g.going_fen - u.unfollowed_fen + l.unknown_fen + l.interest_fen - l.fee_fen - l.coming_fen - l.main_fen AS gap_fen,
       b.closing_fen AS bank_fen, o.open_fen,
       coalesce(b.closing_fen - b.first_fen - o.open_fen - l.main_fen - g.unshown_fen, 0) AS bank_gap_fen, g.going_fen,
       g.unshown_fen, m.missing_fen
FROM court c
CROSS JOIN LATERAL (SELECT coalesce(sum(y.balance_fen), 0)::bigint AS cases_fen FROM payable y
    WHERE y.biller_id = c.court_id AND y.balance_fen > 0) s
CROSS JOIN LATERAL (SELECT
    coalesce(sum(a.amount_fen) FILTER (WHERE a.kind <> 'back' AND a.state IN ('sent', 'unknown')), 0)::bigint AS going_fen,
    (coalesce(sum(a.amount_fen) FILTER (WHERE a.paid_id IS NOT NULL AND a.line_id IS NULL), 0)
     - coalesce(sum(a.amount_fen) FILTER (WHERE a.returned_id IS NOT NULL AND a.back_line_id IS NULL), 0))::bigint AS unshown_fen
    FROM court_application a WHERE a.court_id = c.court_id) g
CROSS JOIN LATERAL (SELECT
    coalesce(sum(x.fen) FILTER (WHERE x.account_id = c.main_id), 0)::bigint AS main_fen,
    coalesce(sum(x.fen) FILTER (WHERE x.account_id = c.coming_id), 0)::bigint AS coming_fen,
    coalesce(sum(x.fen) FILTER (WHERE x.account_id = c.fee_id), 0)::bigint AS fee_fen,
    -coalesce(sum(x.fen) FILTER (WHERE x.account_id = c.unknown_id), 0)::bigint AS unknown_fen,
    -coalesce(sum(x.fen) FILTER (WHERE x.account_id = c.interest_id), 0)::bigint AS interest_fen
    FROM (SELECT w.account_id, w.debit_posted_fen - w.credit_posted_fen AS fen FROM ledger_balance w
          WHERE w.account_id IN (c.main_id, c.coming_id, c.fee_id, c.unknown_id, c.interest_id)) x) l
CROSS JOIN LATERAL (SELECT coalesce(sum(p.fen), 0)::bigint AS unfollowed_fen FROM ledger_head h
    LEFT JOIN court_followed f ON f.court_id = c.court_id AND f.bucket = h.bucket
    JOIN court_payment p ON p.court_id = c.court_id AND p.bucket = h.bucket AND p.transfer_no > coalesce(f.transfer_no, 0)
    WHERE NOT EXISTS (SELECT FROM court_entry e WHERE e.bucket = p.bucket AND e.transfer_no = p.transfer_no)) u
LEFT JOIN LATERAL (SELECT f.closing_fen, (SELECT g.opening_fen FROM court_statement z JOIN court_file g USING (file_id)
        WHERE z.court_id = c.court_id AND z.turn = 1) AS first_fen
    FROM court_statement t JOIN court_file f USING (file_id) WHERE t.court_id = c.court_id ORDER BY t.turn DESC LIMIT 1) b ON true
CROSS JOIN LATERAL (SELECT coalesce(sum(CASE r.kind WHEN 'in' THEN r.amount_fen ELSE -r.amount_fen END), 0)::bigint AS open_fen
    FROM court_line n JOIN court_row r USING (file_id, line_no)
    WHERE n.court_id = c.court_id AND NOT EXISTS (SELECT FROM court_entry e WHERE e.line_id = n.line_id)
        AND NOT EXISTS (SELECT FROM court_application a WHERE n.line_id IN (a.line_id, a.back_line_id))) o
CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount_fen), 0)::bigint AS missing_fen FROM court_announced a
    WHERE a.court_id = c.court_id AND NOT a.arrived AND a.came_at < (SELECT max(r.at) FROM court_line n
        JOIN court_row r USING (file_id, line_no) WHERE n.court_id = c.court_id)) m;

-- SHA-256 of a statement's rows in order, as hex: what an agreement binds. Without the sealed part, which is sealed anew.
CREATE OR REPLACE VIEW court_digest AS
SELECT f.file_id, encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', r.line_no, length(r.serial), r.serial, r.kind,
    r.amount_fen, r.balance_fen, extract(epoch FROM r.at), length(r.account_no), r.account_no, length(r.business), r.business,
    length(r.reference), r.reference), E'\n' ORDER BY r.line_no), '') || coalesce(E'\nold ' || f.old_on, ''), 'UTF8')), 'hex') AS rows
FROM court_file f LEFT JOIN court_row r USING (file_id) GROUP BY f.file_id;

-- Does a line's sub-account number name another case than this sub-account's (NULL: any case)? Then it is for that one, whatever
-- reference its payer wrote.
CREATE OR REPLACE FUNCTION cases_elsewhere_v1(p_court integer, p_number text, p_account text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN p_number IS DISTINCT FROM p_account AND EXISTS (SELECT FROM court_account x WHERE x.court_id = p_court
        AND x.account_no = p_number AND NOT EXISTS (SELECT FROM court_account y WHERE y.court_id = p_court
            AND y.account_no = p_account AND cases_stays_v1(y.case_id) = cases_stays_v1(x.case_id)));
END $$;

-- Lines out that are the bank's mistake 银行差错, by two people, and did not come back yet.
CREATE OR REPLACE VIEW court_error_out AS
SELECT x.explained_id, n.line_id, n.court_id, n.serial, r.amount_fen
FROM court_explained x JOIN court_line n USING (line_id) JOIN court_row r USING (file_id, line_no)
WHERE x.kind = 'error' AND x.back_line_id IS NULL AND NOT EXISTS (SELECT FROM court_explained y
    WHERE y.line_id = x.line_id AND y.kind <> 'error');

-- What becomes of each line of a statement, as things stand: transfer, arrived, interest, fee, unknown, payout, returned; out:
-- nothing explains it; corrected: it gives back what the bank took by mistake, and names that serial; apart: it has the serial of a push, and says otherwise.
CREATE OR REPLACE VIEW court_row_standing AS
SELECT r.*, f.court_id, CASE
    WHEN r.kind = 'out' AND r.business = 'fee' THEN 'fee'
    WHEN r.kind = 'out' THEN CASE WHEN EXISTS (SELECT FROM court_application a WHERE a.court_id = f.court_id
            AND a.reference = r.reference AND a.amount_fen = r.amount_fen AND a.line_id IS NULL
            AND a.state IN ('approved', 'sent', 'unknown', 'paid', 'returned'))
        AND NOT EXISTS (SELECT FROM court_row w WHERE w.file_id = r.file_id AND w.reference = r.reference AND w.kind = 'out'
            AND w.amount_fen = r.amount_fen AND w.line_no < r.line_no) THEN 'payout' ELSE 'out' END
    WHEN EXISTS (SELECT FROM court_application a WHERE a.court_id = f.court_id AND a.amount_fen = r.amount_fen
            AND a.back_line_id IS NULL AND (a.reference = r.reference AND NOT cases_elsewhere_v1(f.court_id, r.account_no, a.account_no)
                OR a.back_serial = r.serial)
            AND a.state IN ('approved', 'sent', 'unknown', 'paid', 'returned')) THEN 'returned'
    WHEN EXISTS (SELECT FROM court_error_out x WHERE x.court_id = f.court_id AND x.serial = r.reference
        AND x.amount_fen = r.amount_fen) AND d.serial IS NULL THEN 'corrected'
    WHEN d.serial IS NOT NULL THEN CASE WHEN d.arrived OR d.amount_fen <> r.amount_fen OR r.account_no NOT IN ('', d.account_no)
        THEN 'apart' ELSE 'arrived' END
    WHEN r.business = 'interest' THEN 'interest'
    WHEN r.reference <> '' AND EXISTS (SELECT FROM payout y WHERE y.biller_id = f.court_id AND y.reference = r.reference
            AND y.amount_fen = r.amount_fen)
        AND NOT cases_elsewhere_v1(f.court_id, r.account_no, NULL)
        AND NOT EXISTS (SELECT FROM court_entry e JOIN court_line n USING (line_id)
            JOIN court_row w ON (w.file_id, w.line_no) = (n.file_id, n.line_no)
            WHERE e.court_id = f.court_id AND e.kind = 'arrived' AND w.reference = r.reference)
        AND NOT EXISTS (SELECT FROM court_row w WHERE w.file_id = r.file_id AND w.reference = r.reference
            AND w.amount_fen = r.amount_fen AND w.line_no < r.line_no) THEN 'arrived'
    WHEN EXISTS (SELECT FROM court_account a WHERE a.court_id = f.court_id AND a.account_no = r.account_no
        AND a.state = 'open') THEN 'transfer'
    ELSE 'unknown' END AS standing
FROM court_row r JOIN court_file f USING (file_id)
LEFT JOIN court_announced d ON d.court_id = f.court_id AND d.serial = r.serial;

-- Notices of a bank that its statements contradict: with the line in of the same serial that nothing explains, or without one
-- though a statement ends behind them.
CREATE OR REPLACE VIEW court_contradicted AS
SELECT d.document_id, d.court_id, d.account_no, d.amount_fen, d.came_at, d.serial, n.line_id, n.file_id, n.line_no,
       n.amount_fen AS line_fen, n.account_no AS line_account, n.at AS line_at
FROM court_announced d LEFT JOIN LATERAL (SELECT x.line_id, r.* FROM court_line x JOIN court_row r USING (file_id, line_no)
    WHERE x.court_id = d.court_id AND x.serial = d.serial AND r.kind = 'in'
        AND NOT EXISTS (SELECT FROM court_entry e WHERE e.line_id = x.line_id)
        AND NOT EXISTS (SELECT FROM court_application a WHERE x.line_id IN (a.line_id, a.back_line_id))) n ON true
WHERE NOT d.arrived AND (n.line_id IS NOT NULL OR d.came_at < (SELECT max(r.at) FROM court_line x
    JOIN court_row r USING (file_id, line_no) WHERE x.court_id = d.court_id));
