-- A dispute that was found right 成立 holds its bills until they are corrected or cancelled.
ALTER TABLE arrears_hold ADD COLUMN upheld_at timestamptz, ADD COLUMN upheld_by text,
    ADD COLUMN upheld_note text NOT NULL DEFAULT '',
    ADD CHECK ((upheld_at IS NULL) = (upheld_by IS NULL) AND (kind = 'dispute' OR upheld_at IS NULL));
-- Those that were found right before, when dunning went on at once, hold again; which are mended the worker sees.
ALTER TABLE arrears_hold DISABLE TRIGGER ended;
UPDATE arrears_hold SET upheld_at = ended_at, upheld_by = ended_by, upheld_note = ended_note,
    ended_at = NULL, ended_by = NULL, ended_why = NULL, ended_note = ''
WHERE kind = 'dispute' AND ended_why = 'upheld';
ALTER TABLE arrears_hold ENABLE TRIGGER ended;

-- The bills that a letter or a notice names, as they were when it was printed.
CREATE TABLE arrears_letter_bill (
    letter_no     bigint NOT NULL REFERENCES arrears_letter,
    bill_id       bigint NOT NULL,
    title         text NOT NULL,
    due_on        date NOT NULL,
    principal_fen bigint NOT NULL CHECK (principal_fen >= 0),
    late_fen      bigint NOT NULL CHECK (late_fen >= 0),
    PRIMARY KEY (letter_no, bill_id)
);
-- Where a company is found by whom it dunned 落款; the newest counts.
CREATE TABLE arrears_office (
    office_id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id integer NOT NULL,
    phone     text NOT NULL,
    address   text NOT NULL,
    made_by   text NOT NULL,
    made_at   timestamptz NOT NULL
);
CREATE INDEX arrears_office_biller ON arrears_office (biller_id, office_id);

DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{arrears_letter_bill,arrears_office}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
