-- 开停检查: marks of flats that cannot be stopped; who has heat and has not paid; who is stopped and warm.

-- A clerk marks a flat, or says that a mark holds no longer. Codes: SERVICE_UNKNOWN, PERMISSION_MISSING, MARK_WRONG (no such
-- kind, a warranty without its last day, a day without a warranty, there already, or there is none to end).
CREATE OR REPLACE FUNCTION heating_mark_v1(
    p_session text, p_service bigint, p_kind text, p_until date, p_note text, p_ends boolean, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer;
    v_by text;
BEGIN
    SELECT f.biller_id INTO v_biller FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
    WHERE s.bucket = p_service % 1000 AND s.service_id = p_service
        AND EXISTS (SELECT FROM heating_season n WHERE n.fee_id = s.fee_id);
    v_by := billing_who_v1(p_session, 'heating.ask', v_biller);
    IF v_biller IS NULL OR v_by IS NULL THEN
        RETURN CASE WHEN v_biller IS NULL THEN @SERVICE_UNKNOWN ELSE @PERMISSION_MISSING END;
    ELSIF p_ends THEN
        UPDATE heating_mark m SET ended_at = p_now, ended_by = v_by
        WHERE m.bucket = p_service % 1000 AND m.service_id = p_service AND m.kind = p_kind AND m.ended_at IS NULL;
    ELSIF p_kind NOT IN ('not_separate', 'warranty') OR (p_kind = 'warranty') <> (p_until IS NOT NULL) THEN
        RETURN @MARK_WRONG;
    ELSE
        INSERT INTO heating_mark (bucket, service_id, kind, until_on, note, made_at, made_by)
        VALUES (p_service % 1000, p_service, p_kind, p_until, p_note, p_now, v_by) ON CONFLICT DO NOTHING;
    END IF;
    RETURN CASE WHEN FOUND THEN 0 ELSE @MARK_WRONG END;
END $$;

-- The building 楼 of a door: the second level of its tree, or what stands highest below it.
CREATE OR REPLACE FUNCTION heating_building_v1(p_place bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up AS (
        SELECT p.place_id, p.parent_id, p.level FROM billing_place p WHERE p.place_id = p_place
        UNION ALL
        SELECT p.place_id, p.parent_id, p.level FROM up JOIN billing_place p ON p.place_id = up.parent_id
    )
    SELECT place_id FROM up WHERE level >= 2 OR parent_id IS NULL AND place_id = p_place ORDER BY level LIMIT 1;
$$;

-- The places in a building, itself too.
CREATE OR REPLACE FUNCTION heating_doors_v1(p_building bigint) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE down AS (
        SELECT p_building AS place_id
        UNION ALL
        SELECT p.place_id FROM down JOIN billing_place p ON p.parent_id = down.place_id
    )
    SELECT place_id FROM down;
$$;

-- Is this service in heat on a day, and not paid for? How (unbilled; owed: the day is not over; late), since which day, what
-- is owed of the season in fen, until when. No row: it is stopped, paid, or was paid before the company came here.
CREATE OR REPLACE FUNCTION heating_unpaid_v1(
    p_season heating_season, p_service billing_service, p_day date,
    OUT state text, OUT since date, OUT owed_fen bigint, OUT due_on date
) RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN b.bills = 0 THEN 'unbilled' WHEN b.due_on < p_day THEN 'late' ELSE 'owed' END,
        greatest(p_season.from_on, p_service.from_on, (SELECT max(r.to_on) + 1 FROM billing_share_row r
            WHERE r.bucket = p_service.bucket AND r.service_id = p_service.service_id AND r.ended_at IS NULL
                AND r.to_on BETWEEN p_season.from_on AND p_day)), b.owed_fen, b.due_on
    FROM (SELECT count(*) AS bills, coalesce(sum(y.due_fen - y.paid_fen), 0)::bigint AS owed_fen, min(y.due_on) AS due_on
          FROM billing_bill_counting b
          JOIN billing_customer c ON c.bucket = p_service.bucket AND c.customer_id = p_service.customer_id
          LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = c.biller_id AND y.account_no = b.account_no
              AND y.ref = 'B' || b.bill_id AND y.state = 'open' AND y.due_fen > y.paid_fen
          WHERE b.bucket = p_service.bucket AND b.service_id = p_service.service_id
              AND b.kind IN ('period', 'single', 'past') AND b.from_on <= p_season.to_on AND b.to_on >= p_season.from_on
              AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket
                  AND x.service_id = b.service_id AND x.kind = 'cancel' AND x.corrects_id = b.bill_id)) b
    WHERE (b.bills = 0 OR b.owed_fen > 0)
        AND p_service.from_on <= p_day AND coalesce(p_service.to_on, p_day) >= p_day
        AND NOT EXISTS (SELECT FROM heating_stop k WHERE k.bucket = p_service.bucket
            AND k.service_id = p_service.service_id AND p_day BETWEEN k.from_on AND k.to_on);
$$;

-- A stop that is warm: a visit since it began found it so, or its meter moved. NULL: neither. `moved_milli`: by how much.
CREATE OR REPLACE FUNCTION heating_warm_v1(
    p_bucket smallint, p_service bigint, p_from date, p_to date,
    OUT seen_on date, OUT visit_id bigint, OUT moved_milli bigint
) RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT w.seen_on, w.visit_id, coalesce(m.moved_milli, 0)
    FROM (SELECT 1) one
    LEFT JOIN LATERAL (SELECT heating_today_v1(v.biller_id, v.done_at) AS seen_on, v.visit_id FROM visit v
        WHERE v.bucket = p_bucket AND v.service_id = p_service AND v.finding = 'warm'
            AND heating_today_v1(v.biller_id, v.done_at) BETWEEN p_from AND p_to
        ORDER BY v.done_at LIMIT 1) w ON true
    LEFT JOIN LATERAL (SELECT sum(x.moved)::bigint AS moved_milli FROM (
        SELECT max(r.value_milli) - min(r.value_milli) AS moved
        FROM billing_meter t JOIN billing_reading r ON r.bucket = t.bucket AND r.meter_id = t.meter_id
            AND r.read_on BETWEEN p_from - 1 AND p_to  -- a reading is of the end of its day
            AND NOT EXISTS (SELECT FROM billing_reading n WHERE n.bucket = r.bucket AND n.meter_id = r.meter_id
                AND n.read_on = r.read_on AND n.version > r.version)
        WHERE t.bucket = p_bucket AND t.service_id = p_service GROUP BY t.meter_id) x) m ON true
    WHERE w.visit_id IS NOT NULL OR m.moved_milli > 0;
$$;

-- Somebody is to look at every door of a building that has heat and has not paid, or is stopped; how many. Codes:
-- SEASON_UNKNOWN (it is not heated today), PERMISSION_MISSING, DAY_OUTSIDE (the day is past), CHECK_TOO_LARGE (more than 1,000 doors below that place).
CREATE OR REPLACE FUNCTION heating_check_v1(
    p_session text, p_season integer, p_building bigint, p_due date, p_now timestamptz, OUT code integer, OUT visits integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_season heating_season;
    v_day date;
BEGIN
    SELECT s.* INTO v_season FROM heating_season s JOIN billing_place p ON p.biller_id = s.biller_id
    WHERE s.season_id = p_season AND p.place_id = p_building;
    p_now := payments_moment_v1(v_season.biller_id, p_now);
    v_day := heating_today_v1(v_season.biller_id, p_now);
    code := CASE
        WHEN (v_day BETWEEN v_season.heated_from AND v_season.heated_to) IS NOT TRUE THEN @SEASON_UNKNOWN
        WHEN billing_who_v1(p_session, 'heating.ask', v_season.biller_id) IS NULL THEN @PERMISSION_MISSING
        WHEN p_due < v_day THEN @DAY_OUTSIDE
        WHEN (SELECT count(*) FROM (SELECT FROM heating_doors_v1(p_building) d (place_id)
            JOIN billing_customer n ON n.place_id = d.place_id AND n.biller_id = v_season.biller_id LIMIT 1001) x) > 1000
            THEN @CHECK_TOO_LARGE
        ELSE 0 END;
    IF code = 0 THEN
        SELECT count(visits_ask_v1(v_season.biller_id, c.bucket, c.customer_id, c.service_id, 'check', 'heating',
            'C' || c.service_id, c.why, p_due, p_now)) INTO visits
        FROM (SELECT s.bucket, s.customer_id, s.service_id, CASE WHEN u.state IS NULL
                  THEN '停供检查：是否有热' ELSE '开栓未缴检查：是否用热' END AS why
              FROM heating_doors_v1(p_building) d (place_id)
              JOIN billing_customer n ON n.place_id = d.place_id AND n.biller_id = v_season.biller_id
              JOIN billing_service s ON s.bucket = n.bucket AND s.customer_id = n.customer_id
                  AND s.fee_id = v_season.fee_id AND s.from_on <= v_day AND coalesce(s.to_on, v_day) >= v_day
              LEFT JOIN LATERAL heating_unpaid_v1(v_season, s, v_day) u ON true
              LEFT JOIN heating_stop k ON k.bucket = s.bucket AND k.service_id = s.service_id
                  AND v_day BETWEEN k.from_on AND k.to_on
              WHERE u.state IS NOT NULL OR k.share_id IS NOT NULL ORDER BY s.service_id) c;
    END IF;
END $$;

-- Who is stopped and warm pays whole from a day on, as two people agreed. Content: share, day. Codes: HEATING_NOT_AGREED,
-- NOT_WARM, as billing_share_end_v1.
CREATE OR REPLACE FUNCTION heating_charge_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v heating_stop;
    v_day date;
BEGIN
    SELECT (a.content ->> 'day')::date INTO v_day FROM access_authorisation a
    WHERE a.id = p_proposal AND a.action = 'heating.charge' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;
    IF NOT FOUND THEN
        RETURN @HEATING_NOT_AGREED;
    END IF;
    SELECT k.* INTO v FROM heating_stop k JOIN access_authorisation a ON a.id = p_proposal
        AND a.partner_id = k.biller_id AND k.share_id = (a.content ->> 'share')::bigint;
    IF NOT EXISTS (SELECT FROM heating_warm_v1(v.bucket, v.service_id, v.from_on, v.to_on)) THEN
        RETURN @NOT_WARM;
    END IF;
    RETURN billing_share_end_v1(p_proposal, v.share_id, v_day, payments_moment_v1(v.biller_id, p_now));
END $$;

-- How many visits found a service warm.
CREATE OR REPLACE FUNCTION heating_warm_visits_v1(p_bucket smallint, p_service bigint) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer FROM visit v
    WHERE v.bucket = p_bucket AND v.service_id = p_service AND v.finding = 'warm';
$$;

-- Two people agreed that this warm stop is not charged again 不追收, and nothing was found since.
CREATE OR REPLACE FUNCTION heating_is_spared_v1(p_share bigint, p_bucket smallint, p_service bigint, p_moved bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM heating_spared x WHERE x.share_id = p_share AND x.moved_milli >= p_moved
        AND x.warm_visits >= heating_warm_visits_v1(p_bucket, p_service));
$$;

-- A warm stop stays as it is, as two people agreed. Content: share. Codes: HEATING_NOT_AGREED, NOT_WARM (not warm, or
-- spared already).
CREATE OR REPLACE FUNCTION heating_spare_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v heating_stop;
    v_moved bigint;
BEGIN
    SELECT k.* INTO v FROM access_authorisation a JOIN heating_stop k ON k.biller_id = a.partner_id
        AND k.share_id = (a.content ->> 'share')::bigint
    WHERE a.id = p_proposal AND a.action = 'heating.spare' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;
    IF NOT FOUND THEN
        RETURN @HEATING_NOT_AGREED;
    END IF;
    SELECT w.moved_milli INTO v_moved FROM heating_warm_v1(v.bucket, v.service_id, v.from_on, v.to_on) w;
    IF NOT FOUND OR heating_is_spared_v1(v.share_id, v.bucket, v.service_id, v_moved) THEN
        RETURN @NOT_WARM;
    END IF;
    INSERT INTO heating_spared (proposal, share_id, warm_visits, moved_milli, made_at)
    VALUES (p_proposal, v.share_id, heating_warm_visits_v1(v.bucket, v.service_id), v_moved, payments_moment_v1(v.biller_id, p_now));
    RETURN 0;
END $$;
