-- What was moved from a paid bill to a balance, and went back to its payer with a return of the payment (sql/moved_v1.sql).
CREATE TABLE billing_returned (
    document_id bigint PRIMARY KEY,      -- its booking
    bucket      smallint NOT NULL,
    payable_id  bigint NOT NULL,         -- the balance
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    owed_id     bigint NOT NULL,         -- the bill's payable
    payment_id  bigint NOT NULL,         -- that was given back
    at          timestamptz NOT NULL
);
CREATE INDEX billing_returned_owed ON billing_returned (bucket, owed_id);
ALTER TABLE billing_booking DROP CONSTRAINT billing_booking_kind_check,
    ADD CONSTRAINT billing_booking_kind_check CHECK (kind IN ('published', 'late', 'paid', 'sold', 'returned'));
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_returned
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
