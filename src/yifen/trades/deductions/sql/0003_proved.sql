-- What of the banks' words the night read again, by keys that the process which wrote it down cannot change.
CREATE TABLE deduction_answer_proved (
    answer_id bigint PRIMARY KEY REFERENCES deduction_answer,
    digest    bytea NOT NULL,
    at        timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deduction_answer_proved
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
