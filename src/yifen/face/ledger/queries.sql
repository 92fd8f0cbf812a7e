-- What the pages of the ledger read: accounts with their balances, and how days ended.

-- name: accounts
-- An account's balance is the sum of those of its buckets.
FROM ledger_account a JOIN ledger_book k ON k.book_id = a.book_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.debit_pending_fen), 0)::bigint, coalesce(sum(b.debit_posted_fen), 0)::bigint,
        coalesce(sum(b.credit_pending_fen), 0)::bigint, coalesce(sum(b.credit_posted_fen), 0)::bigint
    FROM ledger_head h JOIN ledger_balance b ON b.bucket = h.bucket AND b.account_id = a.account_id
) s (debit_pending, debit_posted, credit_pending, credit_posted)

-- name: account_in_scope
-- A partner sees its own account: as a biller the transit account, as a channel the clearing ones; and of the kinds
-- that trades keep for it, those that have its code.
(%(all)s OR a.account_id IN (
    SELECT transit_id FROM biller WHERE partner_id = ANY (%(partners)s::integer[])
    UNION ALL
    SELECT clearing_id FROM admission WHERE channel_id = ANY (%(partners)s::integer[])
    UNION ALL
    SELECT x.account_id FROM partner p CROSS JOIN unnest(ARRAY[{{kinds}}]::text[]) k (kind)
    JOIN ledger_account x ON x.book_id = p.book_id AND x.code = ledger_code_v1(k.kind, p.book_id, p.code)
    WHERE p.id = ANY (%(partners)s::integer[])))

-- name: day_ends
-- The kept balances of one account, its buckets added.
FROM (
    SELECT business_day, sum(debit_posted_fen)::bigint AS debit_posted,
        sum(credit_posted_fen)::bigint AS credit_posted, sum(debit_pending_fen)::bigint AS debit_pending,
        sum(credit_pending_fen)::bigint AS credit_pending
    FROM ledger_head h JOIN ledger_day_balance b ON b.bucket = h.bucket AND b.account_id = %(account_id)s
    GROUP BY business_day
) d JOIN ledger_account a ON a.account_id = %(account_id)s

-- name: entry
-- An entry by its number, an account of it in scope, and its payment, if that is in scope.
SELECT t.amount_fen, t.business_day, d.name, c.name,
    (SELECT a.account_id FROM ledger_account a WHERE a.account_id IN (t.debit_id, t.credit_id) AND {{account}}
     ORDER BY a.account_id LIMIT 1),
    (SELECT y.payment_id FROM payment y WHERE y.bucket = t.bucket AND y.payment_id = t.reference_id AND {{payment}})
FROM ledger_transfer t JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id
WHERE t.bucket = %(bucket)s AND t.transfer_no = %(entry_no)s
