-- Money of approved applications leaves: taken off the sub-account before the bank is asked, booked when the bank or its
-- statement says that it is paid, put back when the bank refuses it or sends it back.

-- Taken off its sub-account, so that nobody else gets it meanwhile; the ledger follows when it is paid. Called inside. Codes:
-- CASE_PAYOUT_UNSIGNED, as cases_may_leave_v1, and as the hub refuses.
CREATE OR REPLACE FUNCTION cases_take_off_v1(p court_application, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    x court_account;
    v_code integer;
BEGIN
    IF p.kind = 'back' THEN   -- it is on no sub-account: whoever claims it sees that it is applied for
        RETURN CASE WHEN cases_signed_v1(p) IS NOT TRUE THEN @CASE_PAYOUT_UNSIGNED ELSE cases_may_leave_v1(p) END;
    END IF;
    SELECT * INTO STRICT x FROM court_account y WHERE y.court_id = p.court_id AND y.account_no = p.account_no;
    PERFORM cases_follow_v1(p.court_id, x.bucket, p_now);
    v_code := CASE WHEN cases_signed_v1(p) IS NOT TRUE THEN @CASE_PAYOUT_UNSIGNED ELSE cases_may_leave_v1(p) END;
    IF v_code = 0 THEN
        v_code := (payments_spend_v1(x.bucket, ARRAY[x.payable_id], ARRAY[p.amount_fen]))[1];
    END IF;
    IF v_code = 0 THEN
        UPDATE court_application a SET bucket = x.bucket, payable_id = x.payable_id WHERE a.application_id = p.application_id;
    END IF;
    RETURN v_code;
END $$;

-- An approved one is about to be told to the bank. What keeps it from that is written down, and it is tried again. `p_ask`:
-- when the bank is asked about it. Codes: CASE_PAYOUT_STATE, as cases_take_off_v1.
CREATE OR REPLACE FUNCTION cases_send_v1(p_application bigint, p_ask timestamptz, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application := cases_application_v1(p_application);
    v_code integer;
    v_today date;
BEGIN
    IF a.state IS DISTINCT FROM 'approved' THEN
        RETURN @CASE_PAYOUT_STATE;
    END IF;
    p_now := payments_moment_v1(a.court_id, p_now);
    v_today := cases_today_v1(a.court_id, p_now);
    v_code := cases_take_off_v1(a, p_now);
    UPDATE court_application x SET state = CASE v_code WHEN 0 THEN 'sent' ELSE x.state END, stopped = nullif(v_code, 0),
        ask_at = CASE v_code WHEN 0 THEN p_ask ELSE p_now + interval '5 minutes' END,
        sent_on = CASE v_code WHEN 0 THEN v_today END,
        bank_id = CASE v_code WHEN 0 THEN (cases_rule_v1(a.court_id, v_today)).bank_id END,
        changed_at = CASE v_code WHEN 0 THEN p_now ELSE x.changed_at END
    WHERE x.application_id = p_application;
    RETURN v_code;
END $$;

-- It is paid: booked. Called inside, of one that was taken off.
CREATE OR REPLACE FUNCTION cases_paid_v1(p_application bigint, p_serial text, p_at timestamptz, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application;
    e court_entry;
BEGIN
    SELECT * INTO STRICT a FROM court_application x WHERE x.application_id = p_application;
    e.court_id := a.court_id; e.kind := CASE a.kind WHEN 'back' THEN 'sent_back' ELSE 'payout' END; e.account_no := a.account_no;
    e.payable_id := a.payable_id; e.of_id := CASE a.kind WHEN 'back' THEN a.receipt_id END;
    e.amount_fen := a.amount_fen; e.came_at := p_at; e.at := p_now; e.application_id := a.application_id;
    e := cases_enter_v1(e);
    UPDATE court_application x SET state = 'paid', paid_id = e.document_id, bank_serial = p_serial, ask_at = NULL, stopped = NULL,
        changed_at = p_now WHERE x.application_id = p_application;
END $$;

-- A paid one came back 退汇: to the same sub-account, or to where its case was merged into; a case that was closed meanwhile is
-- opened again, unless its number leads to another open one by now, which gets it: one number, one open case. What had gone back
-- to its payer is unidentified again, under its own receipt. Called inside.
CREATE OR REPLACE FUNCTION cases_returned_v1(
    p_application bigint, p_serial text, p_reason text, p_at timestamptz, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application;
    c court_case;
    e court_entry;
BEGIN
    SELECT * INTO STRICT a FROM court_application x WHERE x.application_id = p_application;
    e.court_id := a.court_id; e.kind := 'returned'; e.amount_fen := a.amount_fen; e.of_id := a.paid_id;
    e.came_at := p_at; e.at := p_now; e.application_id := a.application_id;
    IF a.kind = 'back' THEN
        e.kind := 'came_back';
    ELSE
        SELECT z.* INTO STRICT c FROM court_account x, LATERAL cases_stays_v1(x.case_id) s, court_case z
        WHERE x.court_id = a.court_id AND x.account_no = a.account_no AND z.case_id = s;
        IF cases_leads_v1(c.court_id, c.number) AND c.state = 'closed' THEN
            SELECT z.* INTO STRICT c FROM court_name n JOIN court_case z USING (case_id)
            WHERE n.number = c.number AND n.kind <> 'source' AND z.court_id = c.court_id AND z.state = 'open'
            ORDER BY z.case_id DESC LIMIT 1;
        ELSIF c.state = 'closed' THEN
            PERFORM cases_again_v1(c, p_now);
        END IF;
        SELECT x.account_no INTO STRICT e.account_no FROM court_account x WHERE x.case_id = c.case_id;
    END IF;
    e := cases_enter_v1(e);
    UPDATE court_application x SET state = 'returned', returned_id = e.document_id, back_serial = p_serial,
        reason = left(p_reason, 200), ask_at = NULL, changed_at = p_now WHERE x.application_id = p_application;
END $$;

-- What the bank said of a payout, under its signature (`p_sealed`): done, rejected, returned, processing. Said again it
-- changes nothing. `p_ask`: when it is asked next. Codes: CASE_PAYOUT_UNKNOWN, CASE_PAYOUT_WRONG (another amount), CASE_PAYOUT_STATE.
CREATE OR REPLACE FUNCTION cases_told_v1(
    p_reference text, p_said text, p_fen bigint, p_serial text, p_back_serial text, p_reason text, p_sealed bytea,
    p_ask timestamptz, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application := cases_application_v1((
        SELECT x.application_id FROM court_application x WHERE x.reference = p_reference));
BEGIN
    IF a.application_id IS NULL THEN
        RETURN @CASE_PAYOUT_UNKNOWN;
    ELSIF p_fen <> a.amount_fen THEN
        RETURN @CASE_PAYOUT_WRONG;
    ELSIF a.state NOT IN ('sent', 'unknown', 'paid', 'returned') OR a.state = 'paid' AND p_said = 'rejected' THEN
        RETURN @CASE_PAYOUT_STATE;
    END IF;
    p_now := payments_moment_v1(a.court_id, p_now);
    IF p_said IN ('done', 'rejected', 'returned') AND NOT (p_said = 'done' AND a.state = 'paid') AND a.state <> 'returned' THEN
        INSERT INTO court_answer (application_id, state, at, sealed) VALUES (a.application_id, p_said, p_now, p_sealed);
    END IF;
    IF a.state IN ('sent', 'unknown') AND p_said IN ('done', 'returned') THEN
        PERFORM cases_paid_v1(a.application_id, p_serial, p_now, p_now);
        a.state := 'paid';
    ELSIF a.state IN ('sent', 'unknown') AND p_said = 'rejected' THEN
        IF a.kind <> 'back' AND (payments_spend_v1(a.bucket, ARRAY[a.payable_id], ARRAY[-a.amount_fen]))[1] <> 0 THEN
            RAISE EXCEPTION 'what the bank refused does not go back to sub-account %', a.account_no;
        END IF;
        UPDATE court_application x SET state = 'rejected', reason = left(p_reason, 200), bank_serial = p_serial, ask_at = NULL,
            changed_at = p_now WHERE x.application_id = a.application_id;
        RETURN 0;
    END IF;
    IF a.state = 'paid' AND p_said = 'returned' THEN
        IF EXISTS (SELECT FROM court_line n WHERE n.court_id = a.court_id AND n.serial = p_back_serial) THEN
            -- The statement came first and nobody knew whose it is: it is claimed for the case by two people.
            UPDATE court_application x SET back_serial = p_back_serial, reason = left(p_reason, 200), ask_at = NULL
            WHERE x.application_id = a.application_id;
            RETURN 0;
        END IF;
        PERFORM cases_returned_v1(a.application_id, p_back_serial, p_reason, p_now, p_now);
        RETURN 0;
    END IF;
    UPDATE court_application x SET ask_at = p_ask, tries = x.tries + 1 WHERE x.application_id = a.application_id
        AND x.state IN ('sent', 'unknown', 'paid');
    RETURN 0;
END $$;

-- Nobody knows what became of it. `p_resend`: the bank says that it never saw it; it is sent once more, never twice. Answers
-- whether it may be sent now.
CREATE OR REPLACE FUNCTION cases_unsure_v1(
    p_application bigint, p_resend boolean, p_reason text, p_ask timestamptz, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application := cases_application_v1(p_application);
BEGIN
    IF a.state = 'paid' THEN
        UPDATE court_application x SET ask_at = p_ask, tries = x.tries + 1 WHERE x.application_id = p_application;
        RETURN false;
    END IF;
    UPDATE court_application x SET state = 'unknown', reason = left(p_reason, 200), ask_at = p_ask, tries = x.tries + 1,
        resent = x.resent OR p_resend, changed_at = payments_moment_v1(a.court_id, p_now)
    WHERE x.application_id = p_application AND x.state IN ('sent', 'unknown');
    RETURN FOUND AND p_resend AND NOT a.resent;
END $$;

-- A statement's line out that carries an application's reference: it is paid, if the bank's port did not say so before. False:
-- it cannot be, and nothing explains the line.
CREATE OR REPLACE FUNCTION cases_shown_out_v1(
    p_court integer, p_reference text, p_fen bigint, p_line bigint, p_serial text, p_at timestamptz, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application;
BEGIN
    SELECT * INTO a FROM court_application x WHERE x.court_id = p_court AND x.reference = p_reference AND x.amount_fen = p_fen
        AND x.line_id IS NULL AND x.state IN ('approved', 'sent', 'unknown', 'paid', 'returned') FOR UPDATE;
    IF a.application_id IS NULL OR a.state = 'approved' AND cases_take_off_v1(a, p_now) <> 0 THEN
        RETURN false;
    ELSIF a.state IN ('approved', 'sent', 'unknown') THEN
        PERFORM cases_paid_v1(a.application_id, p_serial, p_at, p_now);
    END IF;
    UPDATE court_application x SET line_id = p_line WHERE x.application_id = a.application_id;
    RETURN true;
END $$;

-- A statement's line in that gives a payout back: by its reference, unless it names another case's sub-account, or by the serial
-- that the bank's port said. False: it does not, and is unidentified money.
CREATE OR REPLACE FUNCTION cases_shown_back_v1(
    p_court integer, p_reference text, p_account text, p_fen bigint, p_line bigint, p_serial text, p_at timestamptz, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application;
BEGIN
    SELECT * INTO a FROM court_application x WHERE x.court_id = p_court AND x.amount_fen = p_fen AND x.back_line_id IS NULL
        AND (x.reference = p_reference AND NOT cases_elsewhere_v1(p_court, p_account, x.account_no)
                AND (x.state = 'paid' AND x.line_id IS NOT NULL OR x.state = 'returned')
             OR x.state = 'returned' AND x.back_serial = p_serial)
    ORDER BY x.application_id LIMIT 1 FOR UPDATE;
    IF a.application_id IS NULL THEN
        RETURN false;
    ELSIF a.state = 'paid' THEN
        PERFORM cases_returned_v1(a.application_id, p_serial, '', p_at, p_now);
    END IF;
    UPDATE court_application x SET back_line_id = p_line WHERE x.application_id = a.application_id;
    RETURN true;
END $$;
