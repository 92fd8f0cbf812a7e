-- Cheques of other banks in the local exchange.

-- A receipt is stamped; nothing is booked. Codes: DEPOSIT_UNKNOWN (no slip, or of another amount), DEPOSIT_PAID,
-- CHEQUE_HERE_ALREADY (this cheque, or another for the slip), those of agency_refuses_v1.
CREATE OR REPLACE FUNCTION agency_cheque_accept_v1(p jsonb, p_channel integer, p_now timestamptz, OUT code integer, OUT cheque_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c agency_cheque := jsonb_populate_record(NULL::agency_cheque, p);
    s record;
BEGIN
    SELECT * INTO s FROM agency_slip_v1(c.unit, c.number, c.institution_id) x WHERE x.biller_id = c.biller_id;
    code := CASE
        WHEN s.biller_id IS NULL OR s.amount_fen IS DISTINCT FROM c.amount_fen THEN @DEPOSIT_UNKNOWN
        WHEN s.paid THEN @DEPOSIT_PAID
        ELSE agency_refuses_v1(p_channel, c.biller_id, c.institution_id, (
            SELECT k.current_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = c.biller_id)) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(8951, s.contracting_id::integer);
    IF EXISTS (SELECT FROM agency_cheque x WHERE x.exchange_id = s.contracting_id AND x.cheque_no = c.cheque_no
            AND x.amount_fen = c.amount_fen AND x.state NOT IN ('returned', 'refunded')) THEN
        code := @CHEQUE_HERE_ALREADY;  -- however its bank is written
        RETURN;
    END IF;
    INSERT INTO agency_cheque (biller_id, unit, number, institution_id, exchange_id, drawer_bank, drawer, cheque_no,
                               written_on, amount_fen, accepted_at, accepted_by, changed_at)
    VALUES (c.biller_id, c.unit, c.number, c.institution_id, s.contracting_id, c.drawer_bank, c.drawer, c.cheque_no,
            c.written_on, c.amount_fen, p_now, c.accepted_by, p_now)
    ON CONFLICT DO NOTHING RETURNING agency_cheque.cheque_id INTO cheque_id;
    code := CASE WHEN cheque_id IS NULL THEN @CHEQUE_HERE_ALREADY ELSE 0 END;
END $$;

-- Presented 提出 in a session that is not closed: all that wait in this county. Code below zero: none; else how many.
-- Codes: SESSION_CLOSED, INPUT_INVALID (a session of a day to come: it would shut all before it).
CREATE OR REPLACE FUNCTION agency_present_v1(p_exchange bigint, p_day date, p_number smallint, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8951, p_exchange::integer);
    IF p_day > (p_now AT TIME ZONE 'Asia/Shanghai')::date THEN
        RETURN -@INPUT_INVALID;
    ELSIF EXISTS (SELECT FROM agency_session s WHERE s.institution_id = p_exchange AND (s.day, s.number) >= (p_day, p_number)) THEN
        RETURN -@SESSION_CLOSED;
    END IF;
    UPDATE agency_cheque SET state = 'presented', session_day = p_day, session_no = p_number, changed_at = p_now
    WHERE exchange_id = p_exchange AND state = 'accepted';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- A session closes with its returns said: what an earlier one presented is collected, for no return came. Answers the
-- cheques, each with the serial under which its money is now moved; one row with a code below zero: refused.
CREATE OR REPLACE FUNCTION agency_session_v1(p_exchange bigint, p_day date, p_number smallint, p_who bigint, p_now timestamptz)
RETURNS TABLE (cheque_id bigint, serial text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(8951, p_exchange::integer);
    IF p_day > (p_now AT TIME ZONE 'Asia/Shanghai')::date THEN
        RETURN QUERY SELECT -@INPUT_INVALID::bigint, ''::text;
        RETURN;
    ELSIF EXISTS (SELECT FROM agency_session s WHERE s.institution_id = p_exchange AND (s.day, s.number) >= (p_day, p_number)) THEN
        RETURN QUERY SELECT -@SESSION_CLOSED::bigint, ''::text;
        RETURN;
    END IF;
    INSERT INTO agency_session VALUES (p_exchange, p_day, p_number, p_now, p_who);
    RETURN QUERY UPDATE agency_cheque c SET state = 'collecting', serial = concat('CK', to_char(p_day, 'YYYYMMDD'), p_number, '-', c.cheque_id),
        changed_at = p_now
    WHERE c.exchange_id = p_exchange AND c.state = 'presented' AND (c.session_day, c.session_no) < (p_day, p_number)
    RETURNING c.cheque_id, c.serial;
END $$;

-- It came back 退票, with the reason of its slip. Before it was collected: nothing was booked. Collected money goes back to
-- the exchange (the caller undoes the move; `refunding`). Applied by 4628 on this day: 4629 comes first. Applied on an
-- earlier day: an exception that people settle with the company; nobody advances money, nothing moves.
-- Codes: CHEQUE_NOT_PRESENTED, CHEQUE_APPLIED.
CREATE OR REPLACE FUNCTION agency_return_v1(p_cheque bigint, p_reason text, p_now timestamptz, OUT code integer, OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c agency_cheque;
    v_today boolean;
BEGIN
    SELECT * INTO c FROM agency_cheque x WHERE x.cheque_id = p_cheque FOR UPDATE;
    v_today := EXISTS (SELECT FROM agency_deposit d JOIN partner y ON y.id = d.biller_id JOIN ledger_book k USING (book_id)
        WHERE d.cheque_id = p_cheque AND (d.state = 'asked' OR d.state = 'booked' AND d.business_day = k.current_day));
    state := CASE c.state WHEN 'presented' THEN 'returned' WHEN 'collected' THEN 'refunding'
        WHEN 'applied' THEN CASE WHEN NOT v_today THEN 'exception' END END;
    code := CASE WHEN state IS NOT NULL THEN 0 WHEN c.state = 'applied' THEN @CHEQUE_APPLIED ELSE @CHEQUE_NOT_PRESENTED END;
    IF code = 0 THEN
        UPDATE agency_cheque x SET state = agency_return_v1.state, reason = p_reason, changed_at = p_now
        WHERE x.cheque_id = p_cheque;
    END IF;
END $$;

-- What became at the core of the money that is collected, or given back; what was never asked there is as it was before.
CREATE OR REPLACE FUNCTION agency_cheque_follow_v1(p_cheque bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c agency_cheque;
    v_state text;
BEGIN
    SELECT * INTO c FROM agency_cheque x WHERE x.cheque_id = p_cheque FOR UPDATE;
    v_state := (SELECT m.state FROM core_move m WHERE m.serial = c.serial);
    v_state := CASE WHEN c.state = 'collecting' AND v_state = 'done' THEN 'collected'
                    WHEN c.state = 'collecting' AND coalesce(v_state, 'refused') = 'refused' THEN 'presented'
                    WHEN c.state = 'refunding' AND v_state = 'undone' THEN 'refunded'
                    WHEN c.state = 'refunding' AND NOT EXISTS (SELECT FROM core_move u WHERE u.undoes = c.serial) THEN 'collected'
                    ELSE c.state END;
    IF v_state <> c.state THEN
        UPDATE agency_cheque SET state = v_state, changed_at = p_now, reason = CASE v_state WHEN 'collected' THEN '' ELSE reason END,
            serial = CASE v_state WHEN 'presented' THEN NULL ELSE serial END WHERE cheque_id = p_cheque;
    END IF;
    RETURN v_state;
END $$;
