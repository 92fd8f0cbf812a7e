-- Payments 缴费: who owes what (payable 应缴项), what was paid, what was taken back.
-- Two sides, two states: the payer's money and the biller's books move by their own rules (H4).

CREATE TYPE payable_mode AS ENUM ('exact', 'partial', 'open');
CREATE TYPE payable_state AS ENUM ('open', 'settled', 'withdrawn');
CREATE TYPE payer_state AS ENUM ('held', 'taken', 'returned', 'refunded');
CREATE TYPE biller_state AS ENUM
    ('registered', 'sent', 'unknown', 'booked', 'rejected', 'reversing', 'reversed');
CREATE TYPE check_state AS ENUM ('unchecked', 'matched', 'theirs_only', 'ours_only');
CREATE TYPE serial_verb AS ENUM ('charge', 'reverse', 'refund', 'tombstone');

-- The payer's account with a biller 户号.
CREATE TABLE payer (
    bucket     smallint NOT NULL,
    biller_id  integer NOT NULL,
    account_no text NOT NULL,
    name       text NOT NULL,
    PRIMARY KEY (bucket, biller_id, account_no)
);

-- exact: just what is due; partial: min_fen up to what is due; open: min_fen to max_fen, any often.
CREATE TABLE payable (
    bucket     smallint NOT NULL,
    payable_id bigint NOT NULL,
    biller_id  integer NOT NULL,
    account_no text NOT NULL,
    ref        text NOT NULL,
    title      text NOT NULL,
    mode       payable_mode NOT NULL,
    due_fen    bigint NOT NULL CHECK (due_fen BETWEEN 0 AND 999999999999999),
    min_fen    bigint NOT NULL CHECK (min_fen > 0 AND min_fen <= max_fen),
    max_fen    bigint NOT NULL CHECK (max_fen <= 999999999999999),
    due_on     date,
    credit_id  integer NOT NULL REFERENCES ledger_account,
    state      payable_state NOT NULL DEFAULT 'open',
    paid_fen   bigint NOT NULL DEFAULT 0 CHECK (paid_fen >= 0),
    held_by    bigint,              -- the undecided payment that holds it
    PRIMARY KEY (bucket, payable_id),
    UNIQUE (bucket, biller_id, account_no, ref),
    CHECK (mode = 'open' OR paid_fen <= due_fen)
) WITH (fillfactor = 70);

-- What a channel was told and until when it holds (H5); only billers that ask for quotes have them.
CREATE TABLE payment_quote (
    bucket     smallint NOT NULL,
    quote      text NOT NULL,
    channel_id integer NOT NULL,
    biller_id  integer NOT NULL,
    account_no text NOT NULL,
    refs       text[] NOT NULL,
    due_fen    bigint[] NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, quote)
);

CREATE TABLE payment_counter (
    bucket  smallint PRIMARY KEY,
    payment bigint NOT NULL DEFAULT 0,
    payable bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- payment_id = a number that grows within its bucket × 1000 + bucket.
CREATE TABLE payment (
    bucket        smallint NOT NULL,
    payment_id    bigint NOT NULL,
    channel_id    integer NOT NULL,
    biller_id     integer NOT NULL,
    account_no    text NOT NULL,
    serial        text NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    payer_state   payer_state NOT NULL,
    biller_state  biller_state NOT NULL,
    channel_check check_state NOT NULL DEFAULT 'unchecked',
    biller_check  check_state NOT NULL DEFAULT 'unchecked',
    business_day  date NOT NULL,
    paid_at       timestamptz NOT NULL,
    booked_at     timestamptz,
    operator      text,
    biller_serial text,
    biller_code   text,
    PRIMARY KEY (bucket, payment_id)
) WITH (fillfactor = 90);
CREATE INDEX payment_day ON payment USING brin (business_day) WITH (pages_per_range = 32);

-- A reversal 冲正 or refund 退款 that was carried out.
CREATE TABLE payment_return (
    bucket       smallint NOT NULL,
    payment_id   bigint NOT NULL,
    verb         serial_verb NOT NULL CHECK (verb IN ('reverse', 'refund')),
    channel_id   integer NOT NULL,
    serial       text NOT NULL,
    amount_fen   bigint NOT NULL,
    reason       text,
    business_day date NOT NULL,
    booked_at    timestamptz,       -- empty while the biller has not agreed yet
    PRIMARY KEY (bucket, payment_id)
);
CREATE INDEX payment_return_day ON payment_return (business_day, channel_id);

-- Idempotency 幂等: what each serial was used for and what was answered. Its bucket is the hash of
-- (partner, serial); target_bucket is where its payment lives.
CREATE TABLE payment_serial (
    bucket        smallint NOT NULL,
    partner_id    integer NOT NULL,
    serial        text NOT NULL,
    verb          serial_verb NOT NULL,
    content_hash  uuid NOT NULL,     -- 128 bits of hash, no identifier
    code          integer NOT NULL,
    target_bucket smallint NOT NULL,
    payment_id    bigint,
    PRIMARY KEY (bucket, partner_id, serial)
) WITH (fillfactor = 90);

-- How much a channel with a daily limit took on a business day.
CREATE TABLE channel_usage (
    channel_id   integer NOT NULL,
    business_day date NOT NULL,
    taken_fen    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (channel_id, business_day)
) WITH (fillfactor = 50);

-- Work at a biller's own system that is not finished: the outbox of the re-query ladder.
CREATE TABLE biller_call (
    bucket     smallint NOT NULL,
    payment_id bigint NOT NULL,
    step       text NOT NULL CHECK (step IN ('charge', 'confirm', 'reverse')),
    tries      integer NOT NULL DEFAULT 0,
    resent     boolean NOT NULL DEFAULT false,
    due_at     timestamptz,          -- empty: the ladder is done, reconciliation decides
    PRIMARY KEY (bucket, payment_id)
);
CREATE INDEX biller_call_due ON biller_call (due_at) WHERE due_at IS NOT NULL;

-- What happened to a payment beyond its booking; one line a change of either state.
CREATE TABLE payment_event (
    bucket       smallint NOT NULL,
    event_id     bigint GENERATED ALWAYS AS IDENTITY,
    payment_id   bigint NOT NULL,
    at           timestamptz NOT NULL,
    payer_state  payer_state NOT NULL,
    biller_state biller_state NOT NULL,
    note         text NOT NULL,
    PRIMARY KEY (bucket, event_id)
);
CREATE INDEX payment_event_payment ON payment_event (bucket, payment_id);

-- The daily file of a partner 对账文件, in parts so that it never has to be in memory whole.
CREATE TABLE daily_file (
    file_id      bigint PRIMARY KEY,
    partner_id   integer NOT NULL,
    business_day date NOT NULL,
    version      integer NOT NULL,
    lines        bigint NOT NULL,
    amount_fen   bigint NOT NULL,
    sha256       bytea NOT NULL,
    made_at      timestamptz NOT NULL,
    UNIQUE (partner_id, business_day, version)
);
CREATE SEQUENCE daily_file_no;
CREATE TABLE daily_file_part (
    file_id bigint NOT NULL,
    part_no integer NOT NULL,
    body    bytea NOT NULL,
    PRIMARY KEY (file_id, part_no)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON daily_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON daily_file_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
