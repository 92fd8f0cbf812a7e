-- Readings 抄表: taken by file or by hand, corrected, estimated; meters changed.

-- Readings of a service from this day on may be written: no bill was made of them. Usage of which none was made goes.
CREATE OR REPLACE FUNCTION billing_thaw_v1(p_bucket smallint, p_service bigint, p_day date) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF billing_frozen_v1(p_bucket, p_service, p_day) THEN
        RETURN false;
    END IF;
    DELETE FROM billing_usage u WHERE u.bucket = p_bucket AND u.service_id = p_service AND u.to_on >= p_day;
    RETURN true;
END $$;

-- Was a bill made of use up to this day or a later one, that was not cancelled, or is a run on its way?
CREATE OR REPLACE FUNCTION billing_frozen_v1(p_bucket smallint, p_service bigint, p_day date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM billing_usage u JOIN billing_bill b ON b.bucket = u.bucket AND b.service_id = u.service_id
            AND b.from_on <= u.to_on AND b.to_on >= u.from_on
        JOIN billing_bill_counting r ON r.bucket = b.bucket AND r.bill_id = b.bill_id
            AND r.kind IN ('period', 'single', 'past')
        WHERE u.bucket = p_bucket AND u.service_id = p_service AND u.to_on >= p_day AND NOT billing_is_cancelled_v1(b))
        OR EXISTS (
        SELECT FROM billing_usage u JOIN billing_service s ON s.bucket = u.bucket AND s.service_id = u.service_id
        WHERE u.bucket = p_bucket AND u.service_id = p_service AND u.to_on >= p_day
            AND billing_is_open_v1(s.fee_id, u.service_id));
END $$;

-- Take in readings, all or none: what meters showed at the end of a day. Of a day that was read before the new value is
-- a new version; the same value is nothing new. Answers a code for each, in their order; unless all are 0 nothing
-- was written. Codes: PERMISSION_MISSING (all of them), and as billing_read_by_v1.
CREATE OR REPLACE FUNCTION billing_read_v1(
    p_session text, p_biller integer, p_number text[], p_register text[], p_day date[], p_value bigint[], p_kind text,
    p_note text, p_now timestamptz
) RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_by text := billing_who_v1(p_session, 'billing.customers', p_biller);
BEGIN
    RETURN CASE WHEN v_by IS NULL THEN array_fill(@PERMISSION_MISSING, ARRAY[cardinality(p_number)])
        ELSE billing_read_by_v1(p_biller, p_number, p_register, p_day, p_value, p_kind, p_note, v_by, p_now) END;
END $$;
-- In this name; no process calls it.
-- Codes: METER_UNKNOWN, READING_DAY, ROW_NUMBER (more than its digits), ROW_TWICE, READING_BILLED.
CREATE OR REPLACE FUNCTION billing_read_by_v1(
    p_biller integer, p_number text[], p_register text[], p_day date[], p_value bigint[], p_kind text, p_note text,
    p_by text, p_now timestamptz
) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
    v_codes integer[];
BEGIN
    PERFORM billing_alone_v1(p_biller);
    SELECT array_agg(c.code ORDER BY c.item) INTO v_codes FROM (SELECT u.item, CASE
        WHEN m.meter_id IS NULL THEN @METER_UNKNOWN
        WHEN u.day <= m.fitted_on OR u.day > (p_now AT TIME ZONE 'Asia/Shanghai')::date THEN @READING_DAY
        WHEN u.value NOT BETWEEN 0 AND power(10::numeric, m.digits + 3)::bigint - 1 THEN @ROW_NUMBER
        WHEN count(*) OVER (PARTITION BY m.bucket, m.meter_id, u.day) > 1 THEN @ROW_TWICE
        WHEN billing_frozen_v1(m.bucket, m.service_id, u.day) AND u.value IS DISTINCT FROM (
            SELECT r.value_milli FROM billing_reading r WHERE r.bucket = m.bucket AND r.meter_id = m.meter_id
                AND r.read_on = u.day ORDER BY r.version DESC LIMIT 1) THEN @READING_BILLED
        ELSE 0 END AS code
    FROM unnest(p_number, p_register, p_day, p_value) WITH ORDINALITY u (number, register, day, value, item)
    LEFT JOIN LATERAL (SELECT * FROM billing_meter x WHERE x.biller_id = p_biller AND x.number = u.number
        AND x.register = u.register AND x.removed_on IS NULL LIMIT 1) m ON true) c;
    IF EXISTS (SELECT FROM unnest(v_codes) c WHERE c <> 0) THEN
        RETURN v_codes;
    END IF;
    WITH fresh AS MATERIALIZED (
        SELECT m.bucket, m.meter_id, m.service_id, u.day, u.value, coalesce(o.version, 0) AS version
        FROM unnest(p_number, p_register, p_day, p_value) u (number, register, day, value)
        CROSS JOIN LATERAL (SELECT * FROM billing_meter x WHERE x.biller_id = p_biller AND x.number = u.number
            AND x.register = u.register AND x.removed_on IS NULL LIMIT 1) m
        LEFT JOIN LATERAL (SELECT r.version, r.value_milli FROM billing_reading r WHERE r.bucket = m.bucket
            AND r.meter_id = m.meter_id AND r.read_on = u.day ORDER BY r.version DESC LIMIT 1) o ON true
        WHERE o.value_milli IS DISTINCT FROM u.value
    ), thawed AS (
        DELETE FROM billing_usage u USING fresh f
        WHERE u.bucket = f.bucket AND u.service_id = f.service_id AND u.to_on >= f.day
    )
    INSERT INTO billing_reading
    SELECT f.bucket, f.meter_id, f.day, f.version + 1, f.value,
        CASE WHEN p_kind = 'read' AND f.version > 0 THEN 'corrected' ELSE p_kind END, p_now, p_by, p_note
    FROM fresh f;
    RETURN v_codes;
END $$;

-- What a meter would show on a day, in whole units; NULL: it was read once only.
CREATE OR REPLACE FUNCTION billing_guess_v1(p_meter billing_meter, p_day date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH point AS (
        SELECT * FROM (
            (SELECT DISTINCT ON (r.read_on) r.read_on, r.value_milli, r.kind FROM billing_reading r
             WHERE r.bucket = p_meter.bucket AND r.meter_id = p_meter.meter_id AND r.read_on < p_day
             ORDER BY r.read_on DESC, r.version DESC)
            UNION ALL SELECT p_meter.fitted_on, p_meter.fitted_milli, 'read') x (day, value, kind)
        ORDER BY x.day DESC LIMIT 4
    ), step AS (
        SELECT p.day - lag(p.day) OVER one AS days,
            billing_between_v1(lag(p.value) OVER one, lag(p.kind) OVER one, p.value, p_meter.digits) AS used
        FROM point p WINDOW one AS (ORDER BY p.day)
    )
    -- never back: a smaller value would be taken for a meter that begins again
    SELECT (l.value + (SELECT round(greatest(sum(s.used), 0)::numeric / nullif(sum(s.days), 0) * (p_day - l.day) / 1000)
                              * 1000 FROM step s WHERE s.days IS NOT NULL)::bigint)
        % power(10::numeric, p_meter.digits + 3)::bigint
    FROM (SELECT * FROM point p ORDER BY p.day DESC LIMIT 1) l;
$$;

-- 换表: a meter is taken off at the end of a day and another goes on, by its number elsewhere no longer. Where its multiplier or
-- digits are others than the old one's, its first usage is in doubt until somebody else accepted it (billing_accept_v1).
-- Codes: PERMISSION_MISSING, METER_UNKNOWN, METER_IN_USE, READING_DAY, ROW_NUMBER, READING_BILLED.
CREATE OR REPLACE FUNCTION billing_swap_v1(
    p_session text, p_biller integer, p_number text, p_register text, p_day date, p_last bigint, p_new text,
    p_multiplier numeric, p_digits smallint, p_first bigint, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_meter billing_meter;
    v_code integer;
    v_at billing_counter;
    v_by text := billing_who_v1(p_session, 'billing.customers', p_biller);
BEGIN
    IF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    PERFORM billing_alone_v1(p_biller);
    SELECT m.* INTO v_meter FROM billing_meter m
    WHERE m.biller_id = p_biller AND m.number = p_number AND m.register = p_register AND m.removed_on IS NULL;
    IF NOT FOUND THEN
        RETURN @METER_UNKNOWN;
    END IF;
    IF EXISTS (SELECT FROM billing_meter m WHERE m.biller_id = p_biller AND m.number = p_new
        AND m.register = p_register AND m.meter_id <> v_meter.meter_id AND coalesce(m.removed_on > p_day, true))
    THEN
        RETURN @METER_IN_USE;
    END IF;
    IF p_first NOT BETWEEN 0 AND power(10::numeric, p_digits + 3)::bigint - 1
        OR p_multiplier * power(10::numeric, p_digits + 3) > billing_most_milli_v1() THEN
        RETURN @ROW_NUMBER;
    END IF;
    v_code := billing_take_off_v1(v_meter, p_day, p_last, p_now);
    IF v_code = 0 THEN
        v_at := billing_numbers_v1(v_meter.bucket, 0, 0, 1);
        INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, register, multiplier, digits,
            fitted_on, fitted_milli, fitted_by)
        VALUES (v_meter.bucket, (v_at.meter + 1) * 1000 + v_meter.bucket, v_meter.service_id, p_biller, p_new, p_register,
            p_multiplier, p_digits, p_day, p_first, v_by);
    END IF;
    RETURN v_code;
END $$;
-- It ends with what it shows at the end of a day. Codes: READING_DAY (before it was fitted or read, or to come),
-- ROW_NUMBER, READING_BILLED.
CREATE OR REPLACE FUNCTION billing_take_off_v1(p_meter billing_meter, p_day date, p_last bigint, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF p_day <= p_meter.fitted_on OR p_day > (p_now AT TIME ZONE 'Asia/Shanghai')::date OR EXISTS (
        SELECT FROM billing_reading r WHERE r.bucket = p_meter.bucket AND r.meter_id = p_meter.meter_id
            AND r.read_on > p_day)
    THEN
        RETURN @READING_DAY;
    END IF;
    IF p_last NOT BETWEEN 0 AND power(10::numeric, p_meter.digits + 3)::bigint - 1 THEN
        RETURN @ROW_NUMBER;
    END IF;
    IF NOT billing_thaw_v1(p_meter.bucket, p_meter.service_id, p_day) AND (
        NOT billing_thaw_v1(p_meter.bucket, p_meter.service_id, p_day + 1) OR p_last IS DISTINCT FROM (
            SELECT r.value_milli FROM billing_reading r WHERE r.bucket = p_meter.bucket AND r.meter_id = p_meter.meter_id
                AND r.read_on = p_day ORDER BY r.version DESC LIMIT 1))  -- billed up to this day by this very value
    THEN
        RETURN @READING_BILLED;
    END IF;
    UPDATE billing_meter m SET removed_on = p_day, removed_milli = p_last
    WHERE m.bucket = p_meter.bucket AND m.meter_id = p_meter.meter_id;
    RETURN 0;
END $$;
