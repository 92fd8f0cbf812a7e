-- 卡扣: a bank asked to debit a payer's account for open bills, with his consent.

-- Where a channel's bank listens. Two people decide it (deduction_port_v1); its key is the channel's own.
CREATE TABLE deduction_port (
    channel_id integer PRIMARY KEY REFERENCES channel (partner_id),
    endpoint   text NOT NULL,
    enabled    boolean NOT NULL
);

-- One deduction. `deduction_no` is its reference at the bank and the charge's serial on the bank's channel.
CREATE TABLE deduction (
    deduction_no  text PRIMARY KEY CHECK (deduction_no ~ '^KK[0-9]{8}[0-9a-f]{12}$'),
    channel_id    integer NOT NULL REFERENCES partner,
    biller_id     integer NOT NULL REFERENCES partner,
    account_no    text NOT NULL,
    payer_name    text NOT NULL,                 -- masked, as the hub answers it
    lines         jsonb NOT NULL,                -- [{payable, title, amount_fen}]
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    quote         text,
    debtor_sealed bytea NOT NULL,                -- number and name of the account that is debited
    debtor_shown  text NOT NULL,                 -- the same, masked
    consent       text NOT NULL CHECK (consent IN ('paper', 'counter', 'phone', 'online')),
    consent_note  text NOT NULL CHECK (consent_note <> ''),
    asked_by      text NOT NULL,                 -- a login
    made_at       timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'taken', 'booked', 'back_due', 'back', 'refused')),
    code          integer,                       -- the hub's last word, or why the money goes back
    reason        text NOT NULL DEFAULT '',      -- the bank's own words
    bank_serial   text NOT NULL DEFAULT '',
    taken_at      timestamptz,                   -- when the bank said that it took the money
    payment_id    bigint,
    settle_at     timestamptz,                   -- when the worker looks at it next; empty: never
    tries         integer NOT NULL DEFAULT 0,
    changed_at    timestamptz NOT NULL,
    CHECK (state NOT IN ('taken', 'booked', 'back') OR taken_at IS NOT NULL),
    CHECK ((state = 'booked') <= (payment_id IS NOT NULL)),
    CHECK (state <> 'refused' OR taken_at IS NULL)
);
-- Of two clerks who ask for the same account one wins.
CREATE UNIQUE INDEX deduction_one ON deduction (biller_id, account_no) WHERE state IN ('asked', 'taken');
CREATE INDEX deduction_settle ON deduction (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX deduction_made ON deduction (made_at);

-- What goes back to the account it came from: all of it, or what a return of its payment gave back.
CREATE TABLE deduction_back (
    number       text PRIMARY KEY,               -- R and our number, for a return with what is left after it
    deduction_no text NOT NULL REFERENCES deduction,
    serial       text NOT NULL,                  -- of the payment's return; '' where it was never booked
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    given_by     text NOT NULL DEFAULT 'port' CHECK (given_by IN ('port', 'bank')), -- 'bank': it did so by itself
    due_at       timestamptz NOT NULL,
    back_at      timestamptz
);
CREATE INDEX deduction_back_of ON deduction_back (deduction_no);

-- The bank's word, as it signed it: nothing above says more than one of these.
CREATE TABLE deduction_answer (
    answer_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deduction_no text NOT NULL REFERENCES deduction,
    state        text NOT NULL CHECK (state IN ('taken', 'refused', 'back')),
    number       text NOT NULL,                  -- of what is back, or was asked back
    amount_fen   bigint NOT NULL,
    bank_serial  text NOT NULL,
    reason       text NOT NULL,
    at           timestamptz NOT NULL,
    sealed       bytea NOT NULL
);
CREATE INDEX deduction_answer_of ON deduction_answer (deduction_no);

CREATE TABLE deduction_event (
    event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deduction_no text NOT NULL REFERENCES deduction,
    at           timestamptz NOT NULL,
    state        text NOT NULL,
    code         integer,
    note         text NOT NULL
);
CREATE INDEX deduction_event_of ON deduction_event (deduction_no);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deduction_answer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deduction_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
