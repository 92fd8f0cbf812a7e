-- What two people agree to besides plans: rules of dunning, whom to cut off. Each takes a proposal, once.

-- The legal days behind the notice of a cut, by what is supplied (utility.md): Electricity Supply Rules: a home 7, others
-- 3; water: two demands and 5; gas: 3 in writing behind two months; heating 15. NULL: it is never cut.
CREATE OR REPLACE FUNCTION arrears_legal_days_v1(p_law text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_law WHEN 'power_home' THEN 7 WHEN 'power_other' THEN 3 WHEN 'water' THEN 5 WHEN 'gas' THEN 3
        WHEN 'heat' THEN 15 END::smallint;
$$;

-- What speaks against steps (arrays, in order) under a law; 0: nothing. Codes: RULE_WRONG (none, too many, a number out of
-- its bounds, days that fall), RULE_UNLAWFUL (a cut that is not the last, not right behind the one notice, sooner than the
-- law allows; water without two demands before the notice; gas within 60 days).
CREATE OR REPLACE FUNCTION arrears_against_rule_v1(
    p_law text, p_kinds text[], p_overdue integer[], p_after integer[], p_least bigint[]
) RETURNS integer LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_last integer := coalesce(cardinality(p_kinds), 0);  -- of no steps at all the list is NULL
    v_cuts integer := cardinality(array_positions(p_kinds, 'cut'));
    v_notices integer := cardinality(array_positions(p_kinds, 'notice'));
BEGIN
    IF v_last NOT BETWEEN 1 AND 12
        OR (p_law IN ('none', 'power_home', 'power_other', 'water', 'gas', 'heat')) IS NOT TRUE OR EXISTS (
        SELECT FROM unnest(p_kinds, p_overdue, p_after, p_least) WITH ORDINALITY AS s (kind, overdue, after, least, n)
        WHERE (s.kind IN ('message', 'call', 'letter', 'notice', 'cut')) IS NOT TRUE
            OR (s.overdue BETWEEN 0 AND 3660 AND s.after BETWEEN 0 AND 366 AND s.least BETWEEN 0 AND 1000000000000)
                IS NOT TRUE
            OR s.overdue < coalesce(p_overdue[s.n - 1], 0)) THEN
        RETURN @RULE_WRONG;
    ELSIF v_cuts = 0 THEN
        RETURN CASE WHEN v_notices = 0 THEN 0 ELSE @RULE_UNLAWFUL END;
    ELSIF p_law = 'none' OR v_cuts > 1 OR v_notices <> 1 OR v_last < 2 OR p_kinds[v_last] <> 'cut'
        OR p_kinds[v_last - 1] <> 'notice' OR p_after[v_last] < arrears_legal_days_v1(p_law)
        OR p_law = 'water' AND v_last < 4 OR p_law = 'gas' AND p_overdue[v_last] < 60 THEN
        RETURN @RULE_UNLAWFUL;
    END IF;
    RETURN 0;
END $$;

-- Content: fee (none: every), class ("": every), law, restore_hours, steps (kind, overdue_days, after_days, least_fen).
-- Codes: ARREARS_NOT_AGREED, as arrears_against_rule_v1.
CREATE OR REPLACE FUNCTION arrears_rule_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_rule integer;
    v_code integer;
BEGIN
    SELECT a.content AS asked, a.partner_id::integer AS biller, s.kinds, s.overdue, s.after, s.least INTO v
    FROM access_authorisation a CROSS JOIN LATERAL (
        SELECT array_agg(e ->> 'kind' ORDER BY n) AS kinds, array_agg((e ->> 'overdue_days')::integer ORDER BY n) AS overdue,
            array_agg((e ->> 'after_days')::integer ORDER BY n) AS after,
            array_agg((e ->> 'least_fen')::bigint ORDER BY n) AS least
        FROM jsonb_array_elements(a.content -> 'steps') WITH ORDINALITY AS u (e, n)) s
    WHERE a.id = p_proposal AND a.action = 'arrears.rule' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint
        AND NOT EXISTS (SELECT FROM arrears_rule r WHERE r.proposal = p_proposal)
        AND (a.content ->> 'fee' IS NULL OR EXISTS (SELECT FROM billing_fee f
            WHERE f.fee_id = (a.content ->> 'fee')::integer AND f.biller_id = a.partner_id));
    IF NOT FOUND THEN
        RETURN @ARREARS_NOT_AGREED;
    END IF;
    v_code := arrears_against_rule_v1(v.asked ->> 'law', v.kinds, v.overdue, v.after, v.least);
    IF v_code <> 0 OR (v.asked ->> 'restore_hours')::integer NOT BETWEEN 1 AND 72 THEN
        RETURN CASE WHEN v_code <> 0 THEN v_code ELSE @RULE_WRONG END;
    END IF;
    INSERT INTO arrears_rule (biller_id, fee_id, class, law, restore_hours, proposal, made_at)
    VALUES (v.biller, (v.asked ->> 'fee')::integer, v.asked ->> 'class', v.asked ->> 'law',
            (v.asked ->> 'restore_hours')::smallint, p_proposal, arrears_clock_v1(v.biller, p_now))
    RETURNING rule_id INTO v_rule;
    INSERT INTO arrears_step
    SELECT v_rule, u.n, u.kind, u.overdue, u.after, u.least
    FROM unnest(v.kinds, v.overdue, v.after, v.least) WITH ORDINALITY AS u (kind, overdue, after, least, n);
    UPDATE arrears_kept SET at = '-infinity';  -- the worker works everybody out anew in its next minute
    RETURN 0;
END $$;

-- Whom to cut off, as a list was shown. Content: debts (customer, fee, bill: its oldest, owed_fen). Who paid meanwhile, has
-- a plan, or whose debt is another by now, is left out; the others are cut by a visit each, of its service. Codes:
-- ARREARS_NOT_AGREED, BATCH_TOO_LARGE (more than a hundred: each locks its bucket), BATCH_EMPTY (nobody is left).
CREATE OR REPLACE FUNCTION arrears_cut_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_debt arrears_debt;
    v_today date;
    v_cut bigint;
BEGIN
    IF (SELECT jsonb_array_length(a.content -> 'debts') FROM access_authorisation a
        WHERE a.id = p_proposal AND a.action = 'arrears.cut') > 100 THEN
        RETURN @BATCH_TOO_LARGE;
    END IF;
    FOR v IN
        SELECT a.partner_id::integer AS biller, c.login, (e ->> 'customer')::bigint AS customer,
            (e ->> 'fee')::integer AS fee, (e ->> 'bill')::bigint AS bill
        FROM access_authorisation a JOIN access_user c ON c.id = a.checker_id
        CROSS JOIN jsonb_array_elements(a.content -> 'debts') e
        WHERE a.id = p_proposal AND a.action = 'arrears.cut' AND a.granted
            AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint
            AND NOT EXISTS (SELECT FROM arrears_cut x WHERE x.proposal = p_proposal)
        ORDER BY (e ->> 'customer')::bigint % 1000, 3, 4
    LOOP
        p_now := arrears_clock_v1(v.biller, p_now);
        v_debt := arrears_now_v1(v.customer, v.fee, p_now);
        v_today := arrears_today_v1(v.biller, p_now);
        CONTINUE WHEN v_debt.biller_id IS DISTINCT FROM v.biller OR v_debt.next_kind IS DISTINCT FROM 'cut'
            OR v_debt.why <> '' OR v_debt.oldest_bill IS DISTINCT FROM v.bill;
        INSERT INTO arrears_cut (bucket, customer_id, fee_id, biller_id, service_id, bill_id, rule_id, owed_fen, proposal,
                                 asked_at)
        VALUES (v_debt.bucket, v.customer, v.fee, v.biller, v_debt.service_id, v.bill, v_debt.rule_id, v_debt.asked_fen,
                p_proposal, p_now) RETURNING cut_id INTO v_cut;
        PERFORM visits_ask_v1(v.biller, v_debt.bucket, v.customer, v_debt.service_id, 'cut', 'arrears', 'C' || v_cut,
            '停供：已送达通知并满法定天数，仍欠费', v_today + 3, p_now);
        PERFORM arrears_do_v1(v_debt, v_today, v.login, 'asked', '', p_now);
    END LOOP;
    RETURN CASE WHEN v_cut IS NOT NULL THEN 0
        WHEN EXISTS (SELECT FROM access_authorisation a WHERE a.id = p_proposal AND a.action = 'arrears.cut' AND a.granted
            AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint) THEN @BATCH_EMPTY
        ELSE @ARREARS_NOT_AGREED END;
END $$;

-- Nobody was let in to cut, or it was held back: somebody goes there again, if the reason still stands. Codes: as
-- arrears_against_v1, CUT_UNKNOWN (none that failed).
CREATE OR REPLACE FUNCTION arrears_cut_again_v1(p_session text, p_cut bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_cut_state;
    v_debt arrears_debt;
    v_code integer;
BEGIN
    SELECT c.* INTO v FROM arrears_cut_state c WHERE c.cut_id = p_cut AND c.state = 'failed';
    IF NOT FOUND THEN
        RETURN @CUT_UNKNOWN;
    END IF;
    p_now := arrears_clock_v1(v.biller_id, p_now);
    v_debt := arrears_now_v1(v.customer_id, v.fee_id, p_now);
    v_code := arrears_against_v1(v_debt, arrears_who_v1(p_session, v.customer_id), NULL);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF v_debt.why <> 'cut' OR v_debt.oldest_bill IS DISTINCT FROM v.bill_id  -- of another bill no notice was served
        OR arrears_gone_v1(v.bucket, v.customer_id, v.fee_id, arrears_today_v1(v.biller_id, p_now)) THEN
        RETURN @STEP_NOT_DUE;
    END IF;
    PERFORM visits_ask_v1(v.biller_id, v.bucket, v.customer_id, v.service_id, 'cut', 'arrears', 'C' || p_cut,
        '停供：上次未办成，再次上门', arrears_today_v1(v.biller_id, p_now) + 3, p_now);
    RETURN 0;
END $$;
