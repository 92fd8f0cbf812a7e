-- Cheques of other banks in the local exchange.

-- Whose session this is, if he may work in the exchange where he is himself; NULL: nobody's.
CREATE OR REPLACE FUNCTION agency_exchanger_v1(p_session text, OUT who bigint, OUT institution bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, u.institution_id FROM access_user u WHERE u.id = access_who_v1(p_session) AND u.partner_id IS NULL
        AND access_may_v1(u.id, 'agency.exchange', u.institution_id, NULL);
$$;

-- A receipt is stamped in the open shift of this session; nothing is booked. `p`: what the cheque says, by name. Codes:
-- SHIFT_NOT_OPEN, CHEQUE_LATE_HERE, DEPOSIT_UNKNOWN (no slip, or of another amount), DEPOSIT_PAID,
-- CHEQUE_BANK_UNKNOWN, CHEQUE_HERE_ALREADY (this cheque, or another for the slip), those of agency_refuses_v1.
CREATE OR REPLACE FUNCTION agency_cheque_accept_v1(p_session text, p jsonb, p_now timestamptz, OUT code integer, OUT cheque_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c agency_cheque := jsonb_populate_record(NULL::agency_cheque, p);
    h counter_shift := agency_desk_v1(p_session);
    v_day date := (SELECT k.current_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = c.biller_id);
    s record;
BEGIN
    SELECT * INTO s FROM agency_slip_v1(c.unit, c.number, h.institution_id) x WHERE x.biller_id = c.biller_id;
    code := CASE
        WHEN h.id IS NULL THEN @SHIFT_NOT_OPEN
        WHEN s.biller_id IS NULL OR s.amount_fen IS DISTINCT FROM c.amount_fen THEN @DEPOSIT_UNKNOWN
        WHEN s.paid THEN @DEPOSIT_PAID
        WHEN NOT EXISTS (SELECT FROM agency_bank b WHERE b.code = c.drawer_bank) THEN @CHEQUE_BANK_UNKNOWN
        WHEN (v_day - c.written_on BETWEEN 0 AND 10) IS NOT TRUE THEN @CHEQUE_LATE_HERE
        ELSE agency_refuses_v1(h.channel_id::integer, c.biller_id, h.institution_id, v_day) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO agency_cheque (biller_id, unit, number, institution_id, exchange_id, drawer_bank, drawer, cheque_no,
                               written_on, amount_fen, accepted_at, accepted_by, changed_at)
    VALUES (c.biller_id, c.unit, c.number, h.institution_id, s.contracting_id, c.drawer_bank, c.drawer, c.cheque_no,
            c.written_on, c.amount_fen, p_now, h.teller_id, p_now)
    ON CONFLICT DO NOTHING RETURNING agency_cheque.cheque_id INTO cheque_id;
    code := CASE WHEN cheque_id IS NULL THEN @CHEQUE_HERE_ALREADY ELSE 0 END;
END $$;

-- The next session of a county's day, of those that the book and the clock allow, is opened by one who works in its exchange. Codes: PERMISSION_MISSING, SESSION_OPEN
-- (the one before is not closed), SESSION_CLOSED (nine a day).
CREATE OR REPLACE FUNCTION agency_session_open_v1(p_session text, p_now timestamptz, OUT code integer, OUT number smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
    v_day date;
BEGIN
    SELECT * INTO v_who FROM agency_exchanger_v1(p_session);
    IF v_who.who IS NULL THEN
        code := @PERMISSION_MISSING;
        RETURN;
    END IF;
    p_now := coalesce(payments_moment_v1((SELECT min(p.biller_id) FROM core_pair p WHERE p.contracting_id = v_who.institution),
                                         p_now), clock_timestamp());
    v_day := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
    PERFORM pg_advisory_xact_lock(8951, v_who.institution::integer);
    number := (SELECT coalesce(max(s.number), 0) + 1 FROM agency_session s
               WHERE s.institution_id = v_who.institution AND s.day = v_day);
    code := CASE WHEN EXISTS (SELECT FROM agency_session s WHERE s.institution_id = v_who.institution AND s.closed_at IS NULL)
        THEN @SESSION_OPEN WHEN number > 9 THEN @SESSION_CLOSED ELSE 0 END;
    IF code = 0 THEN
        INSERT INTO agency_session (institution_id, day, number, opened_at, opened_by)
        VALUES (v_who.institution, v_day, number, p_now, v_who.who);
    END IF;
END $$;

-- Presented 提出 in the session that is open: all that wait in this county. Below zero: a code; else how many.
-- Codes: PERMISSION_MISSING, SESSION_NONE.
CREATE OR REPLACE FUNCTION agency_present_v1(p_session text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
    v_count integer;
BEGIN
    SELECT * INTO v_who FROM agency_exchanger_v1(p_session);
    IF v_who.who IS NULL THEN
        RETURN -@PERMISSION_MISSING;
    END IF;
    PERFORM pg_advisory_xact_lock(8951, v_who.institution::integer);
    IF NOT EXISTS (SELECT FROM agency_session s WHERE s.institution_id = v_who.institution AND s.closed_at IS NULL) THEN
        RETURN -@SESSION_NONE;
    END IF;
    UPDATE agency_cheque c SET state = 'presented', session_day = s.day, session_no = s.number, changed_at = p_now
    FROM agency_session s
    WHERE s.institution_id = v_who.institution AND s.closed_at IS NULL AND c.exchange_id = s.institution_id AND c.state = 'accepted';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- What the open session of a county collects when it closes: presented in an earlier one, and no return came.
CREATE OR REPLACE FUNCTION agency_collects_v1(p_exchange bigint) RETURNS SETOF agency_cheque
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.* FROM agency_cheque c WHERE c.exchange_id = p_exchange AND c.state = 'presented' AND NOT EXISTS (
        SELECT FROM agency_session s WHERE s.institution_id = p_exchange AND s.closed_at IS NULL
            AND (s.day, s.number) = (c.session_day, c.session_no));
$$;

-- A session closes with its returns said, by another person than opened it, who saw just these (`p_count`, `p_fen`): what an
-- earlier one presented is collected. Answers the cheques, each with the serial under which its money is now moved; one
-- row with a code below zero: refused. Codes: PERMISSION_MISSING, SESSION_NONE, SESSION_ALONE, FORM_STALE.
CREATE OR REPLACE FUNCTION agency_session_v1(p_session text, p_count bigint, p_fen bigint, p_now timestamptz)
RETURNS TABLE (cheque_id bigint, serial text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_who record;
    s agency_session;
    v_code integer;
BEGIN
    SELECT * INTO v_who FROM agency_exchanger_v1(p_session);
    PERFORM pg_advisory_xact_lock(8951, v_who.institution::integer);
    SELECT * INTO s FROM agency_session x WHERE x.institution_id = v_who.institution AND x.closed_at IS NULL FOR UPDATE;
    v_code := CASE WHEN v_who.who IS NULL THEN @PERMISSION_MISSING WHEN s.session_id IS NULL THEN @SESSION_NONE
        WHEN access_person_v1(s.opened_by) = access_person_v1(v_who.who) THEN @SESSION_ALONE
        WHEN (p_count, p_fen) IS DISTINCT FROM (SELECT (count(*), coalesce(sum(c.amount_fen), 0)::bigint)
            FROM agency_collects_v1(v_who.institution) c) THEN @FORM_STALE ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN QUERY SELECT -v_code::bigint, ''::text;
        RETURN;
    END IF;
    RETURN QUERY UPDATE agency_cheque c SET state = 'collecting', changed_at = p_now,
        serial = concat('CK', to_char(s.day, 'YYYYMMDD'), s.number, '-', c.cheque_id)
    WHERE c.cheque_id IN (SELECT x.cheque_id FROM agency_collects_v1(v_who.institution) x)
    RETURNING c.cheque_id, c.serial;
    UPDATE agency_session x SET closed_at = p_now, closed_by = v_who.who WHERE x.session_id = s.session_id;
END $$;

-- It came back 退票, with the reason of its slip, said by one of the county that presented it. Before it was collected:
-- nothing was booked. Collected money goes back to the exchange (the caller undoes the move; `refunding`). Applied by 4628
-- on this day: 4629 comes first. Applied on an earlier day: an exception that people settle with the company; nobody
-- advances money, nothing moves. Codes: OUT_OF_SCOPE, CHEQUE_NOT_PRESENTED, CHEQUE_APPLIED.
CREATE OR REPLACE FUNCTION agency_return_v1(p_session text, p_cheque bigint, p_reason text, p_now timestamptz, OUT code integer,
    OUT state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c agency_cheque;
    v_today boolean;
BEGIN
    SELECT * INTO c FROM agency_cheque x WHERE x.cheque_id = p_cheque
        AND x.exchange_id = (SELECT w.institution FROM agency_exchanger_v1(p_session) w) FOR UPDATE;
    IF c.cheque_id IS NULL THEN
        code := @OUT_OF_SCOPE;
        RETURN;
    END IF;
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
