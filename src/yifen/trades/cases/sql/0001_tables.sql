-- Court funds 执行案款: one case, one account (decision 0041). No process writes these tables but by the functions beside
-- this file.

-- A court, which is a hosted biller; the ledger's accounts of its own.
CREATE TABLE court (
    court_id    integer PRIMARY KEY REFERENCES biller (partner_id),
    code        text NOT NULL UNIQUE,          -- as case numbers name it: 桂0304
    main_id     integer NOT NULL REFERENCES ledger_account,   -- 1003 案款专户
    coming_id   integer NOT NULL REFERENCES ledger_account,   -- 1125 在途
    money_id    integer NOT NULL REFERENCES ledger_account,   -- 2242 案款
    unknown_id  integer NOT NULL REFERENCES ledger_account,   -- 2243 不明款
    interest_id integer NOT NULL REFERENCES ledger_account,   -- 2244 利息
    fee_id      integer NOT NULL REFERENCES ledger_account,   -- 1231 银行手续费
    opened_at   timestamptz NOT NULL
);

-- What is so at a court from a day on, by two people.
CREATE TABLE court_rule (
    court_id       integer NOT NULL REFERENCES court,
    valid_from     date NOT NULL,
    main_no        text NOT NULL CHECK (main_no ~ '^[0-9]{6,30}$'),      -- of the main account, as statements say it
    prefix         text NOT NULL CHECK (prefix ~ '^[0-9]{1,24}$'),       -- of numbers that are made here
    width          smallint NOT NULL CHECK (width BETWEEN 3 AND 10),     -- of the serial behind it
    method         text NOT NULL CHECK (method IN ('none', 'luhn', 'mod97')),
    beyond         boolean NOT NULL,             -- more than what is owed is taken too
    claim_days     smallint NOT NULL CHECK (claim_days BETWEEN 0 AND 365),   -- to find whose unidentified money is
    claim_working  boolean NOT NULL,             -- those are working days
    notice_days    smallint NOT NULL CHECK (notice_days BETWEEN 0 AND 365),  -- to tell the judge of money
    notice_working boolean NOT NULL,
    payout_days    smallint NOT NULL CHECK (payout_days BETWEEN 0 AND 365),  -- to pay it out, from the notice
    payout_working boolean NOT NULL,
    proposal_id    bigint NOT NULL,
    PRIMARY KEY (court_id, valid_from),
    CHECK (length(prefix) + width <= 28)
);

-- Sub-account numbers that the bank made beforehand 预生成.
CREATE TABLE court_number (
    court_id   integer NOT NULL REFERENCES court,
    account_no text NOT NULL CHECK (account_no ~ '^[0-9]{6,30}$'),
    PRIMARY KEY (court_id, account_no)
);

CREATE TABLE court_case (
    case_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id  integer NOT NULL REFERENCES court,
    number    text NOT NULL CHECK (number ~ '^\([0-9]{4}\).{2,24}号$'),   -- in the one form
    judge     text NOT NULL,                   -- a login; empty: not said yet
    filed_on  date,
    due_fen   bigint NOT NULL CHECK (due_fen BETWEEN 0 AND 999999999999999),   -- what is to be enforced; 0: not said
    state     text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'merged')),
    into_id   bigint REFERENCES court_case,    -- the case that it was merged into
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    closed_at timestamptz,
    UNIQUE (court_id, number),
    CHECK ((state = 'merged') = (into_id IS NOT NULL)),
    CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX court_case_judge ON court_case (court_id, judge);
CREATE INDEX court_case_into ON court_case (into_id) WHERE into_id IS NOT NULL;

-- Other numbers by which a case is known: the old one of a resumed case, the judgment's.
CREATE TABLE court_name (
    case_id  bigint NOT NULL REFERENCES court_case,
    number   text NOT NULL CHECK (number ~ '^\([0-9]{4}\).{2,24}号$'),
    kind     text NOT NULL CHECK (kind IN ('old', 'resumed', 'source', 'merged')),
    made_at  timestamptz NOT NULL,
    made_by  text NOT NULL,
    PRIMARY KEY (case_id, number)
);
CREATE INDEX court_name_number ON court_name (number);

-- A sub-account 子账号: the number that money is paid to, and its payable, which keeps the balance.
CREATE TABLE court_account (
    court_id   integer NOT NULL REFERENCES court,
    account_no text NOT NULL CHECK (account_no ~ '^[0-9]{6,30}$'),
    case_id    bigint NOT NULL REFERENCES court_case,
    bucket     smallint NOT NULL,
    opening    smallint NOT NULL DEFAULT 1,    -- a re-opened one has a payable anew: CASE, CASE2 …
    payable_id bigint NOT NULL,                -- of the newest opening
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    opened_at  timestamptz NOT NULL,
    PRIMARY KEY (court_id, account_no)
);
CREATE UNIQUE INDEX court_account_case ON court_account (case_id);

-- Who is in a case.
CREATE TABLE court_party (
    party_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id  bigint NOT NULL REFERENCES court_case,
    role     text NOT NULL CHECK (role IN ('applicant', 'debtor', 'creditor', 'other')),
    name     bytea NOT NULL                    -- sealed
);
CREATE INDEX court_party_case ON court_party (case_id);

-- Where a party's money may go, by two people; the newest one counts.
CREATE TABLE court_payee (
    payee_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    party_id     bigint NOT NULL REFERENCES court_party,
    account_no   text NOT NULL,                -- sealed
    account_name text NOT NULL,                -- sealed
    bank_name    text NOT NULL,
    bank_code    text NOT NULL CHECK (bank_code ~ '^[0-9]{12}$'),
    proposal_id  bigint NOT NULL,
    made_at      timestamptz NOT NULL
);
CREATE INDEX court_payee_party ON court_payee (party_id, payee_id);

-- The court's list of cases as it came; what it would open is seen before anything is opened.
CREATE TABLE court_list (
    list_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id    integer NOT NULL REFERENCES court,
    name        text NOT NULL,
    sha256      bytea NOT NULL,
    body        bytea NOT NULL,                -- sealed: it has parties' names
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    UNIQUE (court_id, sha256)
);

-- A statement of the main account as it came, its lines only when every one is right.
CREATE TABLE court_file (
    file_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id    integer NOT NULL REFERENCES court,
    name        text NOT NULL,
    sha256      bytea NOT NULL,                -- of the bytes as received
    rows        integer NOT NULL,
    wrong       integer NOT NULL,              -- with any, the statement is refused whole
    opening_fen bigint NOT NULL,               -- the balance before its first line
    closing_fen bigint NOT NULL,
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    UNIQUE (court_id, sha256)
);
CREATE TABLE court_file_body (
    file_id bigint PRIMARY KEY REFERENCES court_file,
    body    bytea NOT NULL                     -- sealed: it has payers' names
);
CREATE TABLE court_row (
    file_id     bigint NOT NULL REFERENCES court_file,
    line_no     integer NOT NULL,
    serial      text NOT NULL CHECK (serial <> ''),   -- the bank's
    kind        text NOT NULL CHECK (kind IN ('in', 'out')),
    amount_fen  bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 999999999999999),
    balance_fen bigint NOT NULL,               -- behind it
    at          timestamptz NOT NULL,          -- the bank's time
    account_no  text NOT NULL,                 -- the sub-account that it was paid to, as the bank says; empty: none
    business    text NOT NULL,                 -- the bank's own kind: '', interest, fee
    reference   text NOT NULL,                 -- of an order of ours that it carries; empty: none
    who         bytea NOT NULL,                -- sealed: payer's name, his account, his words
    PRIMARY KEY (file_id, line_no)
);

-- Lines of agreed statements, each once.
CREATE TABLE court_line (
    line_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id integer NOT NULL REFERENCES court,
    file_id  bigint NOT NULL,
    line_no  integer NOT NULL,
    serial   text NOT NULL,
    UNIQUE (court_id, serial),
    UNIQUE (file_id, line_no),
    FOREIGN KEY (file_id, line_no) REFERENCES court_row
);

-- Which statement counts, by two people, and the balance that it ends with.
CREATE TABLE court_statement (
    file_id     bigint PRIMARY KEY REFERENCES court_file,
    court_id    integer NOT NULL REFERENCES court,
    turn        integer NOT NULL,              -- each begins where the one before ended
    proposal_id bigint NOT NULL,
    booked_at   timestamptz NOT NULL,
    UNIQUE (court_id, turn)
);

-- The journal of case money: each movement, one document of the ledger.
CREATE TABLE court_entry (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    court_id     integer NOT NULL REFERENCES court,
    kind         text NOT NULL CHECK (kind IN ('collected', 'given_back', 'arrived', 'transfer', 'unknown', 'claimed',
                                               'unclaimed', 'moved_out', 'moved_in', 'interest', 'fee', 'payout',
                                               'returned')),
    bucket       smallint NOT NULL,
    account_no   text,                         -- the sub-account that it is of
    payable_id   bigint,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    line_id      bigint REFERENCES court_line,
    payment_id   bigint,                       -- of the hub
    transfer_no  bigint,                       -- the hub's transfer that it follows
    of_id        bigint REFERENCES court_entry,   -- what is claimed of, or taken back
    came_at      timestamptz NOT NULL,         -- the money, by the bank's or the payer's clock
    at           timestamptz NOT NULL,         -- when it was credited here
    business_day date NOT NULL,
    proposal_id  bigint,
    CHECK ((account_no IS NULL) = (kind IN ('arrived', 'unknown', 'interest', 'fee'))),
    CHECK ((account_no IS NULL) = (payable_id IS NULL)),
    CHECK ((transfer_no IS NOT NULL) = (kind IN ('collected', 'given_back'))),
    CHECK ((of_id IS NOT NULL) = (kind IN ('claimed', 'unclaimed', 'moved_in', 'returned'))),
    CHECK ((proposal_id IS NOT NULL) = (kind IN ('claimed', 'unclaimed', 'moved_out', 'moved_in', 'payout')))
);
CREATE UNIQUE INDEX court_entry_line ON court_entry (line_id) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX court_entry_transfer ON court_entry (bucket, transfer_no) WHERE transfer_no IS NOT NULL;
CREATE INDEX court_entry_account ON court_entry (court_id, account_no);
CREATE INDEX court_entry_of ON court_entry (of_id) WHERE of_id IS NOT NULL;
CREATE INDEX court_entry_unknown ON court_entry (court_id, document_id) WHERE kind IN ('unknown', 'unclaimed');
CREATE UNIQUE INDEX court_entry_unclaimed ON court_entry (of_id) WHERE kind = 'unclaimed';

-- Up to which of a bucket's transfers payments of a court were followed.
CREATE TABLE court_followed (
    court_id    integer NOT NULL REFERENCES court,
    bucket      smallint NOT NULL,
    transfer_no bigint NOT NULL,
    PRIMARY KEY (court_id, bucket)
) WITH (fillfactor = 50);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_statement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_rule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_name
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF list_id, court_id, name, sha256, received_at, received_by OR DELETE OR TRUNCATE
    ON court_list FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, line_no, serial, kind, amount_fen, balance_fen, at, account_no,
    business, reference OR DELETE OR TRUNCATE ON court_row FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
