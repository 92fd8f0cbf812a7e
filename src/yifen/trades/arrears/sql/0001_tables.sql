-- 欠费催缴 (decision 0039). A debt is what an account owes of one fee; its steps count for its oldest overdue bill.

-- Steps of dunning 催缴规则 of a company, a fee (NULL: every) and a class ("": every); the newest of the nearest counts.
CREATE TABLE arrears_rule (
    rule_id       integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id     integer NOT NULL,
    fee_id        integer,
    class         text NOT NULL,
    law           text NOT NULL CHECK (law IN ('none', 'power_home', 'power_other', 'water', 'gas', 'heat')),  -- none: no cut
    restore_hours smallint NOT NULL CHECK (restore_hours BETWEEN 1 AND 72),  -- within which it is restored once it is paid
    proposal      bigint NOT NULL UNIQUE,
    made_at       timestamptz NOT NULL
);
CREATE INDEX arrears_rule_biller ON arrears_rule (biller_id);
CREATE TABLE arrears_step (
    rule_id      integer NOT NULL REFERENCES arrears_rule,
    step_no      smallint NOT NULL CHECK (step_no BETWEEN 1 AND 12),
    kind         text NOT NULL CHECK (kind IN ('message', 'call', 'letter', 'notice', 'cut')),
    overdue_days smallint NOT NULL CHECK (overdue_days BETWEEN 0 AND 3660),  -- since the oldest due date, at least
    after_days   smallint NOT NULL CHECK (after_days BETWEEN 0 AND 366),     -- since the step before; a cut: since the notice
    least_fen    bigint NOT NULL CHECK (least_fen >= 0),
    PRIMARY KEY (rule_id, step_no)
);

-- What was done. A notice is done on the day on which it was served.
CREATE TABLE arrears_done (
    done_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL,
    biller_id   integer NOT NULL,
    bill_id     bigint NOT NULL,         -- the oldest overdue one
    step_no     smallint NOT NULL,
    kind        text NOT NULL,
    rule_id     integer NOT NULL REFERENCES arrears_rule,
    owed_fen    bigint NOT NULL CHECK (owed_fen > 0),
    done_on     date NOT NULL,
    done_at     timestamptz NOT NULL,
    done_by     text NOT NULL,           -- a login, "worker"
    how         text NOT NULL,           -- message: sms, no_phone, withdrawn; call: reached, promised, disputed, unreached; notice: handed, posted, left
    note        text NOT NULL DEFAULT '',
    UNIQUE (bucket, bill_id, step_no)
);
CREATE INDEX arrears_done_customer ON arrears_done (bucket, customer_id);
-- The message of a step; `tries` of them were begun, the last is this one.
CREATE TABLE arrears_message (
    done_id         bigint PRIMARY KEY REFERENCES arrears_done,
    notification_id bigint NOT NULL,
    tries           smallint NOT NULL DEFAULT 1
);
-- A call that reached nobody; the third day ends the step.
CREATE TABLE arrears_call (
    call_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    bill_id     bigint NOT NULL,
    step_no     smallint NOT NULL,
    called_on   date NOT NULL,
    called_by   text NOT NULL,
    note        text NOT NULL,
    UNIQUE (bucket, bill_id, step_no, called_on)
);
-- Letters 催缴函 and cut-off notices 停供通知书: the sheet is printed once, what is printed again says so.
CREATE TABLE arrears_letter (
    letter_no   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    batch       bigint NOT NULL,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL,
    biller_id   integer NOT NULL,
    bill_id     bigint NOT NULL,
    step_no     smallint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('letter', 'notice')),
    rule_id     integer NOT NULL REFERENCES arrears_rule,
    owed_fen    bigint NOT NULL,
    oldest_on   date NOT NULL,
    cut_days    smallint,                -- notice: after how many days it is cut
    printed_at  timestamptz NOT NULL,
    printed_by  text NOT NULL,
    UNIQUE (bucket, bill_id, step_no, kind)  -- a rule that changed may ask for another sheet at the same step
);
CREATE SEQUENCE arrears_batch_no;
CREATE INDEX arrears_letter_batch ON arrears_letter (batch);
CREATE TABLE arrears_print (
    print_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    letter_no  bigint NOT NULL REFERENCES arrears_letter,
    printed_at timestamptz NOT NULL,
    printed_by text NOT NULL
);

-- What holds steps back: a promise 承诺, a plan 分期, a dispute 异议. Whether one is kept is computed of payments.
CREATE TABLE arrears_hold (
    hold_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL,
    biller_id   integer NOT NULL,
    account_no  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('promise', 'plan', 'dispute')),
    from_on     date NOT NULL,
    until_on    date CHECK ((until_on IS NULL) = (kind = 'dispute')),  -- the last day
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    base_fen    bigint NOT NULL,         -- what was paid on its bills before
    note        text NOT NULL,
    made_by     text NOT NULL,
    made_at     timestamptz NOT NULL,
    proposal    bigint UNIQUE,           -- of a plan
    ended_at    timestamptz,
    ended_by    text,
    ended_why   text CHECK (ended_why IN ('upheld', 'rejected', 'replaced')),
    ended_note  text NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (ended_why IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX arrears_hold_open ON arrears_hold (bucket, customer_id, fee_id) WHERE ended_at IS NULL;
CREATE TABLE arrears_hold_bill (
    hold_id  bigint NOT NULL REFERENCES arrears_hold,
    bill_id  bigint NOT NULL,
    owed_fen bigint NOT NULL,
    PRIMARY KEY (hold_id, bill_id)
);
CREATE INDEX arrears_hold_bill_bill ON arrears_hold_bill (bill_id);
CREATE TABLE arrears_plan_row (
    hold_id    bigint NOT NULL REFERENCES arrears_hold,
    due_on     date NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (hold_id, due_on)
);

-- Cut off 停供, and restored 复供: each a visit, "C" and its number. It ends when it is restored, or was never done.
CREATE TABLE arrears_cut (
    cut_id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL,
    biller_id   integer NOT NULL,
    service_id  bigint NOT NULL,
    bill_id     bigint NOT NULL,
    rule_id     integer NOT NULL REFERENCES arrears_rule,
    owed_fen    bigint NOT NULL,
    proposal    bigint NOT NULL,
    asked_at    timestamptz NOT NULL,
    restore_asked_at timestamptz,        -- its reason ended
    restore_by  timestamptz,
    ended_at    timestamptz,
    CHECK ((restore_asked_at IS NULL) = (restore_by IS NULL))
);
CREATE INDEX arrears_cut_open ON arrears_cut (bucket, customer_id, fee_id) WHERE ended_at IS NULL;

-- Who collects where 催收员: of a community or a building; the nearer counts.
CREATE TABLE arrears_collector (
    biller_id integer NOT NULL,
    place_id  bigint NOT NULL,
    user_id   bigint NOT NULL,
    PRIMARY KEY (place_id)
);
CREATE INDEX arrears_collector_user ON arrears_collector (user_id);

-- Every account with open bills of a fee, as it was worked out last: what arrears_next_v1 answers, kept for lists.
CREATE TABLE arrears_debt (
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    fee_id      integer NOT NULL,
    biller_id   integer NOT NULL,
    account_no  text NOT NULL,
    service_id  bigint NOT NULL,         -- of the oldest bill
    class       text NOT NULL,
    area_id     bigint NOT NULL,         -- the community
    building_id bigint,
    current_fen bigint NOT NULL,         -- open, by days since the due date: not overdue,
    d30_fen     bigint NOT NULL,         -- 1 to 30,
    d90_fen     bigint NOT NULL,         -- to 90,
    d180_fen    bigint NOT NULL,
    d365_fen    bigint NOT NULL,
    y2_fen      bigint NOT NULL,         -- to two years (730 days),
    older_fen   bigint NOT NULL,
    owed_fen    bigint NOT NULL,         -- overdue
    asked_fen   bigint NOT NULL,         -- overdue and not disputed
    oldest_bill bigint,                  -- of these
    oldest_on   date,
    rule_id     integer,
    done_no     smallint,                -- the last step that was done, and when
    done_kind   text,
    done_on     date,
    next_no     smallint,                -- the next one, and from when on
    next_kind   text,
    next_on     date,
    why         text NOT NULL,           -- why it is not done yet; "": it is due
    PRIMARY KEY (bucket, customer_id, fee_id)
);
CREATE INDEX arrears_debt_biller ON arrears_debt (biller_id, area_id);
CREATE INDEX arrears_debt_owed ON arrears_debt (owed_fen DESC, (customer_id * 65536 + fee_id) DESC);  -- as lists show them
CREATE INDEX arrears_debt_due ON arrears_debt (biller_id, next_kind) WHERE why = '';
-- When a bucket was worked out whole, and up to which transfer its payments were seen.
CREATE TABLE arrears_kept (
    bucket      smallint PRIMARY KEY,
    at          timestamptz NOT NULL,
    transfer_no bigint NOT NULL
);

DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{arrears_rule,arrears_step,arrears_done,arrears_call,arrears_letter,arrears_print,arrears_hold_bill,arrears_plan_row}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
CREATE TRIGGER ended BEFORE UPDATE ON arrears_hold FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION ledger_append_only();
