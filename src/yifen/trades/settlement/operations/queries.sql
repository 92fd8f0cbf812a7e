-- Statements of settlement's verbs: what is due, and the calls of its functions.

-- name: figures
-- What was paid on the day less what was taken back on it, of these billers.
SELECT m.biller_id, sum(m.sign)::bigint, sum(m.net_fen)::bigint
FROM payment_movement m
WHERE m.business_day = %(day)s AND m.biller_id = ANY (%(billers)s::integer[])
GROUP BY m.biller_id

-- name: unproved
-- Why a closed day may not be settled; the first hundred tell enough.
SELECT u.business_day, u.partner_id, p.code, u.item_id
FROM settlement_unproved_v1(%s, %s) u JOIN partner p ON p.id = u.partner_id LIMIT 100

-- name: open_day
-- Locks the biller and its buckets, and says what can be moved.
SELECT code, document_id, due_fen, moved_fen, owed_fen FROM settlement_open_v1(%s, %s, %s, %s)

-- name: settle
-- Books the day if the parts add up.
SELECT code, document_id FROM settlement_settle_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s,
    %s, %s, %s::integer[], %s::text[], %s::bigint[], %s::date[])

-- name: settled
-- A repeat answers what stands there.
SELECT document_id, due_fen, moved_fen, payments, amount_fen, commission_fen
FROM settlement WHERE biller_id = %s AND business_day = %s

-- name: days_due
-- Each biller's closed days that are not settled, from its first money on.
SELECT b.partner_id, d.business_day
FROM biller b JOIN partner p ON p.id = b.partner_id
JOIN (SELECT DISTINCT book_id, business_day FROM ledger_day_head) d ON d.book_id = p.book_id
WHERE p.book_id = %(book)s AND d.business_day <= %(day)s AND d.business_day > coalesce(
    (SELECT max(s.business_day) FROM settlement s WHERE s.biller_id = b.partner_id),
    (SELECT min(x.business_day) - 1 FROM ledger_day_balance x
     WHERE x.account_id = b.transit_id AND x.credit_posted_fen > 0),
    %(day)s::date - 1)
ORDER BY b.partner_id, d.business_day

-- name: charged_so_far
-- Of a period: what was settled on its days, and what was charged for them. `day` itself is read
-- only where it is settled already.
SELECT coalesce(sum(s.payments), 0)::bigint, coalesce(sum(s.amount_fen), 0)::bigint,
       (SELECT coalesce(sum(c.fee_fen), 0)::bigint FROM commission c
        WHERE c.biller_id = %(biller)s AND c.business_day BETWEEN %(first)s AND %(day)s)
FROM settlement s WHERE s.biller_id = %(biller)s AND s.business_day BETWEEN %(first)s AND %(day)s

-- name: true_up
-- Closes a period, once.
SELECT code, document_id, net_fen FROM commission_true_up_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: trued_up
-- A repeat answers what stands there.
SELECT document_id, fee_fen, net_fen FROM commission
WHERE biller_id = %s AND business_day = %s AND reason = 'true_up'

-- name: periods_ended
-- Days with which a period of a month ends and that were not trued up; late settlements included.
SELECT s.biller_id, s.business_day FROM settlement s
JOIN commission c ON c.biller_id = s.biller_id AND c.business_day = s.business_day
    AND c.reason = 'day'
WHERE s.book_id = %(book)s AND s.business_day BETWEEN %(day)s::date - 62 AND %(day)s
    AND (extract(day FROM s.business_day + 1) = 1 OR EXISTS (
        SELECT FROM agreement a
        WHERE a.biller_id = s.biller_id AND a.valid_from = s.business_day + 1))
    AND NOT EXISTS (
        SELECT FROM commission t WHERE t.biller_id = s.biller_id
            AND t.business_day = s.business_day AND t.reason = 'true_up')
ORDER BY s.biller_id, s.business_day

-- name: channel_day
-- A channel's day in the bank's book: what it took less what it gave back.
SELECT coalesce(sum(m.net_fen), 0)::bigint
FROM payment_movement m JOIN partner p ON p.id = m.biller_id
WHERE m.channel_id = %(channel)s AND m.business_day = %(day)s
    AND p.book_id = (SELECT l.book_id FROM bank b JOIN ledger_account l USING (account_id)
                     WHERE b.partner_id = %(bank)s)

-- name: expect_receipt
-- One a channel and day.
SELECT code, document_id FROM receipt_expect_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: receipt_arrived
-- Books it, once.
SELECT code, changed FROM receipt_arrived_v1(%s, %s, %s)

-- name: instruct_payout
-- What has its day of payout and is free.
SELECT code, document_id, reference, amount_fen
FROM payout_instruct_v1(%s, %s, %s, %s, %s)

-- name: payout_answered
-- What the bank says of it.
SELECT code, changed FROM payout_answered_v1(%s, %s::payout_state, %s, %s, %s, %s, %s)

-- name: payout_shown
-- What the bank's statement says of it.
SELECT code, changed FROM payout_shown_v1(%s, %s)

-- name: payout_decided
-- What two people say of it.
SELECT code, changed FROM payout_decided_v1(%s, %s)

-- name: payout_again
-- Once more, as two people say.
SELECT code, document_id, reference, amount_fen FROM payout_again_v1(%s, %s, %s)

-- name: payout_to_decide
-- A payout as two people look at it.
SELECT y.document_id, y.reference, y.biller_id, y.state::text, y.amount_fen, y.payee
FROM payout y WHERE y.document_id = %s

-- name: zone_of_partner
-- Of its book.
SELECT k.time_zone FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = %s

-- name: returned_last
-- The last payout of a biller, if it came back.
SELECT y.reference, y.amount_fen, y.payee, y.reason FROM payout y
WHERE y.document_id = (SELECT min(document_id) FROM payout WHERE biller_id = %s) AND y.state = 'returned'

-- name: accounts_known
-- Of a biller, sealed: its payee's, and that of its last payout.
SELECT account_no FROM payee WHERE biller_id = %(biller)s
UNION SELECT y.payee ->> 'account_no' FROM payout y
WHERE y.document_id = (SELECT min(document_id) FROM payout WHERE biller_id = %(biller)s)

-- name: receivers_due
-- Who got anything that has its day of payout; one without a payee is told so.
SELECT p.id FROM partner p
WHERE p.book_id = %s AND EXISTS (
    SELECT FROM settlement_part s WHERE s.biller_id = p.id AND s.payout_on <= %s)
ORDER BY p.id

-- name: take_payout
-- One a call: what was taken before a crash is not sent again, it is asked for.
SELECT document_id FROM payout_take_v1(%s, %s, %s, %s, 1)

-- name: take_asked
-- Those whose next question is due.
SELECT document_id FROM payout_take_asked_v1(%s, %s, %s::integer[], %s)

-- name: resend_payout
-- Once, and only what the bank never saw.
SELECT payout_resend_v1(%s, %s, %s)

-- name: payout
-- A payout as it is sent.
SELECT y.document_id, y.reference, y.amount_fen, y.payee, y.state::text AS state, y.due_on,
       y.file_no, b.account_no, b.account_name
FROM payout y JOIN bank b ON b.partner_id = y.bank_id WHERE y.document_id = %s

-- name: take_for_file
-- All that are due at a bank without a port.
SELECT document_id FROM payout_take_v1(%s, %s, %s, NULL, %s)

-- name: keep_payout_file
-- The file as it was written, with the payouts that it names.
SELECT payout_file_v1(%s, %s::bigint[], %s, %s, %s, %s)

-- name: payout_file
-- The same bytes again.
SELECT file_no, name, payouts, amount_fen, body FROM payout_file WHERE file_no = %s

-- name: partner_code
-- For the name of the file.
SELECT code FROM partner WHERE id = %s

-- name: next_document
-- A file's message number is that of a document.
SELECT nextval('document_no')

-- name: payouts_matched
-- Their line stands on the bank's statement.
SELECT y.document_id FROM payout y JOIN recon_expected e
    ON e.partner_id = y.bank_id AND e.serial = y.reference AND e.document_id = y.document_id
WHERE y.state IN ('sent', 'unknown') AND e.done ORDER BY y.document_id DESC

-- name: receipts_matched
-- So does the channel's money.
SELECT r.document_id FROM receipt r JOIN recon_expected e
    ON e.partner_id = r.bank_id AND e.document_id = r.document_id
WHERE r.state = 'expected' AND e.done ORDER BY r.document_id DESC

-- name: last_settled
-- An agreement does not change for a day that is settled.
SELECT max(business_day) FROM settlement WHERE biller_id = %s

-- name: lock_biller
-- No day of the biller is settled meanwhile: the lock that settling takes.
SELECT pg_advisory_xact_lock(8401, %s)

-- name: swept_at_core
-- Does its money leave by its transit account at a core (4692), as a whole?
SELECT EXISTS (SELECT FROM core_pair WHERE biller_id = %s AND merchant <> '')

-- name: file_by_number
-- A file's name begins with its message number.
SELECT file_no FROM payout_file WHERE starts_with(name, %s || '-')

-- name: files_by_references
-- In which files these payouts left; NULL: by none.
SELECT DISTINCT file_no FROM payout WHERE reference = ANY (%s)

-- name: payouts_of_file
-- What left in it, as it stands now.
SELECT y.reference, y.document_id, y.amount_fen, y.state::text, p.code || ' ' || p.name
FROM payout y JOIN partner p ON p.id = y.biller_id WHERE y.file_no = %s ORDER BY y.document_id DESC

-- name: result_known
-- The same bytes again.
SELECT result_no FROM payout_result WHERE file_no = %s AND sha256 = %s

-- name: keep_result
-- As it came.
INSERT INTO payout_result (file_no, name, sha256, body, received_at, received_by)
VALUES (%s, %s, %s, %s, %s, %s) RETURNING result_no

-- name: payout_result
-- With the file that it is about.
SELECT r.result_no, r.file_no, f.name, f.bank_id, r.name, r.sha256, r.received_at, r.received_by,
       f.payouts, f.amount_fen, r.body
FROM payout_result r JOIN payout_file f USING (file_no) WHERE r.result_no = %s

-- name: payout_file_head
-- How many payouts it has, of how much, at which bank.
SELECT bank_id, payouts, amount_fen FROM payout_file WHERE file_no = %s

-- name: payout_results
-- What two people agreed to just now.
SELECT code, changed FROM payout_results_v1(%s, %s)

-- name: files_due
-- Banks without a port, or without a key for it, with what is instructed and due there.
SELECT k.partner_id, p.code || ' ' || p.name, count(y.document_id), coalesce(sum(y.amount_fen), 0)::bigint
FROM bank k JOIN partner p ON p.id = k.partner_id
JOIN payout y ON y.bank_id = k.partner_id AND y.state = 'instructed' AND y.due_on <= %(day)s
WHERE k.endpoint = '' OR NOT EXISTS (
    SELECT FROM partner_key x WHERE x.partner_id = k.partner_id AND x.algorithm = 'hmac-sha256'
        AND x.valid_from <= %(now)s AND (x.valid_until IS NULL OR x.valid_until > %(now)s))
GROUP BY 1, 2 ORDER BY 2
