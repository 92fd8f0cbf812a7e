-- What other trades and our own debits ask of mandates; nobody's word is believed, all is read out of rows.

-- Is it in force on a day?
CREATE OR REPLACE FUNCTION mandates_stands_v1(p mandate, p_day date) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p.confirmed_at IS NOT NULL AND p_day >= p.from_on AND p_day <= coalesce(p.until_on, 'infinity')
        AND p_day < coalesce(p.ended_on, 'infinity');
$$;

-- The agreements of a customer that are in force on a day, in the order in which they are asked to pay: rank, then which
-- began first, then number.
CREATE OR REPLACE FUNCTION mandates_for_v1(p_biller integer, p_customer text, p_day date) RETURNS SETOF mandate
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.* FROM mandate m WHERE m.biller_id = p_biller AND m.customer = p_customer AND mandates_stands_v1(m, p_day)
    ORDER BY m.rank, m.from_on, m.number;
$$;

-- What it has left this month; NULL: no limit.
CREATE OR REPLACE FUNCTION mandates_left_v1(p mandate, p_day date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.month_fen > 0 THEN p.month_fen - coalesce((SELECT sum(u.amount_fen) FROM mandate_use u
        WHERE u.mandate_id = p.mandate_id AND u.back_at IS NULL
            AND u.day >= date_trunc('month', p_day)::date
            AND u.day < (date_trunc('month', p_day) + interval '1 month')::date), 0)::bigint END;
$$;

-- Counts a debit against both limits, once a document, in the caller's transaction; `p_kind`: batch, no_feel, one_tap. The
-- same again answers the same. What is asked for after the mandate's end is refused, whatever it was before.
-- Lock order: mandate, then its uses.
-- Codes, in this order: MANDATE_UNKNOWN, MANDATE_USED_OTHERWISE, MANDATE_ENDED, MANDATE_NOT_YET, MANDATE_KIND, MANDATE_OVER_ONCE,
-- MANDATE_OVER_MONTH.
CREATE OR REPLACE FUNCTION mandates_take_v1(p_mandate bigint, p_document text, p_fen bigint, p_now timestamptz,
    p_kind text DEFAULT 'batch') RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m mandate;
    u mandate_use;
    r mandate_rule;
    v_day date;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.mandate_id = p_mandate FOR UPDATE;
    IF NOT FOUND OR p_fen IS NULL OR p_fen <= 0 THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    SELECT * INTO u FROM mandate_use x WHERE x.document = p_document;
    IF FOUND THEN
        RETURN CASE WHEN (u.mandate_id, u.amount_fen) = (p_mandate, p_fen) AND u.back_at IS NULL THEN 0
                    ELSE @MANDATE_USED_OTHERWISE END;
    END IF;
    v_day := mandates_day_v1(m.biller_id, p_now);
    SELECT * INTO r FROM mandate_rule x WHERE x.biller_id = m.biller_id;
    IF m.confirmed_at IS NULL OR v_day < m.from_on AND v_day < coalesce(m.ended_on, 'infinity') THEN
        RETURN @MANDATE_NOT_YET;
    ELSIF NOT mandates_stands_v1(m, v_day) THEN
        RETURN @MANDATE_ENDED;
    ELSIF (CASE p_kind WHEN 'batch' THEN m.batch WHEN 'no_feel' THEN m.no_feel WHEN 'one_tap' THEN m.one_tap END) IS NOT TRUE THEN
        RETURN @MANDATE_KIND;
    ELSIF m.once_fen > 0 AND p_fen > m.once_fen
        OR p_kind = 'no_feel' AND r.once_most_fen > 0 AND p_fen > r.once_most_fen THEN
        RETURN @MANDATE_OVER_ONCE;
    ELSIF p_fen > mandates_left_v1(m, v_day) THEN
        RETURN @MANDATE_OVER_MONTH;
    END IF;
    INSERT INTO mandate_use (document, mandate_id, amount_fen, day, at) VALUES (p_document, p_mandate, p_fen, v_day, p_now);
    RETURN 0;
END $$;

-- The debit failed, or all of it went back: it counts no more. Again does nothing.
CREATE OR REPLACE FUNCTION mandates_untake_v1(p_document text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM mandate m JOIN mandate_use u USING (mandate_id) WHERE u.document = p_document FOR UPDATE OF m;
    UPDATE mandate_use SET back_at = clock_timestamp() WHERE document = p_document AND back_at IS NULL;
END $$;

-- Does a move at the core debit just this mandate's account, at its core, for the biller's own transit account there? `p_fen`:
-- the most that its document asks for. Used by the trades' own `moves`.
CREATE OR REPLACE FUNCTION mandates_move_fits_v1(p core_move, p_mandate bigint, p_fen bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM mandate m JOIN core_pair k ON (k.biller_id, k.core_id) = (m.biller_id, m.core_id)
        WHERE m.mandate_id = p_mandate AND p.amount_fen <= p_fen AND NOT p.needs_pin AND NOT p.owed AND p.cheque_no = ''
            AND (p.core_id, p.biller_id, p.institution_id) = (m.core_id, m.biller_id, m.institution_id)
            AND p.debit_shown = m.account_shown AND p.credit_shown = corebank_masked_v1(k.transit));
$$;

-- The day on which something is, by the biller's book; what a caller says of the time is believed as far as it can be.
CREATE OR REPLACE FUNCTION mandates_day_v1(p_biller integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_moment_v1(p.id, p_now) AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_biller;
$$;

-- The channel that an institution keeps for debits 代扣: its own, or of the nearest above; NULL: none.
CREATE OR REPLACE FUNCTION mandates_channel_v1(p_institution bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT i.id, i.parent_id, 0 AS far FROM institution i WHERE i.id = p_institution
        UNION ALL
        SELECT i.id, i.parent_id, a.far + 1 FROM institution i JOIN above a ON i.id = a.parent_id
    )
    SELECT c.partner_id FROM above a JOIN partner y ON y.institution_id = a.id JOIN channel c ON c.partner_id = y.id
    WHERE c.hosted = 'debit' AND NOT y.suspended AND y.sandbox_of_id IS NULL ORDER BY a.far, c.partner_id LIMIT 1;
$$;
