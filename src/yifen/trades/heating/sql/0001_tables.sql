-- 供热服务: seasons, who asks to be stopped or to be heated again, what became of it. Money is billing's: what two people
-- agree to here becomes a share there.

-- A heating season 采暖季 of a fee, in force by two people; it changes only while nothing was asked for in it.
CREATE TABLE heating_season (
    season_id   integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id   integer NOT NULL,
    fee_id      integer NOT NULL,
    name        text NOT NULL,
    from_on     date NOT NULL,           -- the legal season, which the fee is for
    to_on       date NOT NULL CHECK (to_on > from_on),
    heated_from date NOT NULL CHECK (heated_from <= from_on),  -- 提前供热: heat there is, the fee does not change
    heated_to   date NOT NULL CHECK (heated_to >= to_on),      -- 延长供热
    ask_until   date NOT NULL CHECK (ask_until <= to_on),      -- the last day on which a stop can be asked for
    answer_days smallint NOT NULL CHECK (answer_days BETWEEN 1 AND 90),
    by_days     boolean NOT NULL,        -- a stop and a start count by days; else for the whole season
    paid_first  boolean NOT NULL,        -- who owes what is overdue is not stopped
    proposal    bigint NOT NULL,
    made_at     timestamptz NOT NULL
);
CREATE INDEX heating_season_fee ON heating_season (fee_id, from_on);
-- What who is stopped pays all the same 基本费, in thousandths of the fee; '': any class, any region.
CREATE TABLE heating_term (
    season_id integer NOT NULL REFERENCES heating_season,
    class     text NOT NULL,
    region    text NOT NULL,
    permille  smallint NOT NULL CHECK (permille BETWEEN 0 AND 999),
    PRIMARY KEY (season_id, class, region)
);

-- Why a flat cannot be stopped: not separate 非分户 (its pipe is its neighbours' too), inside warranty 保修期 until a day.
CREATE TABLE heating_mark (
    mark_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket     smallint NOT NULL,
    service_id bigint NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('not_separate', 'warranty')),
    until_on   date CHECK ((until_on IS NULL) = (kind <> 'warranty')),  -- the last day
    note       text NOT NULL,
    made_at    timestamptz NOT NULL,
    made_by    text NOT NULL,            -- a login
    ended_at   timestamptz,
    ended_by   text
);
CREATE UNIQUE INDEX heating_mark_one ON heating_mark (bucket, service_id, kind) WHERE ended_at IS NULL;

-- A holder asks 报停 (stop) or 报开、恢复 (start). Its inspection is the visit of ref "R" and its number.
CREATE TABLE heating_request (
    request_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    season_id     integer NOT NULL REFERENCES heating_season,
    biller_id     integer NOT NULL,
    bucket        smallint NOT NULL,
    customer_id   bigint NOT NULL,
    service_id    bigint NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('stop', 'start')),
    from_on       date NOT NULL,         -- from which day it is to count
    asked_by      text NOT NULL CHECK (asked_by IN ('holder', 'agent')),
    document      text NOT NULL CHECK (document <> ''),  -- number of the signed paper
    reason        text NOT NULL,
    asked_at      timestamptz NOT NULL,
    taken_by      text NOT NULL,         -- the clerk's login
    answer_due_on date NOT NULL,         -- the holder is answered until then
    withdrawn_at  timestamptz,
    decided_at    timestamptz,
    agreed        boolean,
    permille      smallint,              -- agreed to: what is paid all the same
    basic_fen     bigint,                -- … of the season as the price was then; NULL: there was none
    agreement_no  text UNIQUE,
    proposal      bigint UNIQUE,         -- of the two who decided
    CHECK (withdrawn_at IS NULL OR decided_at IS NULL),
    CHECK ((decided_at IS NULL) = (agreed IS NULL) AND (decided_at IS NULL) = (proposal IS NULL)),
    CHECK ((agreed AND kind = 'stop') IS NOT TRUE OR (agreement_no IS NOT NULL AND permille IS NOT NULL))
);
CREATE UNIQUE INDEX heating_request_open ON heating_request (bucket, service_id)
    WHERE decided_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX heating_request_service ON heating_request (bucket, service_id);
CREATE INDEX heating_request_due ON heating_request (biller_id, answer_due_on)
    WHERE decided_at IS NULL AND withdrawn_at IS NULL;

-- What ended never changes, and nothing is lost.
CREATE TRIGGER ended BEFORE UPDATE ON heating_request FOR EACH ROW
    WHEN (OLD.decided_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON heating_request
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON heating_mark
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
