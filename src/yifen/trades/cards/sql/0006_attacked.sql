-- What of a bank's word no table takes, words that cannot be taken, official swipes as rows of their own, totals of invoices.

-- Moments and days that pages and sums can hold. What was there before stays as it is.
ALTER TABLE card_word ADD COLUMN tries smallint NOT NULL DEFAULT 0,
    ADD CONSTRAINT card_word_when CHECK (received_at BETWEEN '2000-01-01' AND '2100-01-01') NOT VALID;
ALTER TABLE card ADD CONSTRAINT card_when CHECK (told_at BETWEEN '2000-01-01' AND '2100-01-01') NOT VALID;
ALTER TABLE card_event ADD CONSTRAINT card_event_when CHECK (said_at BETWEEN '2000-01-01' AND '2100-01-01') NOT VALID;
ALTER TABLE card_swipe ADD CONSTRAINT card_swipe_when CHECK (swiped_at BETWEEN '2000-01-01' AND '2100-01-01') NOT VALID,
    ADD CONSTRAINT card_swipe_day CHECK (coalesce(posted_on, '2000-01-01') BETWEEN '2000-01-01' AND '2099-12-31') NOT VALID;
ALTER TABLE card_invoice ADD CONSTRAINT card_invoice_when CHECK (coalesce(issued_on, '2000-01-01')
    BETWEEN '2000-01-01' AND '2099-12-31') NOT VALID;

-- Who writes a word without its bank's signature takes no number away from it: the one that the bank signed counts.
ALTER TABLE card_word DROP CONSTRAINT card_word_bank_id_serial_key, ADD UNIQUE (bank_id, serial, sha256);

-- A word that was refused whole stands among the refused rows, as its row 0.
ALTER TABLE card_word_row DROP CONSTRAINT card_word_row_about_check, ADD CONSTRAINT card_word_row_about_check
    CHECK (about IN ('card', 'swipe', 'word'));

-- The total of an invoice is told anew where no claim of it stands; its number never is.
DROP TRIGGER append_only ON card_invoice;
CREATE TRIGGER append_only BEFORE UPDATE OF invoice_id, key OR DELETE OR TRUNCATE ON card_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
DROP FUNCTION IF EXISTS cards_invoice_v1(text, bigint, text, date, bigint, text, timestamptz);

-- The same file at several claims.
CREATE INDEX card_paper_sha256 ON card_paper (sha256);

-- Official swipes, each of its unit: what is private is in no table that a page reads, so that nothing asked of this one finds it.
CREATE TABLE card_official_swipe (
    swipe_id       bigint PRIMARY KEY REFERENCES card_swipe,
    bureau_id      integer NOT NULL REFERENCES card_bureau,
    unit_id        bigint NOT NULL REFERENCES budget_unit,
    card_id        bigint NOT NULL REFERENCES card,
    person_id      bigint NOT NULL REFERENCES budget_person,
    swiped_at      timestamptz NOT NULL,
    posted_on      date NOT NULL,
    amount_fen     bigint NOT NULL,
    currency       text NOT NULL,
    foreign_amount bigint NOT NULL,
    merchant       text NOT NULL,
    mcc            text NOT NULL,
    marked_at      timestamptz NOT NULL
);
CREATE INDEX card_official_swipe_newest ON card_official_swipe (swiped_at DESC, swipe_id DESC);
CREATE INDEX card_official_swipe_unit ON card_official_swipe (unit_id, swiped_at DESC);
CREATE INDEX card_official_swipe_person ON card_official_swipe (person_id);
CREATE INDEX card_official_swipe_card ON card_official_swipe (card_id);

-- As its newest mark says.
CREATE FUNCTION card_official_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM card_official_swipe o WHERE o.swipe_id = NEW.swipe_id
        AND NOT EXISTS (SELECT FROM card_mark k WHERE k.swipe_id = NEW.swipe_id AND k.turn > NEW.turn);
    INSERT INTO card_official_swipe
    SELECT s.swipe_id, s.bureau_id, NEW.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency,
        s.foreign_amount, s.merchant, s.mcc, NEW.at
    FROM card_swipe s WHERE s.swipe_id = NEW.swipe_id AND s.kind = 'cleared' AND NEW.mark = 'official'
        AND NOT EXISTS (SELECT FROM card_mark k WHERE k.swipe_id = NEW.swipe_id AND k.turn > NEW.turn);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION card_official_kept() FROM PUBLIC;
CREATE TRIGGER official_kept AFTER INSERT ON card_mark FOR EACH ROW EXECUTE FUNCTION card_official_kept();
INSERT INTO card_official_swipe
SELECT s.swipe_id, s.bureau_id, k.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount,
    s.merchant, s.mcc, k.at
FROM card_swipe s JOIN card_mark k ON k.swipe_id = s.swipe_id AND k.mark = 'official'
    AND NOT EXISTS (SELECT FROM card_mark n WHERE n.swipe_id = k.swipe_id AND n.turn > k.turn)
WHERE s.kind = 'cleared';

-- A line that was agreed to and is not paid ends without payment, where its merchant gave the money back.
ALTER TABLE card_repayment DROP CONSTRAINT card_repayment_state_check, DROP CONSTRAINT card_repayment_check1,
    ADD CONSTRAINT card_repayment_state_check CHECK (state IN ('due', 'vouched', 'paid', 'returned', 'undone')),
    ADD CONSTRAINT card_repayment_voucher CHECK ((voucher_no IS NULL) = (state IN ('due', 'undone')));
ALTER TABLE card_entry DROP CONSTRAINT card_entry_kind_check, ADD CONSTRAINT card_entry_kind_check CHECK (kind IN ('claimed', 'lent',
    'settled', 'repaid', 'returned', 'returned_cleared', 'returned_prior', 'returned_prior_cleared', 'returned_unpaid'));
