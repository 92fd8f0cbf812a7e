-- Bad debts written off 核销, and taken up again 恢复催收 (sql/bad_debt_v1.sql).

ALTER TABLE billing_booking ADD COLUMN written_fen bigint NOT NULL DEFAULT 0,  -- bad debt; below zero: receivable again
    DROP CONSTRAINT billing_booking_kind_check,
    ADD CONSTRAINT billing_booking_kind_check CHECK (
        kind IN ('published', 'late', 'paid', 'sold', 'returned', 'written'));

-- What a bill's payable does not ask for any more, late fee and all; below zero: asks for again. By two people.
CREATE TABLE billing_write_off (
    bucket      smallint NOT NULL,
    bill_id     bigint NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen <> 0),
    written_on  date NOT NULL,
    proposal    bigint NOT NULL,
    document_id bigint NOT NULL UNIQUE,
    PRIMARY KEY (bucket, bill_id, proposal)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_write_off
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
