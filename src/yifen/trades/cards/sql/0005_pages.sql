-- What pages of holder, cashier and bureau need.

-- An invoice's number with its hyphens and without is one.
CREATE UNIQUE INDEX card_invoice_one ON card_invoice (replace(key, '-', ''));

-- What the file of a line's invoice says (number, gross_fen, seller, issued_on); empty: no file that says anything, so that it was typed.
ALTER TABLE card_claim_line ADD COLUMN file_says jsonb NOT NULL DEFAULT '{}';

-- The catalogue: what all bureaus share (no bureau), and what one keeps otherwise from a day on, by two people. The bureau's own
-- row hides the shared one; one that `ended` says that the code counts no more. Empty classes: any.
ALTER TABLE card_item ADD COLUMN bureau_id integer REFERENCES card_bureau, ADD COLUMN func_codes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN gov_codes text[] NOT NULL DEFAULT '{}', ADD COLUMN ended boolean NOT NULL DEFAULT false, ADD COLUMN proposal_id bigint,
    ADD COLUMN item_id bigint GENERATED ALWAYS AS IDENTITY, DROP CONSTRAINT card_item_pkey, ADD PRIMARY KEY (item_id),
    ADD CONSTRAINT card_item_agreed CHECK ((bureau_id IS NULL) = (proposal_id IS NULL));
CREATE UNIQUE INDEX card_item_from ON card_item (coalesce(bureau_id, 0), code, valid_from);
ALTER TABLE card_exemption ADD COLUMN bureau_id integer REFERENCES card_bureau, ADD COLUMN ended boolean NOT NULL DEFAULT false,
    ADD COLUMN proposal_id bigint, ADD COLUMN exemption_id bigint GENERATED ALWAYS AS IDENTITY, DROP CONSTRAINT card_exemption_pkey,
    ADD PRIMARY KEY (exemption_id), ADD CONSTRAINT card_exemption_agreed CHECK ((bureau_id IS NULL) = (proposal_id IS NULL));
CREATE UNIQUE INDEX card_exemption_from ON card_exemption (coalesce(bureau_id, 0), code, valid_from);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_item
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_exemption
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- A file that a bureau handed in itself (`hand`) counts by two people.
ALTER TABLE card_word DROP CONSTRAINT card_word_kind_check, ADD CONSTRAINT card_word_kind_check
    CHECK (kind IN ('push', 'file', 'answer', 'hand'));
CREATE TABLE card_word_agreed (
    word_id     bigint PRIMARY KEY REFERENCES card_word,
    bureau_id   integer NOT NULL REFERENCES card_bureau,
    proposal_id bigint NOT NULL,
    at          timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_word_agreed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- A swipe asked for at its bank. Its answer is a word as any other; `code`: how it ended.
CREATE TABLE card_query (
    query_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id integer NOT NULL REFERENCES card_bureau,
    bank_id   integer NOT NULL REFERENCES bank (partner_id),
    card_id   bigint NOT NULL REFERENCES card,
    number    text NOT NULL CHECK (number ~ '^[0-9A-Za-z-]{0,40}$'),       -- the bank's; empty: all of those days
    from_on   date NOT NULL,
    until_on  date NOT NULL CHECK (until_on BETWEEN from_on AND from_on + 31),
    unit_id   bigint REFERENCES budget_unit,                               -- for which its cashier asks; NULL: the holder himself
    asked_by  text NOT NULL,
    asked_at  timestamptz NOT NULL,
    state     text NOT NULL CHECK (state IN ('asked', 'told', 'failed')),
    code      integer NOT NULL DEFAULT 0,
    tries     integer NOT NULL DEFAULT 0,
    ask_at    timestamptz,                                                 -- when the bank is asked next
    reason    text NOT NULL DEFAULT '',
    word_id   bigint REFERENCES card_word,
    done_at   timestamptz,
    CHECK ((done_at IS NULL) = (state = 'asked')),
    CHECK ((ask_at IS NOT NULL) = (state = 'asked'))
);
CREATE UNIQUE INDEX card_query_open ON card_query (card_id, number, from_on, until_on) WHERE state = 'asked';
CREATE INDEX card_query_due ON card_query (ask_at) WHERE state = 'asked';
CREATE INDEX card_query_card ON card_query (card_id, query_id DESC);

-- An official swipe of somebody who left which his unit does not pay: he pays it himself, by two people of the unit.
CREATE TABLE card_waiver (
    waiver_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    swipe_id       bigint NOT NULL REFERENCES card_swipe,
    unit_id        bigint NOT NULL REFERENCES budget_unit,
    reason         text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    state          text NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
    asked_by       text NOT NULL,
    asked_person   text NOT NULL,
    asked_at       timestamptz NOT NULL,
    decided_by     text,
    decided_person text,
    decided_at     timestamptz,
    CHECK ((decided_at IS NULL) = (state = 'asked')),
    CHECK (decided_person <> asked_person)
);
CREATE UNIQUE INDEX card_waiver_open ON card_waiver (swipe_id) WHERE state = 'asked';
CREATE INDEX card_waiver_unit ON card_waiver (unit_id, state);
DROP FUNCTION IF EXISTS cards_class_fits_v1(text, text, date);
DROP FUNCTION IF EXISTS cards_lines_v1(jsonb);
