-- 退单: payments taken back by two people from the console, whole or in part, each a message to the hub under a serial
-- of its own. `code`: what the hub answered at last; `noted_*`: a person saw that the channel gave its payer the money.
CREATE TABLE recon_chargeback (
    chargeback_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id   bigint NOT NULL UNIQUE REFERENCES access_authorisation,
    payment_id    bigint NOT NULL,
    channel_id    integer NOT NULL REFERENCES partner,
    biller_id     integer NOT NULL REFERENCES partner,
    original      text NOT NULL,                       -- the payment's serial
    amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
    reason        text NOT NULL CHECK (reason IN ('funds', 'denied', 'twice', 'account', 'other')),
    note          text NOT NULL CHECK (length(note) <= 200),
    verb          text NOT NULL CHECK (verb IN ('reverse', 'refund')),
    tries         integer NOT NULL DEFAULT 0,          -- the other verb is another message
    made_by       text NOT NULL,
    decided_by    text NOT NULL,
    made_at       timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'doing' CHECK (state IN ('doing', 'done', 'refused')),
    code          integer,
    ended_at      timestamptz,
    reference     text CHECK (reference <> ''),
    noted_by      text,
    noted_at      timestamptz,
    CHECK ((state = 'doing') = (ended_at IS NULL)),
    CHECK (num_nonnulls(reference, noted_by, noted_at) IN (0, 3))
);
CREATE UNIQUE INDEX recon_chargeback_one ON recon_chargeback (payment_id) WHERE state = 'doing';
CREATE INDEX recon_chargeback_payment ON recon_chargeback (payment_id);
