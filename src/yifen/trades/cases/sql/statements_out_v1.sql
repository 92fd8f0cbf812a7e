-- Lines out of the main account that nothing explained, explained 支出说明 by two people.

-- What speaks against it. Codes: LINE_EXPLAINED (it is none out, or something explains it), EXPLAIN_FIELDS, CASE_UNKNOWN,
-- CASE_NOT_OPEN, CASE_SHORT (less is free on the case: what is held is released first), MONEY_UNKNOWN, CLAIM_TOO_MUCH,
-- CASE_PAYOUT_UNKNOWN, CASE_PAYOUT_STATE (it is of another amount, was shown already, or is not approved).
CREATE OR REPLACE FUNCTION cases_explain_against_v1(p_asked jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN n.line_id IS NULL OR r.kind <> 'out' OR EXISTS (SELECT FROM court_entry e WHERE e.line_id = n.line_id)
            OR EXISTS (SELECT FROM court_application a WHERE a.line_id = n.line_id)
            OR EXISTS (SELECT FROM court_explained x WHERE x.line_id = n.line_id
                AND (x.kind <> 'error' OR x.back_line_id IS NOT NULL OR p_asked ->> 'kind' = 'error')) THEN @LINE_EXPLAINED
        WHEN (length(btrim(p_asked ->> 'evidence')) BETWEEN 1 AND 200 AND (p_asked ? 'case') = (p_asked ->> 'kind' = 'case')
            AND (p_asked ? 'receipt') = (p_asked ->> 'kind' = 'unknown')
            AND (p_asked ? 'application') = (p_asked ->> 'kind' = 'payout')) IS NOT TRUE THEN @EXPLAIN_FIELDS
        WHEN p_asked ->> 'kind' IN ('interest', 'fee', 'error') THEN 0
        WHEN p_asked ->> 'kind' = 'case' THEN (SELECT CASE WHEN c.case_id IS NULL THEN @CASE_UNKNOWN
                WHEN c.state <> 'open' THEN @CASE_NOT_OPEN
                WHEN r.amount_fen > (cases_free_v1(n.court_id, t.account_no, NULL)).free_fen THEN @CASE_SHORT ELSE 0 END
            FROM (SELECT n.court_id) o LEFT JOIN court_case c ON c.court_id = o.court_id AND to_jsonb(c.case_id) = p_asked -> 'case'
            LEFT JOIN court_account t ON t.case_id = c.case_id)
        WHEN p_asked ->> 'kind' = 'unknown' THEN (SELECT CASE WHEN e.document_id IS NULL THEN @MONEY_UNKNOWN
                WHEN r.amount_fen > cases_unclaimed_v1(e) THEN @CLAIM_TOO_MUCH ELSE 0 END
            FROM (SELECT n.court_id) o LEFT JOIN court_entry e ON e.court_id = o.court_id AND e.kind IN ('unknown', 'unclaimed')
                AND to_jsonb(e.document_id) = p_asked -> 'receipt')
        WHEN p_asked ->> 'kind' = 'payout' THEN (SELECT CASE WHEN a.application_id IS NULL THEN @CASE_PAYOUT_UNKNOWN
                WHEN a.amount_fen <> r.amount_fen OR a.line_id IS NOT NULL
                    OR a.state NOT IN ('approved', 'sent', 'unknown', 'paid', 'returned') THEN @CASE_PAYOUT_STATE ELSE 0 END
            FROM (SELECT n.court_id) o LEFT JOIN court_application a ON a.court_id = o.court_id
                AND to_jsonb(a.application_id) = p_asked -> 'application')
        ELSE @EXPLAIN_FIELDS END
    FROM (SELECT (p_asked ->> 'line')::bigint AS line_id) k LEFT JOIN court_line n USING (line_id)
    LEFT JOIN court_row r ON (r.file_id, r.line_no) = (n.file_id, n.line_no);
$$;

-- Two people agreed: it is booked as what it is. Codes: CASE_NOT_AGREED, as cases_explain_against_v1 and the ledger.
CREATE OR REPLACE FUNCTION cases_explain_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r record;
    e court_entry;
    x court_explained;
    v_code integer;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.explain', p_proposal);
    SELECT n.line_id, n.serial, w.amount_fen, w.at INTO r FROM court_line n JOIN court_row w USING (file_id, line_no)
    WHERE n.line_id = (v.content ->> 'line')::bigint AND n.court_id = v.court_id;
    IF r.line_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    PERFORM cases_follow_v1(v.court_id, a.bucket, p_now) FROM court_account a WHERE to_jsonb(a.case_id) = v.content -> 'case'
        AND a.court_id = v.court_id;
    v_code := cases_explain_against_v1(v.content);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    x.line_id := r.line_id; x.kind := v.content ->> 'kind'; x.evidence := btrim(v.content ->> 'evidence');
    e.court_id := v.court_id; e.line_id := r.line_id; e.amount_fen := r.amount_fen; e.came_at := r.at; e.at := p_now;
    e.kind := CASE x.kind WHEN 'case' THEN 'levied' WHEN 'unknown' THEN 'unknown_out' WHEN 'interest' THEN 'interest_out'
        WHEN 'fee' THEN 'fee' END;
    e.proposal_id := CASE WHEN x.kind <> 'fee' THEN p_proposal END;
    IF x.kind = 'payout' THEN
        x.application_id := (v.content ->> 'application')::bigint;
        IF NOT cases_shown_out_v1(v.court_id, (SELECT a.reference FROM court_application a
                WHERE a.application_id = x.application_id), r.amount_fen, r.line_id, r.serial, r.at, p_now) THEN
            RETURN @CASE_PAYOUT_STATE;
        END IF;
    ELSIF x.kind = 'case' THEN
        x.case_id := (v.content ->> 'case')::bigint;
        SELECT a.account_no INTO e.account_no FROM court_account a WHERE a.case_id = x.case_id;
    ELSIF x.kind = 'unknown' THEN
        x.receipt_id := (v.content ->> 'receipt')::bigint;
        e.of_id := x.receipt_id;
    END IF;
    IF e.kind IS NOT NULL THEN
        e := cases_enter_v1(e);
        x.document_id := e.document_id;
    END IF;
    INSERT INTO court_explained (line_id, kind, application_id, case_id, receipt_id, evidence, document_id, proposal_id, made_at)
    VALUES (x.line_id, x.kind, x.application_id, x.case_id, x.receipt_id, x.evidence, x.document_id, p_proposal, p_now);
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
