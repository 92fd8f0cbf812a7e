-- Who signs in an absent signer's place; what of a refund is of which clearing.

-- A deputy 代理审批 of somebody who signs claims, at a level of a unit and below, from a day to a day, by two people of the bureau.
CREATE TABLE card_deputy (
    deputy_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bureau_id   integer NOT NULL REFERENCES card_bureau,
    unit_id     bigint NOT NULL REFERENCES budget_unit,
    level       text NOT NULL CHECK (level IN ('cashier', 'head')),
    person_id   bigint NOT NULL REFERENCES budget_person,
    for_id      bigint NOT NULL REFERENCES budget_person,      -- who is absent
    from_on     date NOT NULL,
    until_on    date NOT NULL CHECK (until_on BETWEEN from_on AND from_on + 92),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 2 AND 200),
    proposal_id bigint NOT NULL,
    made_at     timestamptz NOT NULL,
    ended_at    timestamptz,                                   -- before its last day
    ended_by    text,
    CHECK (person_id <> for_id),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX card_deputy_person ON card_deputy (person_id, until_on);
CREATE TRIGGER append_only BEFORE UPDATE OF deputy_id, bureau_id, unit_id, level, person_id, for_id, from_on, until_on, reason, proposal_id,
    made_at OR DELETE OR TRUNCATE ON card_deputy FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
ALTER TABLE card_signature ADD COLUMN deputy_id bigint REFERENCES card_deputy;   -- as whose deputy he said it

-- A refund is of one clearing, or of several of its reference, each with its part.
CREATE TABLE card_refund_part (
    part_id    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    refund_id  bigint NOT NULL REFERENCES card_swipe,
    swipe_id   bigint NOT NULL REFERENCES card_swipe,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (refund_id, swipe_id)
);
CREATE INDEX card_refund_part_swipe ON card_refund_part (swipe_id);
INSERT INTO card_refund_part (refund_id, swipe_id, amount_fen) SELECT swipe_id, of_id, amount_fen FROM card_swipe WHERE kind = 'refund' AND of_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON card_refund_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
