-- Plans of distribution 分配方案: by two people, served on each creditor; a share is paid once, by an application, when nobody
-- objects any more.

-- Is a share paid or applied for?
CREATE OR REPLACE FUNCTION cases_share_taken_v1(p court_share) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM court_application a JOIN court_payee y USING (payee_id)
        WHERE a.plan_id = p.plan_id AND y.party_id = p.party_id
            AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid'));
$$;

-- What a party has had, or is about to have, by plans of a case.
CREATE OR REPLACE FUNCTION cases_party_paid_v1(p_court integer, p_account text, p_party bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(a.amount_fen), 0)::bigint FROM court_application a JOIN court_payee y USING (payee_id)
    WHERE a.court_id = p_court AND a.account_no = p_account AND a.plan_id IS NOT NULL AND y.party_id = p_party
        AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid');
$$;

-- May a share be paid now? Codes: CASE_PLAN_UNKNOWN (none in force of this case and party), CASE_PLAN_EARLY (somebody was not
-- served, or may still object and has not agreed), CASE_PLAN_OBJECTED, CASE_PAYOUT_WRONG (not just the share), CASE_PAYOUT_STATE (it is paid or applied for).
CREATE OR REPLACE FUNCTION cases_share_against_v1(
    p_plan bigint, p_court integer, p_account text, p_payee bigint, p_fen bigint, p_today date
) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT CASE
        WHEN EXISTS (SELECT FROM court_share o WHERE o.plan_id = p.plan_id AND (o.served_on IS NULL
            OR o.agreed_at IS NULL AND cases_due_v1(o.served_on, p.objection_days, false) >= p_today)) THEN @CASE_PLAN_EARLY
        WHEN s.objected_at IS NOT NULL AND s.settled_at IS NULL THEN @CASE_PLAN_OBJECTED
        WHEN s.share_fen <> p_fen THEN @CASE_PAYOUT_WRONG
        WHEN cases_share_taken_v1(s) THEN @CASE_PAYOUT_STATE ELSE 0 END
        FROM court_plan p JOIN court_share s USING (plan_id) JOIN court_payee y ON y.party_id = s.party_id
        WHERE p.plan_id = p_plan AND p.court_id = p_court AND p.account_no = p_account AND p.replaced_at IS NULL
            AND y.payee_id = p_payee), @CASE_PLAN_UNKNOWN);
$$;

-- What of a plan's fee and costs is not applied for yet: nobody else gets it meanwhile.
CREATE OR REPLACE FUNCTION cases_plan_fee_left_v1(p court_plan) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.fee_fen + p.cost_fen - coalesce((SELECT sum(a.amount_fen) FROM court_application a
        WHERE a.plan_id = p.plan_id AND a.kind = 'fee' AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid')), 0)::bigint;
$$;

-- May this be deducted for a plan? Codes: CASE_PLAN_UNKNOWN (none in force), CASE_PAYOUT_WRONG (more than is left of its fee and costs).
CREATE OR REPLACE FUNCTION cases_fee_against_v1(p_plan bigint, p_court integer, p_account text, p_fen bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT CASE WHEN p_fen > cases_plan_fee_left_v1(p) THEN @CASE_PAYOUT_WRONG ELSE 0 END FROM court_plan p
        WHERE p.plan_id = p_plan AND p.court_id = p_court AND p.account_no = p_account AND p.replaced_at IS NULL), @CASE_PLAN_UNKNOWN);
$$;

-- A plan of two people, in force instead of the one before. Every share is within its claim, all are the pot or all that is
-- owed, and the pot is there. Codes: CASE_NOT_AGREED, CASE_UNKNOWN, CASE_NOT_OPEN, CASE_PLAN_WRONG, CASE_PAYOUT_SHORT.
CREATE OR REPLACE FUNCTION cases_plan_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    c court_case;
    a court_account;
    p court_plan;
    f record;
    v_planned bigint;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.plan', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    SELECT * INTO c FROM court_case x WHERE x.case_id = (v.content ->> 'case')::bigint AND x.court_id = v.court_id;
    SELECT * INTO a FROM court_account x WHERE x.case_id = c.case_id;
    p := jsonb_populate_record(NULL::court_plan, v.content);
    IF c.case_id IS NULL THEN
        RETURN @CASE_UNKNOWN;
    ELSIF c.state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    ELSIF (p.method IN ('ratio', 'order') AND p.pot_fen >= 1 AND p.fee_fen >= 0 AND p.cost_fen >= 0
           AND (SELECT count(*) BETWEEN 1 AND 200 AND count(*) = count(DISTINCT s.party_id)
                   AND sum(s.share_fen) = least(p.pot_fen, sum(s.claim_fen - s.paid_fen))
                   AND bool_and(s.claim_fen >= 1 AND s.rank IN ('priority', 'ordinary')
                       AND s.share_fen BETWEEN 0 AND s.claim_fen - s.paid_fen
                       AND s.paid_fen = cases_party_paid_v1(c.court_id, a.account_no, s.party_id)
                       AND EXISTS (SELECT FROM court_party t WHERE t.party_id = s.party_id
                           AND t.role IN ('applicant', 'creditor', 'other') AND cases_stays_v1(t.case_id) = c.case_id))
                FROM jsonb_populate_recordset(NULL::court_share, v.content -> 'shares') s)) IS NOT TRUE THEN
        RETURN @CASE_PLAN_WRONG;
    END IF;
    PERFORM cases_follow_v1(c.court_id, a.bucket, p_now);
    UPDATE court_plan x SET replaced_at = p_now
    WHERE x.court_id = c.court_id AND x.account_no = a.account_no AND x.replaced_at IS NULL;
    SELECT * INTO f FROM cases_free_v1(c.court_id, a.account_no, NULL);
    IF p.pot_fen + p.fee_fen + p.cost_fen > f.free_fen THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @CASE_PAYOUT_SHORT::text;
    END IF;
    INSERT INTO court_plan (court_id, account_no, method, pot_fen, fee_fen, cost_fen, objection_days, proposal_id, made_at, judge)
    VALUES (c.court_id, a.account_no, p.method, p.pot_fen, p.fee_fen, p.cost_fen,
            coalesce((cases_rule_v1(c.court_id, cases_today_v1(c.court_id, p_now))).objection_days, 15), p_proposal, p_now, c.judge)
    RETURNING plan_id INTO p.plan_id;
    INSERT INTO court_share (plan_id, party_id, place, rank, claim_fen, paid_fen, share_fen)
    SELECT p.plan_id, (s.one ->> 'party_id')::bigint, s.n, s.one ->> 'rank', (s.one ->> 'claim_fen')::bigint,
        (s.one ->> 'paid_fen')::bigint, (s.one ->> 'share_fen')::bigint
    FROM jsonb_array_elements(v.content -> 'shares') WITH ORDINALITY AS s (one, n);
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- What happened to a share: served on its creditor on a day, agreed to by him in writing, objected to (the judge's word); the
-- objection is settled by the head of the bureau, another person than whoever judged the case now, when the plan was made or when it was
-- objected to, and than who proposed the plan. Codes: CASE_PLAN_UNKNOWN (none in force), PERMISSION_MISSING, CASE_PAYOUT_SAME_PERSON,
-- CASE_PAYOUT_NOT_HIS, CASE_PLAN_WRONG (no such act), SHARE_SERVED, SHARE_DAY, SHARE_NO_OBJECTION, SHARE_UNSERVED, SHARE_AGREED,
-- CASE_PLAN_OBJECTED (first it is settled), CASE_PAYOUT_STATE (it is paid or applied for), SHARE_WORDS.
CREATE OR REPLACE FUNCTION cases_share_v1(
    p_session text, p_plan bigint, p_party bigint, p_act text, p_day date, p_words text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p court_plan;
    c court_case;
    s court_share;
    v_by text;
    v_code integer;
BEGIN
    PERFORM pg_advisory_xact_lock(9010, x.court_id) FROM court_plan x WHERE x.plan_id = p_plan;
    SELECT * INTO p FROM court_plan x WHERE x.plan_id = p_plan AND x.replaced_at IS NULL;
    SELECT * INTO s FROM court_share x WHERE x.plan_id = p.plan_id AND x.party_id = p_party FOR UPDATE;
    SELECT k.* INTO c FROM court_account x JOIN court_case k USING (case_id)
    WHERE x.court_id = p.court_id AND x.account_no = p.account_no;
    v_by := cases_who_v1(p_session, CASE p_act WHEN 'settled' THEN 'cases.bureau' ELSE 'cases.apply' END, p.court_id);
    v_code := CASE
        WHEN (p_act IN ('served', 'agreed', 'objected', 'settled')) IS NOT TRUE THEN @CASE_PLAN_WRONG
        WHEN p_act = 'served' THEN CASE WHEN s.served_on IS NOT NULL THEN @SHARE_SERVED
            WHEN (p_day BETWEEN (p.made_at AT TIME ZONE 'Asia/Shanghai')::date AND cases_today_v1(p.court_id, p_now)) IS NOT TRUE
                THEN @SHARE_DAY ELSE 0 END
        WHEN p_act = 'settled' AND (s.objected_at IS NULL OR s.settled_at IS NOT NULL) THEN @SHARE_NO_OBJECTION
        WHEN p_act = 'agreed' AND s.served_on IS NULL THEN @SHARE_UNSERVED
        WHEN p_act <> 'settled' AND s.agreed_at IS NOT NULL THEN @SHARE_AGREED
        WHEN p_act <> 'settled' AND s.objected_at IS NOT NULL AND s.settled_at IS NULL THEN @CASE_PLAN_OBJECTED
        WHEN p_act = 'objected' AND cases_share_taken_v1(s) THEN @CASE_PAYOUT_STATE
        WHEN (length(p_words) BETWEEN 1 AND 200) IS NOT TRUE THEN @SHARE_WORDS ELSE 0 END;
    IF s.plan_id IS NULL THEN
        RETURN @CASE_PLAN_UNKNOWN;
    ELSIF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF p_act = 'settled' AND access_person_v1(access_who_v1(p_session)) IN (
            SELECT access_person_v1(u.id) FROM access_user u WHERE u.login IN (c.judge, p.judge, s.objected_by)
            UNION ALL SELECT access_person_v1(a.maker_id) FROM access_authorisation a WHERE a.id = p.proposal_id) THEN
        RETURN @CASE_PAYOUT_SAME_PERSON;
    ELSIF p_act <> 'settled' AND c.judge <> v_by THEN
        RETURN @CASE_PAYOUT_NOT_HIS;
    ELSIF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(p.court_id, p_now);
    UPDATE court_share x SET
        served_on = CASE p_act WHEN 'served' THEN p_day ELSE x.served_on END,
        agreed_at = CASE p_act WHEN 'agreed' THEN p_now ELSE x.agreed_at END,
        consent = CASE p_act WHEN 'agreed' THEN p_words ELSE x.consent END,
        objected_at = CASE p_act WHEN 'objected' THEN p_now ELSE x.objected_at END,
        objection = CASE p_act WHEN 'objected' THEN p_words ELSE x.objection END,
        objected_by = CASE p_act WHEN 'objected' THEN v_by ELSE x.objected_by END,
        settled_at = CASE p_act WHEN 'settled' THEN p_now WHEN 'objected' THEN NULL ELSE x.settled_at END,
        settled_by = CASE p_act WHEN 'settled' THEN v_by WHEN 'objected' THEN '' ELSE x.settled_by END,
        settlement = CASE p_act WHEN 'settled' THEN p_words WHEN 'objected' THEN '' ELSE x.settlement END
    WHERE x.plan_id = s.plan_id AND x.party_id = s.party_id;
    RETURN 0;
END $$;
