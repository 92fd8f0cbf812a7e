-- Files of readings that somebody took, having seen what they would do; those of before were taken as they came.
CREATE TABLE billing_file_taken (
    file_id  bigint PRIMARY KEY REFERENCES billing_file,
    taken_at timestamptz NOT NULL,
    taken_by text NOT NULL               -- a login
);
INSERT INTO billing_file_taken SELECT file_id, received_at, received_by FROM billing_file
WHERE kind = 'readings' AND wrong = 0;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_file_taken
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
