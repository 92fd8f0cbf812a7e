-- Receipts 渠道到账: the money of a channel's closed day, first expected at the bank, then arrived.
--
-- Bank (1002) and fee (6421) against the channel's clearing account (1121) of the bank's book. One a
-- channel and day; a repeat changes nothing, another amount is refused.

-- What a channel owes for a closed day at a bank, and keeps of it as fee by the lines of its files. Whose file
-- is the truth (a described profile) owes what we have and all that differs, as repair reckons it, once the
-- day is compared and nothing of it is open, or it was signed; others owe what our books say. No row: not yet,
-- or not at this bank.
CREATE OR REPLACE FUNCTION receipt_owed_v1(p_channel integer, p_day date, p_bank integer)
RETURNS TABLE (gross_fen bigint, fee_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH told AS (
        SELECT array_agg(f.file_id ORDER BY f.file_id) AS files, sum(f.fee_fen) AS fee_fen FROM recon_file_counting f
        WHERE f.partner_id = p_channel AND f.business_day = p_day
    )
    SELECT CASE WHEN p.described AND p.truth = 'theirs' THEN u.ours_fen + coalesce((
               SELECT sum(recon_difference_v1(i)) FROM recon_item i
               WHERE i.partner_id = p_channel AND i.business_day = p_day
                   AND i.closed_by IS DISTINCT FROM 'gone' AND NOT EXISTS (SELECT FROM recon_run v
                       WHERE v.run_id = i.run_id AND v.void_at IS NOT NULL)), 0)
           ELSE (SELECT coalesce(sum(m.net_fen), 0) FROM payment_movement m JOIN partner y ON y.id = m.biller_id
                 WHERE m.channel_id = p_channel AND m.business_day = p_day AND y.book_id = a.book_id)
           END::bigint,
           greatest(0, -coalesce(t.fee_fen, 0))::bigint
    FROM bank k JOIN ledger_account a USING (account_id)
    JOIN recon_profile_in_force p ON p.partner_id = p_channel
    CROSS JOIN told t
    LEFT JOIN LATERAL (SELECT x.ours_fen FROM recon_run x
        WHERE x.partner_id = p_channel AND x.business_day = p_day AND x.files = t.files
            AND x.ended_at IS NOT NULL AND x.void_at IS NULL ORDER BY x.run_id DESC LIMIT 1) u ON true
    WHERE k.partner_id = p_bank AND (NOT p.described OR u.ours_fen IS NOT NULL
        AND k.account_id = coalesce(p.bank_account_id, k.account_id)
        AND (settlement_signed_v1(a.book_id, p_day, NULL)
             OR recon_compared_v1(p_channel, p_day) AND NOT EXISTS (
                SELECT FROM recon_item i WHERE i.partner_id = p_channel AND i.business_day = p_day
                    AND i.state IN ('open', 'proposed', 'doing'))));
$$;

-- p_gross may be negative: more was taken back than paid, and the channel draws it.
-- Codes: DAY_NOT_PROVED (not closed), CHANNEL_MONEY_INVALID (no such bank, no clearing account in
-- its book, a negative fee, or expected before with other figures), FIGURES_WRONG (gross or fee is not
-- what the channel owes).
CREATE OR REPLACE FUNCTION receipt_expect_v1(
    p_channel integer, p_day date, p_bank integer, p_gross bigint, p_fee bigint, p_due_on date,
    p_now timestamptz, OUT code integer, OUT document_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v record;
    v_there receipt;
    v_fee integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8402, p_channel);
    SELECT * INTO v_there FROM receipt r
    WHERE r.channel_id = p_channel AND r.business_day = p_day;
    IF FOUND THEN
        document_id := v_there.document_id;
        code := CASE WHEN (v_there.bank_id, v_there.gross_fen, v_there.fee_fen)
                          = (p_bank, p_gross, p_fee) THEN 0 ELSE @CHANNEL_MONEY_INVALID END;
        RETURN;
    END IF;
    SELECT b.account_id AS bank_account, l.book_id, p.code AS channel, p.name,
           (SELECT min(a.clearing_id) FROM admission a JOIN ledger_account c
                ON c.account_id = a.clearing_id AND c.book_id = l.book_id
            WHERE a.channel_id = p_channel) AS clearing
    INTO v FROM bank b JOIN ledger_account l ON l.account_id = b.account_id
    JOIN partner p ON p.id = p_channel WHERE b.partner_id = p_bank;
    code := CASE
        WHEN v.clearing IS NULL OR p_fee < 0 THEN @CHANNEL_MONEY_INVALID
        WHEN NOT EXISTS (SELECT FROM ledger_day_head h WHERE h.book_id = v.book_id
                         AND h.business_day = p_day) THEN @DAY_NOT_PROVED
        WHEN (p_gross, p_fee) IS DISTINCT FROM (
            SELECT ROW(o.gross_fen, o.fee_fen) FROM receipt_owed_v1(p_channel, p_day, p_bank) o)
            THEN @FIGURES_WRONG
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_fee := ledger_open_kind_v1('fee', v.book_id, v.channel, v.name);
    document_id := -nextval('document_no');
    INSERT INTO receipt VALUES (document_id, p_channel, p_day, p_bank, v.bank_account, v_fee,
        v.clearing, p_gross, p_fee, p_gross - p_fee, 'expected', NULL);
    IF p_gross <> p_fee THEN
        INSERT INTO recon_expected (partner_id, business_day, kind, serial, amount_fen, document_id)
        VALUES (p_bank, p_due_on,
                CASE WHEN p_gross > p_fee THEN 'in' ELSE 'out' END::recon_kind,
                'RC' || to_char(p_day, 'YYYYMMDD') || '-' || v.channel, abs(p_gross - p_fee),
                document_id);
    ELSE
        code := (receipt_book_v1(document_id, p_due_on, p_now)).code;
    END IF;
END $$;

-- The bank's statement shows it. Codes: CHANNEL_MONEY_UNKNOWN, EVIDENCE_MISSING.
CREATE OR REPLACE FUNCTION receipt_arrived_v1(
    p_document bigint, p_on date, p_now timestamptz, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM receipt r WHERE r.document_id = p_document AND r.state = 'expected')
        AND NOT settlement_shown_v1(p_document, NULL)
    THEN
        code := @EVIDENCE_MISSING;
        changed := false;
    ELSE
        SELECT b.code, b.changed INTO code, changed FROM receipt_book_v1(p_document, p_on, p_now) b;
    END IF;
END $$;

-- Codes: CHANNEL_MONEY_UNKNOWN.
CREATE OR REPLACE FUNCTION receipt_book_v1(
    p_document bigint, p_on date, p_now timestamptz, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v receipt;
    v_day date;
    v_net record;
BEGIN
    SELECT * INTO v FROM receipt WHERE document_id = p_document FOR UPDATE;
    code := CASE WHEN v.document_id IS NULL THEN @CHANNEL_MONEY_UNKNOWN ELSE 0 END;
    changed := v.state = 'expected';
    IF changed IS NOT TRUE THEN
        changed := false;
        RETURN;
    END IF;
    PERFORM settlement_lock_v1('{}');
    SELECT k.current_day INTO STRICT v_day FROM ledger_book k JOIN ledger_account a USING (book_id)
    WHERE a.account_id = v.bank_account_id;
    SELECT array_agg('posted'::ledger_kind) AS kinds, array_agg(debit) AS debits,
           array_agg(credit) AS credits, array_agg(fen) AS amounts,
           array_agg(NULL::bigint) AS nones, array_agg(p_document) AS refs,
           array_agg(0::bigint) AS details
    INTO v_net
    FROM (VALUES (v.bank_account_id, v.clearing_id, v.net_fen),
                 (v.clearing_id, v.bank_account_id, -v.net_fen),
                 (v.fee_id, v.clearing_id, v.fee_fen)) AS m (debit, credit, fen)
    WHERE fen > 0;
    IF v_net.kinds IS NOT NULL THEN
        PERFORM settlement_post_v1(settlement_home_v1(), p_now, v_net.kinds, v_net.debits,
            v_net.credits, v_net.amounts, v_net.nones, v_net.nones, v_net.refs, v_net.details,
            v_day);
    END IF;
    UPDATE receipt SET state = 'arrived', arrived_on = p_on WHERE document_id = p_document;
END $$;
