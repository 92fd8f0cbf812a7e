-- End of day 日终 of a book: named steps, each done once, whatever happens between them.
CREATE TABLE eod_run (
    eod_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    book_id      integer NOT NULL,
    business_day date NOT NULL,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,        -- the day is closed
    signed_by    text,               -- who closed it with unproved money
    sign_reason  text,
    UNIQUE (book_id, business_day)
);
CREATE TABLE eod_step (
    eod_id     bigint NOT NULL REFERENCES eod_run,
    step       text NOT NULL CHECK (step IN ('cut', 'files', 'reconcile', 'repair', 'settle',
                   'commission', 'payout', 'statements', 'proof', 'close')),
    state      text NOT NULL CHECK (state IN ('running', 'waiting', 'failed', 'done')),
    tries      integer NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    result     jsonb NOT NULL DEFAULT '{}',
    error      text NOT NULL DEFAULT '',
    PRIMARY KEY (eod_id, step)
);

-- What a partner was told of its day 对账单: the same bytes for ever; told anew where something came
-- late.
CREATE TABLE daily_statement (
    partner_id   integer NOT NULL,
    business_day date NOT NULL,
    form         text NOT NULL CHECK (form IN ('pdf', 'csv')),
    version      integer NOT NULL,
    sha256       bytea NOT NULL,
    body         bytea NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (partner_id, business_day, form, version)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON daily_statement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
