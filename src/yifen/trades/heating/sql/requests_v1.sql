-- Requests 报停、报开: taken by a clerk, inspected, decided by two people. Who says what is read of his session.
-- Lock order: the service's requests, then billing's.

-- What speaks against a request about a service, for a day, as of today; 0: nothing. Codes: INPUT_INVALID (a kind of which
-- nothing is known here), DAY_OUTSIDE (the day is past or
-- not in the season, or a season that counts whole is asked for by days), and
-- of a stop: ASKED_LATE, NOT_SEPARATE, IN_WARRANTY, ARREARS_FIRST, STOPPED_ALREADY; of a start: NOT_STOPPED.
CREATE OR REPLACE FUNCTION heating_against_v1(
    p_season heating_season, p_service billing_service, p_kind text, p_from date, p_asked_on date, p_today date
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_kind NOT IN ('stop', 'start') THEN @INPUT_INVALID
        WHEN p_from IS NULL OR p_from < greatest(p_season.from_on, p_service.from_on)
            OR p_from > least(p_season.to_on, coalesce(p_service.to_on, p_season.to_on))
            OR CASE WHEN p_season.by_days THEN p_from < p_asked_on  -- as it was asked, not as it is answered
                ELSE p_from <> greatest(p_season.from_on, p_service.from_on) END THEN @DAY_OUTSIDE
        WHEN p_kind = 'start' AND NOT EXISTS (SELECT FROM heating_stop k WHERE k.bucket = p_service.bucket
            AND k.service_id = p_service.service_id AND p_from BETWEEN k.from_on AND k.to_on) THEN @NOT_STOPPED
        WHEN p_kind = 'start' THEN 0
        WHEN p_asked_on > p_season.ask_until THEN @ASKED_LATE
        WHEN EXISTS (SELECT FROM heating_mark m WHERE m.bucket = p_service.bucket AND m.service_id = p_service.service_id
            AND m.ended_at IS NULL AND m.kind = 'not_separate') THEN @NOT_SEPARATE
        WHEN EXISTS (SELECT FROM heating_mark m WHERE m.bucket = p_service.bucket AND m.service_id = p_service.service_id
            AND m.ended_at IS NULL AND m.kind = 'warranty' AND m.until_on >= p_from) THEN @IN_WARRANTY
        WHEN p_season.paid_first AND EXISTS (SELECT FROM billing_customer c JOIN payable y ON y.bucket = c.bucket
                AND y.biller_id = c.biller_id AND y.account_no = c.account_no
            WHERE c.bucket = p_service.bucket AND c.customer_id = p_service.customer_id AND y.state = 'open'
                AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen AND y.due_on < p_today) THEN @ARREARS_FIRST
        WHEN EXISTS (SELECT FROM heating_stop k WHERE k.bucket = p_service.bucket
            AND k.service_id = p_service.service_id AND k.from_on <= p_season.to_on AND k.to_on >= p_from)
            THEN @STOPPED_ALREADY
        ELSE 0 END;
$$;

-- A clerk takes a request; somebody goes there. The day of a season that counts whole is its first. Codes:
-- SEASON_UNKNOWN (none in force has that day), PERMISSION_MISSING, as heating_against_v1, REQUEST_OPEN.
CREATE OR REPLACE FUNCTION heating_ask_v1(
    p_session text, p_service bigint, p_season integer, p_kind text, p_from date, p_asked_by text, p_document text,
    p_reason text, p_now timestamptz, OUT code integer, OUT request_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_season heating_season;
    v_service billing_service;
    v_by text;
    v_today date;
    v_from date;
BEGIN
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = p_service % 1000 AND s.service_id = p_service;
    SELECT s.* INTO v_season FROM heating_season s WHERE s.season_id = p_season AND s.fee_id = v_service.fee_id FOR SHARE;
    IF NOT FOUND THEN
        code := @SEASON_UNKNOWN;
        RETURN;
    END IF;
    p_now := payments_moment_v1(v_season.biller_id, p_now);
    v_by := billing_who_v1(p_session, 'heating.ask', v_season.biller_id);
    v_today := heating_today_v1(v_season.biller_id, p_now);
    v_from := CASE WHEN v_season.by_days THEN p_from  -- another day than that of the whole season is refused, not changed
        ELSE coalesce(p_from, greatest(v_season.from_on, v_service.from_on)) END;
    code := CASE WHEN v_by IS NULL THEN @PERMISSION_MISSING
        ELSE heating_against_v1(v_season, v_service, p_kind, v_from, v_today, v_today) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO heating_request AS r (season_id, biller_id, bucket, customer_id, service_id, kind, from_on, asked_by,
        document, reason, asked_at, taken_by, answer_due_on)
    VALUES (p_season, v_season.biller_id, v_service.bucket, v_service.customer_id, p_service, p_kind, v_from, p_asked_by,
        p_document, p_reason, p_now, v_by, v_today + v_season.answer_days)
    ON CONFLICT (bucket, service_id) WHERE decided_at IS NULL AND withdrawn_at IS NULL DO NOTHING
    RETURNING r.request_id INTO heating_ask_v1.request_id;
    IF heating_ask_v1.request_id IS NULL THEN
        code := @REQUEST_OPEN;
    ELSE
        PERFORM heating_visit_v1(heating_ask_v1.request_id, p_now);
    END IF;
END $$;

-- Somebody is to go there before the answer is due.
CREATE OR REPLACE FUNCTION heating_visit_v1(p_request bigint, p_now timestamptz) RETURNS void LANGUAGE sql AS $$
    SELECT visits_ask_v1(r.biller_id, r.bucket, r.customer_id, r.service_id, 'inspect', 'heating', 'R' || r.request_id,
        CASE r.kind WHEN 'stop' THEN '报停验收：户内阀门已关严、加封，分户独立'
            WHEN 'start' THEN '报开验收：户内管道、散热器完好，可以通水' END,
        greatest(r.answer_due_on, heating_today_v1(r.biller_id, p_now)), p_now)
    FROM heating_request r WHERE r.request_id = p_request;
$$;

-- A request that is not decided, locked, for whom may act on it. Codes: REQUEST_UNKNOWN, PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION heating_mine_v1(p_session text, p_request bigint, OUT code integer, OUT login text)
LANGUAGE plpgsql AS $$
DECLARE
    v_biller integer;
BEGIN
    SELECT r.biller_id INTO v_biller FROM heating_request r
    WHERE r.request_id = p_request AND r.decided_at IS NULL AND r.withdrawn_at IS NULL FOR UPDATE;
    login := billing_who_v1(p_session, 'heating.ask', v_biller);
    code := CASE WHEN v_biller IS NULL THEN @REQUEST_UNKNOWN WHEN login IS NULL THEN @PERMISSION_MISSING ELSE 0 END;
END $$;

-- The moment it is, for the company of a request.
CREATE OR REPLACE FUNCTION heating_moment_v1(p_request bigint, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT payments_moment_v1(r.biller_id, p_now) FROM heating_request r WHERE r.request_id = p_request;
$$;

-- The holder takes it back. Codes: as heating_mine_v1.
CREATE OR REPLACE FUNCTION heating_withdraw_v1(p_session text, p_request bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer := (SELECT m.code FROM heating_mine_v1(p_session, p_request) m);
BEGIN
    IF v_code = 0 THEN
        p_now := heating_moment_v1(p_request, p_now);
        UPDATE heating_request r SET withdrawn_at = p_now WHERE r.request_id = p_request;
        PERFORM visits_drop_v1('heating', 'R' || p_request, 'inspect', p_now);
    END IF;
    RETURN v_code;
END $$;

-- Nobody was let in, or it was not as it should be: somebody goes there again. Codes: as heating_mine_v1.
CREATE OR REPLACE FUNCTION heating_again_v1(p_session text, p_request bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer := (SELECT m.code FROM heating_mine_v1(p_session, p_request) m);
BEGIN
    IF v_code = 0 THEN
        PERFORM heating_visit_v1(p_request, heating_moment_v1(p_request, p_now));
    END IF;
    RETURN v_code;
END $$;

-- What speaks against deciding a request so; 0: nothing. Codes: REQUEST_UNKNOWN, and of a yes NOT_INSPECTED,
-- INSPECTION_DIFFERS, SHARE_BILLED, as heating_against_v1 (its deadline is that of the day on which it was asked).
CREATE OR REPLACE FUNCTION heating_decide_against_v1(p_request bigint, p_yes boolean, p_today date) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v heating_request_state;
    v_season heating_season;
    v_service billing_service;
    v_code integer;
BEGIN
    SELECT r.* INTO v FROM heating_request_state r WHERE r.request_id = p_request;
    SELECT s.* INTO v_season FROM heating_season s WHERE s.season_id = v.season_id;
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = v.bucket AND s.service_id = v.service_id;
    IF v.request_id IS NULL OR v.decided_at IS NOT NULL OR v.withdrawn_at IS NOT NULL THEN
        RETURN @REQUEST_UNKNOWN;
    ELSIF NOT p_yes THEN
        RETURN 0;
    ELSIF v.finding IS NULL OR v.state = 'open' THEN
        RETURN @NOT_INSPECTED;
    ELSIF v.finding <> 'ok' THEN
        RETURN @INSPECTION_DIFFERS;
    END IF;
    v_code := heating_against_v1(v_season, v_service, v.kind, v.from_on,
        heating_today_v1(v.biller_id, v.asked_at), p_today);
    RETURN CASE WHEN v_code <> 0 THEN v_code
        WHEN billing_billed_v1(v.service_id, v.from_on, v_season.to_on) IS NOT NULL THEN @SHARE_BILLED ELSE 0 END;
END $$;

-- What two people decided about a request: a yes is a share of billing's from that day, or ends it; a start that is
-- agreed to has its valve opened. Content: request, agree. Codes: HEATING_NOT_AGREED, as heating_decide_against_v1, as
-- billing_share_v1 and billing_share_end_v1.
CREATE OR REPLACE FUNCTION heating_decide_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v heating_request;
    v_season heating_season;
    v_service billing_service;
    v_yes boolean;
    v_permille smallint;
    v_until date;
    v_code integer;
BEGIN
    SELECT r.* INTO v FROM access_authorisation a
    JOIN heating_request r ON r.request_id = (a.content ->> 'request')::bigint AND r.biller_id = a.partner_id
    WHERE a.id = p_proposal AND a.action = 'heating.decide' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint FOR UPDATE OF r;
    IF NOT FOUND THEN
        RETURN @HEATING_NOT_AGREED;
    END IF;
    p_now := payments_moment_v1(v.biller_id, p_now);
    v_yes := (SELECT (a.content ->> 'agree')::boolean FROM access_authorisation a WHERE a.id = p_proposal);
    v_code := heating_decide_against_v1(v.request_id, v_yes, heating_today_v1(v.biller_id, p_now));
    SELECT s.* INTO v_season FROM heating_season s WHERE s.season_id = v.season_id;
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = v.bucket AND s.service_id = v.service_id;
    v_until := least(v_season.to_on, coalesce(v_service.to_on, v_season.to_on));
    IF v_code = 0 AND v_yes AND v.kind = 'stop' THEN
        v_permille := heating_permille_v1(v.season_id, v_service.class, v_service.region);
        v_code := billing_share_v1(p_proposal, v.service_id, v.from_on, v_until, v_permille / 1000.0,
            '停供 ' || v_season.name, p_now);
    ELSIF v_code = 0 AND v_yes AND v.kind = 'start' THEN
        v_code := (SELECT billing_share_end_v1(p_proposal, k.share_id, v.from_on, p_now) FROM heating_stop k
            WHERE k.bucket = v.bucket AND k.service_id = v.service_id AND v.from_on BETWEEN k.from_on AND k.to_on);
    END IF;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    UPDATE heating_request r SET decided_at = p_now, agreed = v_yes, proposal = p_proposal, permille = v_permille,
        basic_fen = CASE WHEN v_permille IS NOT NULL
            THEN heating_basic_v1(v_season, v_service, v.from_on, v_permille) END,
        agreement_no = CASE WHEN v_permille IS NOT NULL
            THEN 'TG' || to_char(v_season.from_on, 'YYYY') || '-' || lpad(v.request_id::text, 6, '0') END
    WHERE r.request_id = v.request_id;
    PERFORM visits_drop_v1('heating', 'R' || v.request_id, 'inspect', p_now);
    IF v_yes AND v.kind = 'start' THEN
        PERFORM visits_ask_v1(v.biller_id, v.bucket, v.customer_id, v.service_id, 'restore', 'heating',
            'R' || v.request_id, '恢复供热：开阀，通水，查漏', greatest(v.from_on, heating_today_v1(v.biller_id, p_now)),
            p_now);
    END IF;
    RETURN 0;
END $$;
