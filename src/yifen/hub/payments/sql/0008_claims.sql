-- Whose days were settled: that money is no longer on the transit account. by_claim: what is refunded of it
-- stands as a claim on the next settlement, else it is taken from the settlement account.
CREATE TABLE biller_settled (
    biller_id    integer NOT NULL,
    business_day date NOT NULL,
    by_claim     boolean NOT NULL,
    PRIMARY KEY (biller_id, business_day)
);

-- A refund of a settled day 退款追偿: what the biller owes for it, and how much of that its settlement
-- account has paid.
CREATE TABLE refund_claim (
    document_id  bigint PRIMARY KEY CHECK (document_id < 0),
    bucket       smallint NOT NULL,
    payment_id   bigint NOT NULL,
    biller_id    integer NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    paid_fen     bigint NOT NULL DEFAULT 0 CHECK (paid_fen BETWEEN 0 AND amount_fen),
    by_claim     boolean NOT NULL,
    business_day date NOT NULL,      -- on which it was refunded
    made_at      timestamptz NOT NULL
);
CREATE INDEX refund_claim_payment ON refund_claim (bucket, payment_id);
CREATE INDEX refund_claim_open ON refund_claim (biller_id) WHERE paid_fen < amount_fen;
