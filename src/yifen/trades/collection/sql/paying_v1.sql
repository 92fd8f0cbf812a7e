-- A demand is paid: the core first, the hub then; what the hub did not book goes back. Lock order: the demand, then the move,
-- then ledger_head.

-- Claims those that are due: another worker passes them by, and one that dies gets them again, later and later.
CREATE OR REPLACE FUNCTION collection_due_v1(p_now timestamptz, p_waits integer[], p_most integer) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE collection_order o SET tries = o.tries + 1, look_at = p_now + make_interval(secs => p_waits[least(o.tries + 1, cardinality(p_waits))])
    FROM (SELECT x.order_id FROM collection_order x WHERE x.look_at <= p_now
          ORDER BY x.look_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE t.order_id = o.order_id RETURNING o.order_id;
$$;

-- It is its time, and he did not refuse: the core is to be asked, by a move in this very transaction. Answers the state.
CREATE OR REPLACE FUNCTION collection_pay_v1(p_order bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    v_fen bigint;
BEGIN
    SELECT * INTO STRICT o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    v_fen := collection_left_v1(p_order);
    p_now := payments_moment_v1(o.biller_id, p_now);
    IF o.state <> 'told' OR o.pay_at IS NULL OR p_now < o.pay_at THEN
        RETURN o.state;
    ELSIF o.agreed_at IS NULL AND NOT o.silence THEN
        RETURN collection_return_v1(o, 'clock', @COLLECTION_UNANSWERED, '', p_now);
    ELSIF o.agreed_at IS NULL AND o.days > 0 AND o.move_serial = o.serial THEN
        PERFORM collection_say_v1(o, 'silent', 'clock', v_fen, 0, '', p_now);
    END IF;
    UPDATE collection_order SET state = 'paying', taken_fen = v_fen, tries = 0, look_at = p_now, changed_at = p_now WHERE order_id = p_order;
    RETURN 'paying';
END $$;

-- What became of its move at the core is so here. A demand and its move are committed together: one without a move was never asked
-- for. Where a part may be paid and the whole is too much, the last bill is left out, and less is asked for by another move: so the
-- first bills that the money reaches are paid, though a core tells nobody how much there is.
CREATE OR REPLACE FUNCTION collection_follow_v1(p_order bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    m core_move;
BEGIN
    SELECT * INTO STRICT o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    SELECT * INTO m FROM core_move x WHERE x.serial = o.move_serial;
    p_now := payments_moment_v1(o.biller_id, p_now);
    IF o.state = 'backing' AND (m.state IN ('undone', 'refused') OR m.serial IS NULL) THEN
        RETURN collection_return_v1(o, 'core', o.code, o.reason, p_now);
    ELSIF o.state <> 'paying' OR m.state IN ('asked', 'unknown') THEN
        RETURN o.state;
    ELSIF m.state = 'refused' AND m.code = @CORE_SHORT AND o.part
        AND (SELECT count(*) FROM collection_line l WHERE l.order_id = p_order AND l.state = 'out') > 1 THEN
        UPDATE collection_line l SET state = 'short' WHERE l.order_id = p_order AND l.place = (
            SELECT max(x.place) FROM collection_line x WHERE x.order_id = p_order AND x.state = 'out');
        PERFORM collection_free_v1(o, 'short');
        UPDATE collection_order SET state = 'told', taken_fen = NULL, tries = 0, look_at = p_now, changed_at = p_now,
            move_serial = o.serial || 'P' || (SELECT count(*) FROM collection_line l WHERE l.order_id = p_order AND l.state = 'short')
        WHERE order_id = p_order;
        RETURN 'told';
    ELSIF m.state IS DISTINCT FROM 'done' THEN
        RETURN collection_return_v1(o, 'core', coalesce(m.code, @CORE_NOT_POSTED), coalesce(m.reason, ''), p_now);
    END IF;
    UPDATE collection_order SET state = 'paid', posted_at = p_now, tries = 0, look_at = p_now, changed_at = p_now WHERE order_id = p_order;
    PERFORM collection_say_v1(o, 'paid', 'core', o.taken_fen, 0, m.core_serial, p_now);
    RETURN 'paid';
END $$;

-- What the hub keeps under its serial; no row: it never saw it. `ours`: just this demand's money.
CREATE OR REPLACE FUNCTION collection_charge_v1(
    p collection_order, OUT payment bigint, OUT payer payer_state, OUT biller biller_state, OUT ours boolean, OUT code integer
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.payment_id, y.payer_state, y.biller_state,
           (y.amount_fen, y.biller_id::bigint, y.account_no) = (p.taken_fen, p.biller_id::bigint, c.account_no), s.code
    FROM collection_contract c JOIN payment_serial s
        ON s.bucket = payments_crc_v1(convert_to(p.channel_id || '|' || p.serial, 'UTF8')) % (SELECT count(*) FROM ledger_head)
        AND s.partner_id = p.channel_id AND s.serial = p.serial
    LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
        AND (y.channel_id, y.serial) = (s.partner_id, s.serial)
    WHERE c.contract_id = p.contract_id;
$$;

-- Where a paid one stands by the hub's record of its serial, whoever asks: booked; or the core is to take it back, for the hub refused or
-- blocked it. Answers the state, `unseen` where the hub never saw it.
CREATE OR REPLACE FUNCTION collection_booked_v1(p_order bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    c record;
BEGIN
    SELECT * INTO STRICT o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    SELECT * INTO c FROM collection_charge_v1(o);
    p_now := payments_moment_v1(o.biller_id, p_now);
    IF o.state <> 'paid' THEN
        RETURN o.state;
    ELSIF NOT FOUND THEN
        RETURN 'unseen';
    ELSIF c.ours AND c.payer = 'taken' AND c.biller = 'booked' THEN
        PERFORM collection_free_v1(o, 'out');
        UPDATE collection_order SET state = 'booked', payment_id = c.payment, look_at = NULL, changed_at = p_now WHERE order_id = p_order;
        PERFORM collection_say_v1(o, 'booked', 'hub', o.taken_fen, 0, c.payment::text, p_now);
        RETURN 'booked';
    ELSIF c.ours AND c.payer IN ('held', 'taken') THEN
        RETURN 'paid';
    END IF;
    UPDATE collection_order SET state = 'backing', code = coalesce(nullif(c.code, 0), @COLLECTION_NOT_BOOKED), tries = 0, look_at = p_now,
        changed_at = p_now WHERE order_id = p_order RETURNING * INTO o;
    PERFORM collection_say_v1(o, 'backing', 'hub', o.taken_fen, o.code, '', p_now);
    RETURN 'backing';
END $$;
