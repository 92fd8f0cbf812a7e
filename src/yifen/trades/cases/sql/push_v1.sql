-- Receipts that a bank tells of at once.

-- A push is booked for the case of its sub-account number, on its way until the statement shows its serial; or it is written down
-- why not. By the worker, who asked whether the signature is the bank's. `p_proved` NULL: its row cannot be
-- read. Asked again it answers as before. Codes: PUSH_UNREADABLE, PUSH_UNPROVED, PUSH_FOREIGN (of no court whose rule names this bank), PUSH_SHOWN (a statement has the serial already, or old
-- balances of that day or a later one have the money),
-- PUSH_OTHERWISE (another bank told of it), PUSH_NO_CASE (no open case has the number: the statement makes it unidentified money), and what the journal refuses.
CREATE OR REPLACE FUNCTION cases_push_v1(p_push bigint, p_proved boolean, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p court_push;
    e court_entry;
    v_code integer;
BEGIN
    SELECT * INTO p FROM court_push x WHERE x.push_id = p_push;
    SELECT c.court_id INTO e.court_id FROM court c CROSS JOIN LATERAL cases_rule_v1(c.court_id, cases_today_v1(c.court_id, p_now)) r
    WHERE r.main_no = p.main_no AND r.bank_id = p.bank_id ORDER BY c.court_id LIMIT 1;
    PERFORM pg_advisory_xact_lock(9010, coalesce(e.court_id, 0));
    SELECT d.code INTO v_code FROM court_push_end d WHERE d.push_id = p_push;
    IF FOUND OR p.push_id IS NULL THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(e.court_id, p_now);
    v_code := CASE WHEN p_proved IS NULL THEN @PUSH_UNREADABLE WHEN NOT p_proved THEN @PUSH_UNPROVED
        WHEN e.court_id IS NULL THEN @PUSH_FOREIGN
        WHEN EXISTS (SELECT FROM court_line n WHERE n.court_id = e.court_id AND n.serial = p.serial)
            OR EXISTS (SELECT FROM court_statement t JOIN court_file f USING (file_id) WHERE t.court_id = e.court_id
                AND f.old_on >= cases_day_v1(e.court_id, p.paid_at)) THEN @PUSH_SHOWN
        WHEN EXISTS (SELECT FROM court_announced a WHERE a.court_id = e.court_id AND a.serial = p.serial) THEN @PUSH_OTHERWISE
        WHEN NOT EXISTS (SELECT FROM court_account a WHERE a.court_id = e.court_id AND a.account_no = p.account_no
            AND a.state = 'open') THEN @PUSH_NO_CASE
        ELSE 0 END;
    IF v_code = 0 THEN
        BEGIN
            e.kind := 'announced'; e.account_no := p.account_no; e.amount_fen := p.amount_fen; e.came_at := p.paid_at;
            e.at := p_now;
            e := cases_enter_v1(e);
        EXCEPTION WHEN SQLSTATE 'YF001' THEN
            v_code := SQLERRM::integer; e.document_id := NULL;
        END;
    END IF;
    INSERT INTO court_push_end VALUES (p_push, v_code, e.document_id, coalesce(p_now, now()));
    RETURN v_code;
END $$;

-- A notice that the bank's statement says otherwise of is taken back 推送更正 by two people: off its sub-account, or off where its
-- case was merged into; and the line of its serial, if there is one (`line` of the proposal), is booked as what it says. Codes:
-- CASE_NOT_AGREED, REASON_MISSING, PUSH_STANDS (there is no such notice on its way, no statement ends behind it, or the line is another one),
-- CASE_SHORT.
CREATE OR REPLACE FUNCTION cases_recall_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    n record;
    e court_entry;
    t court_entry;
    v_standing text;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.recall', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    ELSIF coalesce(v.content ->> 'evidence', '') = '' THEN
        RETURN @REASON_MISSING;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    SELECT * INTO n FROM court_contradicted x
    WHERE x.court_id = v.court_id AND x.document_id = (v.content ->> 'entry')::bigint;
    IF n.document_id IS NULL OR n.line_id IS DISTINCT FROM (v.content ->> 'line')::bigint THEN
        RETURN @PUSH_STANDS;
    END IF;
    SELECT * INTO STRICT e FROM court_entry x WHERE x.document_id = n.document_id;
    e.kind := 'recalled'; e.of_id := e.document_id; e.at := p_now; e.proposal_id := p_proposal;
    SELECT b.account_no, b.payable_id INTO e.account_no, e.payable_id FROM cases_back_v1(e) b;
    IF e.account_no IS NULL THEN
        RETURN @CASE_SHORT;
    END IF;
    PERFORM cases_enter_v1(e);
    IF n.line_id IS NOT NULL THEN
        SELECT s.standing INTO v_standing FROM court_row_standing s WHERE s.file_id = n.file_id AND s.line_no = n.line_no;
        t.court_id := v.court_id; t.line_id := n.line_id; t.amount_fen := n.line_fen; t.came_at := n.line_at; t.at := p_now;
        t.kind := CASE v_standing WHEN 'transfer' THEN 'transfer' ELSE 'unknown' END;
        t.account_no := CASE v_standing WHEN 'transfer' THEN n.line_account END;
        PERFORM cases_enter_v1(t);
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
