-- Statements of onboarding.

-- name: bucket_count
-- The trial bills of a sandbox stand where the hub looks for them.
SELECT count(*) FROM ledger_head

-- name: trial_bills
-- Of one account of the trial biller.
SELECT onboarding_trial_bills_v1(%s::smallint, %s, %s, %s)

-- name: open_sandbox
-- Its book, once.
SELECT onboarding_open_sandbox_v1(%s)
