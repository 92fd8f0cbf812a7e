-- Statements of the agency.

-- name: merchant_now
-- What a proposal would change.
SELECT name, industry, suspended FROM agency_merchant WHERE code = %s

-- name: not_whole
-- Why its agreement lets no core sweep its money.
SELECT settlement_whole_v1(%s)

-- name: put_merchant
-- As two people decided.
SELECT agency_merchant_v1(%s)

-- name: admission_now
-- What a proposal would change.
SELECT mode, valid_from::text, valid_until::text, state FROM agency_admission
WHERE (institution_id, merchant, product, channel, region) = (%s, %s, %s, %s, %s)

-- name: put_admission
-- As two people decided.
SELECT agency_admission_v1(%s, %s)

-- name: add_slip
-- A slip that is there already stays as it is.
SELECT agency_slip_add_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: slip_amount
-- What stands there by now, whoever put it.
SELECT amount_fen FROM agency_slip WHERE (biller_id, unit, number) = (%s, %s, %s)

-- name: slip
-- By unit and number, of a company that this institution serves.
SELECT biller_id, amount_fen, payer, core_id, transit, contracting_id, merchant, paid FROM agency_slip_v1(%s, %s, %s)

-- name: ask_deposit
-- Committed with its move, before the core hears of it.
SELECT code, deposit_id, serial FROM agency_deposit_ask_v1(%s, %s, %s)

-- name: follow_deposit
-- As the core said.
SELECT agency_deposit_follow_v1(%s, %s)

-- name: follow_charge
-- Likewise.
SELECT agency_charge_follow_v1(%s, %s)

-- name: follow_cheque
-- Likewise.
SELECT agency_cheque_follow_v1(%s, %s)

-- name: follow_sweep
-- Likewise.
SELECT agency_sweep_follow_v1(%s, %s)

-- name: to_follow
-- Documents of which the core said something that does not count here yet, or was asked for nothing.
SELECT 'deposit', d.deposit_id FROM agency_deposit d LEFT JOIN core_move m USING (serial)
WHERE d.state = 'asked' AND coalesce(m.state, 'none') NOT IN ('asked', 'unknown')
UNION ALL
SELECT 'charge', c.charge_id FROM agency_charge c LEFT JOIN core_move m USING (serial)
WHERE c.state = 'asked' AND coalesce(m.state, 'none') NOT IN ('asked', 'unknown')
UNION ALL
SELECT 'sweep', w.sweep_id FROM agency_sweep w LEFT JOIN core_move m USING (serial)
WHERE w.state = 'asked' AND coalesce(m.state, 'none') NOT IN ('asked', 'unknown')
UNION ALL
SELECT 'cheque', q.cheque_id FROM agency_cheque q LEFT JOIN core_move m USING (serial) LEFT JOIN core_move u ON u.undoes = q.serial
WHERE q.state = 'collecting' AND coalesce(m.state, 'none') NOT IN ('asked', 'unknown')
    OR q.state = 'refunding' AND (m.state = 'undone' OR u.serial IS NULL)

-- name: deposit_now
-- As it stands, by its serial.
SELECT state, code, amount_fen FROM agency_deposit WHERE serial = %s

-- name: back_deposit
-- 4629, as two people decided.
SELECT agency_deposit_back_v1(%s, %s)

-- name: back_charge
-- 1078 taken back, as two people decided.
SELECT agency_charge_back_v1(%s, %s)

-- name: back_deposit_now
-- Whether 4629 would take it back for this teller: it is booked; it is of this day and of his open shift.
SELECT d.state = 'booked', d.business_day = k.current_day AND EXISTS (SELECT FROM counter_shift s
    WHERE s.id = d.shift_id AND s.state = 'open' AND s.teller_id = %(teller)s)
FROM agency_deposit d JOIN partner y ON y.id = d.biller_id JOIN ledger_book k USING (book_id) WHERE d.serial = %(serial)s

-- name: back_charge_now
-- Whether a commission is still taken back: it is booked; it is of this day.
SELECT c.state = 'booked', c.business_day = k.current_day
FROM agency_charge c JOIN partner y ON y.id = c.biller_id JOIN ledger_book k USING (book_id) WHERE c.serial = %(serial)s

-- name: day_of_move
-- An undo is of the day of what it undoes, so that the day's sum is right.
SELECT day FROM core_move WHERE serial = %s

-- name: drawer
-- A shift's deposits, and those that it gave back; commission that its teller charged meanwhile, and gave back.
SELECT '4628', CASE d.means WHEN 'cash' THEN 'cash' ELSE 'cheque' END, count(*), sum(d.amount_fen)::bigint, false
FROM agency_deposit d WHERE d.shift_id = %(shift)s AND d.state IN ('booked', 'reversed') GROUP BY 2
UNION ALL
SELECT '4629', CASE d.means WHEN 'cash' THEN 'cash' ELSE 'cheque' END, count(*), sum(d.amount_fen)::bigint, true
FROM agency_deposit d WHERE d.back_shift_id = %(shift)s GROUP BY 2
UNION ALL
SELECT '1078', 'transfer', count(*), sum(c.amount_fen)::bigint, v.is_back
FROM counter_shift s JOIN agency_charge c ON c.teller_id = s.teller_id AND c.state IN ('booked', 'reversed')
CROSS JOIN (VALUES (false), (true)) v (is_back)
WHERE s.id = %(shift)s AND (c.state = 'reversed' OR NOT v.is_back)
    AND CASE WHEN v.is_back THEN c.changed_at ELSE c.made_at END BETWEEN s.opened_at AND coalesce(s.closed_at, 'infinity')
GROUP BY v.is_back
ORDER BY 1, 2

-- name: drawer_undecided
-- Deposits of a shift that nobody knows of yet.
SELECT count(*) FROM agency_deposit WHERE shift_id = %s AND state = 'asked'

-- name: accept_cheque
-- Its receipt is stamped; nothing is booked.
SELECT code, cheque_id FROM agency_cheque_accept_v1(%s, %s, %s)

-- name: open_session
-- The next of a county's day.
SELECT code, number FROM agency_session_open_v1(%s, %s)

-- name: present
-- All that wait in a county, in the session that is open.
SELECT agency_present_v1(%s, %s)

-- name: close_session
-- What an earlier session presented is collected.
SELECT cheque_id, serial FROM agency_session_v1(%s, %s, %s, %s)

-- name: keep_bank
-- One of the list.
INSERT INTO agency_bank (code, name) VALUES (%s, %s)
ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE agency_bank.name <> excluded.name

-- name: cheque_money
-- How much, on which business day of its company's book.
SELECT q.amount_fen, k.current_day, q.biller_id FROM agency_cheque q
JOIN partner y ON y.id = q.biller_id JOIN ledger_book k USING (book_id) WHERE q.cheque_id = %s

-- name: return_cheque
-- With the reason of its slip.
SELECT code, state FROM agency_return_v1(%s, %s, %s, %s)

-- name: cheque_undo
-- The move that collected it, and the day on which it goes back.
SELECT q.serial, k.current_day FROM agency_cheque q
JOIN partner y ON y.id = q.biller_id JOIN ledger_book k USING (book_id) WHERE q.cheque_id = %s

-- name: company_of
-- The company of this county that has the unit.
SELECT p.biller_id, y.code || ' ' || y.name FROM core_pair p JOIN partner y ON y.id = p.biller_id
WHERE p.unit = %s AND agency_below_v1(%s, p.contracting_id)

-- name: owed
-- Of the month, as settlement reckoned it.
SELECT agreement_id, fee_fen, owed_fen, complete FROM agency_owed_v1(%s, %s)

-- name: charge_refused
-- Why it is not charged now.
SELECT agency_charge_refuses_v1(%s, %s)

-- name: ask_charge
-- Committed with its move.
SELECT code, charge_id, serial, amount_fen FROM agency_charge_ask_v1(%s, %s, %s, %s)

-- name: charge_now
-- As it stands, by its serial.
SELECT state, code, amount_fen FROM agency_charge WHERE serial = %s

-- name: settled_to
-- The company's own account, sealed.
SELECT settlement_sealed FROM core_pair WHERE biller_id = %s

-- name: pairs_of_book
-- Companies with a pair, and whether their day is settled.
SELECT p.biller_id, y.code, y.institution_id, p.contracting_id, p.core_id, p.transit,
       EXISTS (SELECT FROM settlement s WHERE s.biller_id = p.biller_id AND s.business_day = %s)
FROM core_pair p JOIN partner y ON y.id = p.biller_id WHERE y.book_id = %s AND p.merchant <> '' ORDER BY y.code

-- name: stands
-- On a transit account at the core, by the moves up to a day.
SELECT fen, open FROM agency_stands_v1(%s, %s, %s)

-- name: ask_sweep
-- Committed with its move.
SELECT code, sweep_id, serial, amount_fen FROM agency_sweep_ask_v1(%s, %s, %s, %s)

-- name: short
-- By how much more stands at the core than is free here, and what explains it.
SELECT short_fen, netted_fen, passed_fen, paid_fen FROM agency_short_v1(%s, %s)

-- name: units
-- A company's accounting units.
SELECT unit FROM core_pair WHERE biller_id = %s

-- name: deposits_altered
-- Booked: one transfer of its fen from clearing to transit, and a done posting at the core; taken back: both are.
SELECT 'agency_deposit ' || d.deposit_id, CASE
    WHEN coalesce(t.posted, 0) <> CASE WHEN d.state IN ('booked', 'reversed') THEN d.amount_fen ELSE 0 END
        THEN 'is ' || d.state || ' with ' || d.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN coalesce(t.contra, 0) <> CASE d.state WHEN 'reversed' THEN d.amount_fen ELSE 0 END
        THEN 'is ' || d.state || ', its transfers took back ' || coalesce(t.contra, 0)
    WHEN d.state IN ('booked', 'reversed') AND (m.amount_fen IS DISTINCT FROM d.amount_fen OR m.state NOT IN ('done', 'undone'))
        THEN 'is ' || d.state || ', its move at the core is ' || coalesce(m.state || ' with ' || m.amount_fen || ' fen', 'not there')
    WHEN d.state = 'booked' AND m.state = 'undone' THEN 'is booked, the core gave it back'
    WHEN d.state = 'reversed' AND NOT EXISTS (SELECT FROM core_move u WHERE u.undoes = d.serial)
        THEN 'is taken back, and the core was not told'
    WHEN d.state IN ('booked', 'reversed') AND NOT EXISTS (SELECT FROM document_transfer x
            JOIN biller b ON b.partner_id = d.biller_id AND b.transit_id = x.credit_id
            WHERE x.reference_id = d.document_id AND x.reverses_no IS NULL)
        THEN 'did not go to the transit account of biller ' || d.biller_id
    END
FROM agency_deposit d LEFT JOIN document_transfers t USING (document_id) LEFT JOIN core_move m USING (serial)

-- name: charges_altered
-- Likewise, against 1122.
SELECT 'agency_charge ' || c.charge_id, CASE
    WHEN coalesce(t.posted, 0) <> CASE WHEN c.state IN ('booked', 'reversed') THEN c.amount_fen ELSE 0 END
        THEN 'is ' || c.state || ' with ' || c.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN coalesce(t.contra, 0) <> CASE c.state WHEN 'reversed' THEN c.amount_fen ELSE 0 END
        THEN 'is ' || c.state || ', its transfers took back ' || coalesce(t.contra, 0)
    WHEN c.state = 'booked' AND (m.state IS DISTINCT FROM 'done' OR m.amount_fen <> c.amount_fen)
        THEN 'is booked, its move at the core is ' || coalesce(m.state || ' with ' || m.amount_fen || ' fen', 'not there')
    WHEN c.state = 'reversed' AND NOT EXISTS (SELECT FROM core_move u WHERE u.undoes = c.serial)
        THEN 'is taken back, and the core was not told'
    END
FROM agency_charge c LEFT JOIN document_transfers t USING (document_id) LEFT JOIN core_move m USING (serial)

-- name: sweeps_altered
-- What the company was paid at the core, the hub owes it no longer.
SELECT 'agency_sweep ' || w.sweep_id, CASE
    WHEN coalesce(t.posted, 0) <> CASE w.state WHEN 'booked' THEN w.amount_fen ELSE 0 END
        THEN 'is ' || w.state || ' with ' || w.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN w.state = 'booked' AND (m.state IS DISTINCT FROM 'done' OR m.amount_fen <> w.amount_fen)
        THEN 'is booked, its move at the core is ' || coalesce(m.state, 'not there')
    END
FROM agency_sweep w LEFT JOIN document_transfers t USING (document_id) LEFT JOIN core_move m USING (serial)

-- name: cheques_altered
-- What is collected was moved at the core; what is applied is a deposit's.
SELECT 'agency_cheque ' || q.cheque_id, CASE
    WHEN q.state IN ('collected', 'applied', 'exception') AND (m.state IS DISTINCT FROM 'done' OR m.amount_fen <> q.amount_fen)
        THEN 'is ' || q.state || ', its move at the core is ' || coalesce(m.state || ' with ' || m.amount_fen || ' fen', 'not there')
    WHEN q.state = 'refunded' AND m.state IS DISTINCT FROM 'undone' THEN 'is refunded, its move at the core is ' || m.state
    WHEN q.state IN ('accepted', 'presented', 'returned') AND m.state IN ('done', 'asked', 'unknown')
        THEN 'is ' || q.state || ', the core moved its money'
    WHEN (q.state IN ('applied', 'exception')) <> EXISTS (SELECT FROM agency_deposit d
            WHERE d.cheque_id = q.cheque_id AND d.state IN ('asked', 'booked'))
        THEN 'is ' || q.state || ', its deposit says otherwise'
    END
FROM agency_cheque q LEFT JOIN core_move m USING (serial)

-- name: explained
-- On a company's transit account its deposits of days that were not settled before this cut; on the counter's clearing
-- account the deposits, what was paid to companies and what was charged.
WITH moves AS (
    SELECT d.debit_id AS clearing_id, d.credit_id AS transit_id, d.biller_id, d.business_day AS day, d.amount_fen AS fen
    FROM agency_deposit d WHERE d.state = 'booked' AND d.business_day <= %(day)s
), transit AS (
    SELECT m.transit_id, m.day, m.biller_id, sum(m.fen) AS fen FROM moves m
    WHERE m.day > coalesce((SELECT max(s.business_day) FROM settlement s
        WHERE s.biller_id = m.biller_id AND s.posted_on <= %(day)s), '-infinity')
    GROUP BY 1, 2, 3
), clearing AS (
    SELECT clearing_id, day, biller_id, fen FROM moves
    UNION ALL
    SELECT w.clearing_id, w.business_day, w.biller_id, -w.amount_fen FROM agency_sweep w
    WHERE w.state = 'booked' AND w.posted_on <= %(day)s
    UNION ALL
    SELECT c.debit_id, c.business_day, c.biller_id, c.amount_fen FROM agency_charge c
    WHERE c.state = 'booked' AND c.business_day <= %(day)s
)
SELECT t.transit_id, 'transit', 'unsettled', t.day, p.code, t.fen::bigint, NULL::bigint, %(day)s::date - t.day
FROM transit t JOIN partner p ON p.id = t.biller_id JOIN ledger_account a ON a.account_id = t.transit_id
WHERE a.book_id = %(book)s
UNION ALL
SELECT c.clearing_id, 'clearing', 'arriving', c.day, p.code, sum(c.fen)::bigint, NULL, %(day)s::date - c.day
FROM clearing c JOIN partner p ON p.id = c.biller_id JOIN ledger_account a ON a.account_id = c.clearing_id
WHERE a.book_id = %(book)s
GROUP BY c.clearing_id, c.day, p.code HAVING sum(c.fen) <> 0

-- name: deposit_here
-- One that was taken at this outlet.
SELECT unit, number, amount_fen, state, deposit_id FROM agency_deposit WHERE serial = %s AND institution_id = %s

-- name: charge_here
-- One that was charged at this outlet.
SELECT y.code || ' ' || y.name, c.month FROM agency_charge c JOIN partner y ON y.id = c.biller_id
WHERE c.serial = %s AND c.institution_id = %s

-- name: voucher
-- What the voucher of a deposit or a charge says: the posting at the core, who did it, and who signed what took it back.
WITH done AS (
    SELECT CASE d.means WHEN 'cash' THEN 'cash_deposit' ELSE 'transfer_deposit' END AS kind, d.means, d.serial, d.state,
        '4628' AS code, '4629' AS back_code, d.unit || ' ' || d.number AS what, l.payer, d.cheque_id, d.biller_id, d.institution_id, d.teller_id,
        d.business_day, d.amount_fen, d.made_at, d.changed_at, d.proposal_id, 'agency_deposit:' || d.deposit_id AS document
    FROM agency_deposit d JOIN agency_slip l USING (biller_id, unit, number) WHERE d.serial = %(serial)s
    UNION ALL
    SELECT 'charge', '', c.serial, c.state, '1078', '1078', '手续费 ' || to_char(c.month, 'YYYY-MM'), '', NULL, c.biller_id, c.institution_id,
        c.teller_id, c.business_day, c.amount_fen, c.made_at, c.changed_at, c.proposal_id, 'agency_charge:' || c.charge_id
    FROM agency_charge c WHERE c.serial = %(serial)s
)
SELECT x.kind, x.means, x.code, x.back_code, x.what, y.name AS biller, o.name AS outlet, s.name AS institution,
    t.login || ' ' || t.name AS teller, x.business_day, x.amount_fen, x.made_at, x.changed_at, x.state = 'reversed' AS is_back,
    m.debit_lookup, m.debit_shown, m.credit_lookup, m.credit_shown,
    array_remove(ARRAY[b.cash_account || '-' || m.teller, b.sundry_account, b.income_account, r.transit], NULL) AS own,
    CASE WHEN q.cheque_id IS NULL THEN m.cheque_no ELSE concat_ws(' ', q.cheque_no, q.drawer, q.drawer_bank, n.name) END AS cheque, x.payer,
    coalesce(k.login || ' ' || k.name, '') AS supervisor, coalesce(a.reason, '') AS reason, x.document
FROM done x JOIN partner y ON y.id = x.biller_id JOIN institution s ON s.id = y.institution_id
JOIN institution o ON o.id = x.institution_id JOIN access_user t ON t.id = x.teller_id JOIN core_move m ON m.serial = x.serial
JOIN core_bank b ON b.core_id = m.core_id LEFT JOIN core_pair r ON r.biller_id = x.biller_id
LEFT JOIN agency_cheque q ON q.cheque_id = x.cheque_id LEFT JOIN agency_bank n ON n.code = q.drawer_bank
LEFT JOIN access_authorisation a ON a.id = x.proposal_id LEFT JOIN access_user k ON k.id = a.checker_id
WHERE x.state IN ('booked', 'reversed') AND x.institution_id = ANY (%(institutions)s)

-- name: count_voucher
-- How often it was printed, this time included.
INSERT INTO counter_voucher (document, prints) VALUES (%s, 1)
ON CONFLICT (document) DO UPDATE SET prints = counter_voucher.prints + 1 RETURNING prints
