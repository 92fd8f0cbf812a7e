-- Files of customers 用户 and of readings 抄表, as they came; rows of customers until two people agreed; what of the
-- readings a person has to look at. A file that was wrong has its bytes and no rows.

CREATE TABLE billing_file (
    file_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id   integer NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('customers', 'readings')),
    name        text NOT NULL,
    sha256      bytea NOT NULL,      -- of the bytes as received
    bytes       bigint NOT NULL,
    rows        integer NOT NULL,
    wrong       integer NOT NULL,    -- rows in error; with any, the file is refused whole
    received_at timestamptz NOT NULL,
    received_by text NOT NULL        -- a login
);
CREATE UNIQUE INDEX billing_file_once ON billing_file (biller_id, kind, sha256) WHERE kind = 'customers' OR wrong = 0;
CREATE TABLE billing_file_part (
    file_id bigint NOT NULL,
    part_no integer NOT NULL,
    body    bytea NOT NULL,          -- sealed: it has holders' names
    PRIMARY KEY (file_id, part_no)
);
ALTER TABLE billing_file_part ALTER COLUMN body SET STORAGE EXTERNAL;

-- A row of customers; `piece`: what is imported in one transaction, rows of one bucket.
CREATE TABLE billing_row (
    file_id     bigint NOT NULL,
    piece       integer NOT NULL,
    line_no     integer NOT NULL,    -- in the file, its header is 1
    bucket      smallint NOT NULL,
    account_no  text NOT NULL,
    name        text NOT NULL,       -- sealed, as payer.name is
    marks       smallint[] NOT NULL,
    place       text[] NOT NULL,     -- names from the top down
    persons     smallint,
    contact     text,                -- sealed, as billing_customer.contact is
    consent     boolean NOT NULL,
    from_on     date NOT NULL,
    fee_id      integer NOT NULL,
    class       text NOT NULL,
    region      text NOT NULL,
    area_milli  bigint,
    factor      numeric NOT NULL,
    number      text,                -- of the meter, if there is one
    register    text NOT NULL,
    multiplier  numeric NOT NULL,
    digits      smallint NOT NULL,
    first_milli bigint NOT NULL,
    PRIMARY KEY (file_id, piece, line_no)
);
-- A piece of an agreed import that is done, with what became of its rows.
CREATE TABLE billing_imported (
    proposal_id bigint NOT NULL,
    piece       integer NOT NULL,
    done_at     timestamptz NOT NULL,
    customers   integer NOT NULL,    -- new ones
    written     integer NOT NULL,    -- rows that made or changed something
    same        integer NOT NULL,
    refused     integer NOT NULL,    -- a row each in billing_refused
    PRIMARY KEY (proposal_id, piece)
);
CREATE TABLE billing_refused (
    proposal_id bigint NOT NULL,
    line_no     integer NOT NULL,
    standing    text NOT NULL,       -- as billing_standing has it
    PRIMARY KEY (proposal_id, line_no)
);

-- What of a fee and a period is no usage until a person looked at it 抄表异常; made anew whenever usage is made, so
-- that what is right by now is gone. An answer holds for just these figures.
CREATE TABLE billing_doubt (
    doubt_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket       smallint NOT NULL,
    service_id   bigint NOT NULL,
    fee_id       integer NOT NULL,
    since_on     date NOT NULL,      -- the period for which usage was made, both ends
    until_on     date NOT NULL,
    fault        text NOT NULL CHECK (fault IN ('missing', 'negative', 'spike', 'zero')),
    from_on      date NOT NULL,
    to_on        date NOT NULL,      -- the reading's day; of a missing one the period's last
    qty_milli    bigint,
    mean_milli   bigint,             -- what the periods before would let one expect
    found_at     timestamptz NOT NULL,
    accepted_at  timestamptz,
    accepted_by  text,
    reason       text,
    UNIQUE (bucket, service_id, from_on),
    CHECK ((accepted_at IS NULL) = (reason IS NULL) AND (fault <> 'missing' OR accepted_at IS NULL))
);
CREATE INDEX billing_doubt_open ON billing_doubt (fee_id, doubt_id) WHERE accepted_at IS NULL;

DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{billing_file,billing_imported,billing_refused}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, part_no OR DELETE OR TRUNCATE ON billing_file_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, piece, line_no, bucket, account_no, marks, place, persons, consent,
    from_on, fee_id, class, region, area_milli, factor, number, register, multiplier, digits, first_milli
    OR DELETE OR TRUNCATE ON billing_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
