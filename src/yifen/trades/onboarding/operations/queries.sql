-- Statements of a partner's way in.

-- name: account
-- Of the ledger, as people know it.
SELECT code FROM ledger_account WHERE account_id = %s
