-- Monitoring 消费监控: rules, hits, notices; when a voucher was told to the bank.
ALTER TABLE card_repayment ADD COLUMN sent_at timestamptz;
CREATE INDEX card_mark_at ON card_mark (at) WHERE unit_id IS NOT NULL;
CREATE INDEX card_swipe_posted ON card_swipe (bureau_id, posted_on) WHERE kind = 'cleared';

-- What is looked for from a day on, by two people. Zero, or empty: this is not looked for.
CREATE TABLE card_watch_rule (
    bureau_id   integer NOT NULL REFERENCES card_bureau,
    valid_from  date NOT NULL,
    swipe_fen   bigint NOT NULL,             -- most of one swipe
    day_fen     bigint NOT NULL,             -- of one holder in one unit on a day
    month_fen   bigint NOT NULL,             -- and in a month
    warn_pct    smallint NOT NULL,           -- from this share of a limit on one is warned
    card_pct    smallint NOT NULL,           -- a month's swipes, of the card's own limit
    bill_day    smallint NOT NULL,           -- the bank's day of the bill 账单日
    free_days   smallint NOT NULL,           -- from there to its last day of repayment 还款日
    near_days   smallint NOT NULL,           -- so many days before it one is reminded
    claim_days  smallint NOT NULL,           -- so many days before it a claim has to be filed
    pay_days    smallint NOT NULL,           -- and its voucher be sent
    rate_ppm    integer NOT NULL,            -- interest a day, of a million
    split_pct   smallint NOT NULL,           -- from this share of swipe_fen on a swipe is just under it
    night_from  smallint NOT NULL,           -- hours; alike: no hour is night
    night_until smallint NOT NULL,
    off_days    boolean NOT NULL,            -- week-ends and holidays
    mccs        text[] NOT NULL,             -- merchant classes, or how they begin
    same_count  smallint NOT NULL,           -- the same amount so often
    same_days   smallint NOT NULL,           -- within so many days
    left_holder boolean NOT NULL,            -- who swiped had no post
    seller      boolean NOT NULL,            -- the invoice's seller is not the merchant
    gap_days    smallint NOT NULL,           -- from swipe to claim, or to the invoice's day
    no_swipe    boolean NOT NULL,            -- cash to card, and the invoice is of a person
    proposal_id bigint NOT NULL,
    PRIMARY KEY (bureau_id, valid_from)
);

-- What a rule hit: as it was found, whatever becomes of the rule; then a person's word about it. `key`: what it is about, once a kind.
CREATE TABLE card_hit (
    hit_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id  integer NOT NULL REFERENCES card_bureau,
    unit_id    bigint NOT NULL REFERENCES budget_unit,
    person_id  bigint NOT NULL REFERENCES budget_person,
    card_id    bigint NOT NULL REFERENCES card,
    kind       text NOT NULL,
    key        text NOT NULL,
    turn       smallint NOT NULL,            -- what an earlier hit of it is about is not seen any more
    rule_from  date NOT NULL,                -- the rule's version
    swipes     bigint[] NOT NULL,
    claim_id   bigint REFERENCES card_claim,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    on_day     date NOT NULL,
    facts      jsonb NOT NULL,
    how        text NOT NULL CHECK (how IN ('mark', 'night')),
    found_at   timestamptz NOT NULL,
    decision   text CHECK (decision IN ('explained', 'follow', 'taken_back')),
    decided_at timestamptz,
    decided_by text,
    note       text,
    UNIQUE (bureau_id, kind, key, turn),
    FOREIGN KEY (bureau_id, rule_from) REFERENCES card_watch_rule,
    CHECK (cardinality(swipes) > 0 OR claim_id IS NOT NULL),
    CHECK (num_nulls(decision, decided_at, decided_by, note) IN (0, 4))
);
CREATE INDEX card_hit_unit ON card_hit (unit_id, on_day);
CREATE INDEX card_hit_person ON card_hit (person_id, hit_id);
CREATE INDEX card_hit_swipes ON card_hit USING gin (swipes);

-- Until when a bureau's swipes were looked at.
CREATE TABLE card_watch_run (
    bureau_id integer PRIMARY KEY REFERENCES card_bureau,
    looked_at timestamptz NOT NULL
);

-- Where a civil servant is told of hits, by himself.
CREATE TABLE card_contact (
    person_id bigint PRIMARY KEY REFERENCES budget_person,
    phone     bytea NOT NULL,                -- sealed
    set_at    timestamptz NOT NULL
);

-- Whom a hit is told, once.
CREATE TABLE card_notice (
    notice_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hit_id          bigint NOT NULL REFERENCES card_hit,
    person_id       bigint NOT NULL REFERENCES budget_person,
    state           text NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unsure', 'skipped')),
    why             text NOT NULL DEFAULT '',
    notification_id bigint,
    at              timestamptz NOT NULL,
    UNIQUE (hit_id, person_id)
);
CREATE INDEX card_notice_open ON card_notice (person_id) WHERE state IN ('planned', 'sending');

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_watch_rule
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF hit_id, bureau_id, unit_id, person_id, card_id, kind, key, turn, rule_from, swipes, claim_id,
    amount_fen, on_day, facts, how, found_at OR DELETE OR TRUNCATE ON card_hit
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
