-- Where a claim and a return cross, and what two people end.

-- Did a return come behind the claim of its line? A claim that came and is not cleared has its money (then a refund brings it), or is net of it
-- already; where its sum does not tell, what the bank or the cashier told of before it came is before it.
CREATE OR REPLACE FUNCTION treasury_behind_v1(v treasury_voucher, l treasury_line, t treasury_return) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.clearing_id IS NOT NULL OR coalesce((SELECT CASE c.fen WHEN p.fen THEN true WHEN p.fen - t.amount_fen THEN false
            ELSE t.made_at > c.at END
        FROM (SELECT x.at, sum(r.amount_fen)::bigint AS fen FROM treasury_clearing x JOIN treasury_clearing_row r USING (clearing_id)
              WHERE x.bureau_id = v.bureau_id AND x.bank_id = v.bank_id AND x.kind = '2301' AND x.state = 'differs' AND x.on_day = l.paid_on
                  AND r.voucher_no = v.voucher_no GROUP BY x.clearing_id ORDER BY x.clearing_id LIMIT 1) c
        JOIN treasury_to_claim p ON (p.bureau_id, p.voucher_no, p.paid_on) = (v.bureau_id, v.voucher_no, l.paid_on)), false);
$$;

-- What a claim has above what is due, if each of its vouchers is claimed net, or gross of what came back before; 0: it is not so.
CREATE OR REPLACE FUNCTION treasury_carries_v1(c treasury_clearing) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN c.kind = '2301' AND bool_and(r.fen IN (p.fen, p.gross_fen))
            AND NOT EXISTS (SELECT FROM treasury_strange s WHERE s.clearing_id = c.clearing_id) THEN sum(r.fen - p.fen)::bigint ELSE 0 END
    FROM (SELECT x.voucher_no, sum(x.amount_fen) AS fen FROM treasury_clearing_row x WHERE x.clearing_id = c.clearing_id GROUP BY 1) r
    LEFT JOIN treasury_to_claim p ON (p.bureau_id, p.voucher_no, p.paid_on) = (c.bureau_id, r.voucher_no, c.on_day);
$$;

-- The same, for who has its number.
CREATE OR REPLACE FUNCTION treasury_carried_v1(p_clearing bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT treasury_carries_v1(c) FROM treasury_clearing c WHERE c.clearing_id = p_clearing;
$$;

-- What speaks against an end: of a claim that does not fit (`carry`: it is cleared as it is, and a refund brings what came back before;
-- `refuse`: it is none), of a row of quota that waits (`end`: it moves none). Code: ENDING_STATE.
CREATE OR REPLACE FUNCTION treasury_end_against_v1(p_bureau integer, p_asked jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN CASE p_asked ->> 'how'
        WHEN 'carry' THEN (SELECT c.state = 'differs' AND to_jsonb(treasury_carries_v1(c)) = p_asked -> 'fen' AND treasury_carries_v1(c) > 0
            FROM treasury_clearing c WHERE c.bureau_id = p_bureau AND to_jsonb(c.clearing_id) = p_asked -> 'id')
        WHEN 'refuse' THEN (SELECT c.state = 'differs' AND to_jsonb(c.amount_fen) = p_asked -> 'fen'
            FROM treasury_clearing c WHERE c.bureau_id = p_bureau AND to_jsonb(c.clearing_id) = p_asked -> 'id')
        WHEN 'end' THEN (SELECT r.state = 'waits' AND to_jsonb(r.amount_fen) = p_asked -> 'fen'
            FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id)
            WHERE q.bureau_id = p_bureau AND to_jsonb(r.row_id) = p_asked -> 'id')
        END THEN 0 ELSE @ENDING_STATE END;
$$;

-- Two people end it. What a claim carries was posted 2202 → 5001 when it came back; the treasury pays it now, so it waits in 1012 for the refund.
-- Codes: BUDGET_NOT_AGREED, ENDING_STATE.
CREATE OR REPLACE FUNCTION treasury_end_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    c treasury_clearing;
    e treasury_entry;
    b card_bureau;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('treasury.end', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9450, v.bureau_id);
    IF treasury_end_against_v1(v.bureau_id, v.content) <> 0 THEN
        RETURN @ENDING_STATE;
    END IF;
    p_now := payments_moment_v1(v.bureau_id, p_now);
    IF v.content ->> 'how' = 'end' THEN
        UPDATE treasury_quota_row r SET state = 'ended', changed_at = p_now
        WHERE r.row_id = (v.content ->> 'id')::bigint;
        RETURN 0;
    END IF;
    SELECT * INTO STRICT c FROM treasury_clearing x WHERE x.clearing_id = (v.content ->> 'id')::bigint FOR UPDATE;
    IF v.content ->> 'how' = 'refuse' THEN
        UPDATE treasury_clearing x SET state = 'refused' WHERE x.clearing_id = c.clearing_id;
        RETURN 0;
    END IF;
    SELECT * INTO STRICT b FROM card_bureau x WHERE x.bureau_id = c.bureau_id;
    e.document_id := -nextval('document_no'); e.bureau_id := c.bureau_id; e.clearing_id := c.clearing_id; e.kind := 'carried'; e.at := p_now;
    e.amount_fen := treasury_carries_v1(c);
    SELECT k.current_day INTO STRICT e.business_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = c.bureau_id;
    INSERT INTO treasury_entry SELECT e.*;
    PERFORM settlement_lock_v1(ARRAY[settlement_home_v1()]);
    PERFORM settlement_post_v1(settlement_home_v1(), e.at, ARRAY['posted']::ledger_kind[], ARRAY[b.back_id], ARRAY[b.advanced_id],
        ARRAY[e.amount_fen], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[], ARRAY[e.document_id], ARRAY[0]::bigint[], e.business_day);
    UPDATE treasury_return t SET cleared = true FROM treasury_voucher y JOIN treasury_line l USING (voucher_id)
        JOIN (SELECT r.voucher_no, sum(r.amount_fen) AS fen FROM treasury_clearing_row r WHERE r.clearing_id = c.clearing_id GROUP BY 1) r USING (voucher_no)
        JOIN treasury_to_claim p ON (p.bureau_id, p.voucher_no, p.paid_on) = (c.bureau_id, r.voucher_no, c.on_day) AND p.gross_fen = r.fen
    WHERE y.bureau_id = c.bureau_id AND l.paid_on = c.on_day AND l.clearing_id IS NULL AND t.voucher_id = l.voucher_id AND t.line_no = l.line_no
        AND t.state = 'done' AND NOT t.cleared;
    IF NOT treasury_fit_v1(c.clearing_id, p_now) THEN
        RAISE EXCEPTION 'claim % is not cleared as it was agreed', c.number;
    END IF;
    RETURN 0;
END $$;

-- The cashier has the bank asked now what became of a voucher; it is asked, never sent. Codes: VOUCHER_UNKNOWN, PERMISSION_MISSING, VOUCHER_STATE.
CREATE OR REPLACE FUNCTION treasury_ask_again_v1(p_session text, p_voucher bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
    v_code integer;
BEGIN
    v_code := CASE WHEN v.voucher_id IS NULL THEN @VOUCHER_UNKNOWN WHEN budget_who_v1(p_session, 'treasury.make', v.unit_id) IS NULL
        THEN @PERMISSION_MISSING WHEN v.state NOT IN ('sent', 'unknown') THEN @VOUCHER_STATE ELSE 0 END;
    UPDATE treasury_voucher x SET ask_at = least(x.ask_at, payments_moment_v1(v.bureau_id, p_now))
    WHERE v_code = 0 AND x.voucher_id = p_voucher;
    RETURN v_code;
END $$;
