-- 估抄: what was not read becomes a reading of the period's last day, by the mean of the last three periods between readings
-- of each meter (billing_guess_v1): one service by hand, or all of a fee and a period by one act, which the worker carries
-- out in pieces.

-- One, in this name. Its usage is made, or is in doubt. Codes: ESTIMATE_IMPOSSIBLE (a meter was read once only, or there is
-- none), and as billing_read_by_v1.
CREATE OR REPLACE FUNCTION billing_estimate_by_v1(p_doubt billing_doubt, p_biller integer, p_by text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_number text[];
    v_register text[];
    v_value bigint[];
    v_code integer;
BEGIN
    SELECT array_agg(m.number ORDER BY m.meter_id), array_agg(m.register ORDER BY m.meter_id),
        array_agg(billing_guess_v1(m, p_doubt.until_on) ORDER BY m.meter_id) INTO v_number, v_register, v_value
    FROM billing_meter m
    WHERE m.bucket = p_doubt.bucket AND m.service_id = p_doubt.service_id AND m.removed_on IS NULL
        AND NOT EXISTS (SELECT FROM billing_reading r WHERE r.bucket = m.bucket AND r.meter_id = m.meter_id
            AND r.read_on = p_doubt.until_on);
    IF v_value IS NULL OR array_position(v_value, NULL) IS NOT NULL THEN
        RETURN @ESTIMATE_IMPOSSIBLE;
    END IF;
    SELECT max(c) INTO v_code FROM unnest(billing_read_by_v1(p_biller, v_number, v_register,
        array_fill(p_doubt.until_on, ARRAY[cardinality(v_number)]), v_value, 'estimated', '', p_by, p_now)) c;
    IF v_code = 0 THEN
        PERFORM billing_usage_v1(p_doubt.fee_id, p_doubt.since_on, p_doubt.until_on, p_now, p_doubt.service_id);
    END IF;
    RETURN v_code;
END $$;

-- By hand. Codes: DOUBT_GONE, PERMISSION_MISSING, and as billing_estimate_by_v1.
CREATE OR REPLACE FUNCTION billing_estimate_v1(p_session text, p_doubt bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_doubt billing_doubt;
    v_biller integer;
    v_by text;
BEGIN
    SELECT d.* INTO v_doubt FROM billing_doubt d WHERE d.doubt_id = p_doubt AND d.fault = 'missing';
    IF NOT FOUND THEN
        RETURN @DOUBT_GONE;
    END IF;
    SELECT f.biller_id INTO STRICT v_biller FROM billing_fee f WHERE f.fee_id = v_doubt.fee_id;
    v_by := billing_who_v1(p_session, 'billing.customers', v_biller);
    IF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    PERFORM billing_alone_v1(v_biller);
    RETURN billing_estimate_by_v1(v_doubt, v_biller, v_by, p_now);
END $$;

-- Before anybody does it: what each service that was not read would get, of a fee and a period as usage was made for it. No
-- quantity: it cannot be estimated, `code` says why: ESTIMATE_IMPOSSIBLE, READING_DAY (the period is not over).
CREATE OR REPLACE FUNCTION billing_estimable_v1(p_fee integer, p_since date, p_until date, p_on date)
RETURNS TABLE (doubt_id bigint, bucket smallint, service_id bigint, qty_milli bigint, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT d.doubt_id, d.bucket, d.service_id, CASE WHEN c.code = 0 THEN g.qty END, c.code
    FROM billing_doubt d
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(m.register = 'qty') THEN sum(x.qty) FILTER (WHERE m.register = 'qty') ELSE sum(x.qty) END
                   ::bigint AS qty, count(*) = count(x.qty) AND count(*) > 0 AS is_known
        FROM billing_meter m
        CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT r.read_on, r.value_milli FROM billing_reading r WHERE r.bucket = m.bucket
                    AND r.meter_id = m.meter_id AND r.read_on < d.until_on ORDER BY r.read_on DESC, r.version DESC LIMIT 1)
                UNION ALL SELECT m.fitted_on, m.fitted_milli) a (day, milli) ORDER BY a.day DESC LIMIT 1) l
        CROSS JOIN LATERAL (SELECT round(billing_between_v1(l.milli, 'read', billing_guess_v1(m, d.until_on), m.digits)
                                         * m.multiplier) AS qty) x
        WHERE m.bucket = d.bucket AND m.service_id = d.service_id AND m.removed_on IS NULL
            AND NOT EXISTS (SELECT FROM billing_reading r WHERE r.bucket = m.bucket AND r.meter_id = m.meter_id
                AND r.read_on = d.until_on)) g
    CROSS JOIN LATERAL (SELECT CASE WHEN d.until_on > p_on THEN @READING_DAY WHEN g.is_known THEN 0
        ELSE @ESTIMATE_IMPOSSIBLE END AS code) c
    WHERE d.fee_id = p_fee AND d.fault = 'missing' AND d.accepted_at IS NULL AND d.since_on = p_since
        AND d.until_on = p_until;
$$;

-- All of them are to be estimated, by this person: it is written down, the worker does it. p_services: as many as he saw.
-- Codes: FEE_UNKNOWN, PERMISSION_MISSING, DOUBT_GONE (none, or others than he saw), ESTIMATE_RUNNING.
CREATE OR REPLACE FUNCTION billing_estimate_all_v1(
    p_session text, p_fee integer, p_since date, p_until date, p_services bigint, p_now timestamptz,
    OUT code integer, OUT estimating_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_biller integer := (SELECT f.biller_id FROM billing_fee f WHERE f.fee_id = p_fee);
    v_by text := billing_who_v1(p_session, 'billing.customers', v_biller);
    v_seen record;
BEGIN
    PERFORM billing_alone_v1(v_biller);
    SELECT count(*) AS services, max(d.doubt_id) AS upto INTO v_seen FROM billing_doubt d
    WHERE d.fee_id = p_fee AND d.fault = 'missing' AND d.accepted_at IS NULL AND d.since_on = p_since
        AND d.until_on = p_until;
    code := CASE WHEN v_biller IS NULL THEN @FEE_UNKNOWN
        WHEN v_by IS NULL THEN @PERMISSION_MISSING
        WHEN v_seen.services = 0 OR v_seen.services IS DISTINCT FROM p_services THEN @DOUBT_GONE
        WHEN EXISTS (SELECT FROM billing_estimating_state e WHERE e.fee_id = p_fee AND NOT e.is_done) THEN @ESTIMATE_RUNNING
        ELSE 0 END;
    IF code = 0 THEN
        INSERT INTO billing_estimating (fee_id, since_on, until_on, upto_id, services, asked_at, asked_by)
        VALUES (p_fee, p_since, p_until, v_seen.upto, v_seen.services, p_now, v_by)
        RETURNING billing_estimating.estimating_id INTO estimating_id;
    END IF;
END $$;

-- The next piece of it, in a transaction of its own: so many services. What cannot be estimated, by its data or its books,
-- stays on the list and is kept with its code. Answers how many there were; 0: it is done.
CREATE OR REPLACE FUNCTION billing_estimate_piece_v1(p_estimating bigint, p_most integer, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_all billing_estimating;
    v_biller integer;
    v_doubt billing_doubt;
    v_code integer;
    v_piece billing_estimated;
BEGIN
    SELECT e.* INTO STRICT v_all FROM billing_estimating e WHERE e.estimating_id = p_estimating;
    SELECT f.biller_id INTO STRICT v_biller FROM billing_fee f WHERE f.fee_id = v_all.fee_id;
    PERFORM billing_alone_v1(v_biller);
    SELECT p_estimating, coalesce(max(p.piece) + 1, 0), coalesce(max(p.last_id), 0), 0, 0 INTO v_piece
    FROM billing_estimated p WHERE p.estimating_id = p_estimating;
    IF v_piece.last_id >= v_all.upto_id THEN
        RETURN 0;
    END IF;
    FOR v_doubt IN SELECT d.* FROM billing_doubt d
        WHERE d.fee_id = v_all.fee_id AND d.fault = 'missing' AND d.accepted_at IS NULL AND d.since_on = v_all.since_on
            AND d.until_on = v_all.until_on AND d.doubt_id > v_piece.last_id AND d.doubt_id <= v_all.upto_id
        ORDER BY d.doubt_id LIMIT p_most
    LOOP
        BEGIN
            v_code := billing_estimate_by_v1(v_doubt, v_biller, v_all.asked_by, p_now);
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            v_code := @ESTIMATE_IMPOSSIBLE;
        END;
        IF v_code = 0 THEN
            v_piece.done := v_piece.done + 1;
        ELSE
            v_piece.refused := v_piece.refused + 1;
            INSERT INTO billing_estimate_left VALUES (p_estimating, v_doubt.bucket, v_doubt.service_id, v_code);
        END IF;
        v_piece.last_id := v_doubt.doubt_id;
    END LOOP;
    IF v_piece.done + v_piece.refused < p_most THEN
        v_piece.last_id := v_all.upto_id;
    END IF;
    INSERT INTO billing_estimated SELECT v_piece.*;
    RETURN greatest(v_piece.done + v_piece.refused, 1);
END $$;
