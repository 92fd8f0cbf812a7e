-- Statements of the counter.

-- name: postings
-- The transfers that took the money, without what took them back.
SELECT coalesce(y.title, ''), d.code || ' ' || d.name, c.code || ' ' || c.name, t.amount_fen
FROM ledger_transfer t
JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
LEFT JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id
WHERE t.bucket = %s AND t.reference_id = %s AND t.kind IN ('posted', 'post')
    AND t.reverses_no IS NULL
ORDER BY t.transfer_no

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
    WHEN e.at <> y.paid_at THEN 'at says ' || e.at || ', payment ' || y.payment_id || ' ' || y.paid_at
    WHEN e.state = 'reversed' AND y.payer_state NOT IN ('returned', 'refunded')
        THEN 'is reversed, payment ' || y.payment_id || ' is ' || y.payer_state END
FROM counter_entry e
JOIN access_user u ON u.id = e.teller_id
LEFT JOIN payment y ON y.bucket = e.payment_id % 1000 AND y.payment_id = e.payment_id
WHERE e.original_id IS NULL AND e.state IN ('booked', 'reversed')
