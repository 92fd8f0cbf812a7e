-- The POS door. No process writes these tables but by the functions. A card is kept by its first six and last four digits.

-- Who decides on cards 收单机构. Two people decide it (pos_acquirer_v1).
CREATE TABLE pos_acquirer (
    acquirer_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code           text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{2,16}$'),
    institution_id bigint NOT NULL REFERENCES institution,
    name           text NOT NULL CHECK (name <> ''),
    host           text NOT NULL CHECK (host <> ''),
    port           integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    algorithm      text NOT NULL CHECK (algorithm IN ('des-ecb', 'des-x919', 'sm4-ecb', 'sm4-cbc')),
    sealed         bytea NOT NULL,           -- 32 bytes: the key of PINs, the key of MACs
    timeout_s      integer NOT NULL CHECK (timeout_s BETWEEN 1 AND 30),
    enabled        boolean NOT NULL
);

-- A terminal: whose money it takes, and by which channel. Two people decide it (pos_terminal_v1).
CREATE TABLE pos_terminal (
    terminal_no    text PRIMARY KEY CHECK (terminal_no ~ '^[0-9A-Z]{8}$'),
    merchant_no    text NOT NULL CHECK (merchant_no ~ '^[0-9A-Z]{15}$'),
    merchant_name  text NOT NULL CHECK (merchant_name <> ''),   -- as slips show it: a court, a company
    channel_id     integer NOT NULL REFERENCES partner,
    biller_id      integer NOT NULL REFERENCES biller (partner_id),
    acquirer_id    integer NOT NULL REFERENCES pos_acquirer,
    algorithm      text NOT NULL CHECK (algorithm IN ('des-ecb', 'des-x919', 'sm4-ecb', 'sm4-cbc')),
    account_in     text NOT NULL CHECK (account_in IN ('62', '62-actn', '62-5f01', '48', '63')),
    sealed         bytea NOT NULL,           -- the master key 终端主密钥
    state          text NOT NULL CHECK (state IN ('in_use', 'blacklisted'))
);
CREATE INDEX pos_terminal_biller ON pos_terminal (biller_id);

-- How a terminal stands on the line. New working keys wait until a message proves them. Whoever changes a sale, an undo or
-- a batch of the terminal holds this row first.
CREATE TABLE pos_session (
    terminal_no text PRIMARY KEY REFERENCES pos_terminal,
    sealed      bytea,                       -- working keys: of PINs 16 bytes, of MACs the rest
    next_sealed bytea,
    signed_at   timestamptz NOT NULL
);

CREATE TABLE pos_batch (
    terminal_no  text NOT NULL REFERENCES pos_terminal,
    batch_no     integer NOT NULL CHECK (batch_no BETWEEN 1 AND 999999),
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'uploading', 'closed')),
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    debit_count  integer, debit_fen bigint, credit_count integer, credit_fen bigint,                  -- as we have it
    their_debit_count integer, their_debit_fen bigint, their_credit_count integer, their_credit_fen bigint,
    PRIMARY KEY (terminal_no, batch_no),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX pos_batch_one ON pos_batch (terminal_no) WHERE state <> 'closed';

-- What a terminal uploaded of a batch whose totals differ.
CREATE TABLE pos_batch_item (
    terminal_no text NOT NULL,
    batch_no    integer NOT NULL,
    trace       integer NOT NULL,
    amount_fen  bigint NOT NULL,
    PRIMARY KEY (terminal_no, batch_no, trace),
    FOREIGN KEY (terminal_no, batch_no) REFERENCES pos_batch
);

-- One sale, committed before the acquirer hears of it.
CREATE TABLE pos_sale (
    sale_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    terminal_no  text NOT NULL,
    batch_no     integer NOT NULL,
    trace        integer NOT NULL CHECK (trace BETWEEN 0 AND 999999),
    channel_id   integer NOT NULL,
    biller_id    integer NOT NULL,
    serial       text NOT NULL,              -- under which the hub knows it
    content_hash bytea NOT NULL,
    account_no   text NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    card_shown   text NOT NULL CHECK (card_shown ~ '^([0-9]{6}[*]+[0-9]{4})?$'),
    state        text NOT NULL CHECK (state IN ('asked', 'authorised', 'booked', 'declined', 'unknown', 'reversed')),
    is_charged   boolean NOT NULL DEFAULT false,   -- the acquirer has, or may have, taken it of the card
    code         integer NOT NULL DEFAULT 0, -- why it is declined
    acquirer_ref text NOT NULL DEFAULT '',   -- field 37
    auth_code    text NOT NULL DEFAULT '',   -- field 38
    payment_id   bigint,
    made_at      timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    UNIQUE (terminal_no, batch_no, trace),
    FOREIGN KEY (terminal_no, batch_no) REFERENCES pos_batch,
    CHECK (state <> 'booked' OR payment_id IS NOT NULL)
);
CREATE INDEX pos_sale_open ON pos_sale (made_at) WHERE state IN ('asked', 'authorised');
CREATE INDEX pos_sale_account ON pos_sale (biller_id, account_no);
CREATE TRIGGER append_only BEFORE UPDATE OF terminal_no, batch_no, trace, channel_id, biller_id, serial, content_hash, account_no,
    amount_fen, card_shown, made_at OR DELETE OR TRUNCATE ON pos_sale FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What takes a sale back, or a part of it. A reversal has the trace of its sale and may come before it (sale_id empty: the
-- sale is declined when it comes); a void and a refund have their own. The hub's half first, then the acquirer's.
CREATE TABLE pos_undo (
    undo_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('reversal', 'void', 'refund')),
    terminal_no    text NOT NULL,
    batch_no       integer NOT NULL,
    trace          integer NOT NULL,
    sale_id        bigint REFERENCES pos_sale,
    amount_fen     bigint NOT NULL,
    reason         text NOT NULL,            -- field 39 of a reversal: 98, 96, A0, 06
    hub_state      text NOT NULL CHECK (hub_state IN ('due', 'done', 'refused')),
    hub_code       integer NOT NULL DEFAULT 0,
    acquirer_state text NOT NULL CHECK (acquirer_state IN ('none', 'due', 'done', 'refused')),
    acquirer_code  text NOT NULL DEFAULT '', -- its last field 39
    tries          integer NOT NULL DEFAULT 0,
    made_at        timestamptz NOT NULL,
    settle_at      timestamptz,              -- when it is tried next; empty: never
    UNIQUE (kind, terminal_no, batch_no, trace),
    CHECK (hub_state <> 'due' AND acquirer_state <> 'due' OR settle_at IS NOT NULL)
);
CREATE INDEX pos_undo_due ON pos_undo (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX pos_undo_sale ON pos_undo (sale_id);
CREATE INDEX pos_undo_batch ON pos_undo (terminal_no, batch_no);
CREATE TRIGGER append_only BEFORE UPDATE OF kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, made_at
    OR DELETE OR TRUNCATE ON pos_undo FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What people must look at. `ours_fen`, `their_fen`: where amounts differ.
CREATE TABLE pos_exception (
    exception_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('money_stays', 'acquirer_refused', 'totals_differ', 'item_differs')),
    terminal_no  text NOT NULL REFERENCES pos_terminal,
    batch_no     integer NOT NULL,
    trace        integer,
    undo_id      bigint REFERENCES pos_undo,
    ours_fen     bigint NOT NULL,
    their_fen    bigint NOT NULL,
    code         integer NOT NULL,           -- of the hub, where it was the hub that refused
    made_at      timestamptz NOT NULL,
    closed_at    timestamptz,
    note         text NOT NULL DEFAULT '',   -- what was done, as two people agreed
    UNIQUE NULLS NOT DISTINCT (kind, terminal_no, batch_no, trace)
);
CREATE INDEX pos_exception_open ON pos_exception (made_at) WHERE closed_at IS NULL;
