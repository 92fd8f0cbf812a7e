-- Settlement 结算: a biller's day squared, its commission, its parts, the money sent on.
-- Only the functions beside this file write here.

CREATE TYPE payout_state AS ENUM ('instructed', 'sent', 'unknown', 'done', 'returned');

-- A biller's closed day; one row even when nothing is due (domain.md case 20). due = what the
-- transit account had at the cut, less what was taken back of it since and what earlier days' late
-- settlements moved since; moved = what could be moved; the rest is carried to the next day.
CREATE TABLE settlement (
    document_id    bigint PRIMARY KEY CHECK (document_id < 0),
    book_id        integer NOT NULL,
    biller_id      integer NOT NULL,
    business_day   date NOT NULL,      -- the day that is settled
    posted_on      date NOT NULL,      -- the open day on which it was booked
    due_fen        bigint NOT NULL,
    moved_fen      bigint NOT NULL CHECK (moved_fen >= 0),
    payments       bigint NOT NULL,    -- of the day: booked, minus taken back
    amount_fen     bigint NOT NULL,    -- of the day, likewise
    commission_fen bigint NOT NULL DEFAULT 0,
    mode           text NOT NULL CHECK (mode IN ('net', 'gross')),
    payout_on      date,               -- working day of the payout; empty: stays here
    signed_by      text,               -- who let it be settled although it was not proved
    settled_at     timestamptz NOT NULL,
    UNIQUE (biller_id, business_day),
    CHECK (moved_fen <= greatest(due_fen, 0))
);

-- Who gets which part of a settlement: the biller itself, its parent, those it splits with.
CREATE TABLE settlement_part (
    document_id bigint NOT NULL REFERENCES settlement,
    biller_id   integer NOT NULL,
    reason      text NOT NULL CHECK (reason IN ('own', 'pooled', 'split', 'commission')),
    amount_fen  bigint NOT NULL CHECK (amount_fen >= 0),
    payout_on   date,                  -- by the receiver's agreement; empty: stays here
    PRIMARY KEY (document_id, biller_id, reason)
);
CREATE INDEX settlement_part_biller ON settlement_part (biller_id);

-- Commission of a period 手续费: what each day took, and the true-up that closes the period.
CREATE TABLE commission (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    biller_id    integer NOT NULL,
    business_day date NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('day', 'true_up')),
    measure      bigint NOT NULL,      -- fen or payments of the period so far, this day included
    fee_fen      bigint NOT NULL,      -- charged now; negative gives back
    net_fen      bigint NOT NULL,      -- of it from (to) the settlement account; the rest is owed
    period_fen   bigint NOT NULL,      -- of the period so far, after this
    mode         text NOT NULL CHECK (mode IN ('net', 'gross')),
    booked_at    timestamptz NOT NULL,
    UNIQUE (biller_id, business_day, reason)
);

-- A file of payouts for a bank without a port, kept as it was written.
CREATE TABLE payout_file (
    file_no    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bank_id    integer NOT NULL,
    name       text NOT NULL,
    payouts    integer NOT NULL,
    amount_fen bigint NOT NULL,
    body       bytea NOT NULL,
    made_at    timestamptz NOT NULL
);

-- Money to be sent from a settlement account 划付. While it is on its way it is pending in the
-- ledger, in every bucket in which the account has some of it.
CREATE TABLE payout (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    reference    text NOT NULL UNIQUE,  -- end-to-end reference: the bank knows it by this for ever
    biller_id    integer NOT NULL,
    bank_id      integer NOT NULL,
    due_on       date NOT NULL,
    debit_id     integer NOT NULL,
    credit_id    integer NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    payee        jsonb NOT NULL,        -- as it was when instructed
    state        payout_state NOT NULL,
    tries        integer NOT NULL DEFAULT 0,  -- questions asked of the bank since it was sent
    resent       boolean NOT NULL DEFAULT false,  -- the bank never saw it; sent once more
    ask_at       timestamptz,           -- when the bank is asked next; empty: nobody asks
    file_no      bigint REFERENCES payout_file,
    bank_serial  text,
    reason       text,
    instructed_at timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX payout_state ON payout (state) WHERE state NOT IN ('done', 'returned');
CREATE INDEX payout_biller ON payout (biller_id);
CREATE TABLE payout_event (
    event_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    document_id bigint NOT NULL REFERENCES payout,
    at          timestamptz NOT NULL,
    state       payout_state NOT NULL,
    note        text NOT NULL DEFAULT ''
);

-- A channel's day arrived at the bank: bank and fee against the clearing account.
CREATE TABLE receipt (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    channel_id   integer NOT NULL,
    business_day date NOT NULL,
    bank_id      integer NOT NULL,
    bank_account_id integer NOT NULL,  -- 1002, 6421 and 1121 in the ledger
    fee_id       integer NOT NULL,
    clearing_id  integer NOT NULL,
    gross_fen    bigint NOT NULL,      -- negative when more was taken back than paid
    fee_fen      bigint NOT NULL CHECK (fee_fen >= 0),  -- what the channel kept
    net_fen      bigint NOT NULL CHECK (net_fen = gross_fen - fee_fen),
    state        text NOT NULL CHECK (state IN ('expected', 'arrived')),
    arrived_on   date,
    UNIQUE (channel_id, business_day)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commission
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
