-- What goes back without the port: a bank that contradicts itself says on paper that it holds nothing of it.
ALTER TABLE deduction_back DROP CONSTRAINT deduction_back_given_by_check;
ALTER TABLE deduction_back ADD CONSTRAINT deduction_back_given_by_check CHECK (given_by IN ('port', 'bank', 'outside'));
ALTER TABLE deduction_back ADD COLUMN reference text NOT NULL DEFAULT '';  -- the paper's number
ALTER TABLE deduction_back ADD CHECK ((given_by = 'outside') = (reference <> ''));
