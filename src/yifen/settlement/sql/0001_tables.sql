-- Settlement 结算: a biller's day squared, its commission, its parts, the money sent on.
-- Only the functions beside this file write here.

CREATE TYPE payout_state AS ENUM ('instructed', 'sent', 'unknown', 'done', 'returned');

-- A biller's closed day; one row even when nothing is due (domain.md case 20). due = what the
-- transit account had at the cut; moved = what could be moved; the rest is carried to the next day.
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
    settled_at     timestamptz NOT NULL,
    UNIQUE (biller_id, business_day),
    CHECK (moved_fen <= greatest(due_fen, 0))
);

-- Who gets which part of a settlement: the biller itself, its parent, those it splits with.
CREATE TABLE settlement_part (
    document_id bigint NOT NULL REFERENCES settlement,
    biller_id   integer NOT NULL,
    reason      text NOT NULL CHECK (reason IN ('own', 'pooled', 'split', 'commission')),
    amount_fen  bigint NOT NULL,
    PRIMARY KEY (document_id, biller_id, reason)
);

-- Commission of a period 手续费: what each day took, and the true-up that closes the period.
CREATE TABLE commission (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    biller_id    integer NOT NULL,
    business_day date NOT NULL,
    reason       text NOT NULL CHECK (reason IN ('day', 'true_up')),
    measure      bigint NOT NULL,      -- fen or payments of the period so far, this day included
    fee_fen      bigint NOT NULL,      -- charged now; negative gives back
    period_fen   bigint NOT NULL,      -- of the period so far, after this
    mode         text NOT NULL CHECK (mode IN ('net', 'gross')),
    booked_at    timestamptz NOT NULL,
    UNIQUE (biller_id, business_day, reason)
);

-- Money to be sent from a settlement account 划付. While it is on its way it is pending in the ledger.
CREATE TABLE payout (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    reference    text NOT NULL UNIQUE,  -- end-to-end reference: the bank knows it by this for ever
    biller_id    integer NOT NULL,
    bank_id      integer NOT NULL,
    due_on       date NOT NULL,
    bucket       smallint NOT NULL,
    debit_id     integer NOT NULL,
    credit_id    integer NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    payee        jsonb NOT NULL,        -- as it was when instructed
    state        payout_state NOT NULL,
    tries        integer NOT NULL DEFAULT 0,
    bank_serial  text,
    reason       text,
    instructed_at timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL
);
CREATE INDEX payout_state ON payout (state) WHERE state NOT IN ('done', 'returned');
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
    gross_fen    bigint NOT NULL,
    fee_fen      bigint NOT NULL,      -- never negative: what the channel kept
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
