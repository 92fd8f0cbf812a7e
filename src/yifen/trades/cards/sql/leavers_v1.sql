-- Swipes of who left that his unit does not pay.

-- A unit's cashier says so of an official swipe of which nothing is claimed. Codes: SWIPE_UNKNOWN, PERMISSION_MISSING,
-- CARD_WAIVER_WRONG (its holder did not leave, something of it is claimed, it is asked for already, there is no reason).
CREATE OR REPLACE FUNCTION cards_waive_v1(p_session text, p_swipe bigint, p_reason text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o record;
    v_login text;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_swipe x WHERE x.swipe_id = p_swipe;
    SELECT * INTO o FROM card_official x WHERE x.swipe_id = p_swipe;
    v_login := budget_who_v1(p_session, 'cards.check', o.unit_id);
    IF o.swipe_id IS NULL THEN
        RETURN @SWIPE_UNKNOWN;
    ELSIF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF length(btrim(coalesce(p_reason, ''))) NOT BETWEEN 1 AND 200 OR o.claimed_fen > 0
        OR NOT EXISTS (SELECT FROM card c WHERE c.person_id = o.person_id AND (c.left_at IS NOT NULL
            OR NOT cards_stood_v1(o.person_id, o.unit_id, budget_clock_v1(o.bureau_id))))
        OR EXISTS (SELECT FROM card_waiver v WHERE v.swipe_id = p_swipe AND v.state = 'asked') THEN
        RETURN @CARD_WAIVER_WRONG;
    END IF;
    INSERT INTO card_waiver (swipe_id, unit_id, reason, state, asked_by, asked_person, asked_at)
    VALUES (p_swipe, o.unit_id, btrim(p_reason), 'asked', v_login, access_person_v1(access_who_v1(p_session)),
            payments_moment_v1(o.bureau_id, p_now));
    RETURN 0;
END $$;

-- Another person's word. Yes: the swipe is its holder's own matter, as if he had never called it official; nobody sees it any more.
-- Codes: CARD_WAIVER_STATE (there is none that waits; something of it is claimed by now), PERMISSION_MISSING, CARD_SAME_PERSON.
CREATE OR REPLACE FUNCTION cards_waive_decide_v1(p_session text, p_waiver bigint, p_yes boolean, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v card_waiver;
    s card_swipe;
    v_login text;
    v_person text := access_person_v1(access_who_v1(p_session));
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_waiver y JOIN card_swipe x USING (swipe_id) WHERE y.waiver_id = p_waiver;
    SELECT * INTO v FROM card_waiver x WHERE x.waiver_id = p_waiver FOR UPDATE;
    SELECT * INTO s FROM card_swipe x WHERE x.swipe_id = v.swipe_id;
    v_login := budget_who_v1(p_session, 'cards.approve', v.unit_id);
    IF v.waiver_id IS NULL OR v.state <> 'asked' OR p_yes AND cards_claimed_v1(v.swipe_id) > 0 THEN
        RETURN @CARD_WAIVER_STATE;
    ELSIF v_login IS NULL OR p_yes IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v_person = v.asked_person OR budget_me_v1(p_session) = s.person_id THEN
        RETURN @CARD_SAME_PERSON;
    END IF;
    p_now := payments_moment_v1(s.bureau_id, p_now);
    UPDATE card_waiver x SET state = CASE WHEN p_yes THEN 'done' ELSE 'refused' END, decided_by = v_login, decided_person = v_person,
        decided_at = p_now
    WHERE x.waiver_id = p_waiver;
    IF p_yes THEN
        INSERT INTO card_mark SELECT s.swipe_id, max(k.turn) + 1, 'private', NULL, v_login, p_now FROM card_mark k
        WHERE k.swipe_id = s.swipe_id;
    END IF;
    RETURN 0;
END $$;
