-- Of a service whose use counts in the tiers of another account's 并户、分户 (sql/contract_v1.sql).
ALTER TABLE billing_service ADD COLUMN tiers_gone boolean NOT NULL DEFAULT false;  -- its bills are not corrected any more
