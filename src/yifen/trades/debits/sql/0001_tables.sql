-- Batch debit 批量代扣 (decision 0047). No process writes these tables but by the functions beside this file.

-- A biller's way from a day on, as two people decided.
CREATE TABLE debit_rule (
    rule_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biller_id   integer NOT NULL REFERENCES biller (partner_id),
    from_on     date NOT NULL,
    layout      text NOT NULL CHECK (layout <> ''),   -- of its files
    opens_at    time NOT NULL,                        -- the bank's window
    closes_at   time NOT NULL CHECK (closes_at > opens_at),
    late        text NOT NULL CHECK (late IN ('frozen', 'recomputed')),  -- late fees: of the file's day, or of the debit's
    again_most  smallint NOT NULL CHECK (again_most BETWEEN 0 AND 9),    -- how often what failed may be tried again
    proposal_id bigint NOT NULL,
    UNIQUE (biller_id, from_on)
);

-- A file by its digest, a period's bills, or what failed in another batch.
CREATE TABLE debit_batch (
    batch_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial         text GENERATED ALWAYS AS ('DB' || lpad(batch_id::text, 10, '0')) STORED UNIQUE,
    biller_id      integer NOT NULL REFERENCES biller (partner_id),
    rule_id        bigint NOT NULL REFERENCES debit_rule,
    core_id        integer NOT NULL REFERENCES core_bank,
    institution_id bigint NOT NULL REFERENCES institution,   -- which holds the biller's accounts there
    channel_id     integer NOT NULL REFERENCES channel (partner_id),
    source         text NOT NULL CHECK (source IN ('file', 'bills', 'again')),
    layout         text NOT NULL,
    name           text NOT NULL,
    sha256         bytea NOT NULL,                           -- of the file; empty: there was none
    head           jsonb NOT NULL,                           -- what its head says, for the result's
    again_of       bigint REFERENCES debit_batch,
    rows           integer NOT NULL CHECK (rows > 0),
    amount_fen     bigint NOT NULL CHECK (amount_fen >= 0),
    state          text NOT NULL DEFAULT 'filing'
        CHECK (state IN ('filing', 'checking', 'checked', 'waiting', 'running', 'done', 'dropped')),
    day            date,                                     -- the business day on which it began to run
    packs          integer NOT NULL DEFAULT 0,               -- that went to the core
    received_at    timestamptz NOT NULL,
    received_by    text NOT NULL,                            -- a login, or how it came
    let_go_at      timestamptz,
    proposal_id    bigint,                                   -- two people's word on a batch that warns
    started_at     timestamptz,
    done_at        timestamptz,
    fetched_at     timestamptz,                              -- when its result was first handed out
    settle_at      timestamptz,                              -- when the worker looks at it next
    CHECK ((source = 'again') = (again_of IS NOT NULL)),
    CHECK (length(sha256) IN (0, 32))
);
CREATE UNIQUE INDEX debit_batch_file ON debit_batch (biller_id, sha256) WHERE source = 'file';
CREATE UNIQUE INDEX debit_batch_name ON debit_batch (biller_id, name) WHERE source = 'file';
CREATE INDEX debit_batch_open ON debit_batch (settle_at) WHERE settle_at IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF batch_id, biller_id, rule_id, core_id, institution_id, channel_id, source, layout,
    name, sha256, head, again_of, received_at, received_by OR DELETE OR TRUNCATE ON debit_batch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- A file that was refused as a whole, once by its content and number.
CREATE TABLE debit_refusal (
    refusal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biller_id  integer NOT NULL REFERENCES biller (partner_id),
    name       text NOT NULL,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    code       integer NOT NULL,
    detail     text NOT NULL,
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (biller_id, sha256, code)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON debit_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- One debit: new → ready (its bills are kept for it) → asked → posted → booked; refused before it was ever ready, or failed.
-- back: the core took it and the hub will not have it; it goes back there, and fails. Its serial is that of its move at
-- the core and of its payment.
CREATE TABLE debit_item (
    batch_id   bigint NOT NULL REFERENCES debit_batch,
    place      integer NOT NULL CHECK (place > 0),           -- in the file
    serial     text NOT NULL UNIQUE,
    first      text NOT NULL,                                -- of the first try of it, by which its row is sealed
    again_of   text UNIQUE REFERENCES debit_item (serial),   -- what it tries again: that once
    tries      smallint NOT NULL DEFAULT 0,                  -- how many before it
    customer   text NOT NULL,                                -- 户号; empty: the row cannot be read
    ref        text NOT NULL,                                -- the bill that the row names, if it does
    asked_fen  bigint NOT NULL CHECK (asked_fen >= 0),       -- as the row says
    row_sealed bytea NOT NULL,                               -- the row as it came; empty: of our own bills
    mandate_id bigint REFERENCES mandate,
    bucket     smallint,
    payables   bigint[],
    refs       text[],
    fens       bigint[],
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),      -- what is debited
    due_on     date,
    fresh_on   date,                                         -- the day of its late fees
    state      text NOT NULL DEFAULT 'new'
        CHECK (state IN ('new', 'refused', 'ready', 'asked', 'posted', 'booked', 'back', 'failed')),
    code       integer,                                      -- why it is refused or failed
    posted_at  timestamptz,
    payment_id bigint,
    returned_at timestamptz,                                 -- when its payment was taken back, whole
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (batch_id, place),
    CHECK ((state = 'booked') = (payment_id IS NOT NULL)),
    CHECK ((state IN ('refused', 'failed', 'back')) = (code IS NOT NULL)),
    CHECK (state IN ('new', 'refused') OR mandate_id IS NOT NULL AND cardinality(payables) > 0
           AND cardinality(payables) = cardinality(fens) AND cardinality(refs) = cardinality(fens))
);
CREATE INDEX debit_item_state ON debit_item (batch_id, state, due_on, place);
CREATE INDEX debit_item_customer ON debit_item (batch_id, customer);
CREATE INDEX debit_item_returned ON debit_item (serial) WHERE returned_at IS NOT NULL;
CREATE INDEX debit_item_payment ON debit_item (payment_id) WHERE payment_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF batch_id, place, serial, first, again_of, tries, customer, ref, asked_fen
    OR DELETE OR TRUNCATE ON debit_item FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
