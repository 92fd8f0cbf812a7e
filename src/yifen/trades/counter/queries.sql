-- Statements of the counter.

-- name: postings
-- The transfers that took the money, without what took them back.
SELECT coalesce(y.title, ''), d.code || ' ' || d.name, c.code || ' ' || c.name, t.amount_fen
FROM ledger_transfer t
JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
LEFT JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id
WHERE t.bucket = %(bucket)s AND t.reference_id = %(payment)s AND t.kind IN ('posted', 'post')
    AND t.reverses_no IS NULL
ORDER BY t.transfer_no

-- name: returned
-- What one refund took back, from the side of the payment: its contras leave what it says is left.
SELECT coalesce(y.title, ''), c.code || ' ' || c.name, d.code || ' ' || d.name, t.amount_fen
FROM payment_return r
JOIN payment p ON p.bucket = r.bucket AND p.payment_id = r.payment_id
JOIN LATERAL (SELECT x.*, p.amount_fen - sum(x.amount_fen) OVER (ORDER BY x.batch_no) AS left_fen
              FROM ledger_transfer x WHERE x.bucket = r.bucket AND x.reference_id = r.payment_id
                  AND x.reverses_no IS NOT NULL) t ON t.left_fen = r.left_fen
JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
LEFT JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id
WHERE r.bucket = %(bucket)s AND r.payment_id = %(payment)s AND r.serial = %(serial)s
ORDER BY t.transfer_no

-- name: given_back
-- Of a payment, in fen.
SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment_return
WHERE bucket = %s AND payment_id = %s AND booked_at IS NOT NULL

-- name: open_day
-- A counter works on the open business day of its book.
SELECT current_day FROM ledger_book WHERE book_id = %s

-- name: journal_altered
-- What a teller's entry says of money is what its payment was sealed with, teller and time of entry too.
SELECT 'counter_entry ' || e.id, CASE
    WHEN y.payment_id IS NULL THEN 'is ' || e.state || ', its payment is not there'
    WHEN e.amount_fen <> y.amount_fen
        THEN 'amount_fen says ' || e.amount_fen || ', payment ' || y.payment_id || ' ' || y.amount_fen
    WHEN (e.channel_id, e.biller_id, e.account_no, e.serial)
            <> (y.channel_id, y.biller_id, y.account_no, y.serial)
        THEN 'has another channel, biller, account or serial than payment ' || y.payment_id
    WHEN u.login <> y.operator
        THEN 'teller says ' || u.login || ', payment ' || y.payment_id || ' ' || y.operator
    WHEN e.state = 'booked' AND e.business_day <> y.business_day
        THEN 'business_day says ' || e.business_day || ', payment ' || y.payment_id || ' ' || y.business_day
    WHEN e.at <> y.paid_at THEN 'at says ' || e.at || ', payment ' || y.payment_id || ' ' || y.paid_at
    WHEN e.state = 'reversed' AND y.payer_state NOT IN ('returned', 'refunded')
        THEN 'is reversed, payment ' || y.payment_id || ' is ' || y.payer_state
    WHEN e.state = 'refunded' AND y.payer_state <> 'refunded'
        THEN 'is refunded, payment ' || y.payment_id || ' is ' || y.payer_state END
FROM counter_entry e
JOIN access_user u ON u.id = e.teller_id
LEFT JOIN payment y ON y.bucket = e.payment_id % 1000 AND y.payment_id = e.payment_id
WHERE e.original_id IS NULL AND e.state IN ('booked', 'reversed', 'refunded')
    AND coalesce(e.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: refunds_altered
-- What left a drawer is what the payment's return says.
SELECT 'counter_entry ' || e.id, CASE
    WHEN r.serial IS NULL THEN 'is a refund, its payment has none of this serial'
    WHEN e.amount_fen <> r.amount_fen
        THEN 'amount_fen says ' || e.amount_fen || ', the refund of payment ' || e.payment_id || ' ' || r.amount_fen
    END
FROM counter_entry e
LEFT JOIN payment_return r ON r.bucket = e.payment_id % 1000 AND r.payment_id = e.payment_id
    AND (r.channel_id, r.serial) = (e.channel_id, e.serial) AND r.booked_at IS NOT NULL
WHERE e.code = '4626' AND e.state = 'booked'
    AND coalesce(e.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: barred
-- A payment that is not reversed any more.
SELECT x FROM payments_held_v1(%s::smallint, ARRAY[%s::bigint]) x

-- name: may_return
-- Of a payment, what balances let go back of it.
SELECT payments_may_return_v1(%s)

-- name: journal_lacks
-- Every payment and return of the counter has its entry; one whose answer was lost may still be unknown. What a
-- repair or a chargeback took back is no teller's: a difference of the payment, or the chargeback, says that it did,
-- whatever a serial looks like.
SELECT 'counter_entry:', x.what || ' has no booked entry'
FROM (SELECT y.channel_id, y.serial, 'payment ' || y.payment_id || ' of teller ' || y.operator AS what
      FROM payment y WHERE y.operator IS NOT NULL AND y.booked_at IS NOT NULL
      UNION ALL
      SELECT r.channel_id, r.serial, 'a return of payment ' || r.payment_id
      FROM payment_return r WHERE r.booked_at IS NOT NULL AND NOT EXISTS (
          SELECT FROM recon_chargeback_shown b WHERE b.payment_id = r.payment_id AND b.serial = r.serial
      ) AND NOT EXISTS (
          SELECT FROM recon_item i WHERE i.item_id = substring(r.serial FROM '^RC([1-9]\d{0,17})(?:-[1-9]\d*)?$')::bigint
              AND i.action = 'refund' AND (i.payment_id = r.payment_id OR i.payment_id IS NULL AND i.original = (
                  SELECT y.serial FROM payment y WHERE y.bucket = r.bucket AND y.payment_id = r.payment_id)))) x
JOIN channel c ON c.partner_id = x.channel_id AND c.hosted = 'counter'
WHERE NOT EXISTS (SELECT FROM counter_entry e WHERE (e.channel_id, e.serial) = (x.channel_id, x.serial)
    AND e.state IN ('unknown', 'booked', 'reversed', 'refunded'))

-- name: left
-- Of a teller's drawer, as he counted it last.
SELECT counter_left_v1(%s)

-- name: refuses
-- Why this outlet may not collect for this biller today, as the plugs say; 0: it may.
SELECT payments_refuses_v1(u.channel, u.biller, u.institution, k.current_day)
FROM (SELECT %s::integer AS channel, %s::integer AS biller, %s::bigint AS institution) u
JOIN partner y ON y.id = u.biller JOIN ledger_book k USING (book_id)

-- name: core_altered
-- A collection through a core has just one posting there, of its fen, which stands as the entry does; what does not
-- stand has something that gives it back.
SELECT 'counter_entry ' || e.id, CASE
    WHEN m.serial IS NULL THEN 'is ' || e.state || ', the core was asked for nothing'
    WHEN m.amount_fen <> e.amount_fen THEN 'amount_fen says ' || e.amount_fen || ', its move ' || m.amount_fen
    WHEN m.kind <> CASE e.pay_kind WHEN 'cash' THEN 'internal' ELSE e.pay_kind END
        THEN 'pay_kind says ' || e.pay_kind || ', its move debits an account that is ' || m.kind
    WHEN e.state IN ('booked', 'refunded') AND m.state <> 'done' THEN 'is ' || e.state || ', its move ' || m.state
    WHEN e.state IN ('reversed', 'refused') AND m.state = 'done' AND NOT EXISTS (
        SELECT FROM core_move b WHERE b.undoes = m.serial OR b.document IN (
            SELECT 'counter_entry:' || r.id FROM counter_entry r WHERE r.original_id = e.id AND r.code = '4625'))
        THEN 'is ' || e.state || ', nothing gives back what the core posted' END
FROM counter_core c JOIN counter_entry e ON e.id = c.entry_id
LEFT JOIN core_move m ON m.serial = e.serial AND m.document = 'counter_entry:' || e.id
WHERE e.sent_at IS NOT NULL AND e.state <> 'draft'

-- name: shifts_altered
-- What a balanced shift says of its drawer is what its entries and deposits come to, and its pieces.
SELECT 'counter_shift ' || s.id, CASE
    WHEN s.expected_fen IS DISTINCT FROM s.opening_fen + desk_cash_v1(s.id) THEN 'expected_fen says ' || s.expected_fen
        || ', its opening, entries and deposits ' || coalesce((s.opening_fen + desk_cash_v1(s.id))::text, 'that nobody knows yet')
    WHEN s.counted_fen <> counter_counted_v1(s.counted)
        THEN 'counted_fen says ' || s.counted_fen || ', its pieces ' || counter_counted_v1(s.counted) END
FROM counter_shift s WHERE s.state = 'closed'

-- name: core_back_altered
-- A refund of what was collected through a core goes back there, of its fen.
SELECT 'counter_entry ' || r.id, CASE WHEN m.serial IS NULL THEN 'is a refund, the core was asked for nothing'
    WHEN m.amount_fen <> r.amount_fen THEN 'amount_fen says ' || r.amount_fen || ', its move ' || m.amount_fen END
FROM counter_entry r JOIN counter_core c ON c.entry_id = r.original_id
LEFT JOIN core_move m ON m.serial = r.serial AND m.document = 'counter_entry:' || r.id
WHERE r.code = '4626' AND r.state = 'booked'

-- name: core_lacks
-- Every move of a counter entry has that entry, and was asked for by it: its own, or what gives its original back.
SELECT 'core_move ' || m.serial, 'is of ' || m.document || ', which is not there'
FROM core_move m
WHERE m.document LIKE 'counter_entry:%%' AND NOT EXISTS (
    SELECT FROM counter_entry e LEFT JOIN counter_entry o ON o.id = e.original_id
    WHERE 'counter_entry:' || e.id = m.document AND coalesce(m.undoes, m.serial) IN (e.serial, o.serial))

-- name: core_of_entry
-- Its own moves, and the one that takes its posting back, whoever asked for that.
SELECT m.owed, m.state, m.code, m.core_serial, corebank_owes_v1(m)
FROM core_move m WHERE m.document = %(document)s OR m.undoes = %(serial)s ORDER BY m.made_at, m.serial

-- name: core_accounts
-- Whose accounts the core moved for a collection: from which to which, found by and masked; the bank's own.
SELECT m.debit_lookup, m.debit_shown, m.credit_lookup, m.credit_shown, ARRAY[b.cash_account || '-' || m.teller, l.transit]
FROM core_move m JOIN core_bank b USING (core_id) JOIN counter_core l ON 'counter_entry:' || l.entry_id = m.document
WHERE m.serial = %(serial)s AND m.document = %(document)s

-- name: to_finish
-- Entries whose result nobody knows and that were sent before this, or say that they will be; what a core has not answered
-- waits for it.
SELECT e.id FROM counter_entry e LEFT JOIN core_move m ON m.serial = e.serial
WHERE e.state = 'unknown' AND NOT (e.sent_at >= %(quiet)s AND e.sent_at <= %(now)s + interval '1 hour') AND coalesce(m.state NOT IN ('asked', 'unknown'), true)
ORDER BY e.sent_at LIMIT 100

-- name: of_core_serial
-- What a core's serial is of at an outlet, the newest first: a teller reads it on the bank's own slip.
SELECT m.document, coalesce(m.undoes, m.serial) FROM core_move m WHERE m.core_serial = %s AND m.core_serial <> '' AND m.institution_id = %s
ORDER BY m.made_at DESC

-- name: legs
-- In pieces, in their order: of a collection through a core, whose account pays as it is sealed, shown, and moved.
SELECT c.entry_id, c.account_sealed, c.transit, e.pay_kind, e.from_account, m.debit_lookup, m.credit_lookup
FROM counter_core c JOIN counter_entry e ON e.id = c.entry_id
LEFT JOIN core_move m ON m.serial = e.serial AND m.document = 'counter_entry:' || e.id
WHERE c.entry_id > %s ORDER BY c.entry_id LIMIT 500
