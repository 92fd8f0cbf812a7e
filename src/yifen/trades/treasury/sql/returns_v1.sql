-- What was repaid comes back 退票, 退货: one flow, before its clearing and behind it, by two people.

-- What of a line may still come back.
CREATE OR REPLACE FUNCTION treasury_returnable_v1(p_voucher bigint, p_line smallint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.amount_fen - coalesce((SELECT sum(t.amount_fen) FROM treasury_return t WHERE t.voucher_id = l.voucher_id
        AND t.line_no = l.line_no AND t.state IN ('asked', 'done')), 0)::bigint
    FROM treasury_line l WHERE l.voucher_id = p_voucher AND l.line_no = p_line AND l.result = 'paid';
$$;

-- The bank told by 2203 that a line came back; a person of the unit takes it up. `serial`: the bank's, of what it paid. Codes:
-- TREASURY_UNKNOWN, CLEARING_OTHERWISE (its number came with other figures), RETURN_UNKNOWN (no such line was paid under that serial),
-- RETURN_TOO_MUCH.
CREATE OR REPLACE FUNCTION treasury_back_v1(p_bureau integer, p_bank integer, p_number text, p_voucher_no text, p_line smallint,
    p_serial text, p_fen bigint, p_reason text, p_sha bytea, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    l treasury_line;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, p_bureau);
    IF NOT EXISTS (SELECT FROM treasury_bureau b WHERE b.bureau_id = p_bureau) THEN
        RETURN @TREASURY_UNKNOWN;
    END IF;
    p_now := payments_moment_v1(p_bureau, p_now);
    PERFORM treasury_word_v1(p_bureau, p_bank, 'in', '2203', p_number, p_sha, p_sealed, p_now);
    SELECT y.* INTO l FROM treasury_voucher v JOIN treasury_line y USING (voucher_id) WHERE v.bureau_id = p_bureau AND v.bank_id = p_bank
        AND v.voucher_no = p_voucher_no AND y.line_no = p_line AND y.serial = p_serial AND y.result = 'paid';
    IF EXISTS (SELECT FROM treasury_return t WHERE t.bureau_id = p_bureau AND t.paper_no = p_number) THEN
        RETURN CASE WHEN EXISTS (SELECT FROM treasury_return t WHERE t.bureau_id = p_bureau AND t.paper_no = p_number
            AND (t.voucher_id, t.line_no, t.amount_fen) = (l.voucher_id, l.line_no, p_fen)) THEN 0 ELSE @CLEARING_OTHERWISE END;
    ELSIF l.voucher_id IS NULL THEN
        RETURN @RETURN_UNKNOWN;
    ELSIF (p_fen BETWEEN 1 AND treasury_returnable_v1(l.voucher_id, l.line_no)) IS NOT TRUE THEN
        RETURN @RETURN_TOO_MUCH;
    END IF;
    INSERT INTO treasury_return (bureau_id, voucher_id, line_no, amount_fen, reason, paper_no, state, made_at)
    VALUES (p_bureau, l.voucher_id, l.line_no, p_fen, coalesce(nullif(left(p_reason, 200), ''), '退票'), p_number, 'told', p_now);
    RETURN 0;
END $$;

-- A return is asked for: of a line that was paid, or (`p_return`) one that the bank told of. Codes: RETURN_UNKNOWN, PERMISSION_MISSING,
-- RETURN_STATE, RETURN_TOO_MUCH, RETURN_FIELDS.
CREATE OR REPLACE FUNCTION treasury_ask_return_v1(p_session text, p_return bigint, p_voucher bigint, p_line smallint, p_fen bigint,
    p_reason text, p_now timestamptz, OUT code integer, OUT return_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    t treasury_return;
    v treasury_voucher;
    v_login text;
BEGIN
    v := treasury_voucher_v1(coalesce((SELECT x.voucher_id FROM treasury_return x WHERE x.return_id = p_return), p_voucher));
    SELECT * INTO t FROM treasury_return x WHERE x.return_id = p_return FOR UPDATE;
    IF p_return IS NULL THEN
        t.voucher_id := v.voucher_id; t.line_no := p_line; t.amount_fen := p_fen; t.reason := left(btrim(coalesce(p_reason, '')), 200);
    END IF;
    v_login := budget_who_v1(p_session, 'treasury.make', v.unit_id);
    code := CASE
        WHEN treasury_returnable_v1(t.voucher_id, t.line_no) IS NULL THEN @RETURN_UNKNOWN
        WHEN v_login IS NULL THEN @PERMISSION_MISSING
        WHEN t.state IS DISTINCT FROM 'told' AND t.return_id IS NOT NULL THEN @RETURN_STATE
        WHEN t.reason = '' THEN @RETURN_FIELDS
        WHEN (t.amount_fen BETWEEN 1 AND treasury_returnable_v1(t.voucher_id, t.line_no)) IS NOT TRUE THEN @RETURN_TOO_MUCH ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    IF t.return_id IS NULL THEN
        INSERT INTO treasury_return (bureau_id, voucher_id, line_no, amount_fen, reason, state, asked_by, asked_person, made_at)
        VALUES (v.bureau_id, t.voucher_id, t.line_no, t.amount_fen, t.reason, 'asked', v_login, access_person_v1(access_who_v1(p_session)), p_now)
        RETURNING return_id INTO return_id;
    ELSE
        UPDATE treasury_return x SET state = 'asked', asked_by = v_login, asked_person = access_person_v1(access_who_v1(p_session))
        WHERE x.return_id = p_return;
        return_id := p_return;
    END IF;
END $$;

-- The second person's word, bound to what was shown (`p_fen`). Yes: in its own year it is quota again, later it is of an earlier year; behind
-- the clearing it waits in 1012 for the bank's refund. Codes: RETURN_UNKNOWN, PERMISSION_MISSING, RETURN_STATE, VOUCHER_SAME_PERSON,
-- VOUCHER_CHANGED, as cards_return_v1.
CREATE OR REPLACE FUNCTION treasury_decide_return_v1(p_session text, p_return bigint, p_fen bigint, p_yes boolean, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t treasury_return;
    v treasury_voucher;
    l treasury_line;
    v_login text;
    v_person text := access_person_v1(access_who_v1(p_session));
    v_code integer;
    v_year integer;
    v_behind boolean;
BEGIN
    v := treasury_voucher_v1((SELECT x.voucher_id FROM treasury_return x WHERE x.return_id = p_return));
    SELECT * INTO t FROM treasury_return x WHERE x.return_id = p_return FOR UPDATE;
    v_login := budget_who_v1(p_session, 'treasury.agree', v.unit_id);
    v_code := CASE WHEN t.return_id IS NULL THEN @RETURN_UNKNOWN WHEN v_login IS NULL OR p_yes IS NULL THEN @PERMISSION_MISSING
        WHEN t.state <> 'asked' THEN @RETURN_STATE WHEN v_person = t.asked_person THEN @VOUCHER_SAME_PERSON
        WHEN p_yes AND p_fen IS DISTINCT FROM t.amount_fen THEN @VOUCHER_CHANGED ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    SELECT * INTO STRICT l FROM treasury_line x WHERE x.voucher_id = t.voucher_id AND x.line_no = t.line_no;
    IF p_yes THEN
        v_year := extract(year FROM budget_today_v1(v.bureau_id, p_now));
        v_behind := treasury_behind_v1(v, l, t);
        v_code := cards_return_v1(l.repayment_id, t.amount_fen, v_year, v_behind, p_now);
        IF v_code <> 0 THEN
            RETURN v_code;
        END IF;
    END IF;
    UPDATE treasury_return x SET state = CASE WHEN p_yes THEN 'done' ELSE 'refused' END, decided_by = v_login, decided_person = v_person,
        cleared = CASE WHEN p_yes THEN v_behind END, year = v_year, decided_at = p_now
    WHERE x.return_id = p_return;
    RETURN 0;
END $$;
