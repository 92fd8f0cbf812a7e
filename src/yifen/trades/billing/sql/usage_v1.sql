-- Usage 用量 out of readings: of a service from the reading at which its last usage ended to the newest day of the
-- period on which every meter then in place was read. What is in doubt is no usage until a person accepted it.

-- The most that a service uses in a period, 100 million million units: more is a fault of reading or of the meter.
CREATE OR REPLACE FUNCTION billing_most_milli_v1() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 100000000000000000';

-- What the services of a fee (or one of them) used in a period, before anything is written: one row for each metered
-- service of which none was made for it. No usage (`to_on` NULL): a reading is missing. `qty_milli` NULL: it is more than
-- any service uses, and its readings or its meter have to be corrected.
CREATE OR REPLACE FUNCTION billing_reckon_v1(p_fee integer, p_from date, p_to date, p_service bigint)
RETURNS TABLE (bucket smallint, service_id bigint, from_on date, to_on date, qty_milli bigint, peak_milli bigint,
               valley_milli bigint, estimated boolean, mean_milli bigint, fault text)
LANGUAGE sql STABLE AS $$
    WITH service AS MATERIALIZED (
        SELECT s.bucket, s.service_id, coalesce(u.last_on, m.first_on) AS start_on, u.daily,
            s.prepaid
        FROM billing_service s
        JOIN billing_fee f ON f.fee_id = s.fee_id AND f.metered
        LEFT JOIN LATERAL (
            SELECT max(x.to_on) AS last_on, sum(x.qty_milli)::numeric / sum(x.to_on - x.from_on + 1) AS daily
            FROM (SELECT y.from_on, y.to_on, y.qty_milli FROM billing_usage y
                  WHERE y.bucket = s.bucket AND y.service_id = s.service_id ORDER BY y.from_on DESC LIMIT 3) x) u ON true
        LEFT JOIN LATERAL (SELECT min(y.fitted_on) AS first_on FROM billing_meter y
            WHERE y.bucket = s.bucket AND y.service_id = s.service_id) m ON true
        WHERE s.fee_id = p_fee AND s.from_on <= p_to AND (s.to_on IS NULL OR s.to_on >= p_from)
            AND (p_service IS NULL OR s.service_id = p_service AND s.bucket = p_service % 1000)
            AND (u.last_on IS NULL OR u.last_on < p_from)
    ), meter AS MATERIALIZED (
        SELECT s.bucket, s.service_id, s.start_on, m.meter_id, m.register, m.multiplier, m.digits, m.fitted_on,
            m.fitted_milli, m.removed_on, m.removed_milli, m.fitted_by IS NOT NULL AND EXISTS (
                SELECT FROM billing_meter o WHERE o.bucket = m.bucket AND o.service_id = m.service_id
                    AND o.register = m.register AND o.removed_on = m.fitted_on AND o.meter_id < m.meter_id
                    AND (o.multiplier, o.digits) <> (m.multiplier, m.digits)) AS differs
        FROM service s JOIN billing_meter m ON m.bucket = s.bucket AND m.service_id = s.service_id
        WHERE m.fitted_on < p_to AND (m.removed_on IS NULL OR m.removed_on > s.start_on)
    ), point AS MATERIALIZED (
        SELECT m.bucket, m.service_id, m.meter_id, m.register, m.multiplier, m.digits, m.start_on, p.day, p.value, p.kind,
            m.differs AND p.day = m.fitted_on AS differs
        FROM meter m CROSS JOIN LATERAL (
            SELECT m.fitted_on, m.fitted_milli, 'read' WHERE m.fitted_on >= m.start_on
            UNION ALL
            SELECT * FROM (
                SELECT DISTINCT ON (r.read_on) r.read_on, r.value_milli, r.kind FROM billing_reading r
                WHERE r.bucket = m.bucket AND r.meter_id = m.meter_id AND r.read_on BETWEEN m.start_on AND p_to
                    AND r.read_on > m.fitted_on AND (m.removed_on IS NULL OR r.read_on < m.removed_on)
                ORDER BY r.read_on, r.version DESC) r
            UNION ALL
            SELECT m.removed_on, m.removed_milli, 'read' WHERE m.removed_on <= p_to
        ) p (day, value, kind)
    ), whole AS (  -- days on which every meter in place was read
        SELECT d.bucket, d.service_id, d.day
        FROM (SELECT DISTINCT p.bucket, p.service_id, p.day FROM point p WHERE p.day > p.start_on AND p.day >= p_from) d
        JOIN meter m ON m.bucket = d.bucket AND m.service_id = d.service_id AND m.fitted_on < d.day
            AND (m.removed_on IS NULL OR m.removed_on >= d.day)
        LEFT JOIN point p ON p.meter_id = m.meter_id AND p.day = d.day  -- the number has its bucket
        GROUP BY d.bucket, d.service_id, d.day HAVING count(*) = count(p.day)
    ), ended AS (
        SELECT w.bucket, w.service_id, max(w.day) AS end_on FROM whole w GROUP BY w.bucket, w.service_id
    ), step AS (
        SELECT p.*, lag(p.value) OVER one AS before, lag(p.kind) OVER one AS before_kind, p.day = e.end_on AS last
        FROM point p JOIN ended e ON e.bucket = p.bucket AND e.service_id = p.service_id AND p.day <= e.end_on
        WINDOW one AS (PARTITION BY p.bucket, p.meter_id ORDER BY p.day)
    ), used AS (
        SELECT t.bucket, t.service_id, max(t.day) AS end_on, bool_or(t.register = 'qty') AS has_total,
            bool_or(t.last AND t.kind = 'estimated') AS estimated,
            bool_or(t.differs AND NOT t.last) AS differs,
            bool_or(t.value < t.before AND NOT billing_rolled_v1(t.before, t.value, t.digits) OR g.qty < 0) AS negative,
            coalesce(sum(g.qty) FILTER (WHERE t.register = 'qty'), 0) AS total,
            coalesce(sum(g.qty) FILTER (WHERE t.register = 'peak'), 0) AS peak,
            coalesce(sum(g.qty) FILTER (WHERE t.register = 'valley'), 0) AS valley
        FROM step t CROSS JOIN LATERAL (
            SELECT round(billing_between_v1(t.before, t.before_kind, t.value, t.digits) * t.multiplier) AS qty) g
        GROUP BY t.bucket, t.service_id
    )
    SELECT s.bucket, s.service_id, coalesce(s.start_on + 1, p_from), u.end_on, CASE WHEN g.fits THEN g.qty END::bigint,
        CASE WHEN g.fits THEN u.peak END::bigint, CASE WHEN g.fits THEN u.valley END::bigint,
        coalesce(u.estimated, false), g.mean::bigint, CASE
            WHEN u.end_on IS NULL THEN 'missing'
            WHEN NOT g.fits THEN 'huge'
            WHEN u.differs THEN 'multiplier'  -- before others, so that nobody accepts it by one of them
            WHEN coalesce(u.negative, false) THEN 'negative'
            WHEN g.mean > 0 AND g.qty = 0 THEN 'zero'
            WHEN g.mean > 0 AND g.qty > 3 * g.mean THEN 'spike' END
    FROM service s LEFT JOIN used u ON u.bucket = s.bucket AND u.service_id = s.service_id
    CROSS JOIN LATERAL (SELECT CASE WHEN u.has_total THEN u.total ELSE u.peak + u.valley END AS qty,
        greatest(abs(u.total), abs(u.peak), abs(u.valley), abs(u.peak + u.valley)) <= billing_most_milli_v1() AS fits,
        CASE WHEN s.daily IS NOT NULL THEN least(round(s.daily * (coalesce(u.end_on, p_to) - s.start_on)),
            billing_most_milli_v1()) END AS mean) g
    WHERE u.end_on IS NOT NULL OR NOT s.prepaid;  -- nobody has to read what is bought ahead
$$;

-- Make the usage of a fee for a period [from, to], of one service or of all; what is in doubt goes on the work list
-- instead, unless a person accepted just these figures. Answers how many usages were made. Readings and usage of a
-- biller are written by one at a time.
CREATE OR REPLACE FUNCTION billing_usage_v1(
    p_fee integer, p_from date, p_to date, p_now timestamptz, p_service bigint DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan SET enable_nestloop = on
    SET enable_mergejoin = on AS $$
DECLARE
    v_made integer;
BEGIN
    IF p_service IS NULL THEN  -- steps of which the planner expects a row have a million
        SET LOCAL enable_nestloop = off;
        SET LOCAL enable_mergejoin = off;
    END IF;
    PERFORM billing_alone_v1((SELECT f.biller_id FROM billing_fee f WHERE f.fee_id = p_fee));
    DELETE FROM billing_doubt d WHERE d.fee_id = p_fee AND d.accepted_at IS NULL
        AND d.since_on = p_from AND d.until_on = p_to AND (p_service IS NULL OR d.service_id = p_service);
    WITH reckoned AS MATERIALIZED (
        SELECT r.*, r.fault IS NULL OR EXISTS (
            SELECT FROM billing_doubt d WHERE d.bucket = r.bucket AND d.service_id = r.service_id
                AND d.from_on = r.from_on AND d.accepted_at IS NOT NULL
                AND (d.fault, d.to_on, d.qty_milli) = (r.fault, r.to_on, r.qty_milli)) AS good
        FROM billing_reckon_v1(p_fee, p_from, p_to, p_service) r
    ), doubted AS (
        INSERT INTO billing_doubt AS d (bucket, service_id, fee_id, since_on, until_on, fault, from_on, to_on, qty_milli,
            mean_milli, found_at)
        SELECT r.bucket, r.service_id, p_fee, p_from, p_to, r.fault, r.from_on, coalesce(r.to_on, p_to), r.qty_milli,
            r.mean_milli, p_now
        FROM reckoned r WHERE NOT r.good
        ON CONFLICT (bucket, service_id, from_on) DO UPDATE SET since_on = excluded.since_on,
            until_on = excluded.until_on, fault = excluded.fault, to_on = excluded.to_on,
            qty_milli = excluded.qty_milli, mean_milli = excluded.mean_milli, found_at = excluded.found_at,
            accepted_at = NULL, accepted_by = NULL, reason = NULL
    ), made AS (
        INSERT INTO billing_usage (bucket, service_id, from_on, to_on, qty_milli, peak_milli, valley_milli, estimated)
        SELECT r.bucket, r.service_id, r.from_on, r.to_on, r.qty_milli, r.peak_milli, r.valley_milli, r.estimated
        FROM reckoned r WHERE r.good RETURNING bucket, service_id, to_on
    ), gone AS (  -- what an earlier period lacked is in it
        DELETE FROM billing_doubt d USING made m
        WHERE d.bucket = m.bucket AND d.service_id = m.service_id AND d.from_on <= m.to_on AND d.accepted_at IS NULL
    )
    SELECT count(*) INTO v_made FROM made;
    RETURN v_made;
END $$;
-- By who is signed in. Codes: FEE_UNKNOWN, PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION billing_make_usage_v1(
    p_session text, p_fee integer, p_from date, p_to date, p_service bigint, p_now timestamptz,
    OUT code integer, OUT made integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer;
BEGIN
    SELECT f.biller_id INTO v_biller FROM billing_fee f WHERE f.fee_id = p_fee;
    code := CASE WHEN v_biller IS NULL THEN @FEE_UNKNOWN
        WHEN billing_who_v1(p_session, 'billing.customers', v_biller) IS NULL THEN @PERMISSION_MISSING ELSE 0 END;
    IF code = 0 THEN
        made := billing_usage_v1(p_fee, p_from, p_to, p_now, p_service);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION billing_alone_v1(p_biller integer) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('billing readings'), p_biller);
$$;

-- A person says that a doubt is none: the figures are right as he was shown them. Its usage is made at once.
-- Codes: PERMISSION_MISSING, DOUBT_GONE (it is not there, or its figures are others by now), DOUBT_OWN (its meter
-- was fitted by himself, whatever login he used).
CREATE OR REPLACE FUNCTION billing_accept_v1(
    p_session text, p_doubt bigint, p_qty bigint, p_reason text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_doubt billing_doubt;
    v_biller integer;
    v_by text;
BEGIN
    SELECT f.biller_id INTO v_biller FROM billing_doubt d JOIN billing_fee f USING (fee_id) WHERE d.doubt_id = p_doubt;
    v_by := billing_who_v1(p_session, 'billing.customers', v_biller);
    IF v_biller IS NOT NULL AND v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    PERFORM billing_alone_v1(v_biller);
    IF EXISTS (SELECT FROM billing_doubt d JOIN billing_meter m ON m.bucket = d.bucket AND m.service_id = d.service_id
               AND m.fitted_on BETWEEN d.from_on - 1 AND d.to_on AND m.fitted_by <> ''
               LEFT JOIN access_user u ON u.login = m.fitted_by
               WHERE d.doubt_id = p_doubt AND d.fault = 'multiplier' AND (m.fitted_by = v_by
                   OR access_person_v1(u.id) = access_person_v1(access_who_v1(p_session)))) THEN
        RETURN @DOUBT_OWN;
    END IF;
    UPDATE billing_doubt d SET accepted_at = p_now, accepted_by = v_by, reason = p_reason
    WHERE d.doubt_id = p_doubt AND d.accepted_at IS NULL AND d.fault NOT IN ('missing', 'huge') AND d.qty_milli = p_qty
    RETURNING * INTO v_doubt;
    IF NOT FOUND THEN
        RETURN @DOUBT_GONE;
    END IF;
    IF billing_usage_v1(v_doubt.fee_id, v_doubt.since_on, v_doubt.until_on, p_now, v_doubt.service_id) = 0 THEN
        RETURN @DOUBT_GONE;  -- what it would be was read anew meanwhile: it stands on the list as it is now
    END IF;
    RETURN 0;
END $$;
