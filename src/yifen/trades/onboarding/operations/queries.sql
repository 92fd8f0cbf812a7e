-- Statements of a partner's way in.

-- name: account
-- Of the ledger, as people know it.
SELECT code FROM ledger_account WHERE account_id = %s

-- name: called
-- Whether a partner provedly sent a request that is still kept.
SELECT EXISTS (SELECT FROM wire_message WHERE partner_id = %s AND direction = 'in' AND proved)

-- name: billed
-- Whether a biller has bills here; by bucket, as they are found.
SELECT EXISTS (SELECT FROM generate_series(0, %s - 1) n JOIN payable y ON y.bucket = n::smallint
               WHERE y.biller_id = %s)
