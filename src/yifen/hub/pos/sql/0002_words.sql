-- What was asked is sealed by the key ring, what the acquirer said is kept as it came: `verify` reads both again, so that
-- neither who has a process's password nor who owns the tables makes a sale, or takes one away, unseen.

-- Every key that an acquirer ever had: its words are read again by the key that signed them.
ALTER TABLE pos_acquirer ADD COLUMN version integer NOT NULL DEFAULT 1;
CREATE TABLE pos_acquirer_key (
    code      text NOT NULL REFERENCES pos_acquirer (code),
    version   integer NOT NULL,
    algorithm text NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (code, version)
);
INSERT INTO pos_acquirer_key SELECT code, version, algorithm, sealed FROM pos_acquirer;
CREATE TRIGGER append_only BEFORE UPDATE OF code, version, algorithm OR DELETE OR TRUNCATE ON pos_acquirer_key
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- How many sales, and undos that the terminal asked for, have a number of it: without a gap.
ALTER TABLE pos_session ADD COLUMN entries bigint NOT NULL DEFAULT 0;

-- `entry_no`: the how manieth thing the terminal asked for; `seal`: the digest of what was asked, sealed (empty: of before);
-- `answer`: the acquirer's frame that decided, as it came; `answer_by`: its code and the version of its key.
ALTER TABLE pos_sale ADD COLUMN entry_no bigint, ADD COLUMN seal bytea NOT NULL DEFAULT '', ADD COLUMN answer bytea,
    ADD COLUMN answer_by text, ADD CHECK ((entry_no IS NULL) = (seal = '')), ADD CHECK ((answer IS NULL) = (answer_by IS NULL));
ALTER TABLE pos_undo ADD COLUMN entry_no bigint, ADD COLUMN seal bytea NOT NULL DEFAULT '', ADD COLUMN answer bytea,
    ADD COLUMN answer_by text, ADD CHECK ((answer IS NULL) = (answer_by IS NULL));
ALTER TABLE pos_batch ADD COLUMN seal bytea NOT NULL DEFAULT '';   -- of the terminal's totals
CREATE TRIGGER once BEFORE UPDATE OF entry_no OR DELETE OR TRUNCATE ON pos_sale
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER once BEFORE UPDATE OF entry_no OR DELETE OR TRUNCATE ON pos_undo
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER sealed_once BEFORE UPDATE OF seal ON pos_sale FOR EACH ROW
    WHEN (OLD.seal = '' OR NEW.seal = '') EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER sealed_once BEFORE UPDATE OF seal ON pos_undo FOR EACH ROW
    WHEN (OLD.seal = '' OR NEW.seal = '') EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER said_once BEFORE UPDATE OF answer, answer_by ON pos_sale FOR EACH ROW
    WHEN (OLD.answer IS NOT NULL) EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER said_once BEFORE UPDATE OF answer, answer_by ON pos_undo FOR EACH ROW
    WHEN (OLD.answer IS NOT NULL) EXECUTE FUNCTION ledger_append_only();

-- What the card paid and the payable not yet is no state of its own any more: it is asked, until both are.
DROP TRIGGER IF EXISTS states ON pos_sale;
UPDATE pos_sale SET state = 'asked' WHERE state = 'authorised';
ALTER TABLE pos_sale DROP CONSTRAINT pos_sale_state_check,
    ADD CHECK (state IN ('asked', 'booked', 'declined', 'unknown', 'reversed'));
DROP INDEX pos_sale_open;
CREATE INDEX pos_sale_open ON pos_sale (made_at) WHERE state = 'asked';
DROP INDEX pos_undo_batch;
CREATE INDEX pos_undo_place ON pos_undo (terminal_no, batch_no, trace);

-- They believed their callers.
DROP FUNCTION IF EXISTS pos_ask_v1(text, jsonb, bytea, timestamptz);
DROP FUNCTION IF EXISTS pos_said_v1(bigint, text, integer, text, text, bigint, timestamptz);
DROP FUNCTION IF EXISTS pos_lose_v1(bigint, text, timestamptz);
DROP FUNCTION IF EXISTS pos_reverse_v1(text, integer, integer, bigint, text, timestamptz);
DROP FUNCTION IF EXISTS pos_give_back_v1(text, text, integer, integer, integer, integer, bigint, text, timestamptz);
DROP FUNCTION IF EXISTS pos_half_v1(bigint, text, text, integer, text, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS pos_due_v1(timestamptz, timestamptz, timestamptz, integer);
DROP FUNCTION IF EXISTS pos_open_v1(text, integer);
DROP FUNCTION IF EXISTS pos_settle_v1(text, integer, integer, bigint, integer, bigint, timestamptz);
