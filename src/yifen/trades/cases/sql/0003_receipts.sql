-- How unidentified money came, as the evidence of its claim says: an ordinary POS pays the main account, its slip names the case.
ALTER TABLE court_entry ADD way text CHECK (way IS NULL OR kind = 'claimed' AND way IN ('transfer', 'pos', 'cash', 'other'));
-- A list of old balances of that day, which is a court's first statement: it begins with nothing.
ALTER TABLE court_file ADD old_on date CHECK (old_on IS NULL OR opening_fen = 0);
CREATE INDEX court_entry_proposal ON court_entry (proposal_id) WHERE proposal_id IS NOT NULL;
