-- Applications for payouts 结退: made by the judge, agreed to level by level. What is free decides at every step, by the rows.

-- The case that a case's money belongs to by now: itself, or where it was merged into.
CREATE OR REPLACE FUNCTION cases_stays_v1(p_case bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE into_case AS (
        SELECT c.case_id, c.into_id FROM court_case c WHERE c.case_id = p_case
        UNION ALL SELECT c.case_id, c.into_id FROM court_case c JOIN into_case i ON c.case_id = i.into_id)
    SELECT i.case_id FROM into_case i WHERE i.into_id IS NULL;
$$;

-- A case and those that were merged into it.
CREATE OR REPLACE FUNCTION cases_came_v1(p_case bigint) RETURNS TABLE (case_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE came AS (
        SELECT p_case AS case_id UNION ALL SELECT c.case_id FROM court_case c JOIN came m ON c.into_id = m.case_id)
    SELECT m.case_id FROM came m;
$$;

-- What of a sub-account is on its way, held, applied for by others than `p_but` or planned (for creditors, fee and costs), and free.
CREATE OR REPLACE FUNCTION cases_free_v1(
    p_court integer, p_account text, p_but bigint, OUT balance_fen bigint, OUT coming_fen bigint, OUT held_fen bigint,
    OUT promised_fen bigint, OUT free_fen bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT coalesce(y.balance_fen, 0) INTO balance_fen FROM court_account a
    LEFT JOIN payable y ON y.bucket = a.bucket AND y.payable_id = a.payable_id
    WHERE a.court_id = p_court AND a.account_no = p_account;
    coming_fen := cases_coming_v1(p_court, p_account);
    SELECT CASE WHEN bool_or(h.amount_fen IS NULL) THEN balance_fen ELSE coalesce(sum(h.amount_fen), 0) END INTO held_fen
    FROM court_hold h WHERE h.court_id = p_court AND h.account_no = p_account AND h.released_at IS NULL;
    SELECT coalesce(sum(a.amount_fen), 0) INTO promised_fen FROM court_application a
    WHERE a.court_id = p_court AND a.account_no = p_account AND a.state IN ('asked', 'approved')
        AND a.application_id IS DISTINCT FROM p_but;
    promised_fen := promised_fen + coalesce((SELECT cases_plan_fee_left_v1(p) + (SELECT coalesce(sum(s.share_fen), 0)
            FROM court_share s WHERE s.plan_id = p.plan_id AND NOT cases_share_taken_v1(s))
        FROM court_plan p WHERE p.court_id = p_court AND p.account_no = p_account AND p.replaced_at IS NULL), 0);
    free_fen := greatest(0, balance_fen - coming_fen - held_fen - promised_fen);
END $$;

-- Is money of this kind paid to this payee, out of this case? Only the newest payee of a party, or of the court, counts.
-- `panel`: he is not the applicant, so that the panel 合议庭 has to agree.
CREATE OR REPLACE FUNCTION cases_payee_fits_v1(p_payee bigint, p_case bigint, p_kind text, OUT fits boolean, OUT panel boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.party_id IS NULL THEN p.purpose = p_kind AND p.court_id = c.court_id
                ELSE cases_stays_v1(t.case_id) = p_case
                    AND (p_kind = 'refund' OR p_kind = 'payout' AND t.role <> 'debtor') END
            AND NOT EXISTS (SELECT FROM court_payee n WHERE n.payee_id > p.payee_id
                AND (n.party_id = p.party_id OR (n.court_id, n.purpose) = (p.court_id, p.purpose))),
        p.party_id IS NOT NULL AND t.role <> 'applicant'
    FROM court_payee p LEFT JOIN court_party t USING (party_id) CROSS JOIN court_case c
    WHERE p.payee_id = p_payee AND c.case_id = p_case;
$$;

-- What speaks against a payee that does not fit. Codes: CASE_PAYOUT_PAYEE (it is of another case, or there is none),
-- CASE_PAYEE_OLD, CASE_PAYEE_KIND.
CREATE OR REPLACE FUNCTION cases_payee_against_v1(p_payee bigint, p_case bigint, p_kind text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT CASE
        WHEN CASE WHEN p.party_id IS NULL THEN p.court_id <> c.court_id ELSE cases_stays_v1(t.case_id) <> p_case END
            THEN @CASE_PAYOUT_PAYEE
        WHEN EXISTS (SELECT FROM court_payee n WHERE n.payee_id > p.payee_id
            AND (n.party_id = p.party_id OR (n.court_id, n.purpose) = (p.court_id, p.purpose))) THEN @CASE_PAYEE_OLD
        ELSE @CASE_PAYEE_KIND END
        FROM court_payee p LEFT JOIN court_party t USING (party_id) CROSS JOIN court_case c
        WHERE p.payee_id = p_payee AND c.case_id = p_case), @CASE_PAYOUT_PAYEE);
$$;

-- What of a receipt may still go back to who paid it; NULL: it is none, it was taken back, or no statement shows it yet.
CREATE OR REPLACE FUNCTION cases_refundable_v1(p_court integer, p_account text, p_receipt bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.amount_fen - coalesce((SELECT sum(g.amount_fen) FROM court_entry g WHERE g.kind = 'given_back'
            AND g.court_id = e.court_id AND g.account_no = e.account_no AND g.payment_id = e.payment_id), 0)::bigint
        - cases_refunded_v1(e.document_id)
    FROM court_entry e WHERE e.document_id = p_receipt AND e.court_id = p_court AND e.account_no = p_account
        AND (e.kind IN ('collected', 'transfer', 'claimed')
            OR EXISTS (SELECT FROM court_announced d WHERE d.document_id = e.document_id AND d.arrived))
        AND NOT EXISTS (SELECT FROM court_entry u WHERE u.of_id = e.document_id AND u.kind IN ('unclaimed', 'recalled'));
$$;

-- What of these payments a channel may still give back (`keeps` of the plug): of a receipt, what no application gives back; of a
-- sub-account, what is neither held, applied for nor planned, and has not come to the main account: from there a judge's
-- application pays alone.
CREATE OR REPLACE FUNCTION cases_keeps_v1(p_bucket smallint, p_payments bigint[])
RETURNS TABLE (payment_id bigint, bound text, id bigint, fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH paid AS (
        SELECT p.payment_id, p.amount_fen, a.* FROM payment p
        JOIN court_account a ON a.court_id = p.biller_id AND a.account_no = p.account_no
        WHERE p.bucket = p_bucket AND p.payment_id = ANY (p_payments))
    SELECT p.payment_id, 'court receipt', p.payment_id, p.amount_fen - coalesce((SELECT sum(r.amount_fen) FROM payment_return r
            WHERE r.bucket = p_bucket AND r.payment_id = p.payment_id AND r.booked_at IS NOT NULL), 0)::bigint
        - coalesce((SELECT sum(cases_refunded_v1(e.document_id)) FROM court_entry e WHERE e.court_id = p.court_id
            AND e.account_no = p.account_no AND e.kind = 'collected' AND e.payment_id = p.payment_id), 0)::bigint
    FROM paid p
    UNION ALL SELECT p.payment_id, 'court case', p.payable_id,
        least(f.balance_fen - f.held_fen - f.promised_fen, f.coming_fen - t.told_fen + n.new_fen)
    FROM paid p CROSS JOIN LATERAL cases_free_v1(p.court_id, p.account_no, NULL) f
    CROSS JOIN LATERAL (SELECT coalesce(sum(d.amount_fen), 0)::bigint AS told_fen FROM court_announced d
        WHERE d.court_id = p.court_id AND d.account_no = p.account_no AND NOT d.arrived) t
    CROSS JOIN LATERAL (SELECT coalesce(sum(x.fen), 0)::bigint AS new_fen FROM court_payment x
        WHERE x.court_id = p.court_id AND x.bucket = p_bucket AND x.account_no = p.account_no AND x.transfer_no > coalesce((
            SELECT w.transfer_no FROM court_followed w WHERE w.court_id = p.court_id AND w.bucket = p_bucket), 0)) n;
$$;

-- Digest of what an application asks for, whoever reads its row.
CREATE OR REPLACE FUNCTION cases_content_v1(p court_application) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256(convert_to(jsonb_build_array(p.court_id, p.account_no, p.kind, p.payee_id, y.party_id, y.proposal_id,
        y.bank_name, y.bank_code, p.amount_fen, p.chain_fen, p.receipt_id, p.plan_id, p.words, p.rule_from, p.levels, p.reference,
        p.asked_person)::text || p.other_why || CASE p.kind WHEN 'back' THEN jsonb_build_array(p.evidence)::text ELSE '' END, 'UTF8'))
    FROM court_payee y WHERE y.payee_id = p.payee_id;
$$;

-- Digest of what is shown to who decides: what is asked for, and what is on the sub-account.
CREATE OR REPLACE FUNCTION cases_shown_v1(p_application bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256(a.content || convert_to(concat_ws('|', f.balance_fen, f.coming_fen, f.held_fen, f.promised_fen), 'UTF8'))
    FROM court_application a CROSS JOIN LATERAL cases_room_v1(a) f
    WHERE a.application_id = p_application;
$$;

-- A judge applies for a payout of a case of his; its amount is held from now on. The chain goes by the amount together with
-- what else was applied for in the case, and in those merged into it, in the last 30 days, so that parts need whom the whole needs. `p_other`: why a refund
-- goes to another account than the one that paid; a refund always needs the panel, for whose the account is nobody sees here. Codes:
-- CASE_UNKNOWN, PERMISSION_MISSING, CASE_PAYOUT_NOT_HIS, CASE_NOT_OPEN, COURT_UNKNOWN, CASE_PAYOUT_WRONG, as cases_payee_against_v1,
-- CASE_PAYOUT_RECEIPT, CASE_PAYOUT_OTHER, as cases_share_against_v1 (of a plan's share) and cases_fee_against_v1 (of its fee and costs), CASE_PAYOUT_SHORT.
CREATE OR REPLACE FUNCTION cases_apply_v1(
    p_session text, p_case bigint, p_kind text, p_payee bigint, p_fen bigint, p_receipt bigint, p_plan bigint, p_words text,
    p_now timestamptz, p_other text DEFAULT '', OUT code integer, OUT application_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c court_case;
    a court_application;
    r court_rule;
    v_fits record;
    v_today date;
BEGIN
    PERFORM pg_advisory_xact_lock(9010, x.court_id) FROM court_case x WHERE x.case_id = p_case;
    SELECT * INTO c FROM court_case x WHERE x.case_id = p_case;
    a.asked_by := cases_who_v1(p_session, 'cases.apply', c.court_id);
    code := CASE WHEN c.case_id IS NULL THEN @CASE_UNKNOWN WHEN a.asked_by IS NULL THEN @PERMISSION_MISSING
        WHEN c.judge <> a.asked_by THEN @CASE_PAYOUT_NOT_HIS WHEN c.state <> 'open' THEN @CASE_NOT_OPEN ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    p_now := payments_moment_v1(c.court_id, p_now);
    a.asked_person := access_person_v1(access_who_v1(p_session));
    a.court_id := c.court_id; a.kind := p_kind; a.payee_id := p_payee; a.amount_fen := p_fen; a.receipt_id := p_receipt;
    a.plan_id := p_plan; a.other_why := coalesce(p_other, ''); a.evidence := '';
    a.words := p_words; a.state := 'asked'; a.asked_at := p_now; a.changed_at := p_now;
    SELECT x.account_no INTO STRICT a.account_no FROM court_account x WHERE x.case_id = p_case;
    PERFORM cases_follow_v1(c.court_id, x.bucket, p_now) FROM court_account x WHERE x.case_id = p_case;
    v_today := cases_today_v1(c.court_id, p_now);
    r := cases_rule_v1(c.court_id, v_today);
    SELECT * INTO v_fits FROM cases_payee_fits_v1(p_payee, p_case, p_kind);
    code := CASE WHEN r.court_id IS NULL THEN @COURT_UNKNOWN
        WHEN (p_kind IN ('payout', 'refund', 'fee', 'deposit') AND p_fen BETWEEN 1 AND 999999999999999
              AND length(p_words) BETWEEN 1 AND 200 AND length(a.other_why) <= 200
              AND (p_kind = 'refund' OR a.other_why = '')) IS NOT TRUE THEN @CASE_PAYOUT_WRONG
        WHEN v_fits.fits IS NOT TRUE THEN cases_payee_against_v1(p_payee, p_case, p_kind)
        WHEN (p_kind = 'refund') <> (p_receipt IS NOT NULL)
            OR p_receipt IS NOT NULL AND p_fen <= cases_refundable_v1(a.court_id, a.account_no, p_receipt) IS NOT TRUE
            THEN @CASE_PAYOUT_RECEIPT
        WHEN p_kind = 'refund' AND a.other_why = '' AND EXISTS (SELECT FROM court_line n JOIN court_row w USING (file_id, line_no)
                JOIN court_payee y ON y.payee_id = p_payee AND y.account_no <> w.payer_sealed
            WHERE n.line_id = cases_line_of_v1(p_receipt) AND w.payer_sealed <> '') THEN @CASE_PAYOUT_OTHER
        WHEN p_plan IS NULL THEN 0
        WHEN p_kind = 'payout' THEN cases_share_against_v1(p_plan, a.court_id, a.account_no, p_payee, p_fen, v_today)
        WHEN p_kind = 'fee' THEN cases_fee_against_v1(p_plan, a.court_id, a.account_no, p_fen)
        ELSE @CASE_PAYOUT_WRONG END;
    code := CASE WHEN code <> 0 THEN code
        -- What is planned for is not in its own way.
        WHEN (SELECT p_fen > f.balance_fen - f.coming_fen - f.held_fen - f.promised_fen
                  + CASE WHEN p_plan IS NULL THEN 0 ELSE p_fen END
              FROM cases_free_v1(a.court_id, a.account_no, NULL) f) THEN @CASE_PAYOUT_SHORT ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT p_fen + coalesce(sum(x.amount_fen), 0) INTO a.chain_fen FROM court_application x
    WHERE x.court_id = a.court_id AND x.account_no IN (SELECT y.account_no FROM cases_came_v1(p_case) m JOIN court_account y USING (case_id))
        AND x.kind = p_kind AND x.asked_at > p_now - interval '30 days'
        AND x.state IN ('asked', 'approved', 'sent', 'unknown', 'paid');
    a.rule_from := r.valid_from;
    a.levels := CASE WHEN v_fits.panel OR p_kind = 'refund' THEN ARRAY['panel'] ELSE '{}' END || cases_levels_v1(r.levels, p_kind, a.chain_fen);
    a.application_id := nextval(pg_get_serial_sequence('court_application', 'application_id'));
    a.reference := 'CP' || to_char(v_today, 'YYYYMMDD') || '-' || a.application_id;
    a.tries := 0; a.resent := false; a.bank_serial := ''; a.back_serial := ''; a.reason := '';
    a.content := cases_content_v1(a);
    INSERT INTO court_application OVERRIDING SYSTEM VALUE SELECT a.*;
    application_id := a.application_id;
END $$;

-- An application, its court locked.
CREATE OR REPLACE FUNCTION cases_application_v1(p_application bigint) RETURNS court_application
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application;
BEGIN
    PERFORM pg_advisory_xact_lock(9010, x.court_id) FROM court_application x WHERE x.application_id = p_application;
    SELECT * INTO a FROM court_application x WHERE x.application_id = p_application FOR UPDATE;
    RETURN a;
END $$;

-- One level's word. `p_shown`: the digest of what its page showed; a yes to what is otherwise by now does not count. A no
-- frees the amount. Codes: CASE_PAYOUT_UNKNOWN, CASE_PAYOUT_STATE, PERMISSION_MISSING, CASE_PAYOUT_SAME_PERSON, CASE_PAYOUT_CHANGED, CASE_NOT_OPEN,
-- CASE_PAYOUT_PAYEE, CASE_PAYOUT_RECEIPT, CASE_PAYOUT_SHORT.
CREATE OR REPLACE FUNCTION cases_sign_v1(
    p_session text, p_application bigint, p_shown bytea, p_yes boolean, p_note text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application := cases_application_v1(p_application);
    s court_signature;
    v_case bigint;
    v_code integer;
BEGIN
    SELECT count(*) + 1 INTO s.step FROM court_signature x WHERE x.application_id = p_application;
    s.level := a.levels[s.step];
    s.login := cases_who_v1(p_session, 'cases.' || s.level, a.court_id);
    s.person := access_person_v1(access_who_v1(p_session));
    v_code := CASE WHEN a.application_id IS NULL THEN @CASE_PAYOUT_UNKNOWN WHEN a.state <> 'asked' THEN @CASE_PAYOUT_STATE
        WHEN s.login IS NULL OR p_yes IS NULL THEN @PERMISSION_MISSING
        WHEN s.person = a.asked_person OR EXISTS (SELECT FROM court_signature x WHERE x.application_id = p_application
            AND x.person = s.person) THEN @CASE_PAYOUT_SAME_PERSON ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(a.court_id, p_now);
    PERFORM cases_follow_v1(a.court_id, x.bucket, p_now) FROM court_account x
    WHERE x.court_id = a.court_id AND x.account_no = a.account_no;
    v_code := CASE WHEN p_yes AND p_shown IS DISTINCT FROM cases_shown_v1(p_application) THEN @CASE_PAYOUT_CHANGED
        WHEN p_yes THEN cases_may_leave_v1(a) ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    INSERT INTO court_signature SELECT p_application, s.step, s.level, s.login, s.person, p_yes, left(coalesce(p_note, ''), 200),
        a.content, f.balance_fen, p_now FROM cases_room_v1(a) f;
    UPDATE court_application x SET changed_at = p_now,
        state = CASE WHEN NOT p_yes THEN 'refused' WHEN s.step = cardinality(a.levels) THEN 'approved' ELSE 'asked' END
    WHERE x.application_id = p_application;
    RETURN 0;
END $$;

-- Taken back by who applied, or by the head of the bureau; not once it was sent. Codes: CASE_PAYOUT_UNKNOWN, PERMISSION_MISSING,
-- CASE_PAYOUT_STATE.
CREATE OR REPLACE FUNCTION cases_withdraw_v1(p_session text, p_application bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a court_application := cases_application_v1(p_application);
BEGIN
    IF a.application_id IS NULL THEN
        RETURN @CASE_PAYOUT_UNKNOWN;
    ELSIF cases_who_v1(p_session, 'cases.bureau', a.court_id) IS NULL AND (cases_who_v1(p_session,
            CASE a.kind WHEN 'back' THEN 'cases.check' ELSE 'cases.apply' END, a.court_id) IS NULL
            OR access_person_v1(access_who_v1(p_session)) <> a.asked_person) THEN
        RETURN @PERMISSION_MISSING;
    ELSIF a.state NOT IN ('asked', 'approved') THEN
        RETURN @CASE_PAYOUT_STATE;
    END IF;
    UPDATE court_application x SET state = 'withdrawn', changed_at = payments_moment_v1(a.court_id, p_now)
    WHERE x.application_id = p_application;
    RETURN 0;
END $$;

-- What speaks against an application's money leaving now. Called inside. Codes: CASE_NOT_OPEN, CASE_PAYOUT_PAYEE,
-- CASE_PAYOUT_RECEIPT (what it gives back was given or taken back meanwhile), CASE_PAYOUT_SHORT.
CREATE OR REPLACE FUNCTION cases_may_leave_v1(p court_application) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.kind = 'back' THEN CASE WHEN p.amount_fen > (cases_room_v1(p)).free_fen THEN @CASE_PAYOUT_SHORT ELSE 0 END
        WHEN x.state <> 'open' THEN @CASE_NOT_OPEN
        WHEN (SELECT f.fits FROM cases_payee_fits_v1(p.payee_id, x.case_id, p.kind) f) IS NOT TRUE
            THEN cases_payee_against_v1(p.payee_id, x.case_id, p.kind)
        WHEN p.kind = 'refund' AND (cases_refundable_v1(p.court_id, p.account_no, p.receipt_id) >= 0) IS NOT TRUE  -- without this one
            THEN @CASE_PAYOUT_RECEIPT
        WHEN p.amount_fen > (cases_free_v1(p.court_id, p.account_no, p.application_id)).free_fen THEN @CASE_PAYOUT_SHORT ELSE 0 END
    FROM (SELECT p.court_id) c LEFT JOIN court_account x ON x.court_id = c.court_id AND x.account_no = p.account_no;
$$;

-- Did everybody agree whom the rule of its day asks for, each another person, to just what stands there? A refund to an applicant
-- went without the panel once, if it was to the account that paid.
CREATE OR REPLACE FUNCTION cases_signed_v1(p court_application) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.content = cases_content_v1(p) AND p.chain_fen >= p.amount_fen
        AND p.levels = s.levels AND s.yes AND s.same AND s.persons = cardinality(p.levels)
        AND CASE p.kind WHEN 'back' THEN p.levels = cases_back_levels_v1(r.levels, p.chain_fen, y.account_no <> '')
                AND y.entry_id = p.receipt_id AND (y.account_no <> '') = (p.other_why <> '')
            ELSE p.levels = CASE WHEN t.role <> 'applicant' OR p.other_why <> '' THEN ARRAY['panel'] ELSE '{}' END
                || cases_levels_v1(r.levels, p.kind, p.chain_fen)
            OR p.kind = 'refund' AND p.levels = ARRAY['panel'] || cases_levels_v1(r.levels, p.kind, p.chain_fen) END
    FROM court_payee y LEFT JOIN court_party t USING (party_id) CROSS JOIN court_rule r
    CROSS JOIN LATERAL (SELECT array_agg(g.level ORDER BY g.step) AS levels, bool_and(g.yes) AS yes,
            bool_and(g.content = p.content) AS same,
            count(DISTINCT g.person) FILTER (WHERE g.person <> p.asked_person) AS persons
        FROM court_signature g WHERE g.application_id = p.application_id) s
    WHERE y.payee_id = p.payee_id AND r.court_id = p.court_id AND r.valid_from = p.rule_from;
$$;
