-- How unidentified money came, as the evidence of its claim says: an ordinary POS pays the main account, its slip names the case.
ALTER TABLE court_entry ADD way text CHECK (way IS NULL OR kind = 'claimed' AND way IN ('transfer', 'pos', 'cash', 'other'));
-- A list of old balances of that day, which is a court's first statement: it begins with nothing.
ALTER TABLE court_file ADD old_on date CHECK (old_on IS NULL OR opening_fen = 0);
CREATE INDEX court_entry_proposal ON court_entry (proposal_id) WHERE proposal_id IS NOT NULL;

-- What a bank told of at once 到账推送: one receipt, signed, once a serial. Whether the signature is its own the worker asks again
-- before anything is booked; no process but it books, and none writes more than what came.
CREATE TABLE court_push (
    push_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id     integer NOT NULL REFERENCES bank (partner_id),
    serial      text NOT NULL CHECK (serial <> '' AND length(serial) <= 40),
    main_no     text NOT NULL CHECK (main_no ~ '^[0-9]{6,30}$'),
    account_no  text NOT NULL CHECK (account_no ~ '^[0-9]{0,30}$'),   -- the sub-account that was paid to; empty: none
    amount_fen  bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 999999999999999),
    paid_at     timestamptz NOT NULL,           -- the bank's time
    signed      jsonb NOT NULL,                 -- the header fields that the signature is made of
    body        bytea NOT NULL,                 -- sealed: as it came, it has the payer's name
    received_at timestamptz NOT NULL,
    UNIQUE (bank_id, main_no, serial)
);
CREATE INDEX court_push_serial ON court_push (serial);

-- What became of it: booked for a case, or not, and why.
CREATE TABLE court_push_end (
    push_id     bigint PRIMARY KEY REFERENCES court_push,
    code        integer NOT NULL,
    document_id bigint UNIQUE REFERENCES court_entry,
    ended_at    timestamptz NOT NULL,
    CHECK ((code = 0) = (document_id IS NOT NULL))
);
CREATE TRIGGER append_only BEFORE UPDATE OF push_id, bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, received_at
    OR DELETE OR TRUNCATE ON court_push FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_push_end
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- One more kind beside those that there are: announced, money of a push, on its way until the statement shows it.
DO $$
DECLARE
    v_kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'court_entry'::regclass AND conname = 'court_entry_kind_check');
BEGIN
    ALTER TABLE court_entry DROP CONSTRAINT court_entry_kind_check;
    EXECUTE format('ALTER TABLE court_entry ADD CONSTRAINT court_entry_kind_check CHECK (kind = ''announced'' OR (%s))',
                   regexp_replace(v_kinds, '^CHECK ', ''));
END $$;

-- Cases that the court's own system asks to be opened, signed, each request once; and what became of it.
CREATE TABLE court_ask (
    ask_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id    integer NOT NULL REFERENCES court,
    request     text NOT NULL CHECK (request <> '' AND length(request) <= 40),   -- the court's own number of it
    number      text NOT NULL CHECK (number ~ '^\([0-9]{4}\).{2,24}号$'),
    signed      jsonb NOT NULL,
    body        bytea NOT NULL,                -- sealed: it has parties' names
    received_at timestamptz NOT NULL,
    UNIQUE (court_id, request)
);
CREATE TABLE court_ask_end (
    ask_id   bigint PRIMARY KEY REFERENCES court_ask,
    code     integer NOT NULL,
    case_id  bigint UNIQUE REFERENCES court_case,
    ended_at timestamptz NOT NULL,
    CHECK ((code = 0) = (case_id IS NOT NULL))
);
CREATE TRIGGER append_only BEFORE UPDATE OF ask_id, court_id, request, number, signed, received_at OR DELETE OR TRUNCATE
    ON court_ask FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_ask_end
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
