-- Statements of the demo: what it says in its last line, and proves of itself.

-- name: undecided
-- Whose end the hub does not know yet.
SELECT count(*) FROM payment WHERE biller_state NOT IN ('booked', 'rejected', 'reversed')

-- name: totals
-- What was booked on a day, whether taken back later or not; what is tried in a sandbox is of no day's books.
WITH counted AS (SELECT id FROM partner WHERE book_id <> %(sandbox)s)
SELECT count(*), coalesce(sum(amount_fen), 0)::bigint,
    (SELECT count(*) FROM payment_return JOIN counted ON id = channel_id
     WHERE booked_at IS NOT NULL AND business_day = %(day)s)
FROM payment JOIN counted ON id = channel_id WHERE booked_at IS NOT NULL AND business_day = %(day)s

-- name: biller_day
-- What moved for a biller, to be held against what it kept itself.
SELECT verb, serial, payment_id::text, amount_fen FROM payment_movement
WHERE biller_id = %(biller)s AND business_day = %(day)s

-- name: balanced
-- Stored balances against the sums of their transfers, and debit against credit over all.
WITH replayed AS (
    SELECT bucket, account_id, sum(debit_pending) AS debit_pending,
           sum(debit_posted) AS debit_posted, sum(credit_pending) AS credit_pending,
           sum(credit_posted) AS credit_posted
    FROM (SELECT t.bucket, t.kind, t.amount_fen, s.account_id, s.debit
          FROM ledger_transfer t
          CROSS JOIN LATERAL (VALUES (t.debit_id, 1), (t.credit_id, 0)) s (account_id, debit)) x
    CROSS JOIN LATERAL (SELECT
        CASE kind WHEN 'pending' THEN amount_fen WHEN 'posted' THEN 0 ELSE -amount_fen END,
        CASE WHEN kind IN ('posted', 'post') THEN amount_fen ELSE 0 END) a (pending, posted)
    CROSS JOIN LATERAL (SELECT debit * pending, debit * posted, (1 - debit) * pending,
        (1 - debit) * posted) l (debit_pending, debit_posted, credit_pending, credit_posted)
    GROUP BY bucket, account_id)
SELECT sum(b.debit_posted_fen) = sum(b.credit_posted_fen)
    AND sum(b.debit_pending_fen) = sum(b.credit_pending_fen)
    AND bool_and((b.debit_pending_fen, b.debit_posted_fen, b.credit_pending_fen,
                  b.credit_posted_fen) = (coalesce(r.debit_pending, 0),
        coalesce(r.debit_posted, 0), coalesce(r.credit_pending, 0), coalesce(r.credit_posted, 0)))
FROM ledger_balance b FULL JOIN replayed r USING (bucket, account_id)

-- name: differences
-- What is not closed, in the order of their file.
SELECT serial, class::text, theirs_kind::text, line_no FROM recon_item
WHERE state <> 'closed' ORDER BY line_no NULLS FIRST, serial

-- name: night_figures
-- What the night of a day did; `began`: when, for payouts are of no day.
SELECT (SELECT coalesce(sum(matched_count), 0)::bigint FROM recon_run WHERE business_day = %(day)s),
       (SELECT count(*) FROM recon_item WHERE business_day = %(day)s),
       (SELECT coalesce(sum(moved_fen), 0)::bigint FROM settlement WHERE business_day = %(day)s),
       (SELECT coalesce(sum(fee_fen), 0)::bigint FROM commission WHERE business_day = %(day)s),
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM payout WHERE state = 'done' AND instructed_at >= %(began)s)

-- name: outage
-- A biller that was not to be had for a while.
INSERT INTO biller_outage (biller_id, starts_at, ends_at, reason) VALUES (%s, %s, %s, '系统升级')

-- name: keep_traffic
-- Of a day whose last minutes came late.
SELECT payments_traffic_day_v1(%s, %s)

-- name: owing
-- Of some accounts one of each biller that owes something, and its payer's sealed name.
SELECT DISTINCT ON (y.biller_id) y.biller_id, y.account_no, p.code, r.name
FROM payable y JOIN partner p ON p.id = y.biller_id
JOIN payer r ON r.bucket = y.bucket AND r.biller_id = y.biller_id AND r.account_no = y.account_no
WHERE p.code = ANY (%(billers)s) AND y.account_no = ANY (%(accounts)s) AND y.state = 'open' AND y.mode <> 'open'
    AND y.due_fen > y.paid_fen
ORDER BY y.biller_id, y.account_no

-- name: hand
-- The papers in a teller's hand, of the one kind that he has.
SELECT r.kind_id, range_agg(int8range(r.first_no, r.last_no, '[]'))::text FROM invoice_range r
JOIN access_user u ON u.id = r.user_id WHERE u.login = %s AND r.state = 'hand' GROUP BY 1

-- name: numbers
-- How many numbers are where.
SELECT state, sum(last_no - first_no + 1)::bigint FROM invoice_range GROUP BY 1

-- name: electronic
-- Each electronic invoice that was asked for, with its number once it is issued.
SELECT order_no, number FROM invoice_electronic WHERE kind = 'blue' ORDER BY order_no

-- name: drawers
-- Of each till: the cash that it began with, what was counted at last, and by how much the ledger says that it grew.
WITH cash AS (
    SELECT e.shift_id, e.payment_id AS document_id FROM counter_entry e
    WHERE e.pay_kind = 'cash' AND e.state = 'booked' AND e.original_id IS NULL
    UNION ALL
    SELECT d.shift_id, d.document_id FROM agency_deposit d WHERE d.means = 'cash' AND d.state = 'booked'
)
SELECT u.login, s.opening_fen, s.counted_fen, coalesce(sum(t.amount_fen), 0)::bigint
FROM counter_shift s JOIN access_user u ON u.id = s.teller_id
LEFT JOIN cash c ON c.shift_id = s.id
LEFT JOIN ledger_transfer t ON t.reference_id = c.document_id AND t.kind IN ('posted', 'post') AND t.reverses_no IS NULL
WHERE s.state = 'closed' GROUP BY s.id, u.login ORDER BY s.id

-- name: court_accounts
-- Cases of the court by number, with their sub-account numbers.
SELECT c.number, a.account_no FROM court_case c JOIN court_account a USING (case_id) JOIN partner p ON p.id = c.court_id
WHERE p.code = %(court)s

-- name: court_unknown
-- The receipt without a case that a line of the statement brought.
SELECT e.document_id, e.amount_fen FROM court_entry e JOIN court_line n USING (line_id) WHERE e.kind = 'unknown' AND n.serial = %(serial)s

-- name: court_figures
-- The court's proof at this moment; what channels took a moment ago, and nobody followed yet, is on its way too.
SELECT x.cases_fen, x.unknown_fen, x.interest_fen, x.fee_fen, x.coming_fen + x.unfollowed_fen, x.main_fen,
    abs(x.gap_fen) + abs(x.bank_gap_fen)
FROM court_proof x JOIN partner p ON p.id = x.court_id WHERE p.code = %(court)s

-- name: court_payouts
-- Approved payouts of courts that are not with the bank yet, what was paid, what came back.
SELECT count(*) FILTER (WHERE a.state IN ('approved', 'sent', 'unknown')),
    coalesce(sum(a.amount_fen) FILTER (WHERE a.state = 'paid'), 0)::bigint,
    coalesce(sum(a.amount_fen) FILTER (WHERE a.state = 'returned'), 0)::bigint
FROM court_application a

-- name: bureau_units
-- Units of a finance bureau by code.
SELECT u.code, u.unit_id FROM budget_unit u JOIN partner p ON p.id = u.bureau_id WHERE p.code = %(bureau)s

-- name: bureau_indicators
-- Its indicators by number.
SELECT i.number, i.indicator_id FROM budget_indicator i JOIN partner p ON p.id = i.bureau_id WHERE p.code = %(bureau)s

-- name: bureau_confirm
-- A unit's cashier confirms the cards that wait, but the newest.
SELECT cards_confirm_v1(%(session)s, l.card_id, l.unit_id, true, %(now)s) FROM card_place l
WHERE l.unit_id = %(unit)s AND l.state = 'waiting'
    AND l.card_id <> (SELECT max(x.card_id) FROM card_place x WHERE x.unit_id = l.unit_id)

-- name: bureau_swipes
-- Swipes by the bank's number.
SELECT number, swipe_id FROM card_swipe

-- name: bureau_shown
-- What the page of a claim shows to who signs it.
SELECT cards_shown_v1(%s)

-- name: bureau_due
-- Repayments due of some swipes, or without one.
SELECT r.repayment_id FROM card_repayment r JOIN card_claim_line n USING (claim_id, line_no)
WHERE r.state = 'due' AND (n.swipe_id = ANY (%(swipes)s) OR %(cash)s AND n.swipe_id IS NULL) ORDER BY r.repayment_id

-- name: bureau_voucher
-- What the page of a voucher shows to who agrees.
SELECT content FROM treasury_voucher WHERE voucher_id = %s

-- name: bureau_unpaid
-- Vouchers agreed to that the bank has not answered.
SELECT count(*) FROM treasury_voucher WHERE state IN ('agreed', 'sent', 'unknown')

-- name: bureau_told
-- What the bank says came back: which, how much, of which unit.
SELECT t.return_id, t.amount_fen, u.code FROM treasury_return t JOIN treasury_voucher v USING (voucher_id) JOIN budget_unit u USING (unit_id)
WHERE t.state = 'told' ORDER BY t.return_id

-- name: bureau_figures
-- Cards, swipes, claims; quota used by the indicators, paid and returned by the claims' postings, cleared, differences.
SELECT (SELECT count(*) FROM card c WHERE c.bureau_id = p.id), (SELECT count(*) FROM card_swipe s WHERE s.bureau_id = p.id),
    (SELECT count(*) FROM card_claim m WHERE m.bureau_id = p.id),
    (SELECT coalesce(sum(i.used_fen), 0) FROM budget_indicator i WHERE i.bureau_id = p.id)::bigint, e.paid, e.back,
    (SELECT coalesce(sum(c.amount_fen), 0) FROM treasury_clearing c WHERE c.bureau_id = p.id AND c.state = 'cleared')::bigint,
    (SELECT count(*) FROM treasury_difference d WHERE d.bureau_id = p.id)
FROM partner p CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'repaid'), 0)::bigint AS paid,
    coalesce(sum(x.amount_fen) FILTER (WHERE x.kind LIKE 'returned%%'), 0)::bigint AS back FROM card_entry x WHERE x.bureau_id = p.id) e
WHERE p.code = %(bureau)s

-- name: mandates
-- In force, stopped by their payers; single debits that are booked, and those without an end.
SELECT (SELECT count(*) FROM mandate WHERE confirmed_at IS NOT NULL AND ended_on IS NULL),
       (SELECT count(*) FROM mandate WHERE end_why IN ('payer', 'link')),
       count(*) FILTER (WHERE state = 'booked'), coalesce(sum(amount_fen) FILTER (WHERE state = 'booked'), 0)::bigint,
       count(*) FILTER (WHERE state IN ('asked', 'taken', 'back_due'))
FROM mandate_single

-- name: debits_asked
-- Of each customer with a mandate for batches the oldest open bill.
SELECT DISTINCT ON (m.customer) m.customer, y.ref, y.due_fen - y.paid_fen
FROM mandate m JOIN payable y ON y.biller_id = m.biller_id AND y.account_no = m.customer AND y.state = 'open' AND y.mode <> 'open'
    AND y.due_fen > y.paid_fen
WHERE m.biller_id = %s AND m.batch ORDER BY m.customer, y.due_on, y.payable_id

-- name: debits
-- Batches, rows, what was debited and what not; batches that have no end.
SELECT count(DISTINCT b.batch_id), count(i.serial), count(i.serial) FILTER (WHERE i.state = 'booked'),
       coalesce(sum(i.amount_fen) FILTER (WHERE i.state = 'booked'), 0)::bigint,
       count(i.serial) FILTER (WHERE i.state IN ('refused', 'failed')), count(DISTINCT b.batch_id) FILTER (WHERE b.state <> 'done')
FROM debit_batch b LEFT JOIN debit_item i USING (batch_id)

-- name: connector_booked
-- What of a biller stands in the books.
SELECT coalesce(sum(y.amount_fen), 0)::bigint FROM payment y JOIN partner p ON p.id = y.biller_id
WHERE p.code = %(biller)s AND y.payer_state = 'taken' AND y.biller_state = 'booked'

-- name: connector_written
-- The same in the biller's own database.
SELECT count(*), coalesce(sum(round(amount * 100)), 0) FROM receipt WHERE state = 'P'
