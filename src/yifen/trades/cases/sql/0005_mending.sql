-- A creditor agreed in writing to a plan: nobody waits for his objection any more.
ALTER TABLE court_share ADD agreed_at timestamptz, ADD consent text NOT NULL DEFAULT '',
    ADD CONSTRAINT court_share_agreed CHECK (agreed_at IS NULL OR served_on IS NOT NULL);

-- Why a refund goes to another account than the one that paid; empty: it goes back there, or nobody knows.
ALTER TABLE court_application ADD other_why text NOT NULL DEFAULT '' CHECK (other_why = '' OR kind = 'refund');
CREATE TRIGGER append_only_why BEFORE UPDATE OF other_why ON court_application
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- recalled: a bank's notice of a receipt taken back 推送更正, for its statement says otherwise; by two people.
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT c.conname, pg_get_constraintdef(c.oid) AS said FROM pg_constraint c
             WHERE c.conrelid = 'court_entry'::regclass AND c.contype = 'c'
                 AND (c.conname IN ('court_entry_kind_check', 'court_entry_agreed')
                      OR pg_get_constraintdef(c.oid) LIKE '%(of_id IS NOT NULL)%') LOOP
        EXECUTE format('ALTER TABLE court_entry DROP CONSTRAINT %I', v.conname);
        EXECUTE format('ALTER TABLE court_entry ADD CONSTRAINT %I CHECK (%s)', v.conname, CASE v.conname
            WHEN 'court_entry_kind_check' THEN 'kind = ''recalled'' OR ' || regexp_replace(v.said, '^CHECK ', '')
            WHEN 'court_entry_agreed'
                THEN '(proposal_id IS NOT NULL) = (kind IN (''claimed'', ''unclaimed'', ''moved_out'', ''moved_in'', ''recalled''))'
            ELSE '(of_id IS NOT NULL) = (kind IN (''claimed'', ''unclaimed'', ''moved_in'', ''returned'', ''recalled''))' END);
    END LOOP;
END $$;
CREATE UNIQUE INDEX court_entry_recalled ON court_entry (of_id) WHERE kind = 'recalled';

-- It is asked for with more by now.
DROP FUNCTION IF EXISTS cases_apply_v1(text, bigint, text, bigint, bigint, bigint, bigint, text, timestamptz);

-- A report that is made and filed by itself: the judges' week 承办人周报, the clearing list of a month 不明款清单. As PDF.
CREATE TABLE court_report (
    report_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    court_id  integer NOT NULL REFERENCES court,
    kind      text NOT NULL CHECK (kind IN ('week', 'clearing')),
    on_day    date NOT NULL,                 -- the Monday, the first of the month
    rows      integer NOT NULL,
    body      bytea NOT NULL,
    sha256    bytea NOT NULL,
    reader_id bigint NOT NULL,               -- by whose rights: a head of the court
    made_at   timestamptz NOT NULL,
    UNIQUE (court_id, kind, on_day)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_report
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
