-- Budget 预算指标: bureaus, units, people, indicators (decision 0045). No process writes these tables but by the functions
-- beside this file.

-- A finance bureau 财政国库管理机构, which is a hosted biller; the ledger's accounts of its own.
CREATE TABLE budget_bureau (
    bureau_id  integer PRIMARY KEY REFERENCES biller (partner_id),
    code       text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{9}$'),      -- of its division 区划
    granted_id integer NOT NULL REFERENCES ledger_account,   -- 8001 指标
    free_id    integer NOT NULL REFERENCES ledger_account,   -- 8101 未到账
    quota_id   integer NOT NULL REFERENCES ledger_account,   -- 8104 额度
    held_id    integer NOT NULL REFERENCES ledger_account,   -- 8102 预留
    used_id    integer NOT NULL REFERENCES ledger_account,   -- 8103 已用
    opened_at  timestamptz NOT NULL
);

-- What is so at a bureau from a day on, by two people.
CREATE TABLE budget_rule (
    bureau_id   integer NOT NULL REFERENCES budget_bureau,
    valid_from  date NOT NULL,
    control     text NOT NULL CHECK (control IN ('indicator', 'quota')),   -- quota: spent is what arrived, not what was granted
    due_day     smallint NOT NULL CHECK (due_day BETWEEN 1 AND 28),        -- of the next month: until when a swipe is repaid
    buy_fen     bigint NOT NULL CHECK (buy_fen BETWEEN 1 AND 999999999999999),   -- most of one purchase by card
    cut_off     time NOT NULL,                                             -- what is told later is paid the next day
    return_days smallint NOT NULL CHECK (return_days BETWEEN 1 AND 30),    -- working days until what was not paid comes back
    levels      jsonb NOT NULL,              -- who signs claims: [[level, from fen, [kinds]] …]
    year_end    text NOT NULL CHECK (year_end IN ('lapse', 'projects', 'all')),   -- what is carried into the next year
    proposal_id bigint NOT NULL,
    PRIMARY KEY (bureau_id, valid_from)
);

-- A budget unit 预算单位; the bureau is the root of its tree.
CREATE TABLE budget_unit (
    unit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id  integer NOT NULL REFERENCES budget_bureau,
    code       text NOT NULL CHECK (code ~ '^[0-9A-Za-z]{1,20}$'),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    parent_id  bigint REFERENCES budget_unit,
    account_no text NOT NULL CHECK (account_no ~ '^([0-9-]{6,32})?$'),     -- 零余额账户; empty: none yet
    bank_name  text NOT NULL CHECK (length(bank_name) <= 100),
    bank_code  text NOT NULL CHECK (bank_code ~ '^([0-9]{12})?$'),
    until_on   date,                         -- its last day
    made_at    timestamptz NOT NULL,
    UNIQUE (bureau_id, code),
    CHECK ((account_no = '') = (bank_code = ''))
);
CREATE UNIQUE INDEX budget_unit_root ON budget_unit (bureau_id) WHERE parent_id IS NULL;
CREATE INDEX budget_unit_parent ON budget_unit (parent_id);

-- A civil servant; his logins bear his staff number 工号 as their person.
CREATE TABLE budget_person (
    person_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id integer NOT NULL REFERENCES budget_bureau,
    staff_no  text NOT NULL CHECK (staff_no ~ '^[0-9A-Za-z-]{1,20}$'),
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    made_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX budget_person_staff ON budget_person (bureau_id, lower(staff_no));

-- Where he works, as what, and from when to when, both days with.
CREATE TABLE budget_post (
    post_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES budget_person,
    unit_id     bigint NOT NULL REFERENCES budget_unit,
    duty        text NOT NULL CHECK (length(duty) <= 60),
    from_on     date NOT NULL,
    until_on    date,
    proposal_id bigint NOT NULL,
    UNIQUE (person_id, unit_id, from_on)
);
CREATE INDEX budget_post_unit ON budget_post (unit_id);

-- A list as it came; what it would change is seen first, and two people agree to it.
CREATE TABLE budget_list (
    list_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id   integer NOT NULL REFERENCES budget_bureau,
    kind        text NOT NULL CHECK (kind IN ('units', 'posts', 'indicators', 'quota')),
    name        text NOT NULL,
    sha256      bytea NOT NULL,              -- of the bytes as received
    body        bytea NOT NULL,              -- sealed: it has people's names
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,
    UNIQUE (bureau_id, kind, sha256)
);

-- An indicator 指标 and what became of it: granted = free (not in quota) + quota + held + used.
CREATE TABLE budget_indicator (
    indicator_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id    integer NOT NULL REFERENCES budget_bureau,
    unit_id      bigint NOT NULL REFERENCES budget_unit,
    number       text NOT NULL CHECK (number ~ '^[0-9A-Za-z-]{1,60}$'),    -- 指标编号
    year         smallint NOT NULL CHECK (year BETWEEN 2000 AND 2999),
    type_code    text NOT NULL CHECK (type_code ~ '^[0-9]{2}$'),           -- 指标类型: 21 of this year, 22 carried
    func_code    text NOT NULL CHECK (func_code ~ '^[0-9]{7}$'),           -- 支出功能分类, a leaf
    gov_code     text NOT NULL CHECK (gov_code ~ '^[0-9]{5}$'),            -- 政府支出经济分类
    dep_code     text NOT NULL CHECK (dep_code ~ '^([0-9]{5})?$'),         -- 部门支出经济分类; empty: any
    project      text NOT NULL CHECK (project ~ '^[0-9A-Za-z-]{0,40}$'),   -- 项目; empty: basic spending
    fund_code    text NOT NULL CHECK (fund_code ~ '^[0-9]{1,6}$'),         -- 资金性质
    title        text NOT NULL CHECK (length(title) <= 200),
    ori_id       bigint REFERENCES budget_indicator,   -- of last year, which this one continues
    bucket       smallint NOT NULL,
    granted_fen  bigint NOT NULL DEFAULT 0,
    free_fen     bigint NOT NULL DEFAULT 0 CHECK (free_fen >= 0),
    quota_fen    bigint NOT NULL DEFAULT 0 CHECK (quota_fen >= 0),
    held_fen     bigint NOT NULL DEFAULT 0 CHECK (held_fen >= 0),
    used_fen     bigint NOT NULL DEFAULT 0 CHECK (used_fen >= 0),
    closed_at    timestamptz,                -- its year has ended
    made_at      timestamptz NOT NULL,
    UNIQUE (bureau_id, number),
    CHECK (granted_fen = free_fen + quota_fen + held_fen + used_fen)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX budget_indicator_ori ON budget_indicator (ori_id) WHERE ori_id IS NOT NULL;
CREATE INDEX budget_indicator_unit ON budget_indicator (unit_id, year);
CREATE INDEX budget_indicator_year ON budget_indicator (bureau_id, year, number);

-- What a claim holds of an indicator until it is paid: held = amount - posted - released. `prior`: came back in a later year.
CREATE TABLE budget_hold (
    hold_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator_id bigint NOT NULL REFERENCES budget_indicator,
    key          text NOT NULL CHECK (key <> '' AND length(key) <= 100),   -- its maker's: asked twice, held once
    what         text NOT NULL CHECK (length(what) <= 200),
    amount_fen   bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 999999999999999),
    posted_fen   bigint NOT NULL DEFAULT 0 CHECK (posted_fen >= 0),
    released_fen bigint NOT NULL DEFAULT 0 CHECK (released_fen >= 0),
    restored_fen bigint NOT NULL DEFAULT 0 CHECK (restored_fen >= 0),
    prior_fen    bigint NOT NULL DEFAULT 0 CHECK (prior_fen >= 0),
    held_at      timestamptz NOT NULL,
    CHECK (posted_fen + released_fen <= amount_fen),
    CHECK (restored_fen + prior_fen <= posted_fen)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX budget_hold_key ON budget_hold (key);
CREATE INDEX budget_hold_indicator ON budget_hold (indicator_id);

-- The journal: each movement of an indicator, one document of the ledger.
CREATE TABLE budget_entry (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    bureau_id    integer NOT NULL REFERENCES budget_bureau,
    indicator_id bigint NOT NULL REFERENCES budget_indicator,
    kind         text NOT NULL CHECK (kind IN ('granted', 'cut', 'arrived', 'withdrawn', 'held', 'released', 'posted', 'restored',
                                               'lapsed', 'carried')),
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    hold_id      bigint REFERENCES budget_hold,
    doc_no       text CHECK (doc_no <> '' AND length(doc_no) <= 60),       -- 文号, or the notice's number 到账通知书号
    bucket       smallint NOT NULL,
    at           timestamptz NOT NULL,
    business_day date NOT NULL,
    proposal_id  bigint,
    CHECK ((hold_id IS NOT NULL) = (kind IN ('held', 'released', 'posted', 'restored'))),
    CHECK ((proposal_id IS NULL) = (hold_id IS NOT NULL)),
    CHECK (doc_no IS NOT NULL OR kind NOT IN ('granted', 'cut'))
);
CREATE INDEX budget_entry_indicator ON budget_entry (indicator_id, document_id);
CREATE INDEX budget_entry_hold ON budget_entry (hold_id) WHERE hold_id IS NOT NULL;
-- One document changes one indicator once: a list that comes twice grants nothing twice.
CREATE UNIQUE INDEX budget_entry_doc ON budget_entry (indicator_id, kind, doc_no) WHERE doc_no IS NOT NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON budget_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON budget_rule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF list_id, bureau_id, kind, name, sha256, received_at, received_by OR DELETE OR TRUNCATE
    ON budget_list FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
