-- Unidentified money goes back to who paid it 退回原付款人, by the path of payouts: an application of no sub-account, of a receipt.
ALTER TABLE court_payee
    ALTER COLUMN proposal_id DROP NOT NULL,
    ADD COLUMN entry_id bigint REFERENCES court_entry,      -- of `back`: whose payer it is; without a number: the account that paid
    DROP CONSTRAINT court_payee_purpose_check,
    ADD CONSTRAINT court_payee_purpose_check CHECK (purpose IN ('fee', 'deposit', 'back')),
    ADD CONSTRAINT court_payee_back CHECK ((entry_id IS NOT NULL) = (purpose IS NOT DISTINCT FROM 'back')
        AND (proposal_id IS NULL) = (entry_id IS NOT NULL) AND (account_no = '') = (account_name = '')
        AND (entry_id IS NOT NULL OR account_no <> ''));
DO $$
BEGIN
    EXECUTE (SELECT format('ALTER TABLE court_application DROP CONSTRAINT %I', c.conname) FROM pg_constraint c
        WHERE c.conrelid = 'court_application'::regclass AND c.contype = 'c' AND pg_get_constraintdef(c.oid) LIKE '%other_why%');
END $$;
ALTER TABLE court_application
    ALTER COLUMN account_no DROP NOT NULL,
    ADD COLUMN evidence text NOT NULL DEFAULT '',           -- that it belongs to no case here
    DROP CONSTRAINT court_application_kind_check,
    ADD CONSTRAINT court_application_kind_check CHECK (kind IN ('payout', 'refund', 'fee', 'deposit', 'back')),
    DROP CONSTRAINT court_application_levels_check,
    ADD CONSTRAINT court_application_levels_check CHECK (cardinality(levels) >= CASE kind WHEN 'back' THEN 1 ELSE 2 END),
    ADD CONSTRAINT court_application_other_why CHECK (other_why = '' OR kind IN ('refund', 'back')),
    ADD CONSTRAINT court_application_back CHECK ((kind = 'back') = (account_no IS NULL) AND (kind = 'back') = (evidence <> '')
        AND (kind <> 'back' OR receipt_id IS NOT NULL));
CREATE TRIGGER append_only_evidence BEFORE UPDATE OF evidence ON court_application
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- sent_back, came_back: unidentified money left, and is unidentified again.
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT c.conname, pg_get_constraintdef(c.oid) AS said FROM pg_constraint c
             WHERE c.conrelid = 'court_entry'::regclass AND c.contype = 'c'
                 AND (c.conname IN ('court_entry_kind_check', 'court_entry_application')
                      OR pg_get_constraintdef(c.oid) LIKE '%(of_id IS NOT NULL)%'
                      OR pg_get_constraintdef(c.oid) LIKE '%(account_no IS NULL) = (kind%') LOOP
        EXECUTE format('ALTER TABLE court_entry DROP CONSTRAINT %I', v.conname);
        -- What was true of the other kinds stays so; of these two all three are said.
        EXECUTE format('ALTER TABLE court_entry ADD CONSTRAINT %I CHECK (CASE WHEN kind IN (''sent_back'', ''came_back'') THEN %s ELSE %s END)',
            v.conname, CASE WHEN v.conname = 'court_entry_kind_check' THEN 'true'
                WHEN v.said LIKE '%account_no%' THEN 'account_no IS NULL'
                WHEN v.said LIKE '%of_id%' THEN 'of_id IS NOT NULL' ELSE 'application_id IS NOT NULL' END,
            regexp_replace(v.said, '^CHECK ', ''));
    END LOOP;
END $$;

-- Numbers are linked, and taken apart, by two people; a case of another court's number was entrusted 委托执行; so many percent of what
-- is to be enforced may be paid beyond it: interest and costs that follow.
ALTER TABLE court_name ADD proposal_id bigint;     -- empty: of before two people agreed to links, or by merging
DROP TRIGGER append_only ON court_name;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON court_name FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
ALTER TABLE court_case ADD entrusted text NOT NULL DEFAULT '';
ALTER TABLE court_rule ADD beyond_percent smallint NOT NULL DEFAULT 100 CHECK (beyond_percent BETWEEN 0 AND 1000);

-- They are asked for with more by now, or otherwise.
DROP FUNCTION IF EXISTS cases_open_v1(text, integer, text, text, text, date, bigint, text, text[], bytea[], timestamptz);
DROP FUNCTION IF EXISTS cases_open_as_v1(text, integer, text, text, text, date, bigint, text, text[], bytea[], timestamptz);
DROP FUNCTION IF EXISTS cases_open_asked_v1(bigint, boolean, text, text, date, bigint, text, text[], bytea[], timestamptz);
DROP FUNCTION IF EXISTS cases_link_v1(text, bigint, text, text, timestamptz);
