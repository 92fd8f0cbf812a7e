-- The core's word on a move, as it signed it: one, the one that decided. Without a body: decided before words were kept.
CREATE TABLE core_answer (
    serial  text PRIMARY KEY REFERENCES core_move,
    version integer,              -- of the key that signed it
    status  integer,
    headers jsonb,
    body    text,
    at      timestamptz NOT NULL
);
INSERT INTO core_answer (serial, at) SELECT serial, changed_at FROM core_move
WHERE state IN ('done', 'refused', 'undone') AND NOT by_hand;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_answer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Every key that a core ever had: its words are read again by the key that signed them.
CREATE TABLE core_key (
    code    text NOT NULL REFERENCES core_bank (code),
    version integer NOT NULL,
    sealed  bytea NOT NULL,
    PRIMARY KEY (code, version)
);
INSERT INTO core_key SELECT code, version, sealed FROM core_bank;
CREATE TRIGGER append_only BEFORE UPDATE OF code, version OR DELETE OR TRUNCATE ON core_key
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What was asked, as a sealed digest: accounts, teller, day and all that the row says of it. Empty: of before.
ALTER TABLE core_move ADD COLUMN told bytea NOT NULL DEFAULT '';
ALTER TABLE core_move ALTER COLUMN told DROP DEFAULT;
CREATE TRIGGER told_once BEFORE UPDATE OF told ON core_move FOR EACH ROW
    WHEN (OLD.told = '' OR NEW.told = '') EXECUTE FUNCTION ledger_append_only();
-- It believed its caller.
DROP FUNCTION IF EXISTS corebank_said_v1(text, text, integer, text, text, timestamptz);
DROP FUNCTION IF EXISTS corebank_ask_v1(jsonb, bytea, bytea, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS corebank_ask_undo_v1(text, text, text, text, text, date, timestamptz, timestamptz);
