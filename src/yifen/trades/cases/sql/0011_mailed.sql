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
