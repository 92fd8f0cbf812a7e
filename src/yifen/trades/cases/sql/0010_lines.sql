-- Lines out of the main account that nothing explained, each ended by two people with evidence: a payout whose reference the line
-- lacks, money that the bank took from a case 扣划, took out again of what nobody claimed, interest handed on, a fee, or the bank's
-- mistake 银行差错, which ends when its money comes back or when it is explained otherwise.
CREATE TABLE court_explained (
    explained_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    line_id        bigint NOT NULL REFERENCES court_line,
    kind           text NOT NULL CHECK (kind IN ('payout', 'case', 'unknown', 'interest', 'fee', 'error')),
    application_id bigint REFERENCES court_application,
    case_id        bigint REFERENCES court_case,
    receipt_id     bigint REFERENCES court_entry,          -- unidentified money
    evidence       text NOT NULL CHECK (evidence <> '' AND length(evidence) <= 200),
    document_id    bigint UNIQUE REFERENCES court_entry,   -- what was booked of it
    back_line_id   bigint UNIQUE REFERENCES court_line,    -- of a mistake: the line that gave it back
    proposal_id    bigint NOT NULL UNIQUE,
    made_at        timestamptz NOT NULL,
    CHECK ((application_id IS NOT NULL) = (kind = 'payout')),
    CHECK ((case_id IS NOT NULL) = (kind = 'case')),
    CHECK ((receipt_id IS NOT NULL) = (kind = 'unknown')),
    CHECK ((document_id IS NOT NULL) = (kind NOT IN ('payout', 'error'))),
    CHECK (back_line_id IS NULL OR kind = 'error')
);
CREATE UNIQUE INDEX court_explained_line ON court_explained (line_id, (kind = 'error'));
CREATE TRIGGER append_only BEFORE UPDATE OF explained_id, line_id, kind, application_id, case_id, receipt_id, evidence, document_id,
    proposal_id, made_at OR DELETE OR TRUNCATE ON court_explained FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What is booked of them: levied, of a case; unknown_out, of unidentified money; interest_out.
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT c.conname, regexp_replace(pg_get_constraintdef(c.oid), '^CHECK ', '') AS said FROM pg_constraint c
             WHERE c.conrelid = 'court_entry'::regclass AND c.contype = 'c'
                 AND (c.conname IN ('court_entry_kind_check', 'court_entry_agreed')
                      OR pg_get_constraintdef(c.oid) LIKE '%(of_id IS NOT NULL)%'
                      OR pg_get_constraintdef(c.oid) LIKE '%(account_no IS NULL)%arrived%') LOOP
        EXECUTE format('ALTER TABLE court_entry DROP CONSTRAINT %I', v.conname);
        EXECUTE format('ALTER TABLE court_entry ADD CONSTRAINT %I CHECK (%s)', v.conname, CASE
            WHEN v.conname = 'court_entry_kind_check' THEN 'kind IN (''levied'', ''unknown_out'', ''interest_out'') OR ' || v.said
            WHEN v.conname = 'court_entry_agreed' THEN 'CASE WHEN kind IN (''levied'', ''unknown_out'', ''interest_out'')'
                ' THEN proposal_id IS NOT NULL ELSE ' || v.said || ' END'
            WHEN v.said LIKE '%(of_id IS NOT NULL)%' THEN 'CASE WHEN kind = ''unknown_out'' THEN of_id IS NOT NULL ELSE ' || v.said || ' END'
            ELSE 'CASE WHEN kind IN (''unknown_out'', ''interest_out'') THEN account_no IS NULL ELSE ' || v.said || ' END' END);
    END LOOP;
END $$;

-- What a notice to pay 缴款通知书 tells beside the number: the branch that has the main account, whom to ask, and within how many days of
-- its service the debtor pays.
ALTER TABLE court_rule
    ADD COLUMN account_bank text NOT NULL DEFAULT '' CHECK (length(account_bank) <= 100),
    ADD COLUMN phone text NOT NULL DEFAULT '' CHECK (phone ~ '^[-0-9 ()+转、,]{0,60}$'),
    ADD COLUMN comply_days smallint CHECK (comply_days BETWEEN 1 AND 365);
