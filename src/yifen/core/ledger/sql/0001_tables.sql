-- The ledger 总账: books, accounts, stored balances, transfers, sealed batches.
-- Only the functions beside this file write here; every row of money carries its bucket.

CREATE TYPE ledger_kind AS ENUM ('posted', 'pending', 'post', 'void');
CREATE TYPE ledger_limit AS ENUM ('none', 'credit_covers_debit', 'debit_covers_credit');

-- A book 账簿 is one set of accounts with one open business day 会计日期.
CREATE TABLE ledger_book (
    book_id     integer PRIMARY KEY,
    code        text NOT NULL UNIQUE,
    name        text NOT NULL,
    time_zone   text NOT NULL DEFAULT 'Asia/Shanghai',
    cut_off     time NOT NULL DEFAULT '24:00',
    current_day date NOT NULL
);

CREATE TABLE ledger_account (
    account_id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    book_id    integer NOT NULL REFERENCES ledger_book,
    code       text NOT NULL UNIQUE,
    name       text NOT NULL,
    side       text NOT NULL CHECK (side IN ('asset', 'liability', 'income', 'expense')),
    limited    ledger_limit NOT NULL DEFAULT 'none',
    closed     boolean NOT NULL DEFAULT false
);

-- What stands on an account, one row a bucket so that a hot account is never one hot row.
CREATE TABLE ledger_balance (
    bucket             smallint NOT NULL,
    account_id         integer NOT NULL REFERENCES ledger_account,
    debit_pending_fen  bigint NOT NULL DEFAULT 0 CHECK (debit_pending_fen >= 0),
    debit_posted_fen   bigint NOT NULL DEFAULT 0 CHECK (debit_posted_fen >= 0),
    credit_pending_fen bigint NOT NULL DEFAULT 0 CHECK (credit_pending_fen >= 0),
    credit_posted_fen  bigint NOT NULL DEFAULT 0 CHECK (credit_posted_fen >= 0),
    PRIMARY KEY (bucket, account_id)
) WITH (fillfactor = 50);

-- The end of each bucket's chain; its row lock is the one lock that orders all writers of a bucket.
CREATE TABLE ledger_head (
    bucket      smallint PRIMARY KEY,
    transfer_no bigint NOT NULL DEFAULT 0,
    batch_no    bigint NOT NULL DEFAULT 0,
    hash        bytea NOT NULL DEFAULT sha256('yifen'::bytea)
) WITH (fillfactor = 50);

-- One debit, one credit, one amount: an unbalanced entry cannot be written down.
-- transfer_no has no gaps within a bucket, so a missing row shows.
CREATE TABLE ledger_transfer (
    bucket       smallint NOT NULL,
    transfer_no  bigint NOT NULL,
    batch_no     bigint NOT NULL,
    kind         ledger_kind NOT NULL,
    debit_id     integer NOT NULL,
    credit_id    integer NOT NULL CHECK (credit_id <> debit_id),
    amount_fen   bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 999999999999999),
    pending_no   bigint,            -- the pending transfer that this one posts or voids
    reverses_no  bigint,            -- the transfer whose contra this one is
    reference_id bigint NOT NULL,   -- the document it belongs to (a payment id)
    detail_id    bigint NOT NULL,   -- the line within it (a payable id)
    business_day date NOT NULL,
    digest       bytea NOT NULL,    -- SHA-256 of the row's own canonical text
    PRIMARY KEY (bucket, transfer_no)
);
CREATE INDEX ledger_transfer_reference ON ledger_transfer (bucket, reference_id);
CREATE UNIQUE INDEX ledger_transfer_resolves ON ledger_transfer (bucket, pending_no)
    WHERE pending_no IS NOT NULL;
CREATE UNIQUE INDEX ledger_transfer_reverses ON ledger_transfer (bucket, reverses_no)
    WHERE reverses_no IS NOT NULL;

-- One sealed batch; hash = SHA-256(previous hash, header, the digests of its transfers).
CREATE TABLE ledger_batch (
    bucket    smallint NOT NULL,
    batch_no  bigint NOT NULL,
    first_no  bigint NOT NULL,
    last_no   bigint NOT NULL,
    booked_at timestamptz NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (bucket, batch_no)
);

-- The balances with which an account ended a business day, kept at the cut.
CREATE TABLE ledger_day_balance (
    bucket             smallint NOT NULL,
    account_id         integer NOT NULL REFERENCES ledger_account,
    business_day       date NOT NULL,
    debit_pending_fen  bigint NOT NULL,
    debit_posted_fen   bigint NOT NULL,
    credit_pending_fen bigint NOT NULL,
    credit_posted_fen  bigint NOT NULL,
    PRIMARY KEY (bucket, account_id, business_day)
);

-- Where each bucket's chain stood at the cut; the day's files carry the hash over them, so that a
-- chain rewritten later no longer fits what partners hold.
CREATE TABLE ledger_day_head (
    bucket       smallint NOT NULL,
    book_id      integer NOT NULL REFERENCES ledger_book,
    business_day date NOT NULL,
    batch_no     bigint NOT NULL,
    hash         bytea NOT NULL,
    PRIMARY KEY (bucket, book_id, business_day)
);

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a contra transfer instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_batch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_day_head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_day_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
