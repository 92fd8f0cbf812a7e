-- Cases: opened, closed, opened again, known by other numbers; where a party's money may go.

-- A case by one person, with the sub-account number that is its turn or that the bank made, and its parties; `p_payer`: the
-- name that a payer is shown, sealed for that number; `p_judge`: a login, a name that one judge has, or what nobody is called yet;
-- `p_entrusted`: who entrusted a case of another court's number 委托执行. Codes: COURT_UNKNOWN, PERMISSION_MISSING, CASE_NUMBER_WRONG,
-- CASE_OTHER_COURT, CASE_EXISTS, CASE_NUMBER_LEADS, CASE_FIELDS, CASE_NUMBERS_GONE (no number is its turn, and none is given), CASE_ACCOUNT_TAKEN.
CREATE OR REPLACE FUNCTION cases_open_v1(
    p_session text, p_court integer, p_number text, p_account text, p_judge text, p_filed date, p_due bigint,
    p_payer text, p_roles text[], p_names bytea[], p_now timestamptz, p_entrusted text DEFAULT '', OUT code integer, OUT case_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT o.code, o.case_id INTO code, case_id FROM cases_open_as_v1(cases_who_v1(p_session, 'cases.keep', p_court), p_court,
        p_number, p_account, p_judge, p_filed, p_due, p_payer, p_roles, p_names, p_now, p_entrusted) o;
END $$;

-- A case that the court's own system asked for, by the worker, who asked whether the court signed it; asked again it answers as
-- before; `p_proved` NULL: what it asks for can never be. Codes: ASK_UNPROVED, ASK_UNREADABLE, and as cases_open_v1.
CREATE OR REPLACE FUNCTION cases_open_asked_v1(
    p_ask bigint, p_proved boolean, p_account text, p_judge text, p_filed date, p_due bigint, p_payer text, p_roles text[],
    p_names bytea[], p_now timestamptz, p_entrusted text DEFAULT ''
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_ask;
    v record;
BEGIN
    SELECT * INTO a FROM court_ask x WHERE x.ask_id = p_ask FOR UPDATE;
    SELECT d.code, d.case_id INTO v FROM court_ask_end d WHERE d.ask_id = p_ask;
    IF FOUND OR a.ask_id IS NULL THEN
        RETURN v.code;
    ELSIF p_proved THEN
        SELECT o.code, o.case_id INTO v FROM cases_open_as_v1('api ' || a.request, a.court_id, a.number, p_account, p_judge, p_filed,
            p_due, p_payer, p_roles, p_names, p_now, p_entrusted) o;
    ELSE
        SELECT CASE WHEN p_proved IS NULL THEN @ASK_UNREADABLE ELSE @ASK_UNPROVED END AS code, NULL::bigint AS case_id INTO v;
    END IF;
    INSERT INTO court_ask_end VALUES (p_ask, v.code, v.case_id, p_now);
    RETURN v.code;
END $$;

-- As cases_open_v1, by somebody who is known; called inside.
CREATE OR REPLACE FUNCTION cases_open_as_v1(
    p_by text, p_court integer, p_number text, p_account text, p_judge text, p_filed date, p_due bigint,
    p_payer text, p_roles text[], p_names bytea[], p_now timestamptz, p_entrusted text, OUT code integer, OUT case_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_bucket smallint := cases_bucket_v1(p_court, coalesce(p_account, ''));
    v_payable bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(9010, p_court);
    p_now := payments_moment_v1(p_court, p_now);
    code := CASE
        WHEN (cases_rule_v1(p_court, cases_today_v1(p_court, p_now))).court_id IS NULL THEN @COURT_UNKNOWN
        WHEN p_by IS NULL THEN @PERMISSION_MISSING
        WHEN (p_number ~ '^\([0-9]{4}\)[^() ]{2,24}号$' AND normalize(p_number, NFKC) = p_number) IS NOT TRUE
            THEN @CASE_NUMBER_WRONG
        WHEN coalesce(p_entrusted, '') = '' AND p_number !~ '字第' AND NOT EXISTS (SELECT FROM court x WHERE x.court_id = p_court
            AND substring(p_number FROM '^\([0-9]{4}\)((最高法|.)[0-9]*)') = x.code) THEN @CASE_OTHER_COURT
        WHEN EXISTS (SELECT FROM court_case c WHERE c.court_id = p_court AND c.number = p_number) THEN @CASE_EXISTS
        WHEN cases_leads_v1(p_court, p_number) THEN @CASE_NUMBER_LEADS
        WHEN ('debtor' = ANY (p_roles) AND p_roles <@ ARRAY['applicant', 'debtor', 'creditor', 'other']
              AND cardinality(p_roles) = cardinality(p_names) AND cardinality(p_roles) <= 200 AND p_payer <> ''
              AND p_due BETWEEN 0 AND 999999999999999 AND length(p_judge) <= 60 AND length(coalesce(p_entrusted, '')) <= 200) IS NOT TRUE THEN @CASE_FIELDS
        WHEN coalesce(p_account, '') = '' THEN @CASE_NUMBERS_GONE
        WHEN (p_account ~ '^[0-9]{6,30}$' AND NOT EXISTS (
                  SELECT FROM court_account a WHERE a.court_id = p_court AND a.account_no = p_account)
              AND NOT cases_foreign_v1(p_court, p_account)
              AND (p_account = cases_next_account_v1(p_court, p_now) OR EXISTS (
                  SELECT FROM court_number n WHERE n.court_id = p_court AND n.account_no = p_account))) IS NOT TRUE
            THEN @CASE_ACCOUNT_TAKEN
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO court_case AS c (court_id, number, judge, filed_on, due_fen, opened_at, opened_by, entrusted)
    VALUES (p_court, p_number, coalesce(cases_judge_meant_v1(p_court, p_judge), p_judge), p_filed, p_due, p_now, p_by,
            coalesce(p_entrusted, '')) RETURNING c.case_id INTO cases_open_as_v1.case_id;
    INSERT INTO court_party (case_id, role, name)
    SELECT cases_open_as_v1.case_id, u.role, u.name FROM unnest(p_roles, p_names) AS u (role, name);
    PERFORM payments_import_payers_v1(v_bucket, ARRAY[p_court], ARRAY[p_account], ARRAY[p_payer]);
    INSERT INTO court_account (court_id, account_no, case_id, bucket, payable_id, opened_at)
    VALUES (p_court, p_account, cases_open_as_v1.case_id, v_bucket, 0, p_now);
    PERFORM cases_payable_v1(p_court, p_account, p_now);
END $$;

-- The payable of a sub-account's newest opening is made, and written down.
CREATE OR REPLACE FUNCTION cases_payable_v1(p_court integer, p_account text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM cases_tell_v1(p_court, p_account, p_now);
    UPDATE court_account a SET payable_id = y.payable_id FROM payable y
    WHERE a.court_id = p_court AND a.account_no = p_account AND y.bucket = a.bucket AND y.biller_id = p_court
        AND y.account_no = p_account AND y.ref = cases_ref_v1(a.opening);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sub-account % of court % has no payable', p_account, p_court;
    END IF;
END $$;

-- A case for whom may keep it, its court locked. Codes: CASE_UNKNOWN, PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION cases_mine_v1(p_session text, p_case bigint, OUT code integer, OUT login text, OUT mine court_case)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(9010, c.court_id) FROM court_case c WHERE c.case_id = p_case;
    SELECT c.* INTO mine FROM court_case c WHERE c.case_id = p_case FOR UPDATE;
    login := cases_who_v1(p_session, 'cases.keep', mine.court_id);
    code := CASE WHEN mine.case_id IS NULL THEN @CASE_UNKNOWN WHEN login IS NULL THEN @PERMISSION_MISSING ELSE 0 END;
END $$;

-- Closed: its number takes nothing more. Codes: CASE_UNKNOWN, PERMISSION_MISSING, CASE_NOT_OPEN, CASE_PROMISED,
-- CASE_HAS_MONEY.
CREATE OR REPLACE FUNCTION cases_close_v1(p_session text, p_case bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM cases_mine_v1(p_session, p_case);
    IF v.code <> 0 THEN
        RETURN v.code;
    ELSIF (v.mine).state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    END IF;
    RETURN cases_end_v1(v.mine, NULL, payments_moment_v1((v.mine).court_id, p_now));
END $$;

-- Is anything of a sub-account held, applied for, planned for creditors, or on its way to a payee?
CREATE OR REPLACE FUNCTION cases_tied_v1(p_court integer, p_account text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM court_hold h WHERE h.court_id = p_court AND h.account_no = p_account AND h.released_at IS NULL)
        OR EXISTS (SELECT FROM court_application x WHERE x.court_id = p_court AND x.account_no = p_account
            AND x.state IN ('asked', 'approved', 'sent', 'unknown'))
        OR (SELECT f.promised_fen > 0 FROM cases_free_v1(p_court, p_account, NULL) f);
END $$;

-- Its payable is withdrawn, which the hub does of one without money alone. Codes: CASE_PROMISED (something of it is held, an
-- application waits, or money is on its way to a payee), CASE_HAS_MONEY.
CREATE OR REPLACE FUNCTION cases_end_v1(p_case court_case, p_into bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_account;
BEGIN
    SELECT * INTO STRICT a FROM court_account x WHERE x.case_id = p_case.case_id;
    IF cases_tied_v1(a.court_id, a.account_no) THEN
        RETURN @CASE_PROMISED;
    END IF;
    PERFORM cases_follow_v1(p_case.court_id, a.bucket, p_now);
    IF NOT payments_withdraw_payable_v1(a.bucket, a.court_id, a.account_no, cases_ref_v1(a.opening)) THEN
        RETURN @CASE_HAS_MONEY;
    END IF;
    UPDATE court_account x SET state = 'closed' WHERE x.case_id = p_case.case_id;
    UPDATE court_case c SET state = CASE WHEN p_into IS NULL THEN 'closed' ELSE 'merged' END, into_id = p_into,
        closed_at = p_now WHERE c.case_id = p_case.case_id;
    RETURN 0;
END $$;

-- Opened again, under its number and its sub-account number. Codes: CASE_UNKNOWN, PERMISSION_MISSING, CASE_NOT_CLOSED,
-- CASE_NUMBER_LEADS (its own, or another one of it, leads to an open case by now).
CREATE OR REPLACE FUNCTION cases_reopen_v1(p_session text, p_case bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM cases_mine_v1(p_session, p_case);
    IF v.code <> 0 THEN
        RETURN v.code;
    ELSIF (v.mine).state <> 'closed' THEN
        RETURN @CASE_NOT_CLOSED;
    ELSIF cases_leads_v1((v.mine).court_id, (v.mine).number) OR EXISTS (SELECT FROM court_name n WHERE n.case_id = p_case
            AND n.kind <> 'source' AND (cases_leads_v1((v.mine).court_id, n.number) OR EXISTS (SELECT FROM court_case c
                WHERE c.court_id = (v.mine).court_id AND c.number = n.number AND c.state = 'open'))) THEN
        RETURN @CASE_NUMBER_LEADS;
    END IF;
    PERFORM cases_again_v1(v.mine, payments_moment_v1((v.mine).court_id, p_now));
    RETURN 0;
END $$;

-- A closed case is open again, with a payable anew. Called inside.
CREATE OR REPLACE FUNCTION cases_again_v1(p_case court_case, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_account text;
BEGIN
    UPDATE court_case c SET state = 'open', closed_at = NULL WHERE c.case_id = p_case.case_id;
    UPDATE court_account a SET state = 'open', opening = a.opening + 1 WHERE a.case_id = p_case.case_id
    RETURNING a.account_no INTO v_account;
    PERFORM cases_payable_v1(p_case.court_id, v_account, p_now);
END $$;

-- Does a number lead to an open case whose own it is not?
CREATE OR REPLACE FUNCTION cases_leads_v1(p_court integer, p_number text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM court_name n JOIN court_case c USING (case_id)
        WHERE n.number = p_number AND n.kind <> 'source' AND c.court_id = p_court AND c.state = 'open');
$$;

-- Numbers that the bank made are taken in; those that are here already count once. Answers how many are new. Codes:
-- COURT_UNKNOWN, PERMISSION_MISSING, LIST_ACCOUNT (one is none, or another court's).
CREATE OR REPLACE FUNCTION cases_numbers_v1(p_session text, p_court integer, p_numbers text[], OUT code integer, OUT added integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(9010, 0);
    code := CASE WHEN NOT EXISTS (SELECT FROM court c WHERE c.court_id = p_court) THEN @COURT_UNKNOWN
        WHEN cases_who_v1(p_session, 'cases.keep', p_court) IS NULL THEN @PERMISSION_MISSING
        WHEN EXISTS (SELECT FROM unnest(p_numbers) u WHERE (u ~ '^[0-9]{6,30}$' AND NOT cases_foreign_v1(p_court, u)) IS NOT TRUE)
            THEN @LIST_ACCOUNT
        ELSE 0 END;
    IF code = 0 THEN
        INSERT INTO court_number SELECT p_court, u FROM unnest(p_numbers) u ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS added = ROW_COUNT;
    END IF;
END $$;

-- Where a party's money may go, by two people. Codes: CASE_NOT_AGREED, CASE_PARTY_UNKNOWN (none of the proposal's court, or his
-- case is not open), CASE_PAYEE_WRONG.
CREATE OR REPLACE FUNCTION cases_payee_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r court_payee;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.payee', p_proposal);
    r := jsonb_populate_record(NULL::court_payee, v.content);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    ELSIF NOT EXISTS (SELECT FROM court_party t JOIN court_case c USING (case_id)
            WHERE t.party_id = r.party_id AND c.court_id = v.court_id AND c.state = 'open') THEN
        RETURN @CASE_PARTY_UNKNOWN;
    ELSIF (r.account_no ~ '^~' AND r.account_name ~ '^~' AND r.bank_name <> '' AND r.bank_code ~ '^[0-9]{12}$') IS NOT TRUE THEN
        RETURN @CASE_PAYEE_WRONG;
    END IF;
    INSERT INTO court_payee (party_id, account_no, account_name, bank_name, bank_code, proposal_id, made_at)
    VALUES (r.party_id, r.account_no, r.account_name, r.bank_name, r.bank_code, p_proposal,
            payments_moment_v1(v.court_id, p_now));
    RETURN 0;
END $$;

-- A case is merged into another one 并案, by two people: its money goes there, in two legs, and its numbers lead there. What
-- is on its way is waited for; what is held is released, what is planned is paid first. Codes: CASE_NOT_AGREED, CASE_UNKNOWN, CASE_NOT_OPEN,
-- CASE_MERGE_WRONG, CASE_PROMISED, CASE_HAS_MONEY, CASE_SHORT.
CREATE OR REPLACE FUNCTION cases_merge_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    c court_case;
    t court_case;
    a court_account;
    e court_entry;
    v_code integer;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.merge', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    SELECT * INTO c FROM court_case x WHERE x.case_id = (v.content ->> 'case')::bigint AND x.court_id = v.court_id;
    SELECT * INTO t FROM court_case x WHERE x.case_id = (v.content ->> 'into')::bigint;
    IF c.case_id IS NULL THEN
        RETURN @CASE_UNKNOWN;
    ELSIF c.state <> 'open' THEN
        RETURN @CASE_NOT_OPEN;
    ELSIF (t.court_id = c.court_id AND t.state = 'open' AND t.case_id <> c.case_id) IS NOT TRUE THEN
        RETURN @CASE_MERGE_WRONG;
    END IF;
    SELECT * INTO STRICT a FROM court_account x WHERE x.case_id = c.case_id;
    PERFORM settlement_lock_v1(ARRAY(SELECT x.bucket FROM court_account x WHERE x.case_id IN (c.case_id, t.case_id)));
    PERFORM cases_follow_v1(c.court_id, a.bucket, p_now);
    IF cases_tied_v1(c.court_id, a.account_no) THEN
        RETURN @CASE_PROMISED;
    ELSIF cases_coming_v1(c.court_id, a.account_no) > 0 THEN
        RETURN @CASE_HAS_MONEY;
    END IF;
    SELECT y.balance_fen INTO STRICT e.amount_fen FROM payable y WHERE y.bucket = a.bucket AND y.payable_id = a.payable_id;
    IF e.amount_fen > 0 THEN
        e.court_id := c.court_id; e.came_at := p_now; e.at := p_now; e.proposal_id := p_proposal;
        e.kind := 'moved_out'; e.account_no := a.account_no;
        e := cases_enter_v1(e);
        e.kind := 'moved_in'; e.of_id := e.document_id; e.payable_id := NULL;
        e.account_no := (SELECT x.account_no FROM court_account x WHERE x.case_id = t.case_id);
        e := cases_enter_v1(e);
    END IF;
    v_code := cases_end_v1(c, t.case_id, p_now);
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;
    END IF;
    INSERT INTO court_name SELECT t.case_id, n.number, 'merged', p_now, c.opened_by
    FROM (SELECT c.number UNION SELECT x.number FROM court_name x WHERE x.case_id = c.case_id) n
    WHERE n.number <> t.number ON CONFLICT DO NOTHING;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
