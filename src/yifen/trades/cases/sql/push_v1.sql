-- Receipts that a bank tells of at once.

-- A push is booked for the case of its sub-account number, on its way until the statement shows its serial; or it is written down
-- why not. By the worker, who asked whether the signature is the bank's. Asked again it answers as before. Codes:
-- PUSH_UNPROVED, PUSH_FOREIGN (of no court whose rule names this bank), PUSH_SHOWN (a statement has the serial already, or old
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
    v_code := CASE WHEN p_proved IS NOT TRUE THEN @PUSH_UNPROVED WHEN e.court_id IS NULL THEN @PUSH_FOREIGN
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
