-- Treasury 国库集中支付: vouchers, what bank and treasury said, clearing, checks, returns (decision 0045). No process writes these
-- tables but by the functions beside this file.

-- A bureau that pays by vouchers; the ledger's account of its own.
CREATE TABLE treasury_bureau (
    bureau_id integer PRIMARY KEY REFERENCES card_bureau,
    grant_id  integer NOT NULL REFERENCES ledger_account,   -- 4001 财政拨款收入
    opened_at timestamptz NOT NULL
);

-- What is so at a bureau from a day on, by two people.
CREATE TABLE treasury_rule (
    bureau_id    integer NOT NULL REFERENCES card_bureau,
    valid_from   date NOT NULL,
    bank_id      integer NOT NULL REFERENCES bank (partner_id),            -- the agent bank 代理银行
    treasury_id  integer REFERENCES bank (partner_id),                     -- the treasury's port; NULL: no checks come
    treasury_no  text NOT NULL CHECK (treasury_no ~ '^[0-9]{10}$'),
    purpose      text NOT NULL CHECK (length(purpose) <= 60),              -- of every voucher; empty: of its largest amount
    class_digits smallint NOT NULL CHECK (class_digits IN (3, 5, 7)),      -- to which a summary puts lines together: class, group, leaf
    proposal_id  bigint NOT NULL,
    PRIMARY KEY (bureau_id, valid_from)
);

-- A payment voucher 财政授权支付凭证 8202: repayments of one unit, out of one account, against one indicator.
CREATE TABLE treasury_voucher (
    voucher_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id     integer NOT NULL REFERENCES treasury_bureau,
    unit_id       bigint NOT NULL REFERENCES budget_unit,
    indicator_id  bigint NOT NULL REFERENCES budget_indicator,
    bank_id       integer NOT NULL REFERENCES bank (partner_id),
    year          smallint NOT NULL,
    number        integer NOT NULL CHECK (number BETWEEN 1 AND 999999),    -- without a gap: what is refused keeps its own
    voucher_no    text NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    purpose       text NOT NULL,
    account_no    text NOT NULL,                                           -- 零余额账户
    bank_name     text NOT NULL,
    bank_code     text NOT NULL,
    content       bytea NOT NULL,                                          -- digest of what is agreed to
    state         text NOT NULL CHECK (state IN ('asked', 'refused', 'agreed', 'sent', 'unknown', 'answered', 'rejected')),
    made_by       text NOT NULL,
    made_person   text NOT NULL,
    made_at       timestamptz NOT NULL,
    agreed_by     text,
    agreed_person text,
    agreed_at     timestamptz,
    pay_on        date,                                                    -- behind the cut-off it is the next working day
    sent_on       date,
    ask_at        timestamptz,
    tries         integer NOT NULL DEFAULT 0,
    resent        boolean NOT NULL DEFAULT false,
    reason        text NOT NULL DEFAULT '',
    changed_at    timestamptz NOT NULL,
    UNIQUE (bureau_id, year, number),
    UNIQUE (bureau_id, voucher_no),
    CHECK (agreed_person <> made_person),
    CHECK ((agreed_by IS NULL) = (state = 'asked')),
    CHECK ((sent_on IS NOT NULL) = (state IN ('sent', 'unknown', 'answered', 'rejected')))
) WITH (fillfactor = 70);
CREATE INDEX treasury_voucher_unit ON treasury_voucher (unit_id, state);
CREATE INDEX treasury_voucher_open ON treasury_voucher (state, ask_at) WHERE state IN ('agreed', 'sent', 'unknown');

-- A line of it: one repayment, paid whole or not at all.
CREATE TABLE treasury_line (
    voucher_id   bigint NOT NULL REFERENCES treasury_voucher,
    line_no      smallint NOT NULL,
    repayment_id bigint NOT NULL REFERENCES card_repayment,
    card_id      bigint NOT NULL REFERENCES card,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    result       text NOT NULL DEFAULT 'open' CHECK (result IN ('open', 'paid', 'failed', 'dropped')),
    serial       text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    paid_on      date,
    clearing_id  bigint,
    decided_at   timestamptz,
    PRIMARY KEY (voucher_id, line_no),
    CHECK ((paid_on IS NOT NULL) = (result = 'paid')),
    CHECK ((decided_at IS NULL) = (result = 'open'))
) WITH (fillfactor = 70);
-- Nothing is in two vouchers at once, and nothing is paid twice.
CREATE UNIQUE INDEX treasury_line_once ON treasury_line (repayment_id) WHERE result IN ('open', 'paid');
CREATE INDEX treasury_line_day ON treasury_line (paid_on) WHERE result = 'paid' AND clearing_id IS NULL;

-- How often it was printed, and as what.
CREATE TABLE treasury_print (
    print_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    voucher_id bigint NOT NULL REFERENCES treasury_voucher,
    form       text NOT NULL CHECK (form IN ('voucher', 'detail', 'summary')),
    turn       integer NOT NULL,
    login      text NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (voucher_id, form, turn)
);

-- What we said and they said, as it was signed.
CREATE TABLE treasury_word (
    word_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id integer NOT NULL REFERENCES treasury_bureau,
    house_id  integer NOT NULL REFERENCES bank (partner_id),
    way       text NOT NULL CHECK (way IN ('out', 'in')),
    kind      text NOT NULL CHECK (kind IN ('8202', '2301', '2302', '2203', '3504', '3507')),
    number    text NOT NULL,
    sha256    bytea NOT NULL,                -- of the paper's bytes
    body      bytea NOT NULL,                -- sealed
    at        timestamptz NOT NULL,
    UNIQUE (house_id, way, kind, number, sha256)
);
-- One voucher goes out in one form for ever.
CREATE UNIQUE INDEX treasury_word_out ON treasury_word (bureau_id, number) WHERE way = 'out';

-- A day's claim 2301 or refund 2302 of the agent bank.
CREATE TABLE treasury_clearing (
    clearing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id   integer NOT NULL REFERENCES treasury_bureau,
    bank_id     integer NOT NULL REFERENCES bank (partner_id),
    kind        text NOT NULL CHECK (kind IN ('2301', '2302')),
    number      text NOT NULL,
    on_day      date NOT NULL,
    amount_fen  bigint NOT NULL,             -- of a refund below zero
    state       text NOT NULL CHECK (state IN ('differs', 'cleared')),
    word_id     bigint NOT NULL REFERENCES treasury_word,
    at          timestamptz NOT NULL,
    cleared_at  timestamptz,
    UNIQUE (bank_id, number),
    CHECK ((cleared_at IS NOT NULL) = (state = 'cleared'))
);
CREATE TABLE treasury_clearing_row (
    clearing_id bigint NOT NULL REFERENCES treasury_clearing,
    detail_id   text NOT NULL,
    voucher_no  text NOT NULL,
    unit_code   text NOT NULL,
    func_code   text NOT NULL,
    amount_fen  bigint NOT NULL,
    PRIMARY KEY (clearing_id, detail_id)
);
ALTER TABLE treasury_line ADD FOREIGN KEY (clearing_id) REFERENCES treasury_clearing;

-- A pack of a check of the treasury: totals 3504, lines 3507.
CREATE TABLE treasury_check (
    check_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id  integer NOT NULL REFERENCES treasury_bureau,
    kind       text NOT NULL CHECK (kind IN ('3504', '3507')),
    check_no   text NOT NULL,
    on_day     date NOT NULL,
    packs      integer NOT NULL,
    pack_no    integer NOT NULL CHECK (pack_no BETWEEN 1 AND packs),
    word_id    bigint NOT NULL REFERENCES treasury_word,
    at         timestamptz NOT NULL,
    UNIQUE (bureau_id, kind, check_no, pack_no)
);
CREATE TABLE treasury_check_row (
    check_id   bigint NOT NULL REFERENCES treasury_check,
    detail_id  text NOT NULL,
    bill_no    text NOT NULL,                -- of 3504: empty
    voucher_no text NOT NULL,                -- likewise
    unit_code  text NOT NULL,
    func_code  text NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (check_id, detail_id)
);

-- 退票, goods that went back: of which repayment, how much, why. `cleared`: the treasury had paid the bank for it when it came back.
CREATE TABLE treasury_return (
    return_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id     integer NOT NULL REFERENCES treasury_bureau,
    voucher_id    bigint NOT NULL,
    line_no       smallint NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    paper_no      text,                      -- the bank's notice 2203 that told of it
    state         text NOT NULL CHECK (state IN ('told', 'asked', 'refused', 'done')),
    asked_by      text,
    asked_person  text,
    decided_by    text,
    decided_person text,
    cleared       boolean,
    year          smallint,                  -- in which it came back
    clearing_id   bigint REFERENCES treasury_clearing,   -- the refund 2302 that has it
    made_at       timestamptz NOT NULL,
    decided_at    timestamptz,
    FOREIGN KEY (voucher_id, line_no) REFERENCES treasury_line,
    CHECK (decided_person <> asked_person),
    CHECK ((asked_by IS NULL) = (state = 'told')),
    CHECK ((decided_at IS NOT NULL) = (state IN ('refused', 'done'))),
    CHECK ((cleared IS NOT NULL) = (state = 'done'))
);
CREATE UNIQUE INDEX treasury_return_paper ON treasury_return (bureau_id, paper_no) WHERE paper_no IS NOT NULL;
CREATE INDEX treasury_return_line ON treasury_return (voucher_id, line_no);

-- The journal of clearing: one document of the ledger each.
CREATE TABLE treasury_entry (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    bureau_id    integer NOT NULL REFERENCES treasury_bureau,
    kind         text NOT NULL CHECK (kind IN ('cleared', 'refunded')),
    clearing_id  bigint NOT NULL UNIQUE REFERENCES treasury_clearing,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    at           timestamptz NOT NULL,
    business_day date NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_rule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_print
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_clearing_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_check
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON treasury_check_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF word_id, bureau_id, house_id, way, kind, number, sha256, at OR DELETE OR TRUNCATE
    ON treasury_word FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
