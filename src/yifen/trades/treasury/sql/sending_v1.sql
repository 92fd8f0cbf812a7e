-- Vouchers go to the agent bank once, and its answers come in line by line. All by the worker, who kept what was signed.

-- A paper as it was signed; the same again is the same row.
CREATE OR REPLACE FUNCTION treasury_word_v1(p_bureau integer, p_house integer, p_way text, p_kind text, p_number text, p_sha bytea,
    p_sealed bytea, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_word bigint;
BEGIN
    INSERT INTO treasury_word (bureau_id, house_id, way, kind, number, sha256, body, at)
    VALUES (p_bureau, p_house, p_way, p_kind, p_number, p_sha, p_sealed, p_now)
    ON CONFLICT (house_id, way, kind, number, sha256) DO NOTHING RETURNING word_id INTO v_word;
    RETURN coalesce(v_word, (SELECT w.word_id FROM treasury_word w WHERE w.house_id = p_house AND w.way = p_way AND w.kind = p_kind
        AND w.number = p_number AND w.sha256 = p_sha));
END $$;

-- A paper or answer that is not taken, kept as it was signed and listed. `p_bureau` NULL: its division is nobody's; every bureau of that house
-- has it on its list.
CREATE OR REPLACE FUNCTION treasury_refuse_v1(p_bureau integer, p_house integer, p_kind text, p_number text, p_code integer, p_why text,
    p_sha bytea, p_sealed bytea, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO treasury_refused (bureau_id, house_id, kind, number, code, why, sha256, body, at)
    SELECT b.bureau_id, p_house, p_kind, left(coalesce(p_number, ''), 60), p_code, left(coalesce(p_why, ''), 200), p_sha, p_sealed,
        payments_moment_v1(b.bureau_id, p_now)
    FROM treasury_bureau b WHERE b.bureau_id = p_bureau OR p_bureau IS NULL AND (EXISTS (SELECT FROM treasury_rule r
        WHERE r.bureau_id = b.bureau_id AND p_house IN (r.bank_id, r.treasury_id))
        OR EXISTS (SELECT FROM treasury_voucher v WHERE v.bureau_id = b.bureau_id AND v.bank_id = p_house))
    ON CONFLICT (bureau_id, house_id, kind, sha256, code) DO NOTHING;
$$;

-- An agreed one that no message can carry never leaves: its repayments are due again, and its number stays. Code: VOUCHER_STATE.
CREATE OR REPLACE FUNCTION treasury_unsendable_v1(p_voucher bigint, p_reason text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
BEGIN
    IF (v.state = 'agreed') IS NOT TRUE OR EXISTS (SELECT FROM treasury_word w WHERE w.way = 'out' AND w.bureau_id = v.bureau_id
            AND w.number = v.voucher_no) THEN
        RETURN @VOUCHER_STATE;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    PERFORM treasury_drop_v1(v, left(p_reason, 200), p_now);
    UPDATE treasury_voucher x SET state = 'refused', reason = left(p_reason, 200), changed_at = p_now WHERE x.voucher_id = p_voucher;
    RETURN 0;
END $$;

-- An agreed one is about to be told to the bank, in just these bytes. Codes: VOUCHER_STATE (not agreed, or its day has not come),
-- VOUCHER_CHANGED (it says something else than what was agreed to).
CREATE OR REPLACE FUNCTION treasury_send_v1(p_voucher bigint, p_sha bytea, p_sealed bytea, p_ask timestamptz, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
    v_today date;
BEGIN
    p_now := payments_moment_v1(v.bureau_id, p_now);
    v_today := budget_today_v1(v.bureau_id, p_now);
    IF (v.state = 'agreed' AND v.pay_on <= v_today) IS NOT TRUE THEN
        RETURN @VOUCHER_STATE;
    ELSIF v.content IS DISTINCT FROM treasury_content_v1(v) THEN
        RETURN @VOUCHER_CHANGED;
    END IF;
    PERFORM treasury_word_v1(v.bureau_id, v.bank_id, 'out', '8202', v.voucher_no, p_sha, p_sealed, p_now);
    UPDATE treasury_voucher x SET state = 'sent', sent_on = v_today, ask_at = p_ask, changed_at = p_now WHERE x.voucher_id = p_voucher;
    PERFORM cards_sent_v1(v.bureau_id, v.voucher_no, p_now);
    RETURN 0;
END $$;

-- What the bank said of its lines: [{line, fen, serial, reason, on}], fen 0: it was not paid. A line that it did not answer stays open.
-- Said again alike it changes nothing. Codes: VOUCHER_UNKNOWN, VOUCHER_STATE, VOUCHER_OTHERWISE (another amount, or a line that was decided
-- otherwise: nothing is taken), as cards_repaid_v1.
CREATE OR REPLACE FUNCTION treasury_told_v1(p_voucher bigint, p_lines jsonb, p_sha bytea, p_sealed bytea, p_ask timestamptz, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
    t record;
    l treasury_line;
    v_code integer;
BEGIN
    IF v.voucher_id IS NULL OR v.state NOT IN ('sent', 'unknown', 'answered') THEN
        RETURN CASE WHEN v.voucher_id IS NULL THEN @VOUCHER_UNKNOWN ELSE @VOUCHER_STATE END;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    FOR t IN SELECT * FROM jsonb_to_recordset(p_lines) AS x (line smallint, fen bigint, serial text, reason text, "on" date)
             ORDER BY x.line LOOP
        SELECT * INTO l FROM treasury_line x WHERE x.voucher_id = p_voucher AND x.line_no = t.line;
        IF (t.fen IN (0, l.amount_fen) AND (l.result = 'open' OR l.result = 'failed' AND t.fen = 0
            OR l.result = 'paid' AND t.fen > 0 AND l.serial = t.serial)) IS NOT TRUE
            OR l.result = 'open' AND t.fen > 0 AND (t."on" BETWEEN v.sent_on AND budget_today_v1(v.bureau_id, p_now)) IS NOT TRUE THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @VOUCHER_OTHERWISE::text;
        END IF;
        CONTINUE WHEN l.result <> 'open';
        v_code := cards_repaid_v1(l.repayment_id, CASE WHEN t.fen > 0 THEN 'paid' ELSE 'failed' END,
            CASE WHEN t.fen > 0 THEN t.serial ELSE t.reason END, p_now);
        IF v_code <> 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;
        END IF;
        UPDATE treasury_line x SET result = CASE WHEN t.fen > 0 THEN 'paid' ELSE 'failed' END, serial = CASE WHEN t.fen > 0 THEN t.serial ELSE '' END,
            reason = left(CASE WHEN t.fen > 0 THEN '' ELSE t.reason END, 200), paid_on = CASE WHEN t.fen > 0 THEN t."on" END, decided_at = p_now
        WHERE x.voucher_id = p_voucher AND x.line_no = t.line;
    END LOOP;
    PERFORM treasury_word_v1(v.bureau_id, v.bank_id, 'in', '8202', v.voucher_no, p_sha, p_sealed, p_now);
    IF NOT EXISTS (SELECT FROM treasury_line x WHERE x.voucher_id = p_voucher AND x.result = 'open') THEN
        p_ask := NULL;
    END IF;
    UPDATE treasury_voucher x SET state = CASE WHEN p_ask IS NULL THEN 'answered' ELSE 'sent' END, ask_at = p_ask, tries = x.tries + 1,
        reason = '', changed_at = p_now WHERE x.voucher_id = p_voucher AND x.state <> 'answered';
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- The bank did not take it at all, and never will: its repayments are due again. Code: VOUCHER_STATE.
CREATE OR REPLACE FUNCTION treasury_rejected_v1(p_voucher bigint, p_reason text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
BEGIN
    IF v.state NOT IN ('sent', 'unknown') OR EXISTS (SELECT FROM treasury_line x WHERE x.voucher_id = p_voucher AND x.result <> 'open') THEN
        RETURN @VOUCHER_STATE;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    PERFORM treasury_drop_v1(v, left(p_reason, 200), p_now);
    UPDATE treasury_voucher x SET state = 'rejected', reason = left(p_reason, 200), ask_at = NULL, changed_at = p_now
    WHERE x.voucher_id = p_voucher;
    RETURN 0;
END $$;

-- Nobody knows what became of it, or nothing is decided. `p_resend`: the bank says that it never saw it; it is sent once more, never
-- twice. Answers whether it may be sent now.
CREATE OR REPLACE FUNCTION treasury_unsure_v1(p_voucher bigint, p_resend boolean, p_reason text, p_ask timestamptz, p_now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
BEGIN
    UPDATE treasury_voucher x SET state = 'unknown', reason = left(p_reason, 200), ask_at = p_ask, tries = x.tries + 1,
        resent = x.resent OR p_resend, changed_at = payments_moment_v1(v.bureau_id, p_now)
    WHERE x.voucher_id = p_voucher AND x.state IN ('sent', 'unknown');
    RETURN FOUND AND p_resend AND NOT v.resent;
END $$;
