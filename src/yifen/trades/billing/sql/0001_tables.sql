-- Utility billing 计费: fees, prices, customers, meters, usage, runs, bills (decision 0037).
-- Quantities are thousandths of the fee's unit (`_milli`), prices yuan a unit, money fen.

-- A company that bills here, and its accounts in the ledger.
CREATE TABLE billing_biller (
    biller_id     integer PRIMARY KEY,
    prepaid       boolean NOT NULL,  -- takes money ahead of bills
    receivable_id integer NOT NULL REFERENCES ledger_account,  -- 应收费用
    billed_id     integer NOT NULL REFERENCES ledger_account,  -- 账单收入
    prepaid_id    integer NOT NULL REFERENCES ledger_account,  -- 预收费用
    collected_id  integer NOT NULL REFERENCES ledger_account,  -- 已收费用
    bad_debt_id   integer NOT NULL REFERENCES ledger_account   -- 坏账损失
);

-- A kind of charge 费种: heating, water, …; how it is measured, tiered, paid.
CREATE TABLE billing_fee (
    fee_id     integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id  integer NOT NULL REFERENCES billing_biller,
    code       text NOT NULL,
    name       text NOT NULL,
    unit       text NOT NULL,      -- kWh, m³, GJ, m², 月
    metered    boolean NOT NULL,   -- bills follow usage; else area, months or a fixed sum
    cycle      text NOT NULL CHECK (cycle IN ('none', 'month', 'year')),   -- in which tiers are counted
    cycle_from smallint NOT NULL DEFAULT 1 CHECK (cycle_from BETWEEN 1 AND 12),  -- its first month
    by_months  boolean NOT NULL DEFAULT false,  -- limits are those of the months that were used, not of the cycle
    mode       payable_mode NOT NULL CHECK (mode IN ('exact', 'partial')),
    due_days   smallint NOT NULL CHECK (due_days BETWEEN 0 AND 366),  -- after publishing
    whole_yuan boolean NOT NULL DEFAULT false,  -- bills are made up to whole yuan, the rest is carried 调尾
    UNIQUE (biller_id, code)
);

-- Late fee 违约金 of a fee and a class of customers ("" all): permille a day.
CREATE TABLE billing_late_rule (
    rule_id      integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    fee_id       integer NOT NULL REFERENCES billing_fee,
    class        text NOT NULL DEFAULT '',
    valid_from   date NOT NULL,
    rate         numeric(8, 4) NOT NULL CHECK (rate >= 0),       -- permille a day, in the year of the due date
    later_rate   numeric(8, 4) NOT NULL CHECK (later_rate >= 0), -- in the years after it
    grace_days   smallint NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 366),
    count_first  boolean NOT NULL DEFAULT false,  -- the due date's morrow counts once more: both ends
    min_fen      bigint NOT NULL DEFAULT 0 CHECK (min_fen >= 0),  -- of one collection, once
    cap_permille integer CHECK (cap_permille > 0),  -- of the principal; none: no cap
    truncated    boolean NOT NULL DEFAULT false,  -- to fen, else half up
    fee_first    boolean NOT NULL DEFAULT true,   -- what a part payment covers first
    UNIQUE (fee_id, class, valid_from)
);

-- A version of a price 电价, 水价, …; the newest that has begun is in force.
CREATE TABLE billing_price (
    price_id    integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    fee_id      integer NOT NULL REFERENCES billing_fee,
    class       text NOT NULL,           -- of customers: residential, shared 合表, industrial, …
    region      text NOT NULL DEFAULT '',
    name        text NOT NULL,
    valid_from  date NOT NULL,
    minimum_fen bigint NOT NULL DEFAULT 0 CHECK (minimum_fen >= 0),  -- a bill's least
    cap_price   numeric(16, 8) CHECK (cap_price > 0),  -- yuan a unit of area: a bill's most
    tax_rate    numeric(5, 4) NOT NULL DEFAULT 0 CHECK (tax_rate >= 0 AND tax_rate < 1),  -- inside the price
    UNIQUE (fee_id, class, region, valid_from)
);
-- Where a tier ends. No row for the last one: it has no end.
CREATE TABLE billing_limit (
    price_id     integer NOT NULL REFERENCES billing_price,
    tier         smallint NOT NULL CHECK (tier BETWEEN 1 AND 9),
    months       integer NOT NULL DEFAULT 8190 CHECK (months > 0),  -- bit n: holds in month n; 8190: all
    limit_milli  bigint NOT NULL CHECK (limit_milli > 0),  -- of the whole cycle
    persons_over smallint CHECK (persons_over > 0),  -- larger households have more …
    add_milli    bigint NOT NULL DEFAULT 0 CHECK (add_milli >= 0),
    add_each     boolean NOT NULL DEFAULT false,  -- … for each person more, else once
    PRIMARY KEY (price_id, tier, months)
);
CREATE TABLE billing_part (
    price_id integer NOT NULL REFERENCES billing_price,
    part_no  smallint NOT NULL,
    name     text NOT NULL,
    basis    text NOT NULL  -- flat: neither peak nor valley; area: once, area_month and month: for each month
        CHECK (basis IN ('qty', 'peak', 'valley', 'flat', 'area', 'area_month', 'month', 'fixed')),
    tier     smallint NOT NULL DEFAULT 0 CHECK (tier BETWEEN 0 AND 9) CHECK (tier = 0 OR basis = 'qty'),
    price    numeric(16, 8) NOT NULL CHECK (price >= 0),
    PRIMARY KEY (price_id, part_no)
);
-- What is to be priced; what each field does, and when it is NULL, says rate_v1.sql.
CREATE TYPE billing_asked AS (
    item          bigint,    -- the caller's, each once
    price_id      integer,
    qty_milli     bigint,
    peak_milli    bigint,
    valley_milli  bigint,
    area_milli    bigint,
    factor        numeric,
    persons       smallint,
    month         smallint,
    months        numeric,   -- of the cycle that count for the limits; NULL: all of it
    used_milli    bigint,
    share         numeric,
    billed_months numeric    -- NULL: one
);

-- The tree of addresses: community, building, unit, door.
CREATE TABLE billing_place (
    place_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id integer NOT NULL,
    parent_id bigint,
    level     smallint NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 4),  -- of the tree: 1 has no parent
    name      text NOT NULL,
    path      text NOT NULL,     -- names from the top down, with blanks between
    CHECK ((level = 1) = (parent_id IS NULL))
);
CREATE UNIQUE INDEX billing_place_once ON billing_place (biller_id, (coalesce(parent_id, 0)), name);
CREATE INDEX billing_place_parent ON billing_place (parent_id);
-- Few, compared with doors: a search reads their names whole.
CREATE INDEX billing_place_top ON billing_place (biller_id) INCLUDE (name) WHERE level = 1;
CREATE INDEX billing_place_above ON billing_place (biller_id) INCLUDE (name) WHERE level < 4;
CREATE INDEX billing_place_door ON billing_place (biller_id, name text_pattern_ops) WHERE level = 4;

-- A holder's contract at a place 用户; the holder's name is the payer's.
CREATE TABLE billing_customer (
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,         -- a number that grows within its bucket × 1000 + bucket
    biller_id   integer NOT NULL,
    account_no  text NOT NULL,
    place_id    bigint NOT NULL,
    persons     smallint NOT NULL DEFAULT 1 CHECK (persons BETWEEN 1 AND 99),  -- when it was opened
    contact     text,                    -- sealed: a phone
    consent_at  timestamptz,             -- to messages
    opened_on   date NOT NULL,
    closed_on   date CHECK (closed_on >= opened_on),
    before_id   bigint,                  -- the contract of the holder before, at this place
    marks       smallint[] NOT NULL DEFAULT '{}',  -- of the name's pairs of letters: what a search by part of it asks
    PRIMARY KEY (bucket, customer_id),
    UNIQUE (bucket, biller_id, account_no)
);
CREATE UNIQUE INDEX billing_customer_number ON billing_customer (customer_id);
CREATE INDEX billing_customer_place ON billing_customer (place_id);
CREATE INDEX billing_customer_marks ON billing_customer USING gin (marks);
-- How large a household became, from a day on; the newest that has begun holds, before it what it was when opened.
CREATE TABLE billing_household (
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    from_on     date NOT NULL,
    persons     smallint NOT NULL CHECK (persons BETWEEN 1 AND 99),
    PRIMARY KEY (bucket, customer_id, from_on)
);

-- What a customer is billed for: one fee, his class, his area.
CREATE TABLE billing_service (
    bucket      smallint NOT NULL,
    service_id  bigint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL REFERENCES billing_fee,
    class       text NOT NULL,
    region      text NOT NULL DEFAULT '',
    area_milli  bigint CHECK (area_milli > 0),
    factor      numeric(8, 4) NOT NULL DEFAULT 1 CHECK (factor > 0),  -- corrects the quantity (heat: the flat's place)
    from_on     date NOT NULL,
    to_on       date CHECK (to_on >= from_on),   -- the last day
    PRIMARY KEY (bucket, service_id),
    UNIQUE (bucket, customer_id, fee_id, from_on)
);

CREATE TABLE billing_meter (
    bucket        smallint NOT NULL,
    meter_id      bigint NOT NULL,
    service_id    bigint NOT NULL,
    biller_id     integer NOT NULL,
    number        text NOT NULL,
    register      text NOT NULL DEFAULT 'qty' CHECK (register IN ('qty', 'peak', 'valley')),
    multiplier    numeric(10, 4) NOT NULL DEFAULT 1 CHECK (multiplier > 0),
    digits        smallint NOT NULL DEFAULT 6 CHECK (digits BETWEEN 3 AND 12),  -- before the point: then it begins at 0
    fitted_on     date NOT NULL,
    fitted_milli  bigint NOT NULL DEFAULT 0 CHECK (fitted_milli >= 0),
    removed_on    date CHECK (removed_on >= fitted_on),
    removed_milli bigint CHECK (removed_milli >= 0),
    PRIMARY KEY (bucket, meter_id),
    CHECK ((removed_on IS NULL) = (removed_milli IS NULL))
);
CREATE INDEX billing_meter_service ON billing_meter (bucket, service_id);
CREATE UNIQUE INDEX billing_meter_in_use ON billing_meter (biller_id, number, register) WHERE removed_on IS NULL;
-- What a meter showed at the end of a day; a corrected one is a new version, the highest counts.
CREATE TABLE billing_reading (
    bucket      smallint NOT NULL,
    meter_id    bigint NOT NULL,
    read_on     date NOT NULL,
    version     smallint NOT NULL DEFAULT 1,
    value_milli bigint NOT NULL CHECK (value_milli >= 0),
    kind        text NOT NULL CHECK (kind IN ('read', 'estimated', 'corrected')),
    taken_at    timestamptz NOT NULL,
    taken_by    text NOT NULL,
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (bucket, meter_id, read_on, version)
);

-- What a service used in a period 用量, out of its readings; what bills are made of, once.
CREATE TABLE billing_usage (
    bucket       smallint NOT NULL,
    service_id   bigint NOT NULL,
    from_on      date NOT NULL,          -- the day after the reading before
    to_on        date NOT NULL CHECK (to_on >= from_on),
    qty_milli    bigint NOT NULL,        -- of all registers together
    peak_milli   bigint NOT NULL DEFAULT 0,
    valley_milli bigint NOT NULL DEFAULT 0,
    estimated    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (bucket, service_id, from_on)
);
-- How far a service is in the tiers of a cycle: what its published bills used.
CREATE TABLE billing_used (
    bucket     smallint NOT NULL,
    service_id bigint NOT NULL,
    cycle_on   date NOT NULL,            -- the cycle's first day
    used_milli bigint NOT NULL,
    PRIMARY KEY (bucket, service_id, cycle_on)
) WITH (fillfactor = 70);

-- A run of bills 出账批次: of a fee and a period, or of one service or bill.
CREATE TABLE billing_run (
    run_id      integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id   integer NOT NULL REFERENCES billing_biller,
    fee_id      integer NOT NULL REFERENCES billing_fee,
    kind        text NOT NULL CHECK (kind IN ('period', 'single', 'correction', 'cancel')),
    from_on     date NOT NULL,
    to_on       date NOT NULL CHECK (to_on >= from_on),
    due_on      date NOT NULL,
    subject     jsonb NOT NULL DEFAULT '{}',  -- of what is no period: which service, usage, bill, and why
    begun_at    timestamptz NOT NULL,
    begun_by    text NOT NULL,
    published_at timestamptz,            -- all of it
    dropped_at  timestamptz              -- given up before anything was published: its bills never counted
);
CREATE INDEX billing_run_open ON billing_run (fee_id) WHERE published_at IS NULL AND dropped_at IS NULL;
CREATE INDEX billing_run_fee ON billing_run (fee_id, to_on);
-- Services of one bucket that are billed in one transaction.
CREATE TABLE billing_piece (
    run_id      integer NOT NULL REFERENCES billing_run,
    piece       integer NOT NULL,
    bucket      smallint NOT NULL,
    first_id    bigint NOT NULL,         -- of the services, both ends
    last_id     bigint NOT NULL,
    services    integer NOT NULL,
    made_at     timestamptz,             -- empty: it is still to be made
    bills       integer,
    asked_fen   bigint,                  -- of bills that ask
    given_fen   bigint,                  -- of bills that give
    missing     integer,                 -- services without usage or price in the period
    PRIMARY KEY (run_id, piece)
);
-- Its payable has the ref "B" and its number.
CREATE SEQUENCE billing_bill_no;
CREATE TABLE billing_bill (
    bucket       smallint NOT NULL,
    bill_id      bigint NOT NULL,        -- a number that grows × 1000 + bucket
    run_id       integer NOT NULL,
    piece        integer NOT NULL,
    service_id   bigint NOT NULL,
    account_no   text NOT NULL,
    from_on      date NOT NULL,
    to_on        date NOT NULL,
    qty_milli    bigint NOT NULL,
    used_milli   bigint NOT NULL,        -- of the cycle before it
    carried_fen  bigint NOT NULL DEFAULT 0,  -- 上次调尾: what the bill before asked too much, taken off
    carry_fen    bigint NOT NULL DEFAULT 0,  -- 本次调尾: what this one asks too much
    amount_fen   bigint NOT NULL,        -- what it asks for: its lines - carried + carry; below zero: what it gives
    corrects_id  bigint,
    PRIMARY KEY (bucket, bill_id)
);
CREATE INDEX billing_bill_service ON billing_bill (bucket, service_id);
CREATE INDEX billing_bill_run ON billing_bill (run_id, piece);
CREATE TABLE billing_line (
    bucket     smallint NOT NULL,
    bill_id    bigint NOT NULL,
    line_no    smallint NOT NULL,
    price_id   integer NOT NULL,
    part_no    smallint NOT NULL,        -- 0: up to the minimum, down to the cap, or a carry
    qty_milli  bigint NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (bucket, bill_id, line_no)
);
-- What was booked in the ledger, a document a row; amounts with their sign (sql/booking_v1.sql).
CREATE TABLE billing_booking (
    document_id  bigint PRIMARY KEY,
    bucket       smallint NOT NULL,
    biller_id    integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('published', 'late', 'paid')),
    run_id       integer,                -- published: which piece
    piece        integer,
    payable_id   bigint,                 -- late: whose fee rose, or fell by a waiver
    first_no     bigint,                 -- paid: the transfers of the bucket that it stands for, both ends
    last_no      bigint,
    due_fen      bigint NOT NULL DEFAULT 0,    -- asked for, or no longer
    spent_fen    bigint NOT NULL DEFAULT 0,    -- of prepaid balances, or given to them
    paid_fen     bigint NOT NULL DEFAULT 0,    -- on bills, or given back
    kept_fen     bigint NOT NULL DEFAULT 0,    -- on prepaid balances, or given back
    business_day date NOT NULL,
    at           timestamptz NOT NULL,
    UNIQUE (run_id, piece)
);
CREATE INDEX billing_booking_paid ON billing_booking (bucket, biller_id, last_no DESC) WHERE kind = 'paid';
-- What of a prepaid balance paid a bill; below zero: what a bill gave to it.
CREATE TABLE billing_spent (
    bucket     smallint NOT NULL,
    bill_id    bigint NOT NULL,
    payable_id bigint NOT NULL,          -- the balance
    amount_fen bigint NOT NULL CHECK (amount_fen <> 0),
    PRIMARY KEY (bucket, bill_id)
);
-- --- late fees
CREATE INDEX billing_booking_late ON billing_booking (bucket, payable_id) WHERE kind = 'late';
-- What of a bill's late fee is not asked for 减免, of the fee of that day and those before; by two people.
CREATE TABLE billing_waiver (
    waiver_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket     smallint NOT NULL,
    bill_id    bigint NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    waived_on  date NOT NULL,
    proposal   bigint NOT NULL UNIQUE
);
CREATE INDEX billing_waiver_bill ON billing_waiver (bucket, bill_id);
-- Days on which no late fee grows 停计: of a bill, or of all bills of an account; by two people.
CREATE TABLE billing_freeze (
    freeze_id  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket     smallint NOT NULL,
    biller_id  integer NOT NULL REFERENCES billing_biller,
    account_no text NOT NULL,
    bill_id    bigint,                   -- NULL: of all
    from_on    date NOT NULL,
    to_on      date CHECK (to_on >= from_on),  -- the last day; NULL: for good
    proposal   bigint NOT NULL UNIQUE
);
CREATE INDEX billing_freeze_account ON billing_freeze (bucket, biller_id, account_no);

-- Numbers of customers, services and meters, by bucket.
CREATE TABLE billing_counter (
    bucket   smallint PRIMARY KEY,
    customer bigint NOT NULL DEFAULT 0,
    service  bigint NOT NULL DEFAULT 0,
    meter    bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{billing_limit,billing_part,billing_reading,billing_bill,billing_line,billing_booking,billing_spent,billing_waiver,billing_freeze}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
