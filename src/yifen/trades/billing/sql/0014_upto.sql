-- How far a piece's bills go: none of it has a greater number. A list of what is overdue begins there and passes over
-- nothing newer. Of pieces that are made already: how far numbers had come.
ALTER TABLE billing_piece ADD COLUMN bills_upto bigint;
UPDATE billing_piece SET bills_upto = (SELECT last_value * 1000 + 999 FROM billing_bill_no) WHERE made_at IS NOT NULL;
CREATE INDEX billing_piece_upto ON billing_piece (bills_upto DESC NULLS LAST) INCLUDE (run_id);
