-- Held parts of a case's money 冻结、留置, by two people; who judges a case; who else is in it.

-- Whose a hold, a release, a plan or a court's payee is.
CREATE OR REPLACE FUNCTION cases_hold_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM court_case c JOIN partner y ON y.id = c.court_id
    WHERE p.action IN ('cases.hold', 'cases.plan') AND to_jsonb(c.case_id) = p.content -> 'case'
    UNION ALL SELECT y.institution_id, y.id FROM court_hold h JOIN partner y ON y.id = h.court_id
    WHERE p.action = 'cases.release' AND to_jsonb(h.hold_id) = p.content -> 'hold'
    UNION ALL SELECT y.institution_id, y.id FROM court c JOIN partner y ON y.id = c.court_id
    WHERE p.action = 'cases.court_payee' AND to_jsonb(c.court_id) = p.content -> 'court_id';
$$;

-- A part is held, also more than is there: what comes later is held too. Codes: CASE_NOT_AGREED, CASE_UNKNOWN, CASE_NOT_OPEN,
-- CASE_HOLD_WRONG.
CREATE OR REPLACE FUNCTION cases_hold_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    c court_case;
    h court_hold;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.hold', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    SELECT * INTO c FROM court_case x WHERE x.case_id = (v.content ->> 'case')::bigint AND x.court_id = v.court_id;
    h := jsonb_populate_record(NULL::court_hold, v.content);
    IF c.case_id IS NULL THEN
        RETURN @CASE_UNKNOWN;
    ELSIF c.state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    ELSIF (h.kind IN ('order', 'objection', 'stay', 'bankruptcy') AND coalesce(h.amount_fen, 1) BETWEEN 1 AND 999999999999999
           AND (h.kind <> 'bankruptcy' OR h.amount_fen IS NULL) AND length(h.source) BETWEEN 1 AND 200
           AND h.from_on <= coalesce(h.until_on, h.from_on)) IS NOT TRUE THEN
        RETURN @CASE_HOLD_WRONG;
    END IF;
    INSERT INTO court_hold (court_id, account_no, kind, amount_fen, source, from_on, until_on, proposal_id, made_at)
    SELECT v.court_id, a.account_no, h.kind, h.amount_fen, h.source, h.from_on, h.until_on, p_proposal,
        payments_moment_v1(v.court_id, p_now) FROM court_account a WHERE a.case_id = c.case_id;
    RETURN 0;
END $$;

-- It is released, whole. Codes: CASE_NOT_AGREED, CASE_HOLD_UNKNOWN (there is none, or it was released).
CREATE OR REPLACE FUNCTION cases_release_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.release', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    UPDATE court_hold h SET release_id = p_proposal, released_at = payments_moment_v1(v.court_id, p_now)
    WHERE h.hold_id = (v.content ->> 'hold')::bigint AND h.court_id = v.court_id AND h.released_at IS NULL;
    RETURN CASE WHEN FOUND THEN 0 ELSE @CASE_HOLD_UNKNOWN END;
END $$;

-- Where a court's own fees or deposits go, by two people. Codes: CASE_NOT_AGREED, CASE_PAYEE_WRONG.
CREATE OR REPLACE FUNCTION cases_court_payee_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r court_payee;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.court_payee', p_proposal);
    r := jsonb_populate_record(NULL::court_payee, v.content);
    IF v.court_id IS NULL OR r.court_id IS DISTINCT FROM v.court_id THEN
        RETURN @CASE_NOT_AGREED;
    ELSIF (r.account_no ~ '^~' AND r.account_name ~ '^~' AND r.bank_name <> '' AND r.bank_code ~ '^[0-9]{12}$'
           AND r.purpose IN ('fee', 'deposit') AND EXISTS (SELECT FROM court c WHERE c.court_id = r.court_id)) IS NOT TRUE THEN
        RETURN @CASE_PAYEE_WRONG;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    INSERT INTO court_payee (court_id, purpose, account_no, account_name, bank_name, bank_code, proposal_id, made_at)
    VALUES (r.court_id, r.purpose, r.account_no, r.account_name, r.bank_name, r.bank_code, p_proposal,
            payments_moment_v1(v.court_id, p_now));
    RETURN 0;
END $$;

-- Another party of a case, by one person: it moves nothing. Who applied for enforcement is said when the case is opened, for
-- he alone is paid without the panel. Codes: CASE_UNKNOWN, PERMISSION_MISSING, CASE_NOT_OPEN, CASE_FIELDS.
CREATE OR REPLACE FUNCTION cases_party_v1(p_session text, p_case bigint, p_role text, p_name bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM cases_mine_v1(p_session, p_case);
    IF v.code <> 0 THEN
        RETURN v.code;
    ELSIF (v.mine).state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    ELSIF (p_role IN ('debtor', 'creditor', 'other') AND length(p_name) > 0
           AND (SELECT count(*) FROM court_party t WHERE t.case_id = p_case) < 200) IS NOT TRUE THEN
        RETURN @CASE_FIELDS;
    END IF;
    INSERT INTO court_party (case_id, role, name) VALUES (p_case, p_role, p_name);
    RETURN 0;
END $$;

-- Whom a court means by this login or name: the login of one of its own who may apply; by a name that just one of them has, his.
-- NULL: nobody, or several.
CREATE OR REPLACE FUNCTION cases_judge_meant_v1(p_court integer, p_typed text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(min(u.login) FILTER (WHERE u.login = p_typed), CASE WHEN count(*) = 1 THEN min(u.login) END)
    FROM access_user u JOIN partner p ON p.id = p_court
    WHERE (u.login = p_typed OR u.name = p_typed AND u.partner_id = p_court) AND access_may_v1(u.id, 'cases.apply', p.institution_id, p.id);
$$;

-- Who judges a case 承办人, by the head of the bureau or of the court. Codes: CASE_UNKNOWN, PERMISSION_MISSING, CASE_JUDGE_UNKNOWN.
CREATE OR REPLACE FUNCTION cases_judge_v1(p_session text, p_case bigint, p_login text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c court_case;
BEGIN
    SELECT * INTO c FROM court_case x WHERE x.case_id = p_case FOR UPDATE;
    IF c.case_id IS NULL THEN
        RETURN @CASE_UNKNOWN;
    ELSIF coalesce(cases_who_v1(p_session, 'cases.bureau', c.court_id), cases_who_v1(p_session, 'cases.head', c.court_id)) IS NULL
    THEN
        RETURN @PERMISSION_MISSING;
    ELSIF cases_judge_meant_v1(c.court_id, p_login) IS NULL THEN
        RETURN @CASE_JUDGE_UNKNOWN;
    END IF;
    UPDATE court_case x SET judge = cases_judge_meant_v1(c.court_id, p_login) WHERE x.case_id = p_case;
    RETURN 0;
END $$;
