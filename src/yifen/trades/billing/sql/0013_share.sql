-- Shares 份额: from a day to a day a service pays a share of all that follows no quantity (sql/shares_v1.sql).

-- A row never changes but for its end: what a bill was made by can be read for ever. The view billing_share has those
-- that stand.
CREATE TABLE billing_share_row (
    share_id   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    bucket     smallint NOT NULL,
    service_id bigint NOT NULL,
    from_on    date NOT NULL,
    to_on      date NOT NULL CHECK (to_on >= from_on),  -- the last day
    share      numeric(6, 5) NOT NULL CHECK (share >= 0 AND share < 1),
    why        text NOT NULL,
    proposal   bigint NOT NULL,          -- of two people
    made_at    timestamptz NOT NULL,
    ended_at   timestamptz               -- since then a shorter one stands for it, that of the next holder, or none
);
CREATE INDEX billing_share_service ON billing_share_row (bucket, service_id);
