-- Statements of onboarding.

-- name: bucket_count
-- The trial bills of a sandbox stand where the hub looks for them.
SELECT count(*) FROM ledger_head

-- name: payers_there
-- Has the trial biller this account? A version before knew fewer.
SELECT EXISTS (SELECT FROM payer WHERE bucket = %s AND biller_id = %s AND account_no = %s)

-- name: open_sandbox
-- Its book, once.
SELECT onboarding_open_sandbox_v1(%s)
