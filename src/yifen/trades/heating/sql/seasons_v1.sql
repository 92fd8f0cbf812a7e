-- Seasons 采暖季, by two people, and what a flat that is stopped in one pays.

-- What speaks against a season as it is proposed; 0: nothing. `season`: as its row has it and its `terms`; with a
-- season_id it takes the place of one. Codes: FEE_UNKNOWN, SEASON_WRONG (days or terms that do not fit, none for any class
-- and region), SEASON_TAKEN (another season of the fee has some of the days), SEASON_USED (something was asked for in it).
CREATE OR REPLACE FUNCTION heating_season_against_v1(p_biller integer, p_season jsonb) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v heating_season := jsonb_populate_record(NULL::heating_season, p_season);
BEGIN
    RETURN CASE
        WHEN NOT EXISTS (SELECT FROM billing_fee f WHERE f.fee_id = v.fee_id AND f.biller_id = p_biller) THEN @FEE_UNKNOWN
        WHEN (v.from_on < v.to_on AND v.heated_from <= v.from_on AND v.heated_to >= v.to_on AND v.ask_until <= v.to_on
            AND v.to_on - v.from_on < 366 AND v.answer_days BETWEEN 1 AND 90 AND v.by_days IS NOT NULL
            AND v.paid_first IS NOT NULL AND length(v.name) BETWEEN 1 AND 40) IS NOT TRUE
            OR (SELECT count(*) <> count(DISTINCT (t.class, t.region))
                    OR NOT bool_and(coalesce(t.permille BETWEEN 0 AND 999, false))
                    OR NOT bool_or((t.class, t.region) = ('', ''))
                FROM jsonb_populate_recordset(NULL::heating_term, p_season -> 'terms') t) IS NOT FALSE THEN @SEASON_WRONG
        WHEN EXISTS (SELECT FROM heating_season s WHERE s.fee_id = v.fee_id AND s.season_id IS DISTINCT FROM v.season_id
            AND s.from_on <= v.to_on AND s.to_on >= v.from_on) THEN @SEASON_TAKEN
        WHEN v.season_id IS NOT NULL AND NOT EXISTS (SELECT FROM heating_season s WHERE s.season_id = v.season_id
            AND s.biller_id = p_biller) THEN @SEASON_UNKNOWN
        WHEN EXISTS (SELECT FROM heating_request r WHERE r.season_id = v.season_id) THEN @SEASON_USED
        ELSE 0 END;
END $$;

-- What two people agreed to is in force. Codes: HEATING_NOT_AGREED, and as heating_season_against_v1.
CREATE OR REPLACE FUNCTION heating_season_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v heating_season;
    v_asked jsonb;
    v_biller integer;
    v_code integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8630, 0);  -- of two seasons one waits for the other
    SELECT a.content -> 'season', a.partner_id INTO v_asked, v_biller FROM access_authorisation a
    WHERE a.id = p_proposal AND a.action = 'heating.season' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;
    IF NOT FOUND THEN
        RETURN @HEATING_NOT_AGREED;
    END IF;
    v := jsonb_populate_record(NULL::heating_season, v_asked);
    PERFORM 1 FROM heating_season s WHERE s.season_id = v.season_id FOR UPDATE;  -- who asks holds it too
    v_code := heating_season_against_v1(v_biller, v_asked);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF v.season_id IS NULL THEN
        INSERT INTO heating_season (biller_id, fee_id, name, from_on, to_on, heated_from, heated_to, ask_until, answer_days,
            by_days, paid_first, proposal, made_at)
        VALUES (v_biller, v.fee_id, v.name, v.from_on, v.to_on, v.heated_from, v.heated_to, v.ask_until, v.answer_days,
            v.by_days, v.paid_first, p_proposal, p_now) RETURNING season_id INTO v.season_id;
    ELSE
        UPDATE heating_season s SET fee_id = v.fee_id, name = v.name, from_on = v.from_on, to_on = v.to_on,
            heated_from = v.heated_from, heated_to = v.heated_to, ask_until = v.ask_until, answer_days = v.answer_days,
            by_days = v.by_days, paid_first = v.paid_first, proposal = p_proposal, made_at = p_now
        WHERE s.season_id = v.season_id;
        DELETE FROM heating_term t WHERE t.season_id = v.season_id;
    END IF;
    INSERT INTO heating_term (season_id, class, region, permille)
    SELECT v.season_id, t.class, t.region, t.permille
    FROM jsonb_populate_recordset(NULL::heating_term, v_asked -> 'terms') t;
    RETURN 0;
END $$;

-- What a service pays when it is stopped, in thousandths: the term of its class and region, of its class, of its region,
-- of any.
CREATE OR REPLACE FUNCTION heating_permille_v1(p_season integer, p_class text, p_region text) RETURNS smallint
LANGUAGE sql STABLE AS $$
    SELECT t.permille FROM heating_term t
    WHERE t.season_id = p_season AND t.class IN (p_class, '') AND t.region IN (p_region, '')
    ORDER BY t.class = '', t.region = '' LIMIT 1;
$$;

-- What of the season's fee follows no quantity, stopped from a day on, by the price on the season's first day; NULL: there
-- is none. In fen.
CREATE OR REPLACE FUNCTION heating_basic_v1(p_season heating_season, p_service billing_service, p_from date, p_permille integer)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT sum(l.amount_fen)::bigint
    FROM (SELECT greatest(p_season.from_on, p_service.from_on) AS since,
        least(p_season.to_on, coalesce(p_service.to_on, p_season.to_on)) AS until,
        p_season.to_on - p_season.from_on + 1 AS days) d
    JOIN billing_price_span p ON p.fee_id = p_service.fee_id AND p.class = p_service.class
        AND p.region = p_service.region AND p.valid_from <= p_season.from_on
        AND coalesce(p.until, p_season.from_on) >= p_season.from_on
    CROSS JOIN LATERAL billing_rate_v1(ARRAY[ROW(1, p.price_id, 0, 0, 0, p_service.area_milli, NULL, NULL, NULL, NULL, 0,
        (p_from - d.since + (d.until - p_from + 1) * p_permille / 1000.0) / d.days,
        greatest(1, round(d.days / 30.4375)))::billing_asked]) l;
$$;
