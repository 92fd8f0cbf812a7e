-- Pieces of a run that were given up while others are published; meters changed by one person to another multiplier.

ALTER TABLE billing_piece ADD COLUMN dropped_at timestamptz;  -- it stays unpublished, its bills never count
-- Who fitted it in place of another 换表; NULL: two people, by a file.
ALTER TABLE billing_meter ADD COLUMN fitted_by text;
ALTER TABLE billing_doubt DROP CONSTRAINT billing_doubt_fault_check, DROP CONSTRAINT billing_doubt_check;
ALTER TABLE billing_doubt
    ADD CONSTRAINT billing_doubt_fault_check
        CHECK (fault IN ('missing', 'negative', 'spike', 'zero', 'multiplier', 'huge')),
    ADD CONSTRAINT billing_doubt_check
        CHECK ((accepted_at IS NULL) = (reason IS NULL) AND (fault NOT IN ('missing', 'huge') OR accepted_at IS NULL));
