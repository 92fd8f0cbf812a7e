-- A file of readings: what its rows would do, and that somebody takes it.

-- What each reading would be: new, the same, or changed (there is another one of that day); and what is odd of it: smaller
-- than the one before (that of the file where it has one), or more than three times what went through the meter before, by
-- the mean of its last three steps. Quantities are the meter's, before its multiplier. Meters that are unknown are left out.
CREATE OR REPLACE FUNCTION billing_reading_rows_v1(
    p_biller integer, p_number text[], p_register text[], p_day date[], p_value bigint[]
) RETURNS TABLE (item bigint, standing text, odd text, account_no text, before_on date, before_milli bigint,
                 used_milli bigint, mean_milli bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    WITH filed AS MATERIALIZED (
        SELECT u.item, u.day, u.value, m.bucket, m.meter_id, m.service_id, m.digits, m.fitted_on, m.fitted_milli,
               lag(u.day) OVER one AS file_on, lag(u.value) OVER one AS file_milli
        FROM unnest(p_number, p_register, p_day, p_value) WITH ORDINALITY u (number, register, day, value, item)
        CROSS JOIN LATERAL (SELECT * FROM billing_meter x WHERE x.biller_id = p_biller AND x.number = u.number
            AND x.register = u.register AND x.removed_on IS NULL LIMIT 1) m
        WINDOW one AS (PARTITION BY m.bucket, m.meter_id ORDER BY u.day)
    ), compared AS (
        SELECT f.*, o.value_milli AS stands, b.on_day, b.milli, g.daily,
               billing_between_v1(b.milli, b.kind, f.value, f.digits) AS used,
               f.value < b.milli AND b.kind <> 'estimated' AND NOT billing_rolled_v1(b.milli, f.value, f.digits) AS is_less
        FROM filed f
        LEFT JOIN LATERAL (SELECT r.value_milli FROM billing_reading r WHERE r.bucket = f.bucket
            AND r.meter_id = f.meter_id AND r.read_on = f.day ORDER BY r.version DESC LIMIT 1) o ON true
        CROSS JOIN LATERAL (
            SELECT x.on_day, x.milli, x.kind FROM (
                (SELECT r.read_on, r.value_milli, r.kind, 1 FROM billing_reading r WHERE r.bucket = f.bucket
                    AND r.meter_id = f.meter_id AND r.read_on < f.day ORDER BY r.read_on DESC, r.version DESC LIMIT 1)
                UNION ALL SELECT f.fitted_on, f.fitted_milli, 'read', 0
                UNION ALL SELECT f.file_on, f.file_milli, 'read', 2 WHERE f.file_on IS NOT NULL) x (on_day, milli, kind, n)
            ORDER BY x.on_day DESC, x.n DESC LIMIT 1) b
        CROSS JOIN LATERAL (
            SELECT sum(greatest(s.used, 0))::numeric / nullif(sum(s.days), 0) AS daily
            FROM (SELECT p.day - lag(p.day) OVER one AS days,
                      billing_between_v1(lag(p.value) OVER one, lag(p.kind) OVER one, p.value, f.digits) AS used
                  FROM (SELECT * FROM (
                            (SELECT DISTINCT ON (r.read_on) r.read_on, r.value_milli, r.kind FROM billing_reading r
                             WHERE r.bucket = f.bucket AND r.meter_id = f.meter_id AND r.read_on < f.day
                             ORDER BY r.read_on DESC, r.version DESC LIMIT 4)
                            UNION ALL SELECT f.fitted_on, f.fitted_milli, 'read') a (day, value, kind)
                        ORDER BY a.day DESC LIMIT 4) p
                  WINDOW one AS (ORDER BY p.day)) s
            WHERE s.days IS NOT NULL) g
    )
    SELECT c.item, CASE WHEN c.stands IS NULL THEN 'new' WHEN c.stands = c.value THEN 'same' ELSE 'changed' END,
           CASE WHEN c.stands = c.value THEN NULL WHEN c.is_less THEN 'smaller' WHEN e.mean > 0 AND c.used > 3 * e.mean
               THEN 'spike' END,
           k.account_no, c.on_day, c.milli, c.used, e.mean
    FROM compared c
    JOIN billing_service s ON s.bucket = c.bucket AND s.service_id = c.service_id
    JOIN billing_customer k ON k.bucket = s.bucket AND k.customer_id = s.customer_id
    CROSS JOIN LATERAL (SELECT round(c.daily * (c.day - c.on_day))::bigint AS mean) e
    ORDER BY c.item;
$$;

-- Take what a file has, all or none and once: a code each, as billing_read_v1; PERMISSION_MISSING also of a file that is none
-- of readings, has wrong rows, or not as many as these. Who takes it, and when, is kept.
CREATE OR REPLACE FUNCTION billing_read_file_v1(
    p_session text, p_file bigint, p_number text[], p_register text[], p_day date[], p_value bigint[], p_now timestamptz
) RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := (SELECT f.biller_id FROM billing_file f WHERE f.file_id = p_file AND f.kind = 'readings'
        AND f.wrong = 0 AND f.rows = cardinality(p_number));
    v_by text := billing_who_v1(p_session, 'billing.customers', v_biller);
    v_codes integer[];
BEGIN
    IF v_by IS NULL THEN
        RETURN array_fill(@PERMISSION_MISSING, ARRAY[greatest(cardinality(p_number), 1)]);
    END IF;
    PERFORM billing_alone_v1(v_biller);
    IF EXISTS (SELECT FROM billing_file_taken t WHERE t.file_id = p_file) THEN
        RETURN array_fill(0, ARRAY[cardinality(p_number)]);
    END IF;
    v_codes := billing_read_by_v1(v_biller, p_number, p_register, p_day, p_value, 'read', '', v_by, p_now);
    IF 0 = ALL (v_codes) THEN
        INSERT INTO billing_file_taken VALUES (p_file, p_now, v_by);
    END IF;
    RETURN v_codes;
END $$;
