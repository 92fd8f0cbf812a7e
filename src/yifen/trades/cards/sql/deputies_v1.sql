-- Deputies 代理审批: who signs claims in an absent signer's place.

-- What speaks against one: not of this bureau, too long, in the past; the absent does not sign there, his deputy has no post or no
-- login that sees claims, there is one for those days. Code: CARD_DEPUTY_WRONG.
CREATE OR REPLACE FUNCTION cards_deputy_against_v1(p_bureau integer, p jsonb) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d card_deputy;
    v_today date := budget_clock_v1(p_bureau);
BEGIN
    d := jsonb_populate_record(NULL::card_deputy, p);
    RETURN CASE WHEN (d.person_id <> d.for_id AND d.level IN ('cashier', 'head') AND length(btrim(d.reason)) BETWEEN 2 AND 200
            AND d.from_on BETWEEN v_today AND v_today + 92 AND d.until_on BETWEEN d.from_on AND d.from_on + 92
            AND EXISTS (SELECT FROM card_bureau b JOIN budget_unit u USING (bureau_id)
                WHERE b.bureau_id = p_bureau AND u.unit_id = d.unit_id)
            AND cards_stood_v1(d.for_id, d.unit_id, d.from_on) AND EXISTS (SELECT FROM budget_post t WHERE t.person_id = d.person_id
                AND d.from_on BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'))
            AND EXISTS (SELECT FROM access_user u JOIN partner y ON y.id = u.partner_id WHERE y.id = p_bureau
                AND budget_servant_v1(u.id) = d.for_id AND access_may_v1(u.id, cards_level_v1(d.level), y.institution_id, y.id))
            AND EXISTS (SELECT FROM access_user u JOIN partner y ON y.id = u.partner_id WHERE y.id = p_bureau AND u.is_active
                AND budget_servant_v1(u.id) = d.person_id AND access_may_v1(u.id, 'cards.see', y.institution_id, y.id))
            AND NOT EXISTS (SELECT FROM card_deputy x WHERE (x.unit_id, x.level, x.for_id) = (d.unit_id, d.level, d.for_id)
                AND x.ended_at IS NULL AND daterange(x.from_on, x.until_on, '[]') && daterange(d.from_on, d.until_on, '[]'))) IS NOT TRUE
        THEN @CARD_DEPUTY_WRONG ELSE 0 END;
EXCEPTION WHEN data_exception THEN
    RETURN @CARD_DEPUTY_WRONG;
END $$;

-- Two people of the bureau agree, neither of them the deputy. Codes: CARD_CHANGE_NOT_AGREED, CARD_SAME_PERSON, as cards_deputy_against_v1.
CREATE OR REPLACE FUNCTION cards_deputy_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('cards.deputy', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @CARD_CHANGE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, v.bureau_id);
    v_code := cards_deputy_against_v1(v.bureau_id, v.content);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF EXISTS (SELECT FROM access_authorisation a WHERE a.id = p_proposal AND to_jsonb(ARRAY[budget_servant_v1(a.maker_id),
            budget_servant_v1(a.checker_id)]) @> (v.content -> 'person_id')) THEN
        RETURN @CARD_SAME_PERSON;
    END IF;
    INSERT INTO card_deputy (bureau_id, unit_id, level, person_id, for_id, from_on, until_on, reason, proposal_id, made_at)
    SELECT v.bureau_id, d.unit_id, d.level, d.person_id, d.for_id, d.from_on, d.until_on, btrim(d.reason), p_proposal,
        payments_moment_v1(v.bureau_id, p_now) FROM jsonb_populate_record(NULL::card_deputy, v.content) d;
    RETURN 0;
END $$;

-- It ends before its last day: by an officer of the bureau, by whom it stands in for, by the deputy. Codes: CARD_DEPUTY_STATE (there is
-- none that runs or is to come), PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION cards_deputy_end_v1(p_session text, p_deputy bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d card_deputy;
    v_root bigint;
BEGIN
    SELECT * INTO d FROM card_deputy x WHERE x.deputy_id = p_deputy FOR UPDATE;
    SELECT u.unit_id INTO v_root FROM budget_unit u WHERE u.bureau_id = d.bureau_id AND u.parent_id IS NULL;
    IF budget_who_v1(p_session, 'cards.deputies', v_root) IS NULL AND (budget_me_v1(p_session) IN (d.person_id, d.for_id)) IS NOT TRUE THEN
        RETURN CASE WHEN d.deputy_id IS NULL THEN @CARD_DEPUTY_STATE ELSE @PERMISSION_MISSING END;
    ELSIF d.ended_at IS NOT NULL OR d.until_on < budget_clock_v1(d.bureau_id) THEN
        RETURN @CARD_DEPUTY_STATE;
    END IF;
    UPDATE card_deputy x SET ended_at = payments_moment_v1(d.bureau_id, p_now), ended_by = (SELECT u.login FROM access_user u
        WHERE u.id = access_who_v1(p_session)) WHERE x.deputy_id = p_deputy;
    RETURN 0;
END $$;

-- As whose deputy a session's login may sign a unit's claims at a level today, by the database's clock: both have a running post, and
-- he sees claims at all. NULL: as nobody's.
CREATE OR REPLACE FUNCTION cards_deputed_v1(p_session text, p_unit bigint, p_level text) RETURNS card_deputy
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d card_deputy;
BEGIN
    SELECT x.* INTO d FROM card_deputy x JOIN partner y ON y.id = x.bureau_id
    WHERE x.person_id = budget_me_v1(p_session) AND x.level = p_level AND x.ended_at IS NULL
        AND budget_clock_v1(x.bureau_id) BETWEEN x.from_on AND x.until_on AND x.unit_id IN (SELECT budget_above_v1(p_unit))
        AND cards_stood_v1(x.for_id, x.unit_id, budget_clock_v1(x.bureau_id))
        AND access_may_v1(access_who_v1(p_session), 'cards.see', y.institution_id, y.id)
    ORDER BY x.deputy_id LIMIT 1;
    RETURN d;
END $$;

-- Had he, or the one in whose place he signs, a part in it: is it his own claim, did he ask for it or sign it?
CREATE OR REPLACE FUNCTION cards_took_part_v1(m card_claim, p_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM budget_person s WHERE s.person_id = p_person AND (s.person_id = m.person_id
        OR lower(s.staff_no) = m.asked_person OR EXISTS (SELECT FROM card_signature g LEFT JOIN card_deputy d USING (deputy_id)
            WHERE g.claim_id = m.claim_id AND (g.person = lower(s.staff_no) OR d.for_id = s.person_id))));
$$;

-- Claims that wait for a session's login as a deputy, and as whose.
CREATE OR REPLACE FUNCTION cards_deputed_claims_v1(p_session text) RETURNS TABLE (claim_id bigint, deputy_id bigint, for_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.claim_id, x.deputy_id, x.for_id FROM card_deputy d CROSS JOIN LATERAL budget_below_v1(d.unit_id) b
    JOIN card_claim m ON m.unit_id = b AND m.state = 'asked'
    CROSS JOIN LATERAL cards_deputed_v1(p_session, m.unit_id, m.levels[1 + (SELECT count(*) FROM card_signature g
        WHERE g.claim_id = m.claim_id)::integer]) x
    WHERE d.person_id = budget_me_v1(p_session) AND x.deputy_id = d.deputy_id AND NOT cards_took_part_v1(m, d.person_id)
        AND NOT cards_took_part_v1(m, d.for_id);
$$;
