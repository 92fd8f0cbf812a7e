-- Runs of a time before a company came here 期初 (sql/run_v1.sql: billing_past_v1).
ALTER TABLE billing_run DROP CONSTRAINT billing_run_kind_check;
ALTER TABLE billing_run ADD CONSTRAINT billing_run_kind_check
    CHECK (kind IN ('period', 'single', 'past', 'correction', 'cancel'));
