-- Whom a court's filed reports are mailed to, by its rule: addresses with a blank between them.
ALTER TABLE court_rule ADD COLUMN mail_to text NOT NULL DEFAULT ''
    CHECK (mail_to ~ '^([^[:space:]@]+@[^[:space:]@]+( (?=.)|$)){0,5}$' AND length(mail_to) <= 1000);

-- A filed report on its way to an address: tried again later and later, until the mail server took it or never will.
CREATE TABLE court_mail (
    report_id bigint NOT NULL REFERENCES court_report,
    address   text NOT NULL CHECK (address <> ''),
    state     text NOT NULL CHECK (state IN ('due', 'sent', 'failed')),
    tries     smallint NOT NULL,
    next_at   timestamptz NOT NULL,
    said      text NOT NULL CHECK (length(said) <= 300),   -- by the mail server, in the end
    ended_at  timestamptz,
    PRIMARY KEY (report_id, address),
    CHECK ((ended_at IS NULL) = (state = 'due'))
);
CREATE INDEX court_mail_due ON court_mail (next_at) WHERE state = 'due';
CREATE TRIGGER append_only BEFORE UPDATE OF report_id, address OR DELETE OR TRUNCATE ON court_mail
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- The account that paid, sealed as payees' accounts are, so that equal ones are equal here: a refund to another one needs a reason.
-- Of lines of before it is empty: there the pages alone ask.
ALTER TABLE court_row ADD COLUMN payer_sealed text NOT NULL DEFAULT '';

-- Whether interest of the main account goes to the cases 利息计入各案; else it is kept until the court pays it out.
ALTER TABLE court_rule ADD COLUMN share_interest boolean NOT NULL DEFAULT false;

-- interest_in: a case's share of interest, of that entry.
DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT c.conname, regexp_replace(pg_get_constraintdef(c.oid), '^CHECK ', '') AS said FROM pg_constraint c
             WHERE c.conrelid = 'court_entry'::regclass AND c.contype = 'c'
                 AND (c.conname = 'court_entry_kind_check' OR pg_get_constraintdef(c.oid) LIKE '%(of_id IS NOT NULL)%') LOOP
        EXECUTE format('ALTER TABLE court_entry DROP CONSTRAINT %I', v.conname);
        EXECUTE format('ALTER TABLE court_entry ADD CONSTRAINT %I CHECK (%s)', v.conname, CASE v.conname
            WHEN 'court_entry_kind_check' THEN 'kind = ''interest_in'' OR ' || v.said
            ELSE 'CASE WHEN kind = ''interest_in'' THEN of_id IS NOT NULL ELSE ' || v.said || ' END' END);
    END LOOP;
END $$;
CREATE UNIQUE INDEX court_entry_shared ON court_entry (of_id, account_no) WHERE kind = 'interest_in';
