-- The agent bank claims from the treasury what it paid; what fits is cleared, what does not is named and stays.

-- A claim or refund of the bank, kept; then it is looked whether it fits. Codes: TREASURY_UNKNOWN, CLEARING_OTHERWISE (the number came with
-- other figures before).
CREATE OR REPLACE FUNCTION treasury_clear_v1(p_bureau integer, p_bank integer, p_kind text, p_number text, p_day date, p_rows jsonb,
    p_sha bytea, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c treasury_clearing;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, p_bureau);
    IF NOT EXISTS (SELECT FROM treasury_bureau b WHERE b.bureau_id = p_bureau) THEN
        RETURN @TREASURY_UNKNOWN;
    END IF;
    p_now := payments_moment_v1(p_bureau, p_now);
    SELECT * INTO c FROM treasury_clearing x WHERE x.bureau_id = p_bureau AND x.bank_id = p_bank AND x.number = p_number;
    IF c.clearing_id IS NOT NULL AND NOT EXISTS (SELECT FROM treasury_word w WHERE w.word_id = c.word_id AND w.sha256 = p_sha) THEN
        PERFORM treasury_word_v1(p_bureau, p_bank, 'in', p_kind, p_number, p_sha, p_sealed, p_now);
        RETURN @CLEARING_OTHERWISE;
    ELSIF c.clearing_id IS NULL THEN
        INSERT INTO treasury_clearing (bureau_id, bank_id, kind, number, on_day, amount_fen, state, word_id, at)
        SELECT p_bureau, p_bank, p_kind, p_number, p_day, sum(x.fen), 'differs',
            treasury_word_v1(p_bureau, p_bank, 'in', p_kind, p_number, p_sha, p_sealed, p_now), p_now
        FROM jsonb_to_recordset(p_rows) AS x (fen bigint) RETURNING * INTO c;
        INSERT INTO treasury_clearing_row
        SELECT c.clearing_id, x.id, x.voucher_no, x.unit, x.func, x.fen
        FROM jsonb_to_recordset(p_rows) AS x (id text, voucher_no text, unit text, func text, fen bigint);
    END IF;
    PERFORM treasury_fit_v1(c.clearing_id, p_now);
    RETURN 0;
END $$;

-- Does each voucher's sum fit? Then all of it is posted, and its lines are cleared; else nothing is. Answers whether it is cleared.
CREATE OR REPLACE FUNCTION treasury_fit_v1(p_clearing bigint, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c treasury_clearing;
    e treasury_entry;
    v_from integer;
    v_to integer;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, x.bureau_id) FROM treasury_clearing x WHERE x.clearing_id = p_clearing;
    SELECT * INTO c FROM treasury_clearing x WHERE x.clearing_id = p_clearing FOR UPDATE;
    IF c.state IS DISTINCT FROM 'differs' OR c.amount_fen = 0 OR EXISTS (SELECT FROM treasury_strange s WHERE s.clearing_id = p_clearing)
        OR EXISTS (SELECT FROM treasury_clearing_row r
            WHERE r.clearing_id = p_clearing GROUP BY r.voucher_no
            HAVING sum(r.amount_fen) IS DISTINCT FROM CASE c.kind
                WHEN '2301' THEN (SELECT p.fen FROM treasury_to_claim p
                    WHERE (p.bureau_id, p.voucher_no, p.paid_on) = (c.bureau_id, r.voucher_no, c.on_day))
                ELSE (SELECT -b.fen FROM treasury_to_refund b WHERE (b.bureau_id, b.voucher_no) = (c.bureau_id, r.voucher_no)) END) THEN
        UPDATE treasury_clearing x SET code = @CLAIM_GROSS
        WHERE x.clearing_id = p_clearing AND x.state = 'differs' AND treasury_carries_v1(x) > 0 AND x.code = 0;
        RETURN coalesce(c.state = 'cleared', false);
    END IF;
    SELECT CASE c.kind WHEN '2301' THEN k.advanced_id ELSE b.grant_id END, CASE c.kind WHEN '2301' THEN b.grant_id ELSE k.back_id END
    INTO STRICT v_from, v_to FROM treasury_bureau b JOIN card_bureau k USING (bureau_id) WHERE b.bureau_id = c.bureau_id;
    e.document_id := -nextval('document_no'); e.bureau_id := c.bureau_id; e.clearing_id := p_clearing; e.amount_fen := abs(c.amount_fen);
    e.kind := CASE c.kind WHEN '2301' THEN 'cleared' ELSE 'refunded' END; e.at := p_now;
    SELECT k.current_day INTO STRICT e.business_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = c.bureau_id;
    INSERT INTO treasury_entry SELECT e.*;
    PERFORM settlement_lock_v1(ARRAY[settlement_home_v1()]);
    PERFORM settlement_post_v1(settlement_home_v1(), e.at, ARRAY['posted']::ledger_kind[], ARRAY[v_from], ARRAY[v_to],
        ARRAY[e.amount_fen], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[], ARRAY[e.document_id], ARRAY[0]::bigint[], e.business_day);
    UPDATE treasury_line l SET clearing_id = p_clearing FROM treasury_voucher v
    WHERE c.kind = '2301' AND v.voucher_id = l.voucher_id AND v.bureau_id = c.bureau_id AND l.result = 'paid' AND l.paid_on = c.on_day
        AND l.clearing_id IS NULL AND v.voucher_no IN (SELECT r.voucher_no FROM treasury_clearing_row r WHERE r.clearing_id = p_clearing);
    UPDATE treasury_return t SET clearing_id = p_clearing FROM treasury_voucher v
    WHERE c.kind = '2302' AND v.voucher_id = t.voucher_id AND v.bureau_id = c.bureau_id AND t.state = 'done' AND t.cleared
        AND t.clearing_id IS NULL AND v.voucher_no IN (SELECT r.voucher_no FROM treasury_clearing_row r WHERE r.clearing_id = p_clearing);
    UPDATE treasury_clearing x SET state = 'cleared', code = 0, cleared_at = p_now WHERE x.clearing_id = p_clearing;
    RETURN true;
END $$;

-- A pack of the treasury's check, kept; the same again is the same. Codes: TREASURY_UNKNOWN, CLEARING_OTHERWISE.
CREATE OR REPLACE FUNCTION treasury_check_v1(p_bureau integer, p_house integer, p_kind text, p_check_no text, p_day date, p_packs integer,
    p_pack integer, p_number text, p_rows jsonb, p_sha bytea, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_word bigint;
    v_check treasury_check;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, p_bureau);
    IF NOT EXISTS (SELECT FROM treasury_bureau b WHERE b.bureau_id = p_bureau) THEN
        RETURN @TREASURY_UNKNOWN;
    END IF;
    p_now := payments_moment_v1(p_bureau, p_now);
    v_word := treasury_word_v1(p_bureau, p_house, 'in', p_kind, p_number, p_sha, p_sealed, p_now);
    SELECT * INTO v_check FROM treasury_check x WHERE x.bureau_id = p_bureau AND x.kind = p_kind AND x.check_no = p_check_no
        AND x.pack_no = p_pack;
    IF v_check.check_id IS NOT NULL THEN
        RETURN CASE v_check.word_id WHEN v_word THEN 0 ELSE @CLEARING_OTHERWISE END;
    END IF;
    INSERT INTO treasury_check (bureau_id, kind, check_no, on_day, packs, pack_no, word_id, at)
    VALUES (p_bureau, p_kind, p_check_no, p_day, p_packs, p_pack, v_word, p_now) RETURNING * INTO v_check;
    INSERT INTO treasury_check_row
    SELECT v_check.check_id, x.id, x.bill_no, x.voucher_no, x.unit, x.func, x.fen
    FROM jsonb_to_recordset(p_rows) AS x (id text, bill_no text, voucher_no text, unit text, func text, fen bigint);
    RETURN 0;
END $$;
