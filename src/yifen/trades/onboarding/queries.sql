-- Statements of onboarding.

-- name: bucket_count
-- The trial bills of a sandbox stand where the hub looks for them.
SELECT count(*) FROM ledger_head

-- name: open_sandbox
-- Its book, once.
SELECT onboarding_open_sandbox_v1(%s)
