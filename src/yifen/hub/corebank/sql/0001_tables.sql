-- Cores of banks 核心系统, and the moves asked of them. No process writes these tables but by the functions.

-- A core that an institution and all below it book in. Two people decide it (corebank_bank_v1).
CREATE TABLE core_bank (
    core_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code             text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{2,16}$'),   -- as it signs
    institution_id   bigint NOT NULL UNIQUE REFERENCES institution,
    name             text NOT NULL CHECK (name <> ''),
    endpoint         text NOT NULL,
    sealed           bytea NOT NULL,             -- the key that both share
    version          integer NOT NULL,           -- of the key, counted up by each change
    cash_account     text NOT NULL,              -- 现金: a teller's cash box is this, '-' and the teller
    clearing_account text NOT NULL,              -- 清算
    sundry_account   text NOT NULL,              -- 其他应解汇款
    income_account   text NOT NULL,              -- 60303002 代收公用事业费业务收入
    enabled          boolean NOT NULL
);

-- 4692: a biller's transit account 过渡户 and the account it is settled to, one to one. A biller has one pair, and with
-- it one contracting institution 签约机构 (P3). Two people decide it, after the core said whose the accounts are.
CREATE TABLE core_pair (
    biller_id         integer PRIMARY KEY REFERENCES biller (partner_id),
    core_id           integer NOT NULL REFERENCES core_bank,
    contracting_id    bigint NOT NULL REFERENCES institution,
    transit           text NOT NULL CHECK (transit <> ''),
    settlement_sealed bytea NOT NULL,
    settlement_lookup text NOT NULL,
    settlement_shown  text NOT NULL,             -- masked
    settlement_name   text NOT NULL CHECK (settlement_name <> ''),
    merchant          text NOT NULL DEFAULT '',  -- 商户编码
    unit              text NOT NULL DEFAULT '',  -- 核算单位
    customer_no       text NOT NULL DEFAULT '',  -- 客户编号
    contract_no       text NOT NULL DEFAULT '',  -- 签约合同号
    signed_on         date,
    mode              smallint NOT NULL DEFAULT 3 CHECK (mode BETWEEN 1 AND 3),  -- 业务方式: 1 联机 2 批量 3 两者都有
    batch_mode        smallint NOT NULL DEFAULT 1,                               -- 批量方式: 1 代收
    UNIQUE (core_id, transit),
    UNIQUE (core_id, settlement_lookup),
    CHECK (transit <> settlement_shown)
);

-- One posting, committed before the core hears of it. `serial` is its key there for ever.
CREATE TABLE core_move (
    serial        text PRIMARY KEY CHECK (serial ~ '^[0-9A-Za-z-]{4,40}$'),
    core_id       integer NOT NULL REFERENCES core_bank,
    what          text NOT NULL CHECK (what <> ''),  -- the transaction code: 4623
    document      text NOT NULL CHECK (document ~ '^[a-z_]+:[0-9A-Za-z-]+$'),  -- of what it is: counter_entry:17
    biller_id     integer REFERENCES biller (partner_id),
    institution_id bigint NOT NULL REFERENCES institution,
    teller        text NOT NULL,
    debit_sealed  bytea NOT NULL,
    debit_lookup  text NOT NULL,
    debit_shown   text NOT NULL,                 -- masked
    credit_sealed bytea NOT NULL,
    credit_lookup text NOT NULL,
    credit_shown  text NOT NULL,
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    kind          text NOT NULL,                 -- of the account debited: personal, cheque, corporate, internal or ''
    needs_pin     boolean NOT NULL,              -- sent with one, which is kept nowhere: it is not sent again
    owed          boolean NOT NULL,              -- what the hub gave back already: were it refused, people must see to it
    cheque_no     text NOT NULL,
    cheque_on     date,
    summary       text NOT NULL,
    day           date NOT NULL,                 -- the business day
    undoes        text UNIQUE REFERENCES core_move,
    state         text NOT NULL DEFAULT 'asked'
        CHECK (state IN ('asked', 'unknown', 'done', 'refused', 'undone')),
    code          integer,                       -- why it is refused or not known
    reason        text NOT NULL DEFAULT '',      -- in the core's words, or the evidence by which two people closed it
    core_serial   text NOT NULL DEFAULT '',
    by_hand       boolean NOT NULL DEFAULT false,
    made_at       timestamptz NOT NULL,
    sent_at       timestamptz,                   -- the last time; empty: never yet
    changed_at    timestamptz NOT NULL,
    settle_at     timestamptz,                   -- when the worker looks at it next; empty: never
    tries         integer NOT NULL DEFAULT 0,
    CHECK (state NOT IN ('done', 'undone') OR settle_at IS NULL),
    CHECK (undoes IS NULL OR state <> 'undone')
);
CREATE INDEX core_move_settle ON core_move (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX core_move_day ON core_move (day);
CREATE INDEX core_move_open ON core_move (day) WHERE state IN ('asked', 'unknown');
CREATE INDEX core_move_document ON core_move (document);
CREATE INDEX core_move_debit ON core_move (debit_lookup);
CREATE INDEX core_move_credit ON core_move (credit_lookup);
CREATE TRIGGER append_only BEFORE UPDATE OF serial, core_id, what, document, biller_id, institution_id, teller, debit_shown,
    credit_shown, amount_fen, kind, needs_pin, owed, cheque_no, cheque_on, summary, day, undoes, made_at OR DELETE OR TRUNCATE
    ON core_move FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
