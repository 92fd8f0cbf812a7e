-- What an acquirer says of a day in its own file, and what a terminal uploaded, both sealed: `verify` names a row that was
-- altered, added or taken away.

-- A file of an acquirer, numbered without a gap; the number is in the seal. `is_whole`: it ends with its own totals, and
-- they fit. In one that does not, what is absent proves nothing.
CREATE TABLE pos_file (
    file_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    acquirer text NOT NULL REFERENCES pos_acquirer (code),
    number   integer NOT NULL CHECK (number > 0),
    day      date NOT NULL,                  -- 清算日期
    is_whole boolean NOT NULL,
    name     text NOT NULL,
    row_count integer NOT NULL,
    debit_fen bigint NOT NULL,               -- sales
    credit_fen bigint NOT NULL,              -- what went back
    digest   bytea NOT NULL,                 -- of acquirer, day and rows: the same file again is the same
    seal     bytea NOT NULL,
    taken_at timestamptz NOT NULL,
    UNIQUE (acquirer, number),
    UNIQUE (acquirer, digest)
);
CREATE INDEX pos_file_day ON pos_file (acquirer, day) WHERE is_whole;
-- A line of it, without the card.
CREATE TABLE pos_file_row (
    file_id     bigint NOT NULL REFERENCES pos_file,
    line_no     integer NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('sale', 'void', 'refund', 'reversal')),
    terminal_no text NOT NULL,
    batch_no    integer NOT NULL,
    trace       integer NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    ref         text NOT NULL,               -- field 37
    PRIMARY KEY (file_id, line_no)
);
CREATE INDEX pos_file_row_place ON pos_file_row (terminal_no, batch_no, trace);
CREATE TRIGGER append_only BEFORE UPDATE OF acquirer, number, day, is_whole, name, row_count, debit_fen, credit_fen, digest, taken_at
    OR DELETE OR TRUNCATE ON pos_file FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pos_file_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

ALTER TABLE pos_exception DROP CONSTRAINT pos_exception_kind_check, ADD CONSTRAINT pos_exception_kind_check
    CHECK (kind IN ('money_stays', 'acquirer_refused', 'totals_differ', 'item_differs', 'acquirer_differs'));

-- Of which days a whole file is silent is looked for by time.
CREATE INDEX pos_sale_made ON pos_sale USING brin (made_at);
CREATE INDEX pos_undo_made ON pos_undo USING brin (made_at);

-- An uploaded item has a seal of its own; how many there were, as the terminal told at the end, is sealed too.
ALTER TABLE pos_batch_item ADD COLUMN seal bytea NOT NULL DEFAULT '';
ALTER TABLE pos_batch ADD COLUMN items integer, ADD COLUMN items_seal bytea NOT NULL DEFAULT '',
    ADD CHECK ((items IS NULL) = (items_seal = ''));
DROP FUNCTION IF EXISTS pos_upload_v1(text, integer, integer[], bigint[]);
DROP FUNCTION IF EXISTS pos_uploaded_v1(text, integer, integer, timestamptz);
