-- 托收. No process writes these tables but by the functions beside this file.

-- The kinds, from a day on; two people of the top institution change them. `days`: working days to answer in, counted from the
-- day after the notice; 0 is for prior authority (特约) alone, which is not asked. `silence`: whoever says nothing agrees;
-- `part`: single bills may be refused, or be left out where money is short; `opens_at`: when a day's money is taken, local time.
CREATE TABLE collection_kind (
    kind       text NOT NULL CHECK (kind IN ('entrusted', 'check', 'goods', 'agreed')),  -- 委托收款, 承付验单, 承付验货, 特约
    valid_from date NOT NULL,
    days       smallint NOT NULL CHECK (days BETWEEN 0 AND 30),
    silence    boolean NOT NULL,
    part       boolean NOT NULL,
    opens_at   time NOT NULL,
    PRIMARY KEY (kind, valid_from),
    CHECK ((kind = 'agreed') = (days = 0)),
    CHECK (kind <> 'agreed' OR silence)
);
INSERT INTO collection_kind VALUES ('entrusted', '2000-01-01', 3, true, false, '09:00'), ('check', '2000-01-01', 3, true, true, '09:00'),
    ('goods', '2000-01-01', 10, true, true, '09:00'), ('agreed', '2000-01-01', 0, true, false, '09:00');

-- A paper with a seal: who signed a contract, what a payer answered. Sealed; added once, read for ever.
CREATE TABLE collection_paper (
    biller_id integer NOT NULL REFERENCES biller (partner_id),
    sha256    bytea NOT NULL CHECK (length(sha256) = 32),
    kind      text NOT NULL CHECK (kind IN ('jpg', 'png', 'pdf')),
    body      bytea NOT NULL,
    made_by   text NOT NULL,
    made_at   timestamptz NOT NULL,
    PRIMARY KEY (biller_id, sha256)
);

-- A large user's contract 托收合同: on whose account the biller's demands for one of his accounts are paid. Two people sign it,
-- after the core said that the account is there, open and in this name. A change is a new contract that ends the old one.
CREATE TABLE collection_contract (
    contract_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biller_id      integer NOT NULL REFERENCES biller (partner_id),
    number         text NOT NULL CHECK (number ~ '^[0-9A-Za-z-]{1,32}$'),
    account_no     text NOT NULL CHECK (account_no <> ''),  -- with the biller 户号
    payer          text NOT NULL CHECK (payer <> ''),       -- whose bank account it is
    kind           text NOT NULL,
    core_id        integer NOT NULL REFERENCES core_bank,
    account_sealed bytea NOT NULL,                          -- at the core
    account_lookup text NOT NULL,
    account_shown  text NOT NULL,
    medium         text NOT NULL CHECK (medium IN ('', 'sms', 'mail')),  -- by which he is told; '': by a paper
    to_sealed      bytea NOT NULL,
    paper          bytea NOT NULL,                          -- the signed contract
    valid_from     date NOT NULL,
    valid_until    date CHECK (valid_until >= valid_from),  -- its last day; empty: until further notice
    proposal_id    bigint NOT NULL,
    made_at        timestamptz NOT NULL,
    ended_on       date,                                    -- on this day it is over
    FOREIGN KEY (biller_id, paper) REFERENCES collection_paper,
    UNIQUE (biller_id, number)
);
CREATE INDEX collection_contract_of ON collection_contract (biller_id, account_no);

-- Numbers of demands are counted by biller and year, without gaps.
CREATE TABLE collection_number (
    biller_id integer NOT NULL REFERENCES biller (partner_id),
    year      smallint NOT NULL,
    last      integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (biller_id, year)
);

-- A demand 托收凭证, as two people made it: a biller's, a bank's. Its kind's rule is frozen in it. `serial` is its key at the core
-- and with the hub, for ever.
CREATE TABLE collection_order (
    order_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biller_id       integer NOT NULL REFERENCES biller (partner_id),
    number          text NOT NULL,
    contract_id     bigint NOT NULL REFERENCES collection_contract,
    institution_id  bigint NOT NULL REFERENCES institution,  -- the contracting one
    channel_id      integer NOT NULL REFERENCES channel,
    serial          text NOT NULL UNIQUE,
    move_serial     text NOT NULL UNIQUE,                     -- of the move that asks for it now: another one where less is asked for
    transit         text NOT NULL,                            -- the biller's at the core, to which it is paid
    kind            text NOT NULL,
    days            smallint NOT NULL,
    silence         boolean NOT NULL,
    part            boolean NOT NULL,
    opens_at        time NOT NULL,
    amount_fen      bigint NOT NULL CHECK (amount_fen > 0),   -- demanded
    taken_fen       bigint CHECK (taken_fen > 0),             -- asked of the core
    link_sha256     bytea NOT NULL UNIQUE,                    -- of what the payer's link has
    state           text NOT NULL CHECK (state IN ('out', 'told', 'paying', 'paid', 'booked', 'backing', 'returned')),
    code            integer,                                  -- why it is returned
    reason          text NOT NULL DEFAULT '',                 -- in the payer's, the biller's or the core's words
    notification_id bigint,                                   -- the message that told him, or is to
    told_on         date,
    last_on         date,                                     -- on which an answer still counts
    pay_at          timestamptz,
    agreed_at       timestamptz,
    posted_at       timestamptz,                              -- the core has paid
    payment_id      bigint,
    proposal_id     bigint NOT NULL,
    made_at         timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    look_at         timestamptz,                              -- when the worker looks at it next; empty: never
    tries           integer NOT NULL DEFAULT 0,
    UNIQUE (biller_id, number),
    CHECK (taken_fen <= amount_fen),
    CHECK (state NOT IN ('paying', 'paid', 'booked', 'backing') OR taken_fen IS NOT NULL),
    CHECK ((state = 'booked') = (payment_id IS NOT NULL)),
    CHECK ((state = 'returned') = (code IS NOT NULL) OR state = 'backing'),
    CHECK ((state IN ('booked', 'returned')) = (look_at IS NULL))
);
CREATE INDEX collection_order_look ON collection_order (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX collection_order_contract ON collection_order (contract_id);
CREATE INDEX collection_order_made ON collection_order (biller_id, made_at);

-- The bills that it demands, kept for its serial while it is out; of an `open` payable, which is paid by any amount and any
-- often, just the amount.
CREATE TABLE collection_line (
    order_id   bigint NOT NULL REFERENCES collection_order,
    place      smallint NOT NULL,
    bucket     smallint NOT NULL,
    payable_id bigint NOT NULL,
    ref        text NOT NULL,
    title      text NOT NULL,
    fen        bigint NOT NULL CHECK (fen > 0),
    state      text NOT NULL DEFAULT 'out' CHECK (state IN ('out', 'refused', 'short')),
    PRIMARY KEY (order_id, place),
    UNIQUE (order_id, payable_id)
);

-- What was said of a demand: that he was told, what he answered, what his silence, the core and the hub said. `how`: by a message, a link,
-- a paper that two people read, or by itself.
CREATE TABLE collection_word (
    word_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    bigint NOT NULL REFERENCES collection_order,
    at          timestamptz NOT NULL,
    what        text NOT NULL CHECK (what IN ('made', 'told', 'agreed', 'refused', 'silent', 'paid', 'booked', 'backing', 'returned')),
    how         text NOT NULL CHECK (how IN ('two', 'message', 'link', 'paper', 'biller', 'clock', 'core', 'hub')),
    fen         bigint NOT NULL,
    code        integer NOT NULL DEFAULT 0,
    note        text NOT NULL DEFAULT '',
    paper       bytea,
    proposal_id bigint
);
CREATE INDEX collection_word_of ON collection_word (order_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON collection_word
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF biller_id, sha256, kind, made_by, made_at OR DELETE OR TRUNCATE ON collection_paper
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON collection_kind
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF order_id, place, bucket, payable_id, ref, title, fen OR DELETE OR TRUNCATE ON collection_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF contract_id, biller_id, number, account_no, payer, kind, core_id, account_shown, medium,
    paper, valid_from, proposal_id, made_at OR DELETE OR TRUNCATE ON collection_contract
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF order_id, biller_id, number, contract_id, institution_id, channel_id, serial, transit, kind, days, silence,
    part, opens_at, amount_fen, link_sha256, proposal_id, made_at OR DELETE OR TRUNCATE ON collection_order
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ended BEFORE UPDATE ON collection_order FOR EACH ROW WHEN (OLD.state IN ('booked', 'returned'))
    EXECUTE FUNCTION ledger_append_only();
