-- How far a piece's bills go: none of it has a greater number. A list of what is overdue begins there and passes over
-- nothing newer. Of pieces that are made already: how far numbers had come.
ALTER TABLE billing_piece ADD COLUMN bills_upto bigint;
UPDATE billing_piece SET bills_upto = (SELECT last_value * 1000 + 999 FROM billing_bill_no) WHERE made_at IS NOT NULL;
CREATE INDEX billing_piece_upto ON billing_piece (bills_upto DESC NULLS LAST) INCLUDE (run_id);
-- The bills of a run that differ most from those before them, found once all of it is made: neither they nor those before
-- them change from then on, for no other run of the fee is open.
CREATE TABLE billing_outlier (
    run_id  integer NOT NULL REFERENCES billing_run,
    place   smallint NOT NULL,
    bill_id bigint NOT NULL,
    PRIMARY KEY (run_id, place)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_outlier
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
