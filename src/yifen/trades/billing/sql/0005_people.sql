-- Customers merged 并户 and split 分户 with what their tiers have come to; consents that were withdrawn; services that a run
-- could not bill.

-- A service that goes on from another with what it used: since when its cycle's months count. NULL: since it began.
ALTER TABLE billing_service ADD COLUMN tiers_from date CHECK (tiers_from <= from_on);
-- When the consent to messages was taken back; it is empty while one is given.
ALTER TABLE billing_customer ADD COLUMN withdrawn_at timestamptz;

-- What of a piece failed by its data: made without this service, which is missing with its reason.
CREATE TABLE billing_failed (
    run_id     integer NOT NULL REFERENCES billing_run,
    piece      integer NOT NULL,
    service_id bigint NOT NULL,
    reason     text NOT NULL,            -- as the database said it
    PRIMARY KEY (run_id, service_id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_failed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
