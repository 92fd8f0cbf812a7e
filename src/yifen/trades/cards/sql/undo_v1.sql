-- What was agreed to, is not paid yet, and is owed no more.

-- A merchant gave back behind the last signature what is claimed of his swipe: nobody pays those lines (CARD_REPAYMENT_OVER). The head
-- of the unit, not who asked nor the holder, ends them: nothing is owed, their quota is free, and what is left of the swipe may be claimed.
-- Codes: CARD_CLAIM_UNKNOWN, PERMISSION_MISSING, CARD_SAME_PERSON, CARD_UNDO_WRONG (no line of it is due and refunded).
CREATE OR REPLACE FUNCTION cards_undo_v1(p_session text, p_claim bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m card_claim := cards_claim_v1(p_claim);
    r card_repayment;
    e card_entry;
    v_count integer := 0;
BEGIN
    IF m.claim_id IS NULL THEN
        RETURN @CARD_CLAIM_UNKNOWN;
    ELSIF budget_who_v1(p_session, 'cards.approve', m.unit_id) IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF access_person_v1(access_who_v1(p_session)) = m.asked_person OR budget_me_v1(p_session) = m.person_id THEN
        RETURN @CARD_SAME_PERSON;
    END IF;
    p_now := payments_moment_v1(m.bureau_id, p_now);
    FOR r IN SELECT x.* FROM card_repayment x WHERE x.claim_id = p_claim AND x.state = 'due' ORDER BY x.line_no FOR UPDATE LOOP
        CONTINUE WHEN cards_payable_v1(ARRAY[r.repayment_id]) = 0;
        PERFORM budget_release_v1(r.hold_id, p_now);
        e := NULL;
        e.bureau_id := r.bureau_id; e.claim_id := r.claim_id; e.line_no := r.line_no; e.amount_fen := r.amount_fen; e.at := p_now;
        e.kind := 'returned_unpaid';
        PERFORM cards_enter_v1(e);
        UPDATE card_repayment x SET state = 'undone', returned_fen = x.amount_fen, changed_at = p_now
        WHERE x.repayment_id = r.repayment_id;
        v_count := v_count + 1;
    END LOOP;
    RETURN CASE WHEN v_count > 0 THEN 0 ELSE @CARD_UNDO_WRONG END;
END $$;
