-- What is said of a case is put right, and its numbers are linked and taken apart, each by two people.

-- What speaks against another number of a case: one number leads to one open case. Codes: CASE_UNKNOWN, CASE_NOT_OPEN,
-- CASE_NUMBER_WRONG, CASE_NUMBER_OPEN, CASE_NUMBER_LEADS (to another open case: it would lead to neither), CASE_NUMBER_NONE (no
-- case here has it: it may be an older number of this very case, or that of the judgment, which leads nowhere).
CREATE OR REPLACE FUNCTION cases_link_against_v1(p_case bigint, p_number text, p_kind text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT CASE WHEN c.state <> 'open' THEN @CASE_NOT_OPEN
        WHEN (p_number ~ '^\([0-9]{4}\)[^() ]{2,24}号$' AND normalize(p_number, NFKC) = p_number AND p_number <> c.number
              AND p_kind IN ('old', 'resumed', 'source')) IS NOT TRUE THEN @CASE_NUMBER_WRONG
        WHEN EXISTS (SELECT FROM court_case o WHERE o.court_id = c.court_id AND o.number = p_number AND o.state = 'open')
            THEN @CASE_NUMBER_OPEN
        WHEN p_kind <> 'source' AND EXISTS (SELECT FROM court_name n JOIN court_case o USING (case_id) WHERE n.number = p_number
            AND n.kind <> 'source' AND n.case_id <> p_case AND o.court_id = c.court_id AND o.state = 'open') THEN @CASE_NUMBER_LEADS
        WHEN p_kind = 'resumed' AND NOT EXISTS (SELECT FROM court_case o WHERE o.court_id = c.court_id AND o.number = p_number)
            THEN @CASE_NUMBER_NONE
        ELSE 0 END FROM court_case c WHERE c.case_id = p_case), @CASE_UNKNOWN);
$$;

-- Another number by which a case is known, by two people. Codes: CASE_NOT_AGREED, and as cases_link_against_v1.
CREATE OR REPLACE FUNCTION cases_link_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    n court_name;
    v_code integer;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.link', p_proposal);
    SELECT c.case_id INTO n.case_id FROM court_case c WHERE c.case_id = (v.content ->> 'case')::bigint AND c.court_id = v.court_id;
    IF n.case_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    v_code := cases_link_against_v1(n.case_id, v.content ->> 'number', v.content ->> 'kind');
    IF v_code = 0 THEN
        INSERT INTO court_name (case_id, number, kind, made_at, made_by, proposal_id)
        SELECT n.case_id, v.content ->> 'number', v.content ->> 'kind', payments_moment_v1(v.court_id, p_now), u.login, p_proposal
        FROM access_authorisation a JOIN access_user u ON u.id = a.maker_id WHERE a.id = p_proposal ON CONFLICT DO NOTHING;
    END IF;
    RETURN v_code;
END $$;

-- A link is taken back 解除关联, by two people: the number leads here no more. One that came by merging stays, for it says where
-- money went. Codes: CASE_NOT_AGREED, CASE_NAME_UNKNOWN.
CREATE OR REPLACE FUNCTION cases_unlink_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.unlink', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    DELETE FROM court_name n USING court_case c WHERE c.case_id = n.case_id AND c.court_id = v.court_id AND n.kind <> 'merged'
        AND n.case_id = (v.content ->> 'case')::bigint AND n.number = v.content ->> 'number';
    RETURN CASE WHEN FOUND THEN 0 ELSE @CASE_NAME_UNKNOWN END;
END $$;

-- A case is put right 更正, by two people: the name of a party (and whom else that field named: parties of the same role), what is to
-- be enforced, the day of filing. `content`: name, more: sealed for the case, as hex; payer: the name that payers are shown,
-- sealed for the sub-account. What a payee of the party is about to be paid is ended first. Codes: CASE_NOT_AGREED, CASE_UNKNOWN,
-- CASE_NOT_OPEN, CASE_CORRECTION, CASE_PARTY_UNKNOWN, CASE_PROMISED.
CREATE OR REPLACE FUNCTION cases_correct_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    c court_case;
    a court_account;
    t court_party;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.correct', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    SELECT * INTO c FROM court_case x WHERE x.case_id = (v.content ->> 'case')::bigint AND x.court_id = v.court_id FOR UPDATE;
    SELECT * INTO a FROM court_account x WHERE x.case_id = c.case_id;
    SELECT * INTO t FROM court_party x WHERE x.party_id = (v.content ->> 'party')::bigint AND x.case_id = c.case_id;
    IF c.case_id IS NULL THEN
        RETURN @CASE_UNKNOWN;
    ELSIF c.state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    ELSIF num_nonnulls(v.content ->> 'party', v.content ->> 'due_fen', v.content ->> 'filed_on') = 0
        OR (v.content ->> 'due_fen')::bigint NOT BETWEEN 0 AND 999999999999999 THEN
        RETURN @CASE_CORRECTION;
    ELSIF v.content ->> 'party' IS NOT NULL THEN
        IF t.party_id IS NULL THEN
            RETURN @CASE_PARTY_UNKNOWN;
        ELSIF (v.content ->> 'name' ~ '^([0-9a-f]{2})+$' AND jsonb_array_length(v.content -> 'more') <= 50 AND NOT EXISTS (
                SELECT FROM jsonb_array_elements_text(v.content -> 'more') m WHERE m !~ '^([0-9a-f]{2})+$')) IS NOT TRUE THEN
            RETURN @CASE_CORRECTION;
        ELSIF EXISTS (SELECT FROM court_application x JOIN court_payee y USING (payee_id) WHERE y.party_id = t.party_id
                AND x.state IN ('asked', 'approved', 'sent', 'unknown')) THEN
            RETURN @CASE_PROMISED;
        END IF;
        UPDATE court_party x SET name = decode(v.content ->> 'name', 'hex') WHERE x.party_id = t.party_id;
        INSERT INTO court_party (case_id, role, name) SELECT c.case_id, t.role, decode(m.one, 'hex')
        FROM jsonb_array_elements_text(v.content -> 'more') WITH ORDINALITY AS m (one, n) ORDER BY m.n;
        IF v.content ->> 'payer' <> '' AND t.party_id = (SELECT min(x.party_id) FROM court_party x
                WHERE x.case_id = c.case_id AND x.role = 'debtor') THEN
            PERFORM payments_import_payers_v1(a.bucket, ARRAY[v.court_id], ARRAY[a.account_no], ARRAY[v.content ->> 'payer']);
        END IF;
    END IF;
    UPDATE court_case x SET due_fen = coalesce((v.content ->> 'due_fen')::bigint, x.due_fen),
        filed_on = coalesce((v.content ->> 'filed_on')::date, x.filed_on) WHERE x.case_id = c.case_id;
    PERFORM cases_tell_v1(v.court_id, a.account_no, p_now);
    RETURN 0;
END $$;
