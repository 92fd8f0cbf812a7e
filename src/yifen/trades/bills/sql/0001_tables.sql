-- Billers' files of bills 账单文件: as they came, their rows, and what became of each import. Nothing here
-- is ever changed but what is sealed, by `reseal`; a file that was wrong has its bytes and no rows.

CREATE TABLE bill_file (
    file_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id   integer NOT NULL,
    name        text NOT NULL,
    sha256      bytea NOT NULL,      -- of the bytes as received
    bytes       bigint NOT NULL,
    rows        integer NOT NULL,
    wrong       integer NOT NULL,    -- rows in error; with any, the file is refused whole
    due_fen     bigint NOT NULL,     -- what its rows ask for together
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,       -- a login
    UNIQUE (biller_id, sha256)
);
CREATE TABLE bill_file_part (
    file_id bigint NOT NULL,
    part_no integer NOT NULL,
    body    bytea NOT NULL,          -- sealed: it has payers' names
    PRIMARY KEY (file_id, part_no)
);
ALTER TABLE bill_file_part ALTER COLUMN body SET STORAGE EXTERNAL;

-- `piece`: what is imported in one transaction, rows of one bucket.
CREATE TABLE bill_row (
    file_id    bigint NOT NULL,
    piece      integer NOT NULL,
    line_no    integer NOT NULL,     -- in the file, its header is 1
    bucket     smallint NOT NULL,
    account_no text NOT NULL,
    name       text NOT NULL,        -- sealed, as payer.name is
    ref        text NOT NULL,
    title      text NOT NULL,
    withdraw   boolean NOT NULL,     -- the bill is taken back; its amounts do not count
    mode       payable_mode NOT NULL,
    due_fen    bigint NOT NULL,
    min_fen    bigint NOT NULL,
    max_fen    bigint NOT NULL,
    due_on     date,
    PRIMARY KEY (file_id, piece, line_no)
);

-- A piece of an agreed import that is done, with what became of its rows.
CREATE TABLE bill_piece (
    proposal_id bigint NOT NULL,
    piece       integer NOT NULL,
    done_at     timestamptz NOT NULL,
    written     integer NOT NULL,    -- new or changed
    same        integer NOT NULL,    -- stood there so already
    withdrawn   integer NOT NULL,
    refused     integer NOT NULL,    -- a row each in bill_refused
    PRIMARY KEY (proposal_id, piece)
);
CREATE TABLE bill_refused (
    proposal_id bigint NOT NULL,
    line_no     integer NOT NULL,
    standing    text NOT NULL,       -- as bill_standing has it
    PRIMARY KEY (proposal_id, line_no)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, part_no OR DELETE OR TRUNCATE ON bill_file_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, piece, line_no, bucket, account_no, ref, title,
    withdraw, mode, due_fen, min_fen, max_fen, due_on OR DELETE OR TRUNCATE ON bill_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_piece
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_refused
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
