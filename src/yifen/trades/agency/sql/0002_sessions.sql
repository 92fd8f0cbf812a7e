-- Sessions of the exchange are rows of their own, opened by one person and closed by another; a cheque's bank is one of a
-- list.

-- Banks by their number 行号; the owner alone keeps it (`yifen banks`), so that one bank is not written in two ways.
CREATE TABLE agency_bank (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{12}$'),
    name text NOT NULL CHECK (name <> '')
);
ALTER TABLE agency_cheque ADD CONSTRAINT agency_cheque_bank FOREIGN KEY (drawer_bank) REFERENCES agency_bank NOT VALID;

-- Of before: whoever closed it opened it. `session_id` orders them, whatever clock wrote their day.
DROP TRIGGER append_only ON agency_session;
ALTER TABLE agency_session ADD COLUMN session_id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN opened_at timestamptz, ADD COLUMN opened_by bigint, ALTER COLUMN closed_at DROP NOT NULL,
    ALTER COLUMN closed_by DROP NOT NULL;
UPDATE agency_session SET opened_at = closed_at, opened_by = closed_by;
ALTER TABLE agency_session ALTER COLUMN opened_at SET NOT NULL, ALTER COLUMN opened_by SET NOT NULL,
    ADD CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    ADD CONSTRAINT agency_session_by_two CHECK (closed_by <> opened_by) NOT VALID;
CREATE UNIQUE INDEX agency_session_open ON agency_session (institution_id) WHERE closed_at IS NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF institution_id, day, number, session_id, opened_at, opened_by OR DELETE OR TRUNCATE
    ON agency_session FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ended BEFORE UPDATE ON agency_session FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION ledger_append_only();
-- They believed their caller.
DROP FUNCTION IF EXISTS agency_present_v1(bigint, date, smallint, timestamptz);
DROP FUNCTION IF EXISTS agency_session_v1(bigint, date, smallint, bigint, timestamptz);
DROP FUNCTION IF EXISTS agency_return_v1(bigint, text, timestamptz);
