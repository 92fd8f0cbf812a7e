-- Quota that the treasury tells of; claims and quota that two people end.
ALTER TABLE treasury_word DROP CONSTRAINT treasury_word_kind_check, ADD CONSTRAINT treasury_word_kind_check
    CHECK (kind IN ('8202', '2301', '2302', '2203', '3504', '3507', '5101', '5102', '5103'));
-- Does a message of the treasury count at once, or does it wait for two people?
ALTER TABLE treasury_rule ADD COLUMN quota_at_once boolean NOT NULL DEFAULT false;

-- A bill of a quota message 额度通知: 5101 实拨, 5102 direct, 5103 authorised; its own number is known once, whatever message has it.
CREATE TABLE treasury_quota (
    quota_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id  integer NOT NULL REFERENCES treasury_bureau,
    house_id   integer NOT NULL REFERENCES bank (partner_id),
    kind       text NOT NULL CHECK (kind IN ('5101', '5102', '5103')),
    number     text NOT NULL CHECK (length(number) BETWEEN 1 AND 42),      -- VouNo
    year       smallint NOT NULL,
    month      smallint CHECK (month BETWEEN 1 AND 12),                    -- of 5103
    on_day     date NOT NULL,
    account_no text NOT NULL,                                              -- of 5101: to which it was paid
    in_budget  boolean NOT NULL,                                           -- BudgetType
    adjusts    boolean NOT NULL,                                           -- TrimSign: of the year before, in its adjustment period
    content    jsonb NOT NULL,
    word_id    bigint NOT NULL REFERENCES treasury_word,
    at         timestamptz NOT NULL,
    UNIQUE (bureau_id, kind, year, number)
);

-- A detail of it. waits: `code` says for what, 0: for two people; taken: quota moved by an entry of just its document; ended: it moves none.
CREATE TABLE treasury_quota_row (
    row_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quota_id     bigint NOT NULL REFERENCES treasury_quota,
    seq          integer NOT NULL,
    doc_no       text NOT NULL CHECK (length(doc_no) BETWEEN 1 AND 60),
    unit_code    text NOT NULL,
    func_code    text NOT NULL,
    eco_code     text NOT NULL,
    project      text NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen <> 0),
    indicator_id bigint REFERENCES budget_indicator,
    code         integer NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'waits' CHECK (state IN ('waits', 'taken', 'ended')),
    changed_at   timestamptz NOT NULL,
    UNIQUE (quota_id, seq),
    CHECK (state <> 'taken' OR indicator_id IS NOT NULL AND code = 0)
);
CREATE INDEX treasury_quota_open ON treasury_quota_row (quota_id) WHERE state = 'waits';

-- A claim of more than is due, which two people took as it is (its rest comes by a refund), or refused.
ALTER TABLE treasury_clearing ADD COLUMN code integer NOT NULL DEFAULT 0;
ALTER TABLE treasury_clearing DROP CONSTRAINT treasury_clearing_state_check, ADD CONSTRAINT treasury_clearing_state_check
    CHECK (state IN ('differs', 'cleared', 'refused'));
ALTER TABLE treasury_entry DROP CONSTRAINT treasury_entry_kind_check, ADD CONSTRAINT treasury_entry_kind_check
    CHECK (kind IN ('cleared', 'refunded', 'carried'));
ALTER TABLE treasury_entry DROP CONSTRAINT treasury_entry_clearing_id_key, ADD CONSTRAINT treasury_entry_once UNIQUE (clearing_id, kind);
