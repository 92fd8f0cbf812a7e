-- Case money goes out 发放、退款 (decision 0043): held parts, applications, who agreed to them, what the bank said.

-- Who agrees to what, by kind and amount (`levels`); at which bank the main account is: its notices of
-- receipts are believed before its statement, and its port pays, if it has one.
ALTER TABLE court_rule
    ADD COLUMN levels jsonb NOT NULL DEFAULT '[["check", 0], ["bureau", 0], ["head", 10000000]]',
    ADD COLUMN bank_id integer REFERENCES partner,
    ADD COLUMN objection_days smallint NOT NULL DEFAULT 15 CHECK (objection_days BETWEEN 0 AND 365);   -- to a plan

-- A payee of the court itself: where fees go 扣费, where deposits go 提存.
ALTER TABLE court_payee
    ALTER COLUMN party_id DROP NOT NULL,
    ADD COLUMN court_id integer REFERENCES court,
    ADD COLUMN purpose text CHECK (purpose IN ('fee', 'deposit')),
    ADD CONSTRAINT court_payee_whose CHECK ((party_id IS NULL) = (court_id IS NOT NULL)
                                            AND (party_id IS NULL) = (purpose IS NOT NULL));
CREATE INDEX court_payee_court ON court_payee (court_id, purpose) WHERE party_id IS NULL;

-- A part of a case's money, or all of it, that does not leave 冻结、留置, until two people release it.
CREATE TABLE court_hold (
    hold_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id    integer NOT NULL,
    account_no  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('order', 'objection', 'stay', 'bankruptcy')),
    amount_fen  bigint CHECK (amount_fen > 0),      -- empty: all of it, also what is still to come
    source      text NOT NULL CHECK (source <> ''), -- whose order, of which number
    from_on     date NOT NULL,
    until_on    date,                               -- as the order says; it holds until it is released
    proposal_id bigint NOT NULL,
    made_at     timestamptz NOT NULL,
    release_id  bigint,                             -- the proposal that released it
    released_at timestamptz,
    FOREIGN KEY (court_id, account_no) REFERENCES court_account,
    CHECK (kind <> 'bankruptcy' OR amount_fen IS NULL),
    CHECK ((release_id IS NULL) = (released_at IS NULL)),
    CHECK (until_on >= from_on)
);
CREATE INDEX court_hold_account ON court_hold (court_id, account_no);

-- A plan of distribution 分配方案 among the creditors of a case; the newest one is in force.
CREATE TABLE court_plan (
    plan_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id       integer NOT NULL,
    account_no     text NOT NULL,
    method         text NOT NULL CHECK (method IN ('ratio', 'order')),   -- 按比例, 按顺序
    pot_fen        bigint NOT NULL CHECK (pot_fen > 0),
    fee_fen        bigint NOT NULL CHECK (fee_fen >= 0),    -- deducted first: of enforcement
    cost_fen       bigint NOT NULL CHECK (cost_fen >= 0),   -- of valuing and selling
    objection_days smallint NOT NULL,
    proposal_id    bigint NOT NULL,
    made_at        timestamptz NOT NULL,
    replaced_at    timestamptz,                -- by the next one
    FOREIGN KEY (court_id, account_no) REFERENCES court_account
);
CREATE UNIQUE INDEX court_plan_in_force ON court_plan (court_id, account_no) WHERE replaced_at IS NULL;
CREATE TABLE court_share (
    plan_id     bigint NOT NULL REFERENCES court_plan,
    party_id    bigint NOT NULL REFERENCES court_party,
    place       smallint NOT NULL,
    rank        text NOT NULL CHECK (rank IN ('priority', 'ordinary')),
    claim_fen   bigint NOT NULL CHECK (claim_fen > 0),      -- the original one, in every round
    paid_fen    bigint NOT NULL CHECK (paid_fen >= 0),      -- by earlier plans
    share_fen   bigint NOT NULL CHECK (share_fen >= 0 AND share_fen <= claim_fen - paid_fen),
    served_on   date,
    objected_at timestamptz,
    objection   text NOT NULL DEFAULT '',
    settled_at  timestamptz,                   -- of the objection
    settled_by  text NOT NULL DEFAULT '',
    settlement  text NOT NULL DEFAULT '',
    PRIMARY KEY (plan_id, party_id)
);

-- A judge's application 结退申请, and the payout that comes of it: asked → approved → sent → unknown → paid → returned;
-- withdrawn, refused (by who should agree), rejected (by the bank).
CREATE TABLE court_application (
    application_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id       integer NOT NULL,
    account_no     text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('payout', 'refund', 'fee', 'deposit')),
    payee_id       bigint NOT NULL REFERENCES court_payee,
    amount_fen     bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 999999999999999),
    chain_fen      bigint NOT NULL,             -- by which its levels are found: with what else was applied for of late
    receipt_id     bigint REFERENCES court_entry,   -- what a refund goes back of
    plan_id        bigint REFERENCES court_plan,    -- whose share it is
    words          text NOT NULL CHECK (words <> ''),
    rule_from      date NOT NULL,               -- the court's rule that said its levels
    levels         text[] NOT NULL CHECK (cardinality(levels) >= 2),
    content        bytea NOT NULL,              -- digest of all that above: every signature is of just this
    reference      text NOT NULL UNIQUE,        -- the bank knows it by this for ever
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'sent', 'unknown', 'paid', 'returned',
                                                                  'withdrawn', 'refused', 'rejected')),
    asked_by       text NOT NULL,
    asked_person   text NOT NULL,
    asked_at       timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    bucket         smallint,                    -- of the payable that it was taken off when it was sent
    payable_id     bigint,
    sent_on        date,                        -- when the bank was told, the same day for ever
    bank_id        integer REFERENCES partner,  -- which bank was told: whatever the rule says later, it alone is asked
    ask_at         timestamptz,                 -- when the bank is asked next
    tries          integer NOT NULL DEFAULT 0,
    resent         boolean NOT NULL DEFAULT false,
    stopped        integer,                     -- the code that kept an approved one from being sent
    bank_serial    text NOT NULL DEFAULT '',
    back_serial    text NOT NULL DEFAULT '',    -- of what came back 退汇
    reason         text NOT NULL DEFAULT '',
    paid_id        bigint REFERENCES court_entry,
    returned_id    bigint REFERENCES court_entry,
    line_id        bigint UNIQUE REFERENCES court_line,   -- the statement's line out
    back_line_id   bigint UNIQUE REFERENCES court_line,   -- the statement's line in
    FOREIGN KEY (court_id, account_no) REFERENCES court_account,
    CHECK ((paid_id IS NOT NULL) = (state IN ('paid', 'returned'))),
    CHECK ((returned_id IS NOT NULL) = (state = 'returned'))
);
CREATE INDEX court_application_account ON court_application (court_id, account_no);
CREATE INDEX court_application_open ON court_application (state) WHERE state IN ('asked', 'approved', 'sent', 'unknown');
CREATE INDEX court_application_unshown ON court_application (court_id) WHERE paid_id IS NOT NULL AND line_id IS NULL
    OR returned_id IS NOT NULL AND back_line_id IS NULL;
CREATE INDEX court_application_receipt ON court_application (receipt_id) WHERE receipt_id IS NOT NULL;

-- Who agreed to an application 审批, level by level; each another person, none of them the applicant.
CREATE TABLE court_signature (
    application_id bigint NOT NULL REFERENCES court_application,
    step           smallint NOT NULL,
    level          text NOT NULL CHECK (level IN ('panel', 'check', 'bureau', 'head')),
    login          text NOT NULL,
    person         text NOT NULL,
    yes            boolean NOT NULL,
    note           text NOT NULL,
    content        bytea NOT NULL,              -- of the application, as it was signed
    balance_fen    bigint NOT NULL,             -- on the sub-account, as it was shown
    at             timestamptz NOT NULL,
    PRIMARY KEY (application_id, step),
    UNIQUE (application_id, person)
);

-- What the bank said of a payout under its signature.
CREATE TABLE court_answer (
    answer_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES court_application,
    state          text NOT NULL,
    at             timestamptz NOT NULL,
    sealed         bytea NOT NULL
);
CREATE INDEX court_answer_application ON court_answer (application_id);

ALTER TABLE court_entry
    ADD COLUMN application_id bigint REFERENCES court_application,
    DROP CONSTRAINT court_entry_check4,
    ADD CONSTRAINT court_entry_agreed CHECK ((proposal_id IS NOT NULL)
        = (kind IN ('claimed', 'unclaimed', 'moved_out', 'moved_in'))),
    ADD CONSTRAINT court_entry_application CHECK ((application_id IS NOT NULL) = (kind IN ('payout', 'returned')));
CREATE UNIQUE INDEX court_entry_paid ON court_entry (application_id, kind) WHERE application_id IS NOT NULL;

CREATE TRIGGER append_only BEFORE UPDATE OF plan_id, court_id, account_no, method, pot_fen, fee_fen, cost_fen, objection_days,
    proposal_id, made_at OR DELETE OR TRUNCATE ON court_plan FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF plan_id, party_id, place, rank, claim_fen, paid_fen, share_fen OR DELETE OR TRUNCATE
    ON court_share FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_signature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF answer_id, application_id, state, at OR DELETE OR TRUNCATE ON court_answer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF application_id, court_id, account_no, kind, payee_id, amount_fen, chain_fen,
    receipt_id, plan_id, words, rule_from, levels, content, reference, asked_by, asked_person, asked_at OR DELETE OR TRUNCATE
    ON court_application FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF hold_id, court_id, account_no, kind, amount_fen, source, from_on, until_on, proposal_id,
    made_at OR DELETE OR TRUNCATE ON court_hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
