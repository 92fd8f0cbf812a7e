-- Quota that a treasury's signed message brings: neither two people's nor a claim's.
ALTER TABLE budget_entry ADD COLUMN told text CHECK (told IS NULL OR told <> '' AND kind IN ('arrived', 'withdrawn'));
ALTER TABLE budget_entry DROP CONSTRAINT budget_entry_check1,
    ADD CONSTRAINT budget_entry_why CHECK (num_nonnulls(hold_id, proposal_id, told) = 1);
