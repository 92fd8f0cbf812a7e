-- Refunds in part: a row each, by its serial; what is left of the payment after it. Those of before took all.
ALTER TABLE payment_return
    ADD COLUMN left_fen bigint NOT NULL DEFAULT 0 CHECK (left_fen >= 0),
    ADD CHECK (amount_fen > 0),
    DROP CONSTRAINT payment_return_pkey,
    ADD PRIMARY KEY (bucket, payment_id, serial);
