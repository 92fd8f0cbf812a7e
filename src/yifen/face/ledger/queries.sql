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
-- A partner sees its own account: as a biller the transit account, as a channel the clearing ones.
(%(all)s OR a.account_id IN (
    SELECT transit_id FROM biller WHERE partner_id = ANY (%(partners)s::integer[])
    UNION ALL
    SELECT clearing_id FROM admission WHERE channel_id = ANY (%(partners)s::integer[])))

-- name: day_ends
-- The kept balances of one account, its buckets added.
FROM (
    SELECT business_day, sum(debit_posted_fen)::bigint AS debit_posted,
        sum(credit_posted_fen)::bigint AS credit_posted, sum(debit_pending_fen)::bigint AS debit_pending,
        sum(credit_pending_fen)::bigint AS credit_pending
    FROM ledger_head h JOIN ledger_day_balance b ON b.bucket = h.bucket AND b.account_id = %(account_id)s
    GROUP BY business_day
) d JOIN ledger_account a ON a.account_id = %(account_id)s
