-- Official cards 公务卡: cards, swipes, claims, repayments (decision 0045). No process writes these tables but by the functions
-- beside this file.

-- A bureau whose cards are kept here; the ledger's accounts of its own.
CREATE TABLE card_bureau (
    bureau_id   integer PRIMARY KEY REFERENCES budget_bureau,
    spending_id integer NOT NULL REFERENCES ledger_account,   -- 5001 支出
    owed_id     integer NOT NULL REFERENCES ledger_account,   -- 2307 应付公务卡
    advanced_id integer NOT NULL REFERENCES ledger_account,   -- 2202 代理银行垫付
    lent_id     integer NOT NULL REFERENCES ledger_account,   -- 1218 借款
    back_id     integer NOT NULL REFERENCES ledger_account,   -- 1012 退回待清算
    prior_id    integer NOT NULL REFERENCES ledger_account,   -- 3501 以前年度盈余调整
    opened_at   timestamptz NOT NULL
);

-- Which bank's word about a bureau's cards counts, by two people.
CREATE TABLE card_issuer (
    bureau_id   integer NOT NULL REFERENCES card_bureau,
    bank_id     integer NOT NULL REFERENCES bank (partner_id),
    proposal_id bigint NOT NULL,
    made_at     timestamptz NOT NULL,
    PRIMARY KEY (bureau_id, bank_id)
);

-- A message, file or answer of a bank as it was signed.
CREATE TABLE card_word (
    word_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bank_id     integer NOT NULL REFERENCES bank (partner_id),
    kind        text NOT NULL CHECK (kind IN ('push', 'file', 'answer')),
    serial      text NOT NULL CHECK (length(serial) BETWEEN 1 AND 60),     -- the bank's; of a file, its name
    sha256      bytea NOT NULL,
    signed      jsonb NOT NULL,              -- what its signature is made of
    body        bytea NOT NULL,              -- sealed
    received_at timestamptz NOT NULL,
    UNIQUE (bank_id, serial)
);
CREATE TABLE card_word_end (
    word_id bigint PRIMARY KEY REFERENCES card_word,
    code    integer NOT NULL,                -- of the whole; its rows have their own
    done_at timestamptz NOT NULL
);

-- A card as its bank tells of it.
CREATE TABLE card (
    card_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id    integer NOT NULL REFERENCES card_bureau,
    bank_id      integer NOT NULL REFERENCES bank (partner_id),
    person_id    bigint NOT NULL REFERENCES budget_person,
    lookup       text NOT NULL,              -- keyed hash of the number
    number       bytea NOT NULL,             -- sealed
    tail         text NOT NULL CHECK (tail ~ '^[0-9]{4}$'),
    state        text NOT NULL CHECK (state IN ('waiting', 'active', 'lost', 'stopped', 'cancelled', 'reissued')),
    limit_fen    bigint NOT NULL CHECK (limit_fen >= 0),     -- 0: not said
    expires      text NOT NULL CHECK (expires ~ '^([0-9]{4})?$'),
    continues_id bigint REFERENCES card,     -- the card that it replaces
    told_at      timestamptz NOT NULL,       -- the bank's time of its newest change
    left_at      timestamptz,                -- its holder left, and swipes of his are open
    made_at      timestamptz NOT NULL,
    UNIQUE (bank_id, lookup)
);
CREATE UNIQUE INDEX card_continues ON card (continues_id) WHERE continues_id IS NOT NULL;
CREATE INDEX card_person ON card (person_id);
CREATE INDEX card_bureau_state ON card (bureau_id, state);

-- In which units a card is registered; each confirms it for itself.
CREATE TABLE card_place (
    place_id   bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    card_id    bigint NOT NULL REFERENCES card,
    unit_id    bigint NOT NULL REFERENCES budget_unit,
    state      text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused', 'ended')),
    made_at    timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,                         -- a login; empty: by itself
    PRIMARY KEY (card_id, unit_id),
    CHECK ((state = 'waiting') = (decided_at IS NULL))
);
CREATE INDEX card_place_unit ON card_place (unit_id, state);

-- What became of each row of a word; `settled_*`: who of the bureau dealt with one that was refused.
CREATE TABLE card_word_row (
    row_id     bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    word_id    bigint NOT NULL REFERENCES card_word,
    row_no     integer NOT NULL,
    about      text NOT NULL CHECK (about IN ('card', 'swipe')),
    kind       text NOT NULL,                -- as the bank says it
    tail       text NOT NULL,
    number     text NOT NULL,                -- of a swipe
    code       integer NOT NULL,
    card_id    bigint REFERENCES card,
    swipe_id   bigint,
    bureau_id  integer REFERENCES card_bureau,
    at         timestamptz NOT NULL,
    settled_at timestamptz,
    settled_by text,
    note       text,
    PRIMARY KEY (word_id, row_no)
);
CREATE INDEX card_word_row_open ON card_word_row (bureau_id, word_id) WHERE code <> 0 AND settled_at IS NULL;

-- Each change of a card, in the order in which it was taken in.
CREATE TABLE card_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    card_id  bigint NOT NULL REFERENCES card,
    kind     text NOT NULL,
    unit_id  bigint REFERENCES budget_unit,
    was      text NOT NULL,
    state    text NOT NULL,
    said_at  timestamptz NOT NULL,           -- by the bank, or by us
    word_id  bigint REFERENCES card_word,
    row_no   integer,
    by_login text NOT NULL,                  -- empty: the bank, or by itself
    at       timestamptz NOT NULL
);
CREATE INDEX card_event_card ON card_event (card_id, event_id);

-- What was swiped. Nobody but its holder reads it, until he says it was official.
CREATE TABLE card_swipe (
    swipe_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    card_id     bigint NOT NULL REFERENCES card,
    person_id   bigint NOT NULL REFERENCES budget_person,      -- the holder then; stays so
    bureau_id   integer NOT NULL REFERENCES card_bureau,
    number      text NOT NULL,               -- the bank's, once a card
    kind        text NOT NULL CHECK (kind IN ('auth', 'cleared', 'refund')),
    swiped_at   timestamptz NOT NULL,
    posted_on   date,
    amount_fen  bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9999999999999),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    foreign_amount bigint NOT NULL CHECK (foreign_amount >= 0),   -- in the currency's smallest unit; 0 in CNY
    reference   text NOT NULL CHECK (reference <> ''),
    auth_code   text NOT NULL,
    merchant_no text NOT NULL,
    merchant    text NOT NULL,
    mcc         text NOT NULL,
    terminal    text NOT NULL,
    remark      text NOT NULL,
    of_id       bigint REFERENCES card_swipe,   -- of a clearing, its authorisation; of a refund, its swipe
    word_id     bigint NOT NULL,
    row_no      integer NOT NULL,
    made_at     timestamptz NOT NULL,
    UNIQUE (card_id, number),
    CHECK ((posted_on IS NULL) = (kind = 'auth')),
    CHECK ((foreign_amount = 0) = (currency = 'CNY'))
);
CREATE INDEX card_swipe_person ON card_swipe (person_id, swiped_at DESC, swipe_id DESC);
CREATE INDEX card_swipe_reference ON card_swipe (reference, kind);
CREATE INDEX card_swipe_of ON card_swipe (of_id) WHERE of_id IS NOT NULL;

-- What its holder said of a swipe; the newest counts. What nobody marked is private.
CREATE TABLE card_mark (
    swipe_id bigint NOT NULL REFERENCES card_swipe,
    turn     integer NOT NULL,
    mark     text NOT NULL CHECK (mark IN ('official', 'private', 'disputed')),
    unit_id  bigint REFERENCES budget_unit,
    login    text NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (swipe_id, turn),
    CHECK ((unit_id IS NOT NULL) = (mark = 'official'))
);
CREATE INDEX card_mark_unit ON card_mark (unit_id, swipe_id) WHERE unit_id IS NOT NULL;

-- The mandatory catalogue 强制结算目录, and reasons for which no card was used, by the day.
CREATE TABLE card_item (
    code        text NOT NULL CHECK (code ~ '^[0-9]{2}$'),
    valid_from  date NOT NULL,
    valid_until date,
    name        text NOT NULL,
    dep_codes   text[] NOT NULL,             -- economic classes of the department that it is spent of
    PRIMARY KEY (code, valid_from)
);
CREATE TABLE card_exemption (
    code        text NOT NULL CHECK (code ~ '^[0-9]{2}$'),
    valid_from  date NOT NULL,
    valid_until date,
    name        text NOT NULL,
    PRIMARY KEY (code, valid_from)
);
INSERT INTO card_item (code, valid_from, name, dep_codes) VALUES
    ('01', '2012-01-01', '办公费', '{30201}'), ('02', '2012-01-01', '印刷费', '{30202}'), ('03', '2012-01-01', '咨询费', '{30203}'),
    ('04', '2012-01-01', '手续费', '{30204}'), ('05', '2012-01-01', '水电费', '{30205,30206}'),
    ('06', '2012-01-01', '邮电费', '{30207}'), ('07', '2012-01-01', '物业管理费', '{30209}'), ('08', '2012-01-01', '差旅费', '{30211}'),
    ('09', '2012-01-01', '维修（护）费', '{30213}'), ('10', '2012-01-01', '租赁费', '{30214}'), ('11', '2012-01-01', '会议费', '{30215}'),
    ('12', '2012-01-01', '培训费', '{30216}'), ('13', '2012-01-01', '公务接待费', '{30217}'),
    ('14', '2012-01-01', '专用材料费', '{30218}'), ('15', '2012-01-01', '公务用车运行维护费', '{30231}'),
    ('16', '2012-01-01', '其他交通费用', '{30239}');
INSERT INTO card_exemption (code, valid_from, name) VALUES
    ('01', '2012-01-01', '县级以下地区，不具备刷卡条件'), ('02', '2012-01-01', '没有 POS 机且单笔 200 元以下'),
    ('03', '2012-01-01', '按规定支付给个人的支出'), ('04', '2012-01-01', '签证、快递、过路过桥、税费、出租车');

-- An invoice by its one key, whichever form it came in and whichever unit claims it.
CREATE TABLE card_invoice (
    invoice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE CHECK (key ~ '^[0-9A-Z-]{8,40}$'),
    gross_fen  bigint NOT NULL CHECK (gross_fen BETWEEN 1 AND 9999999999999),
    seller     text NOT NULL CHECK (length(seller) <= 100),
    issued_on  date,
    made_at    timestamptz NOT NULL,
    made_by    text NOT NULL
);

-- 报账 (claim), 现金上卡 (cash), 借款 (advance), and what settles an advance 冲借款 (settle).
CREATE TABLE card_claim (
    claim_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id    integer NOT NULL REFERENCES card_bureau,
    unit_id      bigint NOT NULL REFERENCES budget_unit,
    person_id    bigint NOT NULL REFERENCES budget_person,
    kind         text NOT NULL CHECK (kind IN ('claim', 'cash', 'advance', 'settle')),
    of_id        bigint REFERENCES card_claim,   -- the advance that it settles
    year         smallint NOT NULL,
    purpose      text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 200),
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    rule_from    date NOT NULL,              -- of the bureau's rule that it goes by
    levels       text[] NOT NULL,            -- whose yes it takes, in this order
    content      bytea NOT NULL,             -- digest of what is asked for
    state        text NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
    asked_by     text NOT NULL,
    asked_person text NOT NULL,
    asked_at     timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    CHECK ((of_id IS NOT NULL) = (kind = 'settle'))
);
CREATE INDEX card_claim_of ON card_claim (of_id) WHERE of_id IS NOT NULL;
CREATE INDEX card_claim_unit ON card_claim (unit_id, state);
CREATE INDEX card_claim_person ON card_claim (person_id, claim_id);

CREATE TABLE card_claim_line (
    claim_id     bigint NOT NULL REFERENCES card_claim,
    line_no      smallint NOT NULL,
    swipe_id     bigint REFERENCES card_swipe,
    card_id      bigint NOT NULL REFERENCES card,            -- that is repaid
    item         text NOT NULL,              -- of the catalogue
    exemption    text,                       -- why no card was used
    indicator_id bigint NOT NULL REFERENCES budget_indicator,
    amount_fen   bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9999999999999),
    invoice_id   bigint REFERENCES card_invoice,
    words        text NOT NULL CHECK (length(words) <= 200),
    of_line      smallint,                   -- the line of the advance that it settles
    hold_id      bigint REFERENCES budget_hold,
    PRIMARY KEY (claim_id, line_no),
    CHECK ((hold_id IS NULL) = (of_line IS NOT NULL))
);
CREATE INDEX card_claim_line_swipe ON card_claim_line (swipe_id) WHERE swipe_id IS NOT NULL;
CREATE INDEX card_claim_line_invoice ON card_claim_line (invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE card_signature (
    claim_id bigint NOT NULL REFERENCES card_claim,
    step     smallint NOT NULL,
    level    text NOT NULL,
    login    text NOT NULL,
    person   text NOT NULL,
    yes      boolean NOT NULL,
    note     text NOT NULL,
    content  bytea NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (claim_id, step)
);

-- Papers of a claim, sealed.
CREATE TABLE card_paper (
    paper_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    claim_id bigint NOT NULL REFERENCES card_claim,
    line_no  smallint NOT NULL,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind     text NOT NULL CHECK (kind IN ('jpg', 'png', 'pdf', 'ofd', 'xml')),
    sha256   bytea NOT NULL,                 -- of the bytes as they came
    body     bytea NOT NULL,                 -- sealed
    made_at  timestamptz NOT NULL
);
CREATE INDEX card_paper_claim ON card_paper (claim_id);

-- What is owed to one card for one line of an approved claim.
CREATE TABLE card_repayment (
    repayment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id    integer NOT NULL REFERENCES card_bureau,
    unit_id      bigint NOT NULL REFERENCES budget_unit,
    claim_id     bigint NOT NULL,
    line_no      smallint NOT NULL,
    card_id      bigint NOT NULL REFERENCES card,
    indicator_id bigint NOT NULL REFERENCES budget_indicator,
    hold_id      bigint NOT NULL UNIQUE REFERENCES budget_hold,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    due_on       date NOT NULL,
    state        text NOT NULL CHECK (state IN ('due', 'vouched', 'paid', 'returned')),   -- returned: all of it came back
    voucher_no   text,
    bank_serial  text NOT NULL,
    reason       text NOT NULL,              -- why the bank did not pay it last
    paid_at      timestamptz,
    returned_fen bigint NOT NULL DEFAULT 0 CHECK (returned_fen BETWEEN 0 AND amount_fen),
    changed_at   timestamptz NOT NULL,
    UNIQUE (claim_id, line_no),
    FOREIGN KEY (claim_id, line_no) REFERENCES card_claim_line,
    CHECK ((voucher_no IS NULL) = (state = 'due')),
    CHECK ((paid_at IS NOT NULL) = (state IN ('paid', 'returned')))
) WITH (fillfactor = 70);
CREATE INDEX card_repayment_unit ON card_repayment (unit_id, state, due_on);
CREATE INDEX card_repayment_voucher ON card_repayment (bureau_id, voucher_no) WHERE voucher_no IS NOT NULL;

-- The journal: each posting, one document of the ledger.
CREATE TABLE card_entry (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    bureau_id    integer NOT NULL REFERENCES card_bureau,
    kind         text NOT NULL CHECK (kind IN ('claimed', 'lent', 'settled', 'repaid', 'returned', 'returned_cleared', 'returned_prior')),
    claim_id     bigint NOT NULL,
    line_no      smallint NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    at           timestamptz NOT NULL,
    business_day date NOT NULL,
    FOREIGN KEY (claim_id, line_no) REFERENCES card_claim_line
);
CREATE INDEX card_entry_line ON card_entry (claim_id, line_no);
CREATE UNIQUE INDEX card_entry_once ON card_entry (claim_id, line_no) WHERE kind IN ('claimed', 'lent', 'settled');
CREATE UNIQUE INDEX card_entry_repaid ON card_entry (claim_id, line_no) WHERE kind = 'repaid';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_mark
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_signature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_claim_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_issuer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF word_id, bank_id, kind, serial, sha256, signed, received_at OR DELETE OR TRUNCATE
    ON card_word FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF row_id, word_id, row_no, about, kind, tail, number, code, card_id, swipe_id, bureau_id, at
    OR DELETE OR TRUNCATE ON card_word_row FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF swipe_id, card_id, person_id, bureau_id, number, kind, swiped_at, posted_on,
    amount_fen, currency, foreign_amount, reference, auth_code, merchant_no, merchant, mcc, terminal, remark, word_id, row_no
    OR DELETE OR TRUNCATE
    ON card_swipe FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF paper_id, claim_id, line_no, name, kind, sha256, made_at OR DELETE OR TRUNCATE
    ON card_paper FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
