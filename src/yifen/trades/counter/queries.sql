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
