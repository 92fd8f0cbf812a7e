-- Unidentified money that goes back to who paid it 退回原付款人: an application as any other, of a receipt instead of a sub-account.

-- The line of a statement that brought money, however often it was claimed and un-claimed since; of what a bank told of at once,
-- the line that showed it. NULL: none did.
CREATE OR REPLACE FUNCTION cases_line_of_v1(p_document bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE before AS (
        SELECT e.document_id, e.of_id, e.line_id FROM court_entry e WHERE e.document_id = p_document
        UNION ALL SELECT x.document_id, x.of_id, x.line_id FROM court_entry x JOIN before b ON x.document_id = b.of_id)
    SELECT coalesce(b.line_id, (SELECT n.line_id FROM court_push_end d JOIN court_push p USING (push_id)
        JOIN court_entry e ON e.document_id = d.document_id JOIN court_line n ON n.court_id = e.court_id AND n.serial = p.serial
        WHERE d.document_id = b.document_id)) AS line_id
    FROM before b ORDER BY line_id LIMIT 1;
$$;

-- What of a receipt goes back by applications, or went.
CREATE OR REPLACE FUNCTION cases_refunded_v1(p_receipt bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(a.amount_fen), 0)::bigint FROM court_application a WHERE a.receipt_id = p_receipt
        AND a.state NOT IN ('withdrawn', 'refused', 'rejected', 'returned');
$$;

-- What an application's money is taken from: its sub-account, or the unidentified receipt; without the application itself.
CREATE OR REPLACE FUNCTION cases_room_v1(
    p court_application, OUT balance_fen bigint, OUT coming_fen bigint, OUT held_fen bigint, OUT promised_fen bigint, OUT free_fen bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p.kind <> 'back' THEN
        SELECT f.balance_fen, f.coming_fen, f.held_fen, f.promised_fen, f.free_fen
        INTO balance_fen, coming_fen, held_fen, promised_fen, free_fen FROM cases_free_v1(p.court_id, p.account_no, p.application_id) f;
        RETURN;
    END IF;
    SELECT cases_unclaimed_v1(e) + CASE WHEN p.state IN ('withdrawn', 'refused', 'rejected', 'returned') THEN 0 ELSE p.amount_fen END
    INTO balance_fen FROM court_entry e WHERE e.document_id = p.receipt_id;
    coming_fen := 0; held_fen := 0; promised_fen := 0; free_fen := greatest(0, balance_fen);
END $$;

-- The levels of one that goes back: as of a refund, but that the cashier, who asks for it, does not check himself; to another
-- account than the one that paid, the panel too.
CREATE OR REPLACE FUNCTION cases_back_levels_v1(p_levels jsonb, p_fen bigint, p_other boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_other THEN ARRAY['panel'] ELSE '{}' END || array_remove(cases_levels_v1(p_levels, 'refund', p_fen), 'check');
$$;

-- The cashier applies that unidentified money, or a part of it, goes back; it is held from now on. Without an account number
-- it goes to the account that paid, as the statement's own line says, which nobody types; to another one (`p_account`, `p_name`:
-- sealed) by a reason and the panel. Parts of one line need whom the whole needs, however it was claimed and un-claimed. Codes: MONEY_UNKNOWN, PERMISSION_MISSING, COURT_UNKNOWN, CASE_PAYOUT_WRONG, REASON_MISSING,
-- CASE_PAYEE_WRONG, CASE_PAYOUT_OTHER, CLAIM_TOO_MUCH, CASE_LEVELS_WRONG (nobody but the cashier would agree).
CREATE OR REPLACE FUNCTION cases_send_back_v1(
    p_session text, p_entry bigint, p_fen bigint, p_account text, p_name text, p_bank_name text, p_bank_code text, p_words text,
    p_evidence text, p_other text, p_now timestamptz, OUT code integer, OUT application_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    u court_entry;
    a court_application;
    r court_rule;
    v_today date;
    v_typed boolean := coalesce(p_account, '') <> '';
BEGIN
    PERFORM pg_advisory_xact_lock(9010, x.court_id) FROM court_entry x WHERE x.document_id = p_entry;
    SELECT * INTO u FROM court_entry x WHERE x.document_id = p_entry AND x.kind IN ('unknown', 'unclaimed');
    p_now := payments_moment_v1(u.court_id, p_now);
    v_today := cases_today_v1(u.court_id, p_now);
    r := cases_rule_v1(u.court_id, v_today);
    a.court_id := u.court_id; a.kind := 'back'; a.amount_fen := p_fen; a.receipt_id := p_entry; a.words := p_words;
    a.evidence := p_evidence; a.other_why := coalesce(p_other, ''); a.state := 'asked'; a.asked_at := p_now; a.changed_at := p_now;
    a.asked_by := cases_who_v1(p_session, 'cases.check', u.court_id);
    a.asked_person := access_person_v1(access_who_v1(p_session));
    SELECT p_fen + coalesce(sum(x.amount_fen), 0) INTO a.chain_fen FROM court_application x
    WHERE x.court_id = u.court_id AND x.kind = 'back' AND x.state IN ('asked', 'approved', 'sent', 'unknown', 'paid')
        AND (x.receipt_id = p_entry OR cases_line_of_v1(x.receipt_id) = cases_line_of_v1(p_entry));
    a.levels := cases_back_levels_v1(r.levels, a.chain_fen, v_typed);
    code := CASE WHEN u.document_id IS NULL THEN @MONEY_UNKNOWN WHEN a.asked_by IS NULL THEN @PERMISSION_MISSING
        WHEN r.court_id IS NULL THEN @COURT_UNKNOWN
        WHEN (length(p_words) BETWEEN 1 AND 200 AND length(a.other_why) <= 200 AND p_fen BETWEEN 1 AND 999999999999999) IS NOT TRUE
            THEN @CASE_PAYOUT_WRONG
        WHEN (length(p_evidence) BETWEEN 1 AND 200) IS NOT TRUE THEN @REASON_MISSING
        WHEN (length(p_bank_name) BETWEEN 1 AND 100 AND p_bank_code ~ '^[0-9]{12}$'
              AND CASE WHEN v_typed THEN p_account ~ '^~' AND p_name ~ '^~' ELSE coalesce(p_name, '') = ''
                  AND cases_line_of_v1(p_entry) IS NOT NULL END) IS NOT TRUE THEN @CASE_PAYEE_WRONG
        WHEN v_typed <> (a.other_why <> '') THEN @CASE_PAYOUT_OTHER
        WHEN p_fen > cases_unclaimed_v1(u) THEN @CLAIM_TOO_MUCH
        WHEN NOT 'bureau' = ANY (a.levels) AND NOT 'head' = ANY (a.levels) THEN @CASE_LEVELS_WRONG ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO court_payee AS y (court_id, purpose, entry_id, account_no, account_name, bank_name, bank_code, made_at)
    VALUES (u.court_id, 'back', p_entry, coalesce(p_account, ''), coalesce(p_name, ''), p_bank_name, p_bank_code, p_now)
    RETURNING y.payee_id INTO a.payee_id;
    a.rule_from := r.valid_from;
    a.application_id := nextval(pg_get_serial_sequence('court_application', 'application_id'));
    a.reference := 'CP' || to_char(v_today, 'YYYYMMDD') || '-' || a.application_id;
    a.tries := 0; a.resent := false; a.bank_serial := ''; a.back_serial := ''; a.reason := '';
    a.content := cases_content_v1(a);
    INSERT INTO court_application OVERRIDING SYSTEM VALUE SELECT a.*;
    application_id := a.application_id;
END $$;
