-- A payable that keeps a balance (decision 0037): what was paid on it, less what was given back and what was spent of
-- it. NULL: it keeps none.
ALTER TABLE payable ADD COLUMN balance_fen bigint
    CHECK (balance_fen >= 0) CHECK (balance_fen IS NULL OR mode = 'open');
CREATE INDEX payable_balance ON payable (bucket, biller_id, account_no) WHERE balance_fen > 0;
