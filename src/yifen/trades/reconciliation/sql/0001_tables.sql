-- Reconciliation 对账: partners' files and lines, runs, and what did not agree.
-- Files and lines are append-only; an item closes once; acts and postings are never changed.

CREATE TYPE recon_kind AS ENUM ('sale', 'refund', 'void', 'in', 'out');
CREATE TYPE recon_class AS ENUM
    ('ours_only', 'theirs_only', 'status', 'amount', 'fee', 'duplicate');
CREATE TYPE recon_state AS ENUM ('open', 'waiting', 'proposed', 'doing', 'closed');

-- A file of a partner. It is there only once its last row is committed.
CREATE SEQUENCE recon_file_no;
CREATE TABLE recon_file (
    file_id      bigint PRIMARY KEY,
    partner_id   integer NOT NULL,
    business_day date NOT NULL,
    version      integer NOT NULL,
    format       text NOT NULL,
    name         text NOT NULL,
    sha256       bytea NOT NULL,     -- of the bytes as received
    bytes        bigint NOT NULL,
    rows         bigint NOT NULL,
    amount_fen   bigint NOT NULL,    -- net: sales and what came in, minus the rest
    fee_fen      bigint NOT NULL,
    received_at  timestamptz NOT NULL,
    received_by  text NOT NULL,      -- a login, or the step that fetched it
    UNIQUE (partner_id, business_day, version),
    UNIQUE (partner_id, sha256)
);
CREATE TABLE recon_file_part (
    file_id    bigint NOT NULL,
    part_no    integer NOT NULL,
    first_line integer NOT NULL,     -- the line in which this part begins, from 1
    body       bytea NOT NULL,
    PRIMARY KEY (file_id, part_no)
);
ALTER TABLE recon_file_part ALTER COLUMN body SET STORAGE EXTERNAL;

-- A line in neutral form. No key and no B-tree: a million of them are read together or not at all.
CREATE TABLE recon_row (
    file_id    bigint NOT NULL,
    line_no    integer NOT NULL,
    kind       recon_kind NOT NULL,
    amount_fen bigint NOT NULL,      -- never negative
    fee_fen    bigint NOT NULL,      -- negative when we pay it
    at         timestamp,            -- local wall clock of the partner
    serial     text NOT NULL,
    original   text,                 -- the serial that this one takes back
    ref        text,                 -- the partner's own number
    account_no text,
    batch      text                  -- rows that the partner pays in one sum
);
CREATE INDEX recon_row_file ON recon_row USING brin (file_id, line_no) WITH (pages_per_range = 16);

-- What we expect of a partner that is no payment: what a channel's day must bring to the bank, a
-- payout that must leave it.
CREATE TABLE recon_expected (
    expected_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    partner_id   integer NOT NULL,   -- the bank
    business_day date NOT NULL,      -- from which day on it may appear
    kind         recon_kind NOT NULL CHECK (kind IN ('in', 'out')),
    serial       text NOT NULL,      -- what the bank's line may name: an end-to-end reference
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    account_no   text,               -- the counterparty's account
    batch        text,
    document_id  bigint NOT NULL,    -- settlement's document behind it
    done         boolean NOT NULL DEFAULT false,
    run_id       bigint,             -- the run that found it in the bank's file,
    file_id      bigint,             -- and the line; of a sum, one of its lines
    line_no      integer,
    UNIQUE (partner_id, serial)
);

CREATE TABLE recon_run (
    run_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    partner_id   integer NOT NULL,
    business_day date NOT NULL,
    file_id      bigint NOT NULL REFERENCES recon_file,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,        -- empty while it runs, and for ever when it failed
    ours_count   bigint NOT NULL DEFAULT 0,
    ours_fen     bigint NOT NULL DEFAULT 0,   -- net, like the file's
    theirs_count bigint NOT NULL DEFAULT 0,
    theirs_fen   bigint NOT NULL DEFAULT 0,
    matched_count bigint NOT NULL DEFAULT 0,
    matched_fen  bigint NOT NULL DEFAULT 0,
    fee_fen      bigint NOT NULL DEFAULT 0    -- of the matched rows, as the partner states it
);
CREATE INDEX recon_run_day ON recon_run (business_day, partner_id);

-- One thing that did not agree 差异. `ours_*` and `theirs_*` are the two records as they were found;
-- they never change. `payment_id` is set where a payment of ours is meant.
CREATE TABLE recon_item (
    item_id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    run_id       bigint NOT NULL REFERENCES recon_run,
    partner_id   integer NOT NULL,
    business_day date NOT NULL,
    class        recon_class NOT NULL,
    serial       text NOT NULL,
    nth          integer NOT NULL DEFAULT 1,  -- of the same serial in one file
    payment_id   bigint,
    expected_id  bigint,
    ours_kind    recon_kind,
    ours_fen     bigint,
    ours_fee_fen bigint,
    ours_at      timestamp,
    file_id      bigint,
    line_no      integer,
    theirs_kind  recon_kind,
    theirs_fen   bigint,
    theirs_fee_fen bigint,
    theirs_at    timestamp,
    theirs_ref   text,
    original     text,
    account_no   text,
    batch        text,
    state        recon_state NOT NULL DEFAULT 'open',
    group_no     bigint,             -- items that explain each other carry one number
    action       text,               -- what is proposed or was done
    owner        text,
    deadline     date,
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    closed_by    text,               -- the rule, the act or the person that closed it
    -- Repair 平账: who proposed what is done and who, another one, decided on it; the message to the
    -- hub, fixed before it is sent; how many of those the hub refused; and our row of this leg that
    -- the repair makes on a later day, which is no difference of that day.
    proposed_by  text,
    decided_by   text,
    plan         jsonb,
    tries        integer NOT NULL DEFAULT 0,
    repair_serial text,
    CHECK (decided_by IS NULL
           OR proposed_by IS NOT NULL AND lower(decided_by) <> lower(proposed_by)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX recon_item_once ON recon_item (partner_id, business_day, serial, class, nth)
    WHERE state <> 'closed';
CREATE INDEX recon_item_open ON recon_item (partner_id, state) WHERE state <> 'closed';
CREATE INDEX recon_item_payment ON recon_item (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX recon_item_run ON recon_item (run_id);
CREATE INDEX recon_item_serial ON recon_item (partner_id, serial);
CREATE INDEX recon_item_repair ON recon_item (partner_id, repair_serial)
    WHERE repair_serial IS NOT NULL;
CREATE SEQUENCE recon_group_no;

-- What was done to an item, with the item before and after.
CREATE TABLE recon_act (
    act_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    item_id bigint NOT NULL REFERENCES recon_item,
    at      timestamptz NOT NULL,
    who     text NOT NULL,           -- a login, or the step
    act     text NOT NULL,           -- propose, approve, refuse, carry out, note, own, close
    note    text NOT NULL DEFAULT '',
    before  jsonb NOT NULL,
    after   jsonb NOT NULL
);
CREATE INDEX recon_act_item ON recon_act (item_id);

-- Money that an item moved: one document in the ledger, once an item and purpose.
CREATE TABLE recon_posting (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    item_id      bigint NOT NULL REFERENCES recon_item,
    purpose      text NOT NULL CHECK (purpose IN ('suspend', 'release')),
    bucket       smallint NOT NULL,
    debit_id     integer NOT NULL,
    credit_id    integer NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    business_day date NOT NULL,
    booked_at    timestamptz NOT NULL,
    maker        text NOT NULL,      -- a login, or the step
    checker      text,               -- another login; what is automatic has none
    UNIQUE (item_id, purpose),
    CHECK (lower(checker) <> lower(maker)),
    CHECK (purpose = 'suspend' OR checker IS NOT NULL)
);

CREATE FUNCTION recon_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'closed' THEN
        RAISE EXCEPTION 'item % is closed', OLD.item_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closes_once BEFORE UPDATE ON recon_item
    FOR EACH ROW EXECUTE FUNCTION recon_item_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_file_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_act
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
