-- 批量估抄: what was not read of a fee and a period is estimated by one act; the worker does it in pieces.
CREATE TABLE billing_estimating (
    estimating_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    fee_id        integer NOT NULL REFERENCES billing_fee,
    since_on      date NOT NULL,
    until_on      date NOT NULL,
    upto_id       bigint NOT NULL,       -- the last doubt that was there
    services      bigint NOT NULL,       -- how many were seen
    asked_at      timestamptz NOT NULL,
    asked_by      text NOT NULL          -- a login
);
CREATE INDEX billing_estimating_fee ON billing_estimating (fee_id);
-- A piece of it that is done.
CREATE TABLE billing_estimated (
    estimating_id bigint NOT NULL REFERENCES billing_estimating,
    piece         integer NOT NULL,
    last_id       bigint NOT NULL,       -- the last doubt that was looked at
    done          integer NOT NULL,
    refused       integer NOT NULL,      -- a row each below
    PRIMARY KEY (estimating_id, piece)
);
CREATE TABLE billing_estimate_left (
    estimating_id bigint NOT NULL REFERENCES billing_estimating,
    bucket        smallint NOT NULL,
    service_id    bigint NOT NULL,
    code          integer NOT NULL,      -- why it could not be estimated
    PRIMARY KEY (estimating_id, bucket, service_id)
);
DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{billing_estimating,billing_estimated,billing_estimate_left}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
