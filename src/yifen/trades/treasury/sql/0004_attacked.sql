-- What a stranger's attack found: numbers of several bureaus at one bank, papers that are not taken.
ALTER TABLE treasury_clearing DROP CONSTRAINT treasury_clearing_bank_id_number_key,
    ADD CONSTRAINT treasury_clearing_once UNIQUE (bureau_id, bank_id, number);

-- A paper or answer that was not taken, as it was signed, and why. `number`: as far as it could be read.
CREATE TABLE treasury_refused (
    refused_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id  integer NOT NULL REFERENCES treasury_bureau,
    house_id   integer NOT NULL REFERENCES bank (partner_id),
    kind       text NOT NULL CHECK (kind ~ '^[0-9]{4}$'),
    number     text NOT NULL CHECK (length(number) <= 60),
    code       integer NOT NULL CHECK (code > 0),
    why        text NOT NULL CHECK (length(why) <= 200),
    sha256     bytea NOT NULL,                -- of the paper's bytes
    body       bytea NOT NULL,                -- sealed
    at         timestamptz NOT NULL,
    UNIQUE (bureau_id, house_id, kind, sha256, code)
);
CREATE TRIGGER append_only BEFORE UPDATE OF refused_id, bureau_id, house_id, kind, number, code, why, sha256, at OR DELETE OR TRUNCATE
    ON treasury_refused FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
