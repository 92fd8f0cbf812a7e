-- Figures 统计: reports that people made, who has them made regularly, what was made, and what collecting costs them.

-- A report 报表. `ask` is data that catalogue.py reads: names of dimensions and measures, values to filter by, a period.
CREATE TABLE figure_report (
    report_id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    owner_id       bigint NOT NULL,
    institution_id bigint NOT NULL,      -- with partner_id: whose people the owner is one of
    partner_id     integer,
    title          text NOT NULL CHECK (length(title) BETWEEN 1 AND 60),
    ask            jsonb NOT NULL,
    roles          text[] NOT NULL DEFAULT '{}',  -- who of his people sees it too
    made_at        timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    dropped_at     timestamptz
);
CREATE INDEX figure_report_people ON figure_report (institution_id, partner_id) WHERE dropped_at IS NULL;

-- A report that is made by itself 定时, of the period that ended, for its owner alone.
CREATE TABLE figure_schedule (
    schedule_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    report_id   bigint NOT NULL REFERENCES figure_report,
    owner_id    bigint NOT NULL,
    every       text NOT NULL CHECK (every IN ('day', 'week', 'month')),
    hour        smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),  -- of Asia/Shanghai
    format      text NOT NULL CHECK (format IN ('xlsx', 'pdf')),
    language    text NOT NULL CHECK (language IN ('zh-hans', 'en')),
    mail        bytea,                   -- sealed; NULL: nobody is mailed
    mail_domain text NOT NULL DEFAULT '',  -- of it, what stands behind @: whoever watches over it sees this much
    next_at     timestamptz NOT NULL,
    begun_at    timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_why   text NOT NULL DEFAULT '' CHECK (ended_why IN ('', 'owner', 'dropped', 'admin', 'right'))
);
CREATE INDEX figure_schedule_due ON figure_schedule (next_at) WHERE ended_at IS NULL;

-- A file that was made 已制作; its bytes are kept for 60 days.
CREATE TABLE figure_made (
    made_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    schedule_id bigint NOT NULL REFERENCES figure_schedule,
    at          timestamptz NOT NULL,    -- when it was due; a schedule makes one a time
    state       text NOT NULL CHECK (state IN ('due', 'made', 'failed')),
    rows        integer,
    body        bytea,
    sha256      bytea,
    made_at     timestamptz,
    mail_state  text NOT NULL CHECK (mail_state IN ('none', 'due', 'sent', 'failed')),
    tries       smallint NOT NULL DEFAULT 0,
    said        text NOT NULL DEFAULT '',  -- why not, in the program's words
    UNIQUE (schedule_id, at)
);
CREATE INDEX figure_made_due ON figure_made (made_id) WHERE state = 'due' OR mail_state = 'due';
CREATE INDEX figure_made_old ON figure_made (made_at) WHERE body IS NOT NULL;

-- What collecting costs a company 收费成本, as somebody assumed it; the newest of a company counts.
CREATE TABLE figure_cost (
    cost_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id integer NOT NULL,
    wages_fen bigint NOT NULL CHECK (wages_fen BETWEEN 0 AND 100000000000),  -- of all collectors of its own, a month
    rates     jsonb NOT NULL,            -- [{channel, staff, bill_fen, permille}], a channel each
    said_at   timestamptz NOT NULL,
    said_by   text NOT NULL              -- a login
);
CREATE INDEX figure_cost_newest ON figure_cost (biller_id, cost_id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON figure_cost
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
