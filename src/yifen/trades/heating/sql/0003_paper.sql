-- The paper of a request 申请书: who applies, whether the neighbours agree, and the paper itself as it was scanned.
CREATE TABLE heating_paper (
    request_id bigint PRIMARY KEY REFERENCES heating_request,
    neighbours text NOT NULL CHECK (neighbours IN ('', 'agreed', 'refused', 'separate')),  -- '': of a start nobody asks
    applicant  bytea NOT NULL,           -- sealed: name and phone
    kind       text CHECK (kind IN ('application/pdf', 'image/jpeg', 'image/png')),  -- NULL: nothing was scanned
    sha256     bytea,
    bytes      integer CHECK (bytes BETWEEN 1 AND 4194304),
    body       bytea,                    -- sealed
    CHECK (num_nulls(kind, sha256, bytes, body) IN (0, 4))
);
ALTER TABLE heating_paper ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON heating_paper
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
