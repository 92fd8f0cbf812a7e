-- Mandates 代扣签约 (decision 0047): who agreed that his account pays a biller's bills. No process writes these tables but by
-- the functions beside this file.

-- What a biller has agreed of its mandates; without a row: from the day of signing, until the day of ending, no bounds.
CREATE TABLE mandate_rule (
    biller_id      integer PRIMARY KEY REFERENCES biller (partner_id),
    start_days     smallint NOT NULL CHECK (start_days BETWEEN 0 AND 60),   -- working days after signing
    end_days       smallint NOT NULL CHECK (end_days BETWEEN 0 AND 60),     -- working days after ending at the counter
    once_most_fen  bigint NOT NULL CHECK (once_most_fen >= 0),              -- of a no-feel debit; 0: none
    month_most_fen bigint NOT NULL CHECK (month_most_fen >= 0),
    proposal_id    bigint NOT NULL,
    changed_at     timestamptz NOT NULL
);

-- One three-party agreement. In force on a day: confirmed, and from_on ≤ day ≤ until_on, day < ended_on.
CREATE TABLE mandate (
    mandate_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number         text NOT NULL UNIQUE CHECK (number ~ '^DK[0-9]{18}$'),
    biller_id      integer NOT NULL REFERENCES biller (partner_id),
    customer       text NOT NULL CHECK (customer <> ''),            -- 户号
    institution_id bigint NOT NULL REFERENCES institution,          -- where it was signed
    core_id        integer NOT NULL REFERENCES core_bank,
    account_sealed bytea NOT NULL,
    account_lookup text NOT NULL,
    account_shown  text NOT NULL,                                   -- masked
    kind           text NOT NULL CHECK (kind IN ('personal', 'corporate', 'cheque')),
    holder_sealed  bytea NOT NULL,                                  -- name, kind and number of his document
    holder_shown   text NOT NULL,                                   -- his name, masked
    phone_sealed   bytea NOT NULL,                                  -- '': none was given
    phone_lookup   text NOT NULL,                                   -- '': none was given
    once_fen       bigint NOT NULL CHECK (once_fen >= 0),           -- 0: no limit
    month_fen      bigint NOT NULL CHECK (month_fen >= 0),
    batch          boolean NOT NULL,                                -- kinds of debit that it allows
    no_feel        boolean NOT NULL,
    one_tap        boolean NOT NULL,
    rank           smallint NOT NULL CHECK (rank BETWEEN 1 AND 9),  -- the lowest first, of several of a customer
    signed_on      date NOT NULL,
    from_on        date NOT NULL,
    until_on       date,                                            -- its last day; empty: until it is ended
    ended_on       date,                                            -- the first day on which it is over
    end_why        text NOT NULL DEFAULT '' CHECK (end_why IN ('', 'counter', 'payer', 'link', 'partner', 'replaced', 'refused')),
    replaces_id    bigint UNIQUE REFERENCES mandate,
    source         text NOT NULL CHECK (source IN ('counter', 'payer', 'partner')),
    asked_by       integer REFERENCES partner,                      -- the partner that asked for it
    confirmed_at   timestamptz,                                     -- empty: asked for, and not agreed to yet
    stop_hash      bytea NOT NULL CHECK (length(stop_hash) = 32),   -- of the key in the payer's own link
    proposal_id    bigint,                                          -- two people's newest word on it
    made_at        timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    CHECK (until_on >= from_on),
    CHECK (month_fen = 0 OR once_fen <= month_fen),
    CHECK (batch OR no_feel OR one_tap),
    CHECK ((ended_on IS NULL) = (end_why = '')),
    CHECK ((source = 'partner') = (asked_by IS NOT NULL)),
    CHECK (source <> 'counter' OR proposal_id IS NOT NULL)
);
CREATE INDEX mandate_customer ON mandate (biller_id, customer);
CREATE INDEX mandate_account ON mandate (account_lookup);
CREATE INDEX mandate_phone ON mandate (phone_lookup) WHERE phone_lookup <> '';
CREATE INDEX mandate_asked ON mandate (made_at) WHERE confirmed_at IS NULL AND ended_on IS NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF mandate_id, number, biller_id, customer, institution_id, core_id, account_shown, kind,
    holder_shown, signed_on, replaces_id, source, asked_by, stop_hash, made_at OR DELETE OR TRUNCATE ON mandate
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What the core said of account and holder when it was signed, as it signed it.
CREATE TABLE mandate_check (
    mandate_id bigint PRIMARY KEY REFERENCES mandate,
    number     text NOT NULL UNIQUE REFERENCES mandate (number),
    sealed     bytea NOT NULL,                   -- version of the key, status, headers, body
    at         timestamptz NOT NULL
);

-- Each change, by whoever makes it.
CREATE TABLE mandate_event (
    event_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mandate_id bigint NOT NULL REFERENCES mandate,
    at         timestamptz NOT NULL,
    what       text NOT NULL CHECK (what IN ('asked', 'signed', 'changed', 'ended')),
    by         text NOT NULL,                    -- logins of both, or why it ended
    terms      jsonb NOT NULL                    -- as they are from then on
);
CREATE INDEX mandate_event_of ON mandate_event (mandate_id);

-- A scanned paper of it: the agreement, the holder's document.
CREATE TABLE mandate_paper (
    paper_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mandate_id bigint NOT NULL REFERENCES mandate,
    what       text NOT NULL CHECK (what IN ('agreement', 'document', 'other')),
    kind       text NOT NULL CHECK (kind IN ('application/pdf', 'image/jpeg', 'image/png')),
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    bytes      integer NOT NULL CHECK (bytes BETWEEN 1 AND 4194304),
    body       bytea NOT NULL,                   -- sealed
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (mandate_id, sha256)
);
ALTER TABLE mandate_paper ALTER COLUMN body SET STORAGE EXTERNAL;

-- What was taken under it, once a document. The month's sum is what its limit counts.
CREATE TABLE mandate_use (
    document   text PRIMARY KEY CHECK (document ~ '^[a-z_]+:[0-9A-Za-z-]+$'),
    mandate_id bigint NOT NULL REFERENCES mandate,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    day        date NOT NULL,
    at         timestamptz NOT NULL,
    back_at    timestamptz                       -- the debit failed, or was given back: it counts no more
);
CREATE INDEX mandate_use_of ON mandate_use (mandate_id, day);
CREATE TRIGGER append_only BEFORE UPDATE OF document, mandate_id, amount_fen, day, at OR DELETE OR TRUNCATE ON mandate_use
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- A partner's signed request, as it came; what became of it.
CREATE TABLE mandate_word (
    word_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner_id  integer NOT NULL REFERENCES partner,
    serial      text NOT NULL CHECK (length(serial) BETWEEN 1 AND 40),
    what        text NOT NULL CHECK (what IN ('ask', 'cancel', 'debit')),
    signed      jsonb NOT NULL,                  -- what its signature is made of
    body        bytea NOT NULL,                  -- sealed
    received_at timestamptz NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    open        boolean NOT NULL DEFAULT true,   -- it has no end yet
    UNIQUE (partner_id, serial)
);
CREATE TABLE mandate_word_end (
    word_id bigint PRIMARY KEY REFERENCES mandate_word,
    code    integer NOT NULL,
    number  text NOT NULL DEFAULT '',            -- of the mandate, or the debit's serial
    done_at timestamptz NOT NULL
);
CREATE INDEX mandate_word_open ON mandate_word (word_id) WHERE open;

-- A single debit on request (no-feel 免密) or with the payer's own confirmation (one-tap 一键).
CREATE TABLE mandate_single (
    single_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial       text NOT NULL UNIQUE,           -- at the core, and of the charge on the institution's channel
    mandate_id   bigint NOT NULL REFERENCES mandate,
    channel_id   integer NOT NULL REFERENCES channel (partner_id),
    way          text NOT NULL CHECK (way IN ('no_feel', 'one_tap')),
    word_id      bigint UNIQUE REFERENCES mandate_word,
    form         text UNIQUE,                    -- the payer's form, which is one debit however often it is sent
    lines        jsonb NOT NULL,                 -- [{payable, title, amount_fen}]
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    quote        text,
    state        text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'taken', 'booked', 'refused', 'back_due', 'back')),
    code         integer,
    day          date NOT NULL,                  -- the business day on which it was asked
    payment_id   bigint,
    noticed_at   timestamptz,                    -- when its payer was told
    settle_at    timestamptz,                    -- when the worker looks at it next; empty: never
    tries        integer NOT NULL DEFAULT 0,
    made_at      timestamptz NOT NULL,
    taken_at     timestamptz,
    changed_at   timestamptz NOT NULL,
    CHECK ((way = 'no_feel') = (word_id IS NOT NULL)),
    CHECK ((way = 'one_tap') = (form IS NOT NULL)),
    CHECK (state NOT IN ('taken', 'booked') OR taken_at IS NOT NULL),
    CHECK ((state = 'booked') <= (payment_id IS NOT NULL))
);
CREATE INDEX mandate_single_settle ON mandate_single (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX mandate_single_of ON mandate_single (mandate_id);
CREATE INDEX mandate_single_notice ON mandate_single (single_id) WHERE state = 'booked' AND noticed_at IS NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF single_id, serial, mandate_id, channel_id, way, word_id, form, lines, amount_fen, quote,
    day, made_at OR DELETE OR TRUNCATE ON mandate_single
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What a return of its payment gives back to the account: a move of its own.
CREATE TABLE mandate_back (
    back_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    single_id  bigint NOT NULL REFERENCES mandate_single,
    serial     text NOT NULL UNIQUE,             -- at the core
    returned   text NOT NULL,                    -- the return's serial
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    due_at     timestamptz NOT NULL,
    back_at    timestamptz
);
CREATE INDEX mandate_back_of ON mandate_back (single_id);
CREATE INDEX mandate_back_due ON mandate_back (back_id) WHERE back_at IS NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF back_id, single_id, serial, returned, amount_fen, due_at OR DELETE OR TRUNCATE
    ON mandate_back FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mandate_check
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mandate_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON mandate_paper
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mandate_word_end
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
